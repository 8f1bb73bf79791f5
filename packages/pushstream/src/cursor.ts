/**
 * A position in one log: everything up to and including `seq` has been seen.
 * Written `<epoch>.<seq in base 36>`; clients treat it as opaque.
 */
export interface Cursor {
  epoch: string;
  seq: number;
}

// Only these characters, and few of them: a Last-Event-ID with other bytes, or longer than 128, costs browsers a CORS preflight.
const CURSOR = /^([A-Za-z0-9]{6,8})\.(0|[1-9a-z][0-9a-z]{0,10})$/;
const EPOCH = /^[A-Za-z0-9]{6,8}$/;

/** Writes a cursor: `formatCursor({ epoch: 'k3v9Qa', seq: 35 })` is `k3v9Qa.z`. */
export function formatCursor(cursor: Cursor): string {
  return `${cursor.epoch}.${cursor.seq.toString(36)}`;
}

/** Reads a cursor, or `null` when the text is not one. */
export function parseCursor(text: string): Cursor | null {
  const parts = CURSOR.exec(text);
  if (!parts) return null;
  const seq = Number.parseInt(parts[2] ?? '', 36);
  return Number.isSafeInteger(seq) ? { epoch: parts[1] ?? '', seq } : null;
}

/** Negative, zero or positive as `a` lies before, at or after `b`; `null` when they belong to different epochs. */
export function compareCursors(a: Cursor, b: Cursor): number | null {
  return a.epoch === b.epoch ? a.seq - b.seq : null;
}

export function isEpoch(text: string): boolean {
  return EPOCH.test(text);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A new random epoch. A log takes one when it is created, and another whenever its sequence may have gone back. */
export function createEpoch(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  let epoch = '';
  for (const byte of bytes) epoch += ALPHABET[byte % ALPHABET.length];
  return epoch;
}
