import { durationMs } from '@pulsestack/core';
import { nextWakeOf } from '../features/workflows/index.ts';
import type { TestApp } from './index.ts';

/** What else wakes by time: one instant each, or none. */
const WAKES = [
  `select run_at as at from jobs where state = 'scheduled' order by run_at limit 1`,
  `select due_at as at from deliveries order by due_at limit 1`,
  `select try_at as at from digests order by try_at limit 1`,
  `select next_fire_at as at from schedules where state = 'active' order by next_fire_at limit 1`,
  `select snoozed_until as at from receipts where snoozed_until is not null and deleted_at is null order by snoozed_until limit 1`,
];
const MAX_JUMPS = 10_000;
/** The tables of the coming days are made ahead, by as many days as no jump may be longer than. */
const LONGEST_JUMP_MS = 6 * 24 * 60 * 60 * 1000;

/**
 * Moves the clock of a test by a length of time such as `3w`. It jumps from one wake to the next and works off each, so what
 * would happen in between happens at its own time and in its order. Resolves to how often it stopped. The app must have no timers.
 */
export async function advance(app: TestApp, by: string): Promise<number> {
  const endMs = app.clock.nowMs() + durationMs(by);
  await app.settle();
  let wake = await nextWake(app);
  for (let jumps = 0; jumps < MAX_JUMPS; jumps++) {
    const next = Math.min(wake ?? endMs, app.clock.nowMs() + LONGEST_JUMP_MS);
    if (next > endMs || (next === endMs && wake !== endMs)) {
      app.clock.set(new Date(endMs));
      await app.settle();
      return jumps;
    }
    app.clock.set(new Date(Math.max(next, app.clock.nowMs())));
    await app.settle();
    // What is due and was not worked off would be found again for ever.
    const after = await nextWake(app);
    if (wake === next && after === wake) app.clock.advance(1);
    wake = after;
  }
  throw new Error(`something wakes more than ${MAX_JUMPS} times in ${by}`);
}

/** When something wakes by itself, in milliseconds since 1970. */
async function nextWake({ runtime }: TestApp): Promise<number | null> {
  const run = await runtime.db.inSystem((tx) => nextWakeOf(tx));
  const others = await runtime.database.pool.query<{ at: Date }>(WAKES.map((one) => `(${one})`).join(' union all '));
  const all = [run, ...others.rows.map(({ at }) => at)].flatMap((at) => (at ? [at.getTime()] : []));
  return all.length === 0 ? null : Math.min(...all);
}
