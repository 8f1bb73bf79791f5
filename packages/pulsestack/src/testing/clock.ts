import type { Clock } from '../ports/clock.ts';

/** A clock that stands still until a test moves it. */
export interface TestClock extends Clock {
  advance(ms: number): void;
  set(instant: Date): void;
}

export function createTestClock(start = new Date('2026-06-15T08:00:00.000Z')): TestClock {
  let atMs = start.getTime();
  return {
    virtual: true,
    now: () => new Date(atMs),
    nowMs: () => atMs,
    advance(ms) {
      atMs += ms;
    },
    set(instant) {
      atMs = instant.getTime();
    },
  };
}
