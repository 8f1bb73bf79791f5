import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import {
  DAY_MS,
  fires,
  HOUR_MS,
  instantOf,
  localParts,
  MINUTE_MS,
  nextCron,
  nextDaily,
  nextFire,
  nextHourly,
  onceAt,
  quietUntil,
  type Recurrence,
} from './index.ts';
import { daysOfChange, minutesOfStretch, scanDaily, wallByIntl } from './testing/scanner.ts';

const ZONES = [...Intl.supportedValuesOf('timeZone'), 'UTC', 'Etc/GMT-14', 'Etc/GMT+12'];
const FROM = Date.parse('2024-01-01T00:00:00Z');
const TO = Date.parse('2029-01-01T00:00:00Z');

const take = (rule: Recurrence, zone: string, after: string, count: number) => {
  const found: string[] = [];
  for (const fire of fires(rule, zone, new Date(after))) {
    found.push(fire.toISOString().replace(':00.000Z', 'Z'));
    if (found.length === count) break;
  }
  return found;
};
const minuteOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const hhmm = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

// Zones that are the same behave the same; what a name stands for is decided once.
const changes = new Map(ZONES.map((zone) => [zone, daysOfChange(zone, FROM, TO)]));
const SUMMER = Date.parse('2024-07-01T00:00:00Z');
const UNLIKE = [
  ...new Map(
    ZONES.map((zone) => [`${wallByIntl(zone, FROM)} ${wallByIntl(zone, SUMMER)} ${changes.get(zone)?.join()}`, zone]),
  ).values(),
];

describe('a daily time, in every zone, over five years', () => {
  // Every time in every zone is a matter of minutes: `node --conditions=source bench/time.ts --step 15`.
  it.each([
    ['02:30', ZONES],
    ['00:00', UNLIKE],
    ['23:45', UNLIKE],
  ])('%s fires once for each date that exists, in order, at that time', (at, zones) => {
    for (const zone of zones) {
      const restless = new Set((changes.get(zone) ?? []).flatMap((day) => [day - DAY_MS, day, day + DAY_MS]));
      const dates = new Set<string>();
      let before = 0;
      let fire = nextDaily({ at }, zone, new Date(FROM));
      for (; fire && fire.getTime() < TO; fire = nextDaily({ at }, zone, fire)) {
        const ms = fire.getTime();
        if (ms <= before) throw new Error(`${zone}: ${fire.toISOString()} does not come after the fire before`);
        if (before > 0 && ms - before > 27 * HOUR_MS) throw new Error(`${zone}: nothing between ${before} and ${ms}`);
        before = ms;
        const { date: shown, time } = localParts(fire, zone);
        // A gap before midnight shifts the last hour of a date into the next one; it still belongs to its own.
        const shifted = time < '03:00' && at > '21:00';
        const date = shifted ? localParts(new Date(ms - DAY_MS / 2), zone).date : shown;
        if (restless.has(Math.floor(ms / DAY_MS) * DAY_MS)) {
          // Shifted out of a gap, at most by its length, which these years is never more than two hours.
          if ((minuteOf(time) - minuteOf(at) + 1440) % 1440 > 120) throw new Error(`${zone}: ${time} on ${date}`);
        } else if (time !== at) throw new Error(`${zone}: ${time} on ${date}, which is an ordinary day`);
        if (dates.has(date)) throw new Error(`${zone}: twice on ${date}`);
        dates.add(date);
      }
      // 1827 days are in five years; the first or the last date may lie outside by the clock of the zone.
      if (dates.size < 1826 || dates.size > 1828) throw new Error(`${zone}: ${dates.size} dates`);
    }
  });

  it('agrees with a scanner that looks at every minute around every change of a clock', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES.filter((zone) => (changes.get(zone)?.length ?? 0) > 0)),
        fc.nat(),
        fc.integer({ min: 0, max: 1439 }),
        fc.boolean(),
        (zone, which, anyMinute, early) => {
          const days = changes.get(zone) ?? [];
          const day = days[which % days.length] ?? FROM;
          const at = hhmm(early ? anyMinute % 240 : anyMinute);
          const [from, to] = [day - DAY_MS, day + 3 * DAY_MS];
          const scanned = scanDaily(minutesOfStretch(zone, from - DAY_MS, to + DAY_MS), minuteOf(at) * MINUTE_MS);
          const expected = scanned.filter((ms) => ms > from && ms <= to);
          const found: number[] = [];
          for (const fire of fires({ every: 'daily', at }, zone, new Date(from))) {
            if (fire.getTime() > to) break;
            found.push(fire.getTime());
          }
          expect(found, `${zone} ${at} around ${new Date(day).toISOString()}`).toEqual(expected);
        },
      ),
      { seed: 7, numRuns: 120 },
    );
  });

  it('reads and writes wall clocks as Temporal does, disambiguation "compatible"', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: Date.parse('1975-01-01') / MINUTE_MS, max: Date.parse('2037-01-01') / MINUTE_MS }),
        (zone, minute) => {
          const wall = new Date(minute * MINUTE_MS).toISOString().slice(0, 16);
          const expected = Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).epochMilliseconds;
          expect(instantOf(wall.slice(0, 10), wall.slice(11), zone).getTime(), `${zone} ${wall}`).toBe(expected);
          const at = new Date(minute * MINUTE_MS);
          const { date, time } = localParts(at, zone);
          expect(`${date}T${time}`).toBe(new Date(wallByIntl(zone, at.getTime())).toISOString().slice(0, 16));
        },
      ),
      { seed: 11, numRuns: 3000 },
    );
  });
});

