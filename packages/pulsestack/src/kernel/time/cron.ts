import { Cron } from 'croner';
import { fail } from '../errors.ts';

const MAX_KEPT = 1000;
const kept = new Map<string, Cron>();

/**
 * The next fire of a cron expression after an instant, or null when it never comes.
 *
 * One fixed time of day that falls into a gap fires at the first moment after it, and once when it comes twice. Wildcards,
 * steps and lists go by real time: they skip a gap and fire in both of two equal hours.
 */
export function nextCron(expression: string, zone: string, after: Date): Date | null {
  return cronOf(expression, zone).nextRun(after);
}

/** Stops with a sentence when the expression is none or never fires. */
export function checkCron(expression: string, now: Date): void {
  let next: Date | null;
  try {
    next = nextCron(expression, 'UTC', now);
  } catch (cause) {
    throw fail('schedule.invalid', `"${expression}" is no cron expression of five fields.`, { cause });
  }
  if (!next) throw fail('schedule.invalid', `The cron expression "${expression}" never fires.`);
}

function cronOf(expression: string, zone: string): Cron {
  const key = `${zone} ${expression}`;
  let cron = kept.get(key);
  if (!cron) {
    cron = new Cron(expression, { timezone: zone, mode: '5-part', paused: true });
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(key, cron);
  }
  return cron;
}
