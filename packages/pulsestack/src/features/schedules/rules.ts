import { durationMs, type Schedule, type ScheduleInput, type ScheduleTime } from '@pulsestack/core';
import { HOUR_MS, MIN_DAILY_GAP_MS, MINUTE_MS, nextFire, onceAt } from '../../kernel/time/index.ts';

/** A schedule as far as time is concerned. */
export interface Timing {
  when: ScheduleTime;
  /** Where intervals are counted from. */
  anchor: Date;
  startsAt: Date | null;
  endsAt: Date | null;
}

/** The first fire after an instant, within what the schedule lasts; null when there is none. */
export function nextOf({ when, anchor, startsAt, endsAt }: Timing, zone: string, after: Date): Date | null {
  const from = startsAt && startsAt > after ? new Date(startsAt.getTime() - 1) : after;
  const fire = when.every === 'once' ? onceAfter(when.at, zone, from) : nextFire(when, zone, from, { anchor });
  return fire && (!endsAt || fire < endsAt) ? fire : null;
}

function onceAfter(at: string, zone: string, after: Date): Date | null {
  const fire = onceAt(at, zone);
  return fire > after ? fire : null;
}

// Every distance to UTC there is: whoever comes into a workspace, from wherever, goes by one of these.
const OFFSETS = Array.from({ length: (14 + 12) * 4 + 1 }, (_, i) => offsetName(i * 15 - 12 * 60));
const QUARTER_MS = 15 * MINUTE_MS;

/**
 * When to look again at a schedule that goes by the clock of each user: the next fire in whichever zone it comes first. A
 * cron has rules of its own where a clock changes, so it is looked at every quarter of an hour, when all such changes happen.
 */
export function nextAnywhere(timing: Timing, after: Date): Date | null {
  if (timing.when.every === 'cron') {
    const from = Math.max(after.getTime(), (timing.startsAt?.getTime() ?? 0) - 1);
    const quarter = new Date((Math.floor(from / QUARTER_MS) + 1) * QUARTER_MS);
    return timing.endsAt && quarter > timing.endsAt ? null : nextMinute(timing, from, quarter);
  }
  let first: Date | null = null;
  for (const offset of OFFSETS) {
    const fire = nextOf(timing, offset, after);
    if (fire && (!first || fire < first)) first = fire;
  }
  return first;
}

/** A cron may stand at any minute of the hour: where it does in UTC, it does in every zone, or a quarter of an hour off. */
function nextMinute(timing: Timing, fromMs: number, quarter: Date): Date {
  if (timing.when.every !== 'cron') return quarter;
  const minutes = timing.when.cron.trim().split(/\s+/)[0] ?? '*';
  const anyHour: Timing = {
    ...timing,
    when: { every: 'cron', cron: `${minutes} * * * *` },
    startsAt: null,
    endsAt: null,
  };
  const shifts = [0, 1, 2, 3].map((step) => step * QUARTER_MS);
  const next = shifts.flatMap((shift) => {
    const fire = nextOf(anyHour, 'UTC', new Date(fromMs + shift));
    return fire ? [fire.getTime() - shift] : [];
  });
  return new Date(Math.min(quarter.getTime(), ...next));
}

function offsetName(minutes: number): string {
  const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** One fire that is to happen now, and how many it stands for. */
export interface Planned {
  fireAt: Date;
  covers: number;
  act: boolean;
}

/** What is late by less than this was not missed; nobody looks at every millisecond. */
const GRACE_MS = MINUTE_MS;
const MAX_LISTED = 5000;
const DAY_MS = 24 * HOUR_MS;

/**
 * What becomes of the fires between two instants, after an outage perhaps: those in time happen, and of the missed ones one,
 * all or none is made up for. What is too late in any case is remembered as skipped.
 */
export function planFires(
  timing: Timing,
  zone: string,
  span: { after: Date; now: Date },
  policy: { missed: Schedule['missed']; maxLatenessMs: number },
): Planned[] {
  const due = listFires(timing, zone, span);
  const earliest = span.now.getTime() - (policy.missed === 'skip' ? GRACE_MS : policy.maxLatenessMs);
  const inTime = due.filter((fire) => fire.getTime() >= earliest);
  const late = due.filter((fire) => fire.getTime() < earliest);
  const skipped = late.at(-1);
  const planned: Planned[] = skipped ? [{ fireAt: skipped, covers: late.length, act: false }] : [];
  const newest = inTime.at(-1);
  if (!newest) return planned;
  if (policy.missed === 'coalesce') return [...planned, { fireAt: newest, covers: inTime.length, act: true }];
  return [...planned, ...inTime.map((fireAt) => ({ fireAt, covers: 1, act: true }))];
}

function listFires(timing: Timing, zone: string, { after, now }: { after: Date; now: Date }): Date[] {
  const list: Date[] = [];
  for (let fire = nextOf(timing, zone, after); fire && fire <= now; fire = nextOf(timing, zone, fire)) {
    list.push(fire);
    // After a very long outage of a very busy schedule only the last day is looked at.
    if (list.length === MAX_LISTED && now.getTime() - after.getTime() > DAY_MS)
      return listFires(timing, zone, { after: new Date(now.getTime() - DAY_MS), now });
  }
  return list;
}

/**
 * How far apart two fires for one user must be, so that who changes zones does not get the same day twice. A single fire is
 * never repeated; what comes several times a day goes by the clock alone.
 */
export function gapMs(timing: Timing, zone: string, fireAt: Date): number {
  if (timing.when.every === 'once') return Number.POSITIVE_INFINITY;
  const next = nextOf({ ...timing, endsAt: null }, zone, fireAt);
  return next && next.getTime() - fireAt.getTime() < 22 * HOUR_MS ? 1 : MIN_DAILY_GAP_MS;
}

export function timingOf(input: Pick<ScheduleInput, 'when' | 'startsAt' | 'endsAt'>, anchor: Date): Timing {
  return {
    when: input.when,
    anchor,
    startsAt: input.startsAt === undefined ? null : new Date(input.startsAt),
    endsAt: input.endsAt === undefined ? null : new Date(input.endsAt),
  };
}

export function policyOf(input: Pick<ScheduleInput, 'missed' | 'maxLateness'>) {
  return { missed: input.missed, maxLatenessMs: durationMs(input.maxLateness) };
}
