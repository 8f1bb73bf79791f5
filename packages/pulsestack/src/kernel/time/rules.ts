import { durationMs } from '@pulsestack/core';
import { nextCron } from './cron.ts';
import { DAY_MS, HOUR_MS, instantOfWall, MINUTE_MS, minutesOf, wallMs, weekdayOf } from './local.ts';
import { spanAt } from './zone.ts';

/** Two fires of a daily rule are at least so far apart, so that nobody who travels west gets the same day twice. */
export const MIN_DAILY_GAP_MS = 12 * HOUR_MS;
const MIN_WEEKLY_GAP_MS = 7 * MIN_DAILY_GAP_MS;

/** When something happens again and again, by the wall clock of a zone. */
export type Recurrence =
  | { every: 'hourly'; minute?: number | undefined }
  | { every: 'daily'; at: string; weekdays?: readonly number[] | undefined }
  | { every: 'weekly'; at: string; weekday: number }
  | { every: 'cron'; cron: string }
  | { every: 'interval'; of: string };

export interface NextOptions {
  /** The fire before, when it may have been in another zone. Daily and weekly rules keep their distance from it. */
  lastFire?: Date | null | undefined;
  /** Where intervals are counted from. */
  anchor?: Date | undefined;
}

/** The first fire after an instant; null when there is none. */
export function nextFire(
  rule: Recurrence,
  zone: string,
  after: Date,
  { lastFire, anchor }: NextOptions = {},
): Date | null {
  switch (rule.every) {
    case 'hourly':
      return nextHourly(zone, after, rule.minute);
    case 'cron':
      return nextCron(rule.cron, zone, after);
    case 'interval': {
      const from = anchor?.getTime() ?? 0;
      const ms = durationMs(rule.of);
      return new Date(from + (Math.floor((after.getTime() - from) / ms) + 1) * ms);
    }
    default: {
      const daily = rule.every === 'daily' ? rule : { at: rule.at, weekdays: [rule.weekday] };
      const earliest = lastFire
        ? Math.max(
            after.getTime(),
            lastFire.getTime() + (rule.every === 'daily' ? MIN_DAILY_GAP_MS : MIN_WEEKLY_GAP_MS) - 1,
          )
        : after.getTime();
      return nextDaily(daily, zone, new Date(earliest));
    }
  }
}

/**
 * The next `at` on the wall clock after an instant. A time that a gap swallows comes as much later as the gap is long, a
 * time that comes twice counts once; so each date that exists has exactly one.
 */
export function nextDaily(
  { at, weekdays }: { at: string; weekdays?: readonly number[] | undefined },
  zone: string,
  after: Date,
): Date | null {
  if (weekdays?.length === 0) return null;
  const today = Math.floor(wallMs(after, zone) / DAY_MS) * DAY_MS;
  // Yesterday's may have been shifted into today; eight days reach every weekday, and one more what was skipped.
  for (let day = today - DAY_MS; day <= today + 9 * DAY_MS; day += DAY_MS) {
    if (weekdays && !weekdays.includes(weekdayOf(day))) continue;
    const fire = instantOfWall(day + minutesOf(at) * MINUTE_MS, zone);
    if (fire > after.getTime()) return new Date(fire);
  }
  return null;
}

/** The next time the minute hand stands there. An hour that comes twice has two, one that is missing none. */
export function nextHourly(zone: string, after: Date, minute = 0): Date {
  let from = after.getTime() + 1;
  for (;;) {
    const { offsetMs, toMs } = spanAt(zone, from);
    const mark = minute * MINUTE_MS;
    const fire = Math.ceil((from + offsetMs - mark) / HOUR_MS) * HOUR_MS + mark - offsetMs;
    if (fire < toMs) return new Date(fire);
    from = toMs;
  }
}

/** Fires one after the other, without an end unless the rule has one; take as many as are needed. */
export function* fires(rule: Recurrence, zone: string, after: Date, anchor: Date = after): Generator<Date> {
  for (let fire = nextFire(rule, zone, after, { anchor }); fire; fire = nextFire(rule, zone, fire, { anchor }))
    yield fire;
}

/** The instant of a local time such as `2026-12-24T18:00`. */
export function onceAt(local: string, zone: string): Date {
  return new Date(instantOfWall(Date.parse(`${local}Z`), zone));
}