describe('a time that a clock skips or shows twice', () => {
  const daily = (at: string): Recurrence => ({ every: 'daily', at });

  it('New York: comes an hour later in spring, and once in autumn', () => {
    expect(take(daily('02:30'), 'America/New_York', '2026-03-07T12:00:00Z', 2)).toEqual([
      '2026-03-08T07:30Z',
      '2026-03-09T06:30Z',
    ]);
    expect(take(daily('01:30'), 'America/New_York', '2026-10-31T12:00:00Z', 2)).toEqual([
      '2026-11-01T05:30Z',
      '2026-11-02T06:30Z',
    ]);
  });

  it('Lord Howe: the clock moves by half an hour', () => {
    expect(take(daily('02:15'), 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', 2)).toEqual([
      '2026-10-03T15:45Z',
      '2026-10-04T15:15Z',
    ]);
    expect(take(daily('01:45'), 'Australia/Lord_Howe', '2026-04-04T00:00:00Z', 2)).toEqual([
      '2026-04-04T14:45Z',
      '2026-04-05T15:15Z',
    ]);
  });

  it('Troll: the clock moves by two hours', () => {
    expect(take(daily('01:30'), 'Antarctica/Troll', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:30Z',
      '2026-03-29T23:30Z',
    ]);
    expect(take(daily('02:00'), 'Antarctica/Troll', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:00Z',
      '2026-10-26T02:00Z',
    ]);
  });

  it('Samoa: a date that does not exist has no digest, and no other date has two', () => {
    expect(take(daily('09:00'), 'Pacific/Apia', '2011-12-28T20:00:00Z', 3)).toEqual([
      '2011-12-29T19:00Z',
      '2011-12-30T19:00Z',
      '2011-12-31T19:00Z',
    ]);
    // The Friday that did not exist: its weekly digest comes as much later as the gap is long.
    expect(take({ every: 'weekly', weekday: 5, at: '09:00' }, 'Pacific/Apia', '2011-12-25T00:00:00Z', 2)).toEqual([
      '2011-12-30T19:00Z',
      '2012-01-05T19:00Z',
    ]);
  });

  it('Casablanca: the clock goes back for Ramadan and forward after it', () => {
    const zone = 'Africa/Casablanca';
    const days = daysOfChange(zone, Date.parse('2026-01-01'), Date.parse('2027-01-01'));
    expect(days.length).toBeGreaterThanOrEqual(2);
    for (const at of ['02:30', '03:30', '09:00']) {
      const found = take(daily(at), zone, '2026-01-01T12:00:00Z', 364);
      const local = found.map((fire) => localParts(new Date(fire.replace('Z', ':00Z')), zone));
      expect(new Set(local.map((one) => one.date)).size).toBe(364);
      expect(local.filter((one) => one.time !== at).length).toBe(at === '02:30' ? 1 : 0);
    }
  });
});

