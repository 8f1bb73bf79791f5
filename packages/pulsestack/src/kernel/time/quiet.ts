import { DAY_MS, instantOfWall, MINUTE_MS, minutesOf, wallMs, weekdayOf } from './local.ts';

/** A window of the wall clock, `[start, end)`. An end at or before the start is on the next day; equal ones mean no window. */
export interface QuietWindow {
  /** The weekdays it begins on, 1 is Monday; all when left out. */
  days?: readonly number[] | undefined;
  /** `HH:mm`. */
  start: string;
  /** `HH:mm`, or `24:00`. */
  end: string;
}

// As many windows as a week can string together; beyond that it is simply always quiet.
const MAX_JOINED = 16;

/** When the quiet ends that an instant falls into; null when it is not quiet. Windows that touch are one. */
export function quietUntil(windows: readonly QuietWindow[], zone: string, at: Date): Date | null {
  let end: number | null = null;
  for (let joined = 0; joined < MAX_JOINED; joined++) {
    const reached = endOfWindow(windows, zone, end ?? at.getTime());
    if (reached === null) break;
    end = reached;
  }
  return end === null ? null : new Date(end);
}

function endOfWindow(windows: readonly QuietWindow[], zone: string, ms: number): number | null {
  const now = wallMs(new Date(ms), zone);
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  let latest: number | null = null;
  for (const window of windows) {
    const from = minutesOf(window.start);
    const to = minutesOf(window.end);
    if (from === to) continue;
    for (const day of [today - DAY_MS, today]) {
      if (window.days && !window.days.includes(weekdayOf(day))) continue;
      const start = day + from * MINUTE_MS;
      const end = day + (to > from ? 0 : DAY_MS) + to * MINUTE_MS;
      const ends = instantOfWall(end, zone);
      // The clock may have skipped the start, even the whole date of it, and still have come to the end.
      const skippedInto = now >= start && wallMs(new Date(ends), zone) === end;
      const begun = instantOfWall(start, zone) <= ms || skippedInto;
      if (begun && ms < ends && (latest === null || ends > latest)) latest = ends;
    }
  }
  return latest;
}
