import { useNow } from './use-now.ts';

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' });
const dateThisYear = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });
const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

const JUST_NOW = 20_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When it was, as a person would say it; the exact instant on pointing. */
export function Time({ at, isExact }: { at: string; isExact?: boolean }) {
  const now = useNow();
  const instant = new Date(at);
  return (
    <time dateTime={at} title={exact.format(instant)} className="whitespace-nowrap">
      {isExact ? exact.format(instant) : say(instant.getTime(), now)}
    </time>
  );
}

function say(at: number, now: number): string {
  const past = now - at;
  const distance = Math.abs(past);
  const sign = past < 0 ? 1 : -1;
  // The shared clock may be a tick behind what has just been made.
  if (distance < JUST_NOW) return 'just now';
  if (distance < MINUTE) return relative.format(sign * Math.round(distance / 1000), 'second');
  if (distance < HOUR) return relative.format(sign * Math.round(distance / MINUTE), 'minute');
  if (distance < DAY) return relative.format(sign * Math.round(distance / HOUR), 'hour');
  if (distance < 7 * DAY) return relative.format(sign * Math.round(distance / DAY), 'day');
  const instant = new Date(at);
  return (instant.getFullYear() === new Date(now).getFullYear() ? dateThisYear : date).format(instant);
}

const count = new Intl.NumberFormat('en');

export function Count({ value }: { value: number }) {
  return <span className="tabular">{count.format(value)}</span>;
}
