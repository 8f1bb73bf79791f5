import { isUtf8 } from 'node:buffer';
import { fail } from '../../kernel/errors.ts';
import { invalid, pointer } from './validate.ts';

/** Deeper than anybody's data, and far from where those who read it later, the database among them, run out of stack. */
const MAX_DEPTH = 64;

/** Reads a JSON body strictly: what is not UTF-8, not JSON or not storable is refused instead of being silently repaired. */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw fail('request.malformed', 'The body is not valid UTF-8.');
  const text = bytes.toString('utf8');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw fail('request.malformed', 'The body is not valid JSON.', { cause });
  }
  // Only an escape spells NUL or half a character, and only many brackets nest deeply: most bodies need no second look.
  if (text.includes('\\u') || openingBrackets(bytes) > MAX_DEPTH) refuseUnstorable(body);
  return body;
}

function openingBrackets(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === 0x5b || byte === 0x7b) count++;
  return count;
}

/** PostgreSQL keeps neither NUL nor half a surrogate pair, wherever in the body they stand. */
function refuseUnstorable(body: unknown): void {
  // A list instead of recursion, because what we look for is what recursion would not survive.
  const waiting: { value: unknown; path: readonly PropertyKey[] }[] = [{ value: body, path: [] }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, path } = next;
    if (path.length > MAX_DEPTH)
      throw fail('request.malformed', `The body is nested more than ${MAX_DEPTH} levels deep.`);
    if (typeof value === 'string' && !isStorable(value)) refuse(path);
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (!isStorable(key)) refuse(path);
      waiting.push({ value: inner, path: [...path, key] });
    }
  }
}

function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

function refuse(path: readonly PropertyKey[]): never {
  throw invalid([{ in: 'body', field: pointer(path), message: 'must be well-formed Unicode without NUL characters' }]);
}
