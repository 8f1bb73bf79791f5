/** Every escape of a JSON text, so that an escaped backslash before a `u` is not taken for one. */
const ESCAPES = /\\(?:u[0-9a-f]{4}|.)/g;
const UNSTORABLE = /^\\u(?:0000|d[89a-f])/;

/**
 * JSON that PostgreSQL takes. It keeps neither NUL nor half a character, which answers of strangers hold and cutting a text makes;
 * one such text would fail everything that is written together with it.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  if (!text.includes('\\u')) return text;
  return text.replaceAll(ESCAPES, (escape) => (UNSTORABLE.test(escape) ? '\\ufffd' : escape));
}
