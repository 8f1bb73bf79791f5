import type { PulseStackError } from './error.ts';

const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 5_000;
/** A server that asks for more patience than this is better answered by the caller than by waiting here. */
const MAX_RETRY_AFTER_MS = 60_000;
const RETRIABLE = new Set([0, 408, 429, 500, 502, 503, 504]);

/** How long to wait before the next attempt, or undefined when trying again cannot help. */
export function retryDelayMs(
  error: PulseStackError,
  retry: number,
  retryAfter: string | null,
  random = Math.random,
): number | undefined {
  if (!RETRIABLE.has(error.status)) return undefined;
  const askedMs = parseRetryAfter(retryAfter);
  if (askedMs !== undefined) return askedMs <= MAX_RETRY_AFTER_MS ? askedMs : undefined;
  // Half fixed, half random: clients that failed together do not come back together.
  const ceilingMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** retry);
  return ceilingMs / 2 + (random() * ceilingMs) / 2;
}

/** Reads Retry-After: seconds, or the date when to come back. */
function parseRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - Date.now());
}

/** Waits, unless the signal aborts first; then it rejects with the signal's reason. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