describe('cron', () => {
  const cron = (text: string): Recurrence => ({ every: 'cron', cron: text });
  const NY = 'America/New_York';

  it('one fixed time in a gap fires at the first moment after it, and once when it comes twice', () => {
    expect(take(cron('30 2 * * *'), NY, '2026-03-07T12:00:00Z', 2)).toEqual(['2026-03-08T07:00Z', '2026-03-09T06:30Z']);
    expect(take(cron('30 1 * * *'), NY, '2026-10-31T12:00:00Z', 2)).toEqual(['2026-11-01T05:30Z', '2026-11-02T06:30Z']);
  });

  it('what goes by real time skips a gap and fires in both of two equal hours', () => {
    expect(take(cron('*/30 * * * *'), NY, '2026-03-08T06:15:00Z', 3)).toEqual([
      '2026-03-08T06:30Z',
      '2026-03-08T07:00Z',
      '2026-03-08T07:30Z',
    ]);
    expect(take(cron('*/30 * * * *'), NY, '2026-11-01T04:45:00Z', 5)).toEqual([
      '2026-11-01T05:00Z',
      '2026-11-01T05:30Z',
      '2026-11-01T06:00Z',
      '2026-11-01T06:30Z',
      '2026-11-01T07:00Z',
    ]);
    expect(take(cron('*/15 2 * * *'), NY, '2026-03-08T00:00:00Z', 1)).toEqual(['2026-03-09T06:00Z']);
  });

  it('agrees with the scanner about expressions that go by real time, around every change', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES.filter((zone) => (changes.get(zone)?.length ?? 0) > 0)),
        fc.nat(),
        fc.constantFrom(5, 10, 15, 20, 30),
        fc.constantFrom('*', '0-3', '*/2', '1,2,3'),
        (zone, which, step, hours) => {
          const days = changes.get(zone) ?? [];
          const day = days[which % days.length] ?? FROM;
          const matches = (hour: number) =>
            hours === '*' || (hours === '*/2' ? hour % 2 === 0 : hours === '0-3' ? hour <= 3 : hour >= 1 && hour <= 3);
          const expected = minutesOfStretch(zone, day + MINUTE_MS, day + 2 * DAY_MS)
            .filter(({ wall }) => {
              const clock = new Date(wall);
              return clock.getUTCMinutes() % step === 0 && clock.getUTCSeconds() === 0 && matches(clock.getUTCHours());
            })
            .map(({ at }) => at);
          const found: number[] = [];
          for (const fire of fires(cron(`*/${step} ${hours} * * *`), zone, new Date(day))) {
            if (fire.getTime() >= day + 2 * DAY_MS) break;
            found.push(fire.getTime());
          }
          expect(found, `${zone} */${step} ${hours} on ${new Date(day).toISOString()}`).toEqual(expected);
        },
      ),
      { seed: 13, numRuns: 60 },
    );
  });

  it('answers null for a date that never comes', () => {
    expect(nextCron('0 0 30 2 *', 'UTC', new Date(FROM))).toBeNull();
  });
});

describe('hourly', () => {
  it('fires whenever the minute hand stands there, also in zones that are off by a quarter', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.nat(), fc.integer({ min: 0, max: 59 }), (zone, which, minute) => {
        const days = changes.get(zone) ?? [];
        const from = days.length > 0 ? (days[which % days.length] ?? FROM) : FROM + (which % 1800) * DAY_MS;
        const expected = minutesOfStretch(zone, from + MINUTE_MS, from + 30 * HOUR_MS)
          .filter(({ wall }) => new Date(wall).getUTCMinutes() === minute)
          .map(({ at }) => at);
        const found: number[] = [];
        for (let at = nextHourly(zone, new Date(from), minute); at.getTime() < from + 30 * HOUR_MS; ) {
          found.push(at.getTime());
          at = nextHourly(zone, at, minute);
        }
        expect(found, `${zone} :${minute} ${new Date(from).toISOString()}`).toEqual(expected);
      }),
      { seed: 17, numRuns: 100 },
    );
  });
});

describe('a user who moves', () => {
  const nine = { every: 'daily', at: '09:00' } as const;

  it('west gets no second digest within twelve hours', () => {
    const last = new Date('2026-06-15T07:00:00Z');
    expect(nextFire(nine, 'America/New_York', last)?.toISOString()).toBe('2026-06-15T13:00:00.000Z');
    expect(nextFire(nine, 'America/New_York', last, { lastFire: last })?.toISOString()).toBe(
      '2026-06-16T13:00:00.000Z',
    );
  });

  it('keeps at least twelve hours between two, and waits for no longer than a day and a half', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...ZONES), { minLength: 2, maxLength: 12 }),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 0, max: 1700 }),
        (journey, minute, day) => {
          let lastFire: Date | undefined;
          let now = new Date(FROM + day * DAY_MS);
          for (const zone of journey) {
            const fire = nextFire({ every: 'daily', at: hhmm(minute) }, zone, now, { lastFire });
            if (!fire) throw new Error('a daily rule always has a next fire');
            if (lastFire) expect(fire.getTime() - lastFire.getTime()).toBeGreaterThanOrEqual(12 * HOUR_MS);
            expect(fire.getTime() - now.getTime()).toBeLessThanOrEqual(39 * HOUR_MS);
            lastFire = now = fire;
          }
        },
      ),
      { seed: 19, numRuns: 400 },
    );
  });
});

