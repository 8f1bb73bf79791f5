const FAILURES_TO_OPEN = 5;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

/**
 * Whether a provider is worth asking. It opens after five failures in a row, so nobody waits for a provider that is down; when
 * the pause is over a single message tries it, and its outcome decides for the others. Each further failure doubles the pause.
 */
export interface Breaker {
  readonly failures: number;
  readonly outUntilMs: number;
  readonly trying: boolean;
}

export const CLOSED: Breaker = { failures: 0, outUntilMs: 0, trying: false };

/** May a message be given to it now? `trial`: yes, but this one alone. */
export function admits(breaker: Breaker, nowMs: number): 'yes' | 'trial' | 'no' {
  if (breaker.failures < FAILURES_TO_OPEN) return 'yes';
  return nowMs >= breaker.outUntilMs && !breaker.trying ? 'trial' : 'no';
}

export function onTrial(breaker: Breaker): Breaker {
  return { ...breaker, trying: true };
}

/** `fatal` opens at once: no other message would fare better with credentials that are refused. */
export function onFailure(breaker: Breaker, nowMs: number, fatal: boolean): Breaker {
  const failures = Math.max(breaker.failures + 1, fatal ? FAILURES_TO_OPEN : 0);
  if (failures < FAILURES_TO_OPEN) return { failures, outUntilMs: 0, trying: false };
  // Many were on their way when it opened; only what fails after the pause makes it longer.
  if (nowMs < breaker.outUntilMs) return { ...breaker, trying: false };
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - FAILURES_TO_OPEN));
  return { failures, outUntilMs: nowMs + pauseMs, trying: false };
}
