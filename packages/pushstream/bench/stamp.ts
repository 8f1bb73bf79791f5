/** Every event of the bench carries one stamp: a mark to count it by, and when it was sent on the clock all processes share. */
export const STAMP_MARK = Buffer.from('bench.stamp=');
const DIGITS = 16;
export const STAMP_BYTES = STAMP_MARK.length + DIGITS;
const NEVER = '0'.repeat(DIGITS);

/** Text of exactly so many bytes; with `timed`, its age is measured. */
export function stampedText(bytes: number, timed: boolean): string {
  const at = timed ? String(process.hrtime.bigint() / 1_000n).padStart(DIGITS, '0') : NEVER;
  return `${STAMP_MARK.toString()}${at}`.padEnd(bytes, 'x');
}

/** Milliseconds; 0 when it is not to be measured. */
export function stampedAt(bytes: Buffer, at: number): number {
  const from = at + STAMP_MARK.length;
  return Number(bytes.toString('latin1', from, from + DIGITS)) / 1_000;
}
