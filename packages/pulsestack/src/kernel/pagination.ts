import type { Page } from '@pulsestack/core';
import { fail } from './errors.ts';

/** Writes a position so that only the list it came from reads it back. */
export function encodeCursor(list: string, position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString('base64url');
}

/** Reads a position; anything that this list did not write is refused. `kinds` names the type of each part. */
export function decodeCursor(
  list: string,
  cursor: string,
  kinds: readonly ('string' | 'number' | 'instant')[],
): (string | number)[] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (cause) {
    throw fail('request.cursor_invalid', undefined, { cause });
  }
  if (!Array.isArray(parts) || parts[0] !== list || parts.length !== kinds.length + 1)
    throw fail('request.cursor_invalid');
  const position = parts.slice(1);
  const fits = kinds.every((kind, i) => (kind === 'instant' ? isInstant(position[i]) : typeof position[i] === kind));
  if (!fits || position.some((part) => typeof part === 'string' && part.includes('\u0000')))
    throw fail('request.cursor_invalid');
  return position as (string | number)[];
}

// Exactly as a position is written: `Date.parse` reads more than the database does.
function isInstant(value: unknown): boolean {
  if (typeof value !== 'string' || !/^(?!0000)\d{4}-/.test(value)) return false;
  const at = new Date(value);
  return !Number.isNaN(at.getTime()) && at.toISOString() === value;
}

/** Cuts a page out of `limit + 1` rows: the extra row only tells that there is more. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  cursorOf: (row: Row) => string,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toItem), nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}