describe('quiet hours', () => {
  const until = (windows: Parameters<typeof quietUntil>[0], zone: string, at: string) =>
    quietUntil(windows, zone, new Date(at))?.toISOString().replace(':00.000Z', 'Z') ?? null;
  const night = [{ start: '22:00', end: '07:00' }];

  it('wrap midnight; the start is in, the end is out', () => {
    expect(until(night, 'Europe/Berlin', '2026-06-15T19:59:59Z')).toBeNull();
    expect(until(night, 'Europe/Berlin', '2026-06-15T20:00:00Z')).toBe('2026-06-16T05:00Z');
    expect(until(night, 'Europe/Berlin', '2026-06-16T04:59:59Z')).toBe('2026-06-16T05:00Z');
    expect(until(night, 'Europe/Berlin', '2026-06-16T05:00:00Z')).toBeNull();
  });

  it('belong to the weekday they begin on', () => {
    const friday = [{ days: [5], start: '22:00', end: '10:00' }];
    expect(until(friday, 'UTC', '2026-06-20T09:00:00Z')).toBe('2026-06-20T10:00Z');
    expect(until(friday, 'UTC', '2026-06-19T09:00:00Z')).toBeNull();
    expect(until(friday, 'UTC', '2026-06-20T23:00:00Z')).toBeNull();
  });

  it('mean nothing when start and end are equal, and a whole day as 00:00 to 24:00', () => {
    expect(until([{ start: '08:00', end: '08:00' }], 'UTC', '2026-06-20T08:00:00Z')).toBeNull();
    expect(until([{ days: [6, 7], start: '00:00', end: '24:00' }], 'UTC', '2026-06-20T08:00:00Z')).toBe(
      '2026-06-22T00:00Z',
    );
  });

  it('are one when they touch or overlap', () => {
    const both = [...night, { days: [6], start: '06:00', end: '12:00' }];
    expect(until(both, 'UTC', '2026-06-19T23:00:00Z')).toBe('2026-06-20T12:00Z');
  });

  it('are an hour shorter or longer when the clock changes, and end by the clock', () => {
    expect(until(night, 'America/New_York', '2026-03-08T04:00:00Z')).toBe('2026-03-08T11:00Z');
    expect(until(night, 'America/New_York', '2026-11-01T03:00:00Z')).toBe('2026-11-01T12:00Z');
    expect(until([{ start: '23:00', end: '02:30' }], 'America/New_York', '2026-03-08T05:00:00Z')).toBe(
      '2026-03-08T07:30Z',
    );
  });

  it('hold exactly while the wall clock is inside, on days when no clock changes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: 0, max: 1820 }),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 0, max: 1439 }),
        (zone, day, start, end, minute) => {
          const from = FROM + day * DAY_MS;
          fc.pre(!(changes.get(zone) ?? []).some((change) => Math.abs(change - from) < 4 * DAY_MS));
          const at = from + minute * MINUTE_MS;
          const wall = new Date(wallByIntl(zone, at));
          const now = wall.getUTCHours() * 60 + wall.getUTCMinutes();
          const inside = start < end ? now >= start && now < end : start > end && (now >= start || now < end);
          const ends = quietUntil([{ start: hhmm(start), end: hhmm(end) }], zone, new Date(at));
          expect(ends !== null).toBe(inside);
          if (ends) expect(localParts(ends, zone).time).toBe(hhmm(end));
        },
      ),
      { seed: 23, numRuns: 1500 },
    );
  });
});

it('once means the local time that was named', () => {
  expect(onceAt('2026-03-08T02:30', 'America/New_York').toISOString()).toBe('2026-03-08T07:30:00.000Z');
  expect(onceAt('2026-12-24T18:00:30', 'Europe/Vienna').toISOString()).toBe('2026-12-24T17:00:30.000Z');
});

it('an interval goes by real time from where it began', () => {
  const anchor = new Date('2026-11-01T04:10:00Z');
  const found: string[] = [];
  for (const fire of fires({ every: 'interval', of: '45m' }, 'America/New_York', anchor, anchor)) {
    found.push(fire.toISOString());
    if (found.length === 3) break;
  }
  expect(found).toEqual(['2026-11-01T04:55:00.000Z', '2026-11-01T05:40:00.000Z', '2026-11-01T06:25:00.000Z']);
});
