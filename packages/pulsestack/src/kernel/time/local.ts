import { type Span, spanAt } from './zone.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** What the clock on the wall and the calendar beside it show. */
export interface LocalParts {
  /** `YYYY-MM-DD`. */
  date: string;
  /** `HH:mm`. */
  time: string;
  /** 1 is Monday, 7 is Sunday. */
  weekday: number;
  hour: number;
  minute: number;
}

/** The wall clock of a zone at an instant. */
export function localParts(at: Date, zone: string): LocalParts {
  const wall = new Date(wallMs(at, zone));
  const text = wall.toISOString();
  return {
    date: text.slice(0, 10),
    time: text.slice(11, 16),
    weekday: weekdayOf(wall.getTime()),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
  };
}

/** The wall clock as if it were UTC: a number to calculate with. */
export function wallMs(at: Date, zone: string): number {
  return at.getTime() + spanAt(zone, at.getTime()).offsetMs;
}

/** The instant a wall clock shows this; in a gap it is shifted forward by the gap, of two the first counts. */
export function instantOf(date: string, time: string, zone: string): Date {
  return new Date(instantOfWall(Date.parse(`${date}T00:00:00Z`) + minutesOf(time) * MINUTE_MS, zone));
}

/** The same for a wall clock given as if it were UTC. */
export function instantOfWall(wall: number, zone: string): number {
  // No zone is further than a day from UTC, so whatever transition matters lies between these two.
  let span = spanAt(zone, wall - DAY_MS);
  for (;;) {
    const at = wall - span.offsetMs;
    if (at < span.toMs) return at;
    const next: Span = spanAt(zone, span.toMs);
    // Before the next stretch begins by its own clock: the wall clock never showed this, and the old offset shifts it forward.
    if (wall - next.offsetMs < next.fromMs) return at;
    span = next;
  }
}

/** 1 is Monday, 7 is Sunday, of a wall clock given as if it were UTC. */
export function weekdayOf(wall: number): number {
  return new Date(wall).getUTCDay() || 7;
}

/** Minutes since midnight of `HH:mm`; `24:00` is the end of the day. */
export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** Is there such a zone? */
export function isZone(zone: string): boolean {
  try {
    spanAt(zone, 0);
    return true;
  } catch {
    return false;
  }
}
