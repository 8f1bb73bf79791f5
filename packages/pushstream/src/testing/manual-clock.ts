import type { Clock } from '../clock.ts';

export interface ManualClock extends Clock {
  /** Lets time pass, calling everything on its way in order. */
  advance(ms: number): void;
}

export function createManualClock(start = 1_700_000_000_000): ManualClock {
  let now = start;
  const timers = new Set<{ everyMs: number; dueAt: number; run: () => void }>();
  return {
    now: () => now,
    every(everyMs, run) {
      const timer = { everyMs, dueAt: now + everyMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const until = now + ms;
      for (;;) {
        const next = [...timers].sort((a, b) => a.dueAt - b.dueAt)[0];
        if (!next || next.dueAt > until) break;
        now = next.dueAt;
        next.dueAt += next.everyMs;
        next.run();
      }
      now = until;
    },
  };
}
