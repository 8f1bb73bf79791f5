const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EVENING_HOUR = 18;
const MORNING_HOUR = 8;
const MONDAY = 1;

/** "5m ago", "2d ago", and after a week the date: short enough for the edge of a row. */
export function relativeTime(iso: string, nowMs: number, locale: string): string {
  const seconds = Math.round((Date.parse(iso) - nowMs) / 1000);
  const age = Math.abs(seconds);
  const format = relativeFormat(locale);
  if (age < 45) return format.format(0, 'second');
  if (age < HOUR) return format.format(Math.sign(seconds) * Math.max(1, Math.round(age / MINUTE)), 'minute');
  if (age < DAY) return format.format(Math.sign(seconds) * Math.round(age / HOUR), 'hour');
  if (age < 7 * DAY) return format.format(Math.sign(seconds) * Math.round(age / DAY), 'day');
  const isThisYear = new Date(iso).getFullYear() === new Date(nowMs).getFullYear();
  return dateFormat(locale, { day: 'numeric', month: 'short', ...(isThisYear ? {} : { year: 'numeric' }) }).format(
    new Date(iso),
  );
}

export function absoluteTime(iso: string, locale: string): string {
  return dateFormat(locale, { dateStyle: 'full', timeStyle: 'short' }).format(new Date(iso));
}

export interface SnoozePreset {
  name: 'hour' | 'evening' | 'morning' | 'week';
  until: Date;
}

/** When a snoozed notification may come back, in the reader's own wall clock. "This evening" is offered only before it. */
export function snoozePresets(now: Date): SnoozePreset[] {
  const evening = at(now, 0, EVENING_HOUR);
  const daysToMonday = (MONDAY - now.getDay() + 7) % 7 || 7;
  const presets: SnoozePreset[] = [{ name: 'hour', until: new Date(now.getTime() + HOUR * 1000) }];
  if (now.getTime() < evening.getTime() - HOUR * 1000) presets.push({ name: 'evening', until: evening });
  presets.push(
    { name: 'morning', until: at(now, 1, MORNING_HOUR) },
    { name: 'week', until: at(now, daysToMonday, MORNING_HOUR) },
  );
  return presets;
}

/** "18:00" today and tomorrow, "Mon 08:00" further on. */
export function presetTime({ name, until }: SnoozePreset, locale: string): string {
  const clock = { hour: 'numeric', minute: '2-digit' } as const;
  return dateFormat(locale, name === 'week' ? { weekday: 'short', ...clock } : clock).format(until);
}

function at(now: Date, days: number, hour: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
}

// Formats are dear to make and a list needs them for every row.
const formats = new Map<string, Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function relativeFormat(locale: string): Intl.RelativeTimeFormat {
  return kept(`relative ${locale}`, () => new Intl.RelativeTimeFormat(locale, { style: 'narrow', numeric: 'auto' }));
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(`${locale} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale, options));
}

function kept<Format extends Intl.DateTimeFormat | Intl.RelativeTimeFormat>(key: string, make: () => Format): Format {
  let format = formats.get(key);
  if (!format) formats.set(key, (format = make()));
  return format as Format;
}

/** The days of the week as a language calls them, Monday first. */
export function weekdayNames(locale: string): string[] {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  // The fifth of January 1970 was a Monday.
  return Array.from({ length: 7 }, (_, i) => format.format(new Date((4 + i) * 86_400_000)));
}
