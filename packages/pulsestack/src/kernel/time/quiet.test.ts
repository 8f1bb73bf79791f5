import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, localParts, quietUntil } from './index.ts';
import { daysOfChange, wallByIntl } from './testing/scanner.ts';

const ZONES = Intl.supportedValuesOf('timeZone');
const FROM = Date.parse('2024-01-01T00:00:00Z');
const TO = Date.parse('2029-01-01T00:00:00Z');
const NIGHT = [{ start: '22:00', end: '07:00' }];
const STEP_MS = HOUR_MS / 4;

// Dates that were skipped as a whole, besides what changes these years.
const SKIPPED: [string, string][] = [
  ['Pacific/Apia', '2011-12-30T00:00:00Z'],
  ['Pacific/Kwajalein', '1993-08-21T00:00:00Z'],
];

// Zones that are the same behave the same: those with the same offsets in winter, in summer and on the days of change.
const SUMMER = Date.parse('2024-07-01T00:00:00Z');
const changes = new Map<string, { zone: string; days: number[] }>();
for (const zone of ZONES) {
  const days = daysOfChange(zone, FROM, TO);
  if (days.length > 0)
    changes.set(`${wallByIntl(zone, FROM)} ${wallByIntl(zone, SUMMER)} ${days.join()}`, { zone, days });
}

it('the night is quiet by the wall clock around every change of every clock in five years, and ends by it', () => {
  let looked = 0;
  for (const { zone, days } of changes.values())
    for (const day of days) looked += lookAround(zone, day - DAY_MS / 2, day + 2 * DAY_MS);
  expect(looked).toBeGreaterThan(50_000);
  const shifts = [...changes.values()].map(({ zone }) => Math.abs(offset(zone, FROM) - offset(zone, SUMMER)) / HOUR_MS);
  // Lord Howe and Troll are among them.
  expect(new Set(shifts)).toEqual(new Set([0, 0.5, 1, 2]));
});

it.each(SKIPPED)('the night is quiet by the wall clock where a date was skipped: %s', (zone, at) => {
  expect(lookAround(zone, Date.parse(at) - 2 * DAY_MS, Date.parse(at) + 3 * DAY_MS)).toBeGreaterThan(100);
});

const offset = (zone: string, at: number) => wallByIntl(zone, at) - at;

function lookAround(zone: string, from: number, to: number): number {
  let looked = 0;
  for (let at = from; at < to; at += STEP_MS, looked++) {
    const hour = new Date(wallByIntl(zone, at)).getUTCHours();
    const ends = quietUntil(NIGHT, zone, new Date(at));
    const told = `${zone} at ${new Date(at).toISOString()}`;
    if ((ends !== null) !== (hour >= 22 || hour < 7)) throw new Error(`${told}: quiet until ${ends?.toISOString()}`);
    if (!ends) continue;
    const { time } = localParts(ends, zone);
    if (time !== '07:00' || ends.getTime() - at > 11 * HOUR_MS) throw new Error(`${told}: ends at ${time}`);
  }
  return looked;
}
