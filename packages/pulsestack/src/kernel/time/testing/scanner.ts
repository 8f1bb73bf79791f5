/**
 * A second opinion about wall clocks, which shares nothing with the code it judges: it asks Intl for the offset of instants
 * and then looks at every single minute.
 */
export interface Minute {
  at: number;
  /** The wall clock as if it were UTC. */
  wall: number;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What the wall clock shows, asked from Intl. */
export function wallByIntl(zone: string, at: number): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const [month, day, year, hour, minute, second] = (format.format(at).match(/\d+/g) ?? []).map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

/** Every minute of a stretch of time with what the wall clock shows. Where two ends of a quarter agree, so does what is between. */
export function minutesOfStretch(zone: string, from: number, to: number): Minute[] {
  const minutes: Minute[] = [];
  let offset = wallByIntl(zone, from) - from;
  for (let quarter = from; quarter < to; quarter += 15 * MINUTE) {
    const next = wallByIntl(zone, quarter + 15 * MINUTE) - (quarter + 15 * MINUTE);
    for (let at = quarter; at < Math.min(quarter + 15 * MINUTE, to); at += MINUTE)
      minutes.push({ at, wall: next === offset ? at + offset : wallByIntl(zone, at) });
    offset = next;
  }
  return minutes;
}

/** The days on which a zone changes its offset: the start of each UTC day after which the next one has another. */
export function daysOfChange(zone: string, from: number, to: number): number[] {
  const days: number[] = [];
  let before = wallByIntl(zone, from) - from;
  for (let day = from; day < to; day += DAY) {
    const after = wallByIntl(zone, day + DAY) - (day + DAY);
    if (after !== before) days.push(day);
    before = after;
  }
  return days;
}

/** When a clock on the wall first shows a time of day, on each date of the stretch; in a gap, as much later as the gap is long. */
export function scanDaily(minutes: readonly Minute[], timeOfDay: number): number[] {
  const fires: number[] = [];
  const done = new Set<number>();
  minutes.forEach(({ at, wall }, i) => {
    const date = Math.floor(wall / DAY);
    if (wall - date * DAY === timeOfDay && !done.has(date)) {
      done.add(date);
      fires.push(at);
    }
    const next = minutes[i + 1];
    const gap = next ? next.wall - wall - MINUTE : 0;
    if (gap <= 0) return;
    for (let missing = wall + MINUTE; missing < wall + MINUTE + gap; missing += MINUTE) {
      const missingDate = Math.floor(missing / DAY);
      if (missing - missingDate * DAY !== timeOfDay || done.has(missingDate)) continue;
      done.add(missingDate);
      fires.push(at + (missing - wall));
    }
  });
  return [...new Set(fires)].sort((a, b) => a - b);
}
