import { afterEach, describe, expect, it } from 'vitest';
import { createHub } from '../hub.ts';
import type { AppendableLog, LogEvent, NewEvent } from '../log.ts';
import { seekByReading } from '../log.ts';
import { TestByteSink } from './test-sinks.ts';

export interface LogUnderTest {
  log: AppendableLog;
  /** Opens what the same place holds, as after a restart; absent when nothing outlives the process. */
  reopen?(): Promise<AppendableLog>;
  close(): Promise<void>;
}

export interface LogContract {
  /** False for a log to which several machines write, whose clocks differ. */
  monotonic?: boolean;
  /** A new, empty log that takes its times from `now`, keeping about `keepEvents` when given. */
  create(options: { now: () => number; keepEvents?: number }): Promise<LogUnderTest>;
}

/** What every log promises, whatever it is kept in. */
export function describeLog(name: string, contract: LogContract): void {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });
  let time = 1_000;

  async function create(options: { keepEvents?: number } = {}) {
    time = 1_000;
    const made = await contract.create({ now: () => time, ...options });
    cleanups.push(() => made.close());
    return made;
  }

  const event = (data: unknown, more: Partial<NewEvent> = {}): NewEvent => ({
    stream: 'w',
    name: 'test.event',
    data: JSON.stringify(data),
    ...more,
  });
  const all = (log: AppendableLog) => readAll(log, 0, 3);

  describe(`the log ${name}`, () => {
    it('is empty at first, with a head and an epoch', async () => {
      const { log } = await create();
      expect(await log.head()).toEqual({ epoch: expect.stringMatching(/^[A-Za-z0-9]{6,8}$/), head: 0, oldest: 1 });
      expect(await log.read(0, 10)).toEqual([]);
    });

    it('gives back what was committed, word for word, with its position and time', async () => {
      const { log } = await create();
      const given = [
        event({ text: '🙂 é\n\u0000\uFEFF' }),
        event('x'.repeat(300_000), { stream: 't.news' }),
        event(1, { tags: { region: 'eu', urgent: true, level: 3 }, about: ['ann', 'bob'] }),
        event('', { data: '"line\\n"', name: 'other.name' }),
      ];
      const committed = await log.append(given);
      const expected = given.map((one, index) => ({ ...one, seq: index + 1, time: 1_000 }));
      expect(committed).toEqual(expected);
      expect(await log.read(0, 10)).toEqual(expected);
      expect(await log.read(2, 1)).toEqual([expected[2]]);
    });

    it('numbers without gaps, in the order of the calls, and never mixes two lists', async () => {
      const { log } = await create();
      const lists = Array.from({ length: 200 }, (_, list) =>
        Array.from({ length: 1 + (list % 4) }, (__, at) => [list, at]),
      );
      const committed = await Promise.all(lists.map((list) => log.append(list.map((one) => event(one)))));
      const flat = committed.flat();
      expect(flat.map(({ seq }) => seq)).toEqual(flat.map((_, index) => index + 1));
      expect((await all(log)).map(({ data }) => JSON.parse(data))).toEqual(lists.flat());
      expect(await log.head()).toMatchObject({ head: flat.length, oldest: 1 });
    });

    it('reads nothing beyond what is committed', async () => {
      const { log } = await create();
      const appended = log.append([event(1)]);
      const { head } = await log.head();
      expect((await log.read(0, 10)).length).toBeLessThanOrEqual(1);
      expect(head).toBeLessThanOrEqual(1);
      await appended;
      expect(await log.read(1, 10)).toEqual([]);
      expect(await log.read(77, 10)).toEqual([]);
      expect(await log.append([])).toEqual([]);
    });

    it('forgets the oldest first, and says from where it can be read', async () => {
      const { log } = await create({ keepEvents: 20 });
      for (let n = 1; n <= 200; n += 1) await log.append([event(n, { data: `"${String(n).padStart(50, '.')}"` })]);
      const { head, oldest } = await log.head();
      expect(head).toBe(200);
      expect(oldest).toBeGreaterThan(1);
      expect(head - oldest + 1).toBeGreaterThanOrEqual(20);
      const seqs = (await all(log)).map(({ seq }) => seq);
      expect(seqs).toEqual(Array.from({ length: head - oldest + 1 }, (_, index) => oldest + index));
      expect((await log.read(oldest - 1, 1))[0]?.seq).toBe(oldest);
    });

    if (contract.monotonic !== false)
      it('finds the position of a time, also when its clock is set back', async () => {
        const { log } = await create();
        for (const at of [1_000, 1_000, 2_000, 5_000, 3_000, 9_000]) {
          time = at;
          await log.append([event(at), event(at)]);
        }
        const times = (await all(log)).map((one) => one.time);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        for (const asked of [0, 999, 1_000, 1_001, 2_000, 2_001, 5_000, 5_001, 9_000, 9_001]) {
          const expected = times.filter((at) => at < asked).length;
          expect([asked, await log.seek?.(asked)]).toEqual([asked, expected]);
          expect([asked, await seekByReading(log, asked)]).toEqual([asked, expected]);
        }
      });

    it('erases what matches and keeps every position', async () => {
      const { log, reopen } = await create();
      for (let n = 0; n < 60; n += 1) {
        await log.append([
          event(`secret ${n}`, { stream: `u.${n % 3}`, about: n % 10 === 5 ? ['0'] : undefined }),
          event(n),
        ]);
      }
      const match = (one: LogEvent) => one.stream === 'u.0' || (one.about?.includes('0') ?? false);
      const before = await all(log);
      const matching = before.filter(match).length;
      expect(await log.erase(match)).toBe(matching);
      expect(await log.erase(() => false)).toBe(0);
      for (const from of reopen ? [log, await reopen()] : [log]) {
        const after = await readAll(from, 0, 7);
        expect(after.map(({ seq, time: at }) => [seq, at])).toEqual(before.map(({ seq, time: at }) => [seq, at]));
        expect(
          after.filter((one, index) => !match(before[index] as LogEvent) && one.data !== before[index]?.data),
        ).toEqual([]);
        const gone = after.filter((_, index) => match(before[index] as LogEvent));
        expect(gone.every((one) => one.stream === '' && one.data === 'null' && !one.about && !one.tags)).toBe(true);
      }
    });

    it('erases while it is written to and read, and loses nothing by it', async () => {
      const { log } = await create();
      const appends: Promise<unknown>[] = [];
      for (let n = 0; n < 300; n += 1) {
        appends.push(log.append([event(n, { stream: n % 2 === 0 ? 'u.ann' : 'w' })]));
        if (n % 60 === 0) appends.push(log.erase((one) => one.stream === 'u.ann'));
        if (n % 20 === 0) appends.push(log.read(0, 1_000));
        if (n % 50 === 0) await Promise.all(appends.splice(0));
      }
      await Promise.all(appends);
      await log.erase((one) => one.stream === 'u.ann');
      const left = await all(log);
      expect(left.map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
      expect(left.filter(({ stream }) => stream !== '').map(({ data }) => Number(data))).toEqual(
        Array.from({ length: 150 }, (_, index) => 2 * index + 1),
      );
    });

    it('carries a hub: its readers go on from any cursor', async () => {
      const { log } = await create();
      const hub = createHub({ log, limits: { ringEvents: 10, pageEvents: 8 } });
      const { epoch } = await log.head();
      for (let n = 1; n <= 100; n += 1) await hub.apply(await log.append([event(n)]));
      const sink = new TestByteSink();
      hub.attach(sink, { streams: ['w'], cursor: `${epoch}.f` });
      await expect.poll(() => sink.data.length).toBe(85);
      await hub.apply(await log.append([event(101)]));
      await expect.poll(() => sink.data.map(Number)).toEqual(Array.from({ length: 86 }, (_, index) => 16 + index));
      await hub.drain(0);
    });

    it('is the same after a restart, if it outlives one', async () => {
      const { log, reopen } = await create();
      if (!reopen) return;
      for (let n = 1; n <= 50; n += 1) await log.append([event(n, { tags: { n } })]);
      const before = [await log.head(), await all(log)];
      const again = await reopen();
      expect([await again.head(), await all(again)]).toEqual(before);
      expect((await again.append([event('next')]))[0]?.seq).toBe(51);
    });
  });
}

export async function readAll(log: AppendableLog, after: number, limit: number): Promise<LogEvent[]> {
  const found: LogEvent[] = [];
  for (let at = after; ; at = (found.at(-1) as LogEvent).seq) {
    const page = await log.read(at, limit);
    found.push(...page);
    if (page.length === 0) return found;
  }
}
