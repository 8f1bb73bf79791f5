/** A text that is safe to place into HTML as it is. Only filters of ours make one, never data. */
export class SafeHtml {
  readonly html: string;
  constructor(html: string) {
    this.html = html;
  }
  // Whatever works on it further works on the text, and what comes out is escaped again.
  toString(): string {
    return this.html;
  }
}

/** A text that is percent-encoded already. */
export class Encoded extends SafeHtml {}

const NEEDS_ESCAPE = /[&<>"'`]/;
const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // Old engines take it for a quote.
  '`': '&#96;',
};

export function escapeHtml(text: string): string {
  return NEEDS_ESCAPE.test(text) ? text.replace(/[&<>"'`]/g, (character) => ESCAPES[character] as string) : text;
}

/** Between tags and in quoted attributes. */
export function toHtml(value: unknown): string {
  if (value instanceof SafeHtml) return value.html;
  return escapeHtml(toText(value));
}

/** How a value is written: lists joined, objects as JSON, nothing for what is missing. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined || typeof value === 'function' || typeof value === 'symbol') return '';
  if (Array.isArray(value)) return value.map(toText).join('');
  if (value instanceof SafeHtml) return value.html;
  if (typeof value === 'object') return JSON.stringify(value) ?? '';
  return String(value);
}

// What Markdown might read as its own. A backslash before punctuation makes it that character and nothing else.
const MARKDOWN = /[!-/:-@[-`{-~]/g;

/** In Markdown: words stay words, and a value cannot begin a block of its own. */
export function toMarkdown(value: unknown): string {
  return toText(value)
    .replace(MARKDOWN, '\\$&')
    .replace(/[ \t]*\r?\n\s*/g, '\n')
    .replace(/^[ \t]+/, ' ')
    .replace(/\n$/, ' ');
}

/** On one line, without characters that end a header or a field. */
export function toLine(value: unknown): string {
  const text = toText(value);
  return NOT_IN_LINE.test(text) ? text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ') : text;
}
const NOT_IN_LINE = /[\p{Cc}\u2028\u2029]/u;

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const FOLLOWED = /^(https?|mailto|tel|sms):/i;

/** An address as a whole: http(s), mailto, tel, sms or relative; anything else becomes nothing. */
export function safeUrl(value: unknown): string {
  // Browsers drop control characters and leading blanks before they read the scheme.
  const url = (value instanceof Encoded ? value.html : toText(value)).replace(/[\p{Cc}\u2028\u2029]/gu, '').trim();
  if (SCHEME.test(url)) return FOLLOWED.test(url) ? spacesEncoded(url) : '';
  // `//elsewhere` and `\\elsewhere` leave the site without saying so.
  if (/^[\\/]{2}/.test(url) || /^[^/?#]*:/.test(url)) return '';
  return spacesEncoded(url);
}

function spacesEncoded(url: string): string {
  return url.replace(/[\s"'<>\\^`{|}]/g, (character) => encodeURIComponent(character).replace("'", '%27'));
}

/** A part of an address: percent-encoded, so it adds neither a path nor a parameter. */
export function urlPart(value: unknown): string {
  if (value instanceof Encoded) return value.html;
  return encodeURIComponent(toText(value).toWellFormed()).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  );
}

/** In Markdown's `[…](here)`. */
export function toMarkdownUrl(url: string): string {
  return url.replace(/[()*_~[\]]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A value of a style: colours, lengths, names of fonts. Nothing that fetches, computes or ends the declaration. */
export function cssValue(value: unknown): string {
  return toText(value).replace(/[^\w#%., -]/g, '');
}
