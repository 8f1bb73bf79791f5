import type { ScheduleTime } from '@pulsestack/core';

const HOUR_MS = 3_600_000;

/** A fire as it is shown: the instant, and the zone by whose clock it comes. */
export interface ShownFire {
  at: string;
  timeZone: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${Object.keys(options).join()}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  formats.set(key, made);
  return made;
}

/** "Mon 23 Nov 2026, 08:00" on the clock of a zone. */
export function onClock(at: string, zone: string): string {
  return format(zone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
    .format(new Date(at))
    .replace(/^(\w+), /, '$1 ');
}

function timeOn(at: Date, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** "UTC+1" of a zone at an instant. */
export function offsetOf(at: Date, zone: string): string {
  const name = format(zone, { timeZoneName: 'shortOffset' })
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')?.value;
  return (name ?? 'GMT').replace('GMT', 'UTC');
}

/** What is worth knowing of a fire: that clocks have changed, or that its time is one that does not exist or comes twice. */
export function remarkOf(fire: ShownFire, before: Date, when: ScheduleTime): string | null {
  const at = new Date(fire.at);
  const zone = fire.timeZone;
  const asked = askedTime(when);
  const local = timeOn(at, zone);
  if (asked !== null && local !== asked)
    return `${asked} does not exist that day: clocks go forward. It comes at ${local}.`;
  if (asked !== null && timeOn(new Date(at.getTime() + HOUR_MS), zone) === local)
    return `${local} comes twice that day: clocks go back. It counts once, the first time.`;
  const [was, is] = [offsetOf(before, zone), offsetOf(at, zone)];
  return was === is || when.every === 'interval' ? null : `Clocks have changed: ${was} before, ${is} now.`;
}

function askedTime(when: ScheduleTime): string | null {
  if (when.every === 'daily' || when.every === 'weekly') return when.at;
  return when.every === 'once' ? when.at.slice(11, 16) : null;
}
