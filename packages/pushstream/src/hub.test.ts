import { describe, expect, it } from 'vitest';
import type { HubOptions } from './contract.ts';
import { createHub } from './hub.ts';
import type { LogEvent, StreamLog } from './log.ts';
import { createMemoryLog, type MemoryLogOptions } from './memory-log.ts';
import { createManualClock } from './testing/manual-clock.ts';
import { TestByteSink, TestObjectSink } from './testing/test-sinks.ts';

const EPOCH = 'epoch1';

function setup(options: Partial<HubOptions> = {}, logOptions: MemoryLogOptions = {}) {
  const log = createMemoryLog({ epoch: EPOCH, ...logOptions });
  const clock = createManualClock();
  const hub = createHub({ log, clock, heartbeatMs: 1_000, lifetimeMs: 0, ...options });
  const commit = (data: number | string, stream = 'w'): LogEvent =>
    log.append({ stream, name: 'test.event', data: String(data) });
  const read = (streams: string[] = ['w'], cursor?: string) => {
    const sink = new TestByteSink();
    const connection = hub.attach(sink, { streams, cursor });
    return { sink, connection };
  };
  const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  return { log, clock, hub, commit, read, turn };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

describe('hub', () => {
  it('begins every stream with a retry and ps.open with an id', async () => {
    const { read, turn } = setup();
    const { sink } = read();
    await turn();
    expect(sink.text).toMatch(/^retry: \d+\nevent: ps\.open\ndata: \{.*\}\nid: epoch1\.0\n\n$/);
  });

  it('hands a reader the events of its streams and of no others', async () => {
    const { hub, commit, read, turn } = setup();
    const { sink } = read(['u.1', 'w']);
    await turn();
    await hub.apply([commit(1, 'u.1'), commit(2, 'u.2'), commit(3, 'w'), commit(4, 'u.11')]);
    await turn();
    expect(sink.data).toEqual(['1', '3']);
    expect(sink.lastId).toBe('epoch1.3');
  });

  it('writes once per connection and turn, however many events', async () => {
    const { hub, commit, read, turn } = setup();
    const { sink } = read();
    await turn();
    const before = sink.writes;
    for (let i = 1; i <= 50; i += 1) void hub.apply([commit(i)]);
    await turn();
    expect(sink.data).toEqual(numbers(1, 50));
    expect(sink.writes - before).toBe(1);
  });

  describe('the log and its wake-ups', () => {
    it('drops duplicates and repairs a gap from the log, in order', async () => {
      const { hub, commit, read, turn } = setup();
      const { sink } = read();
      await turn();
      const events = numbers(1, 1_000).map((n) => commit(n));
      await hub.apply(events.slice(0, 2));
      await hub.apply(events.slice(0, 2));
      await hub.apply(events.slice(700, 702));
      await hub.apply(events.slice(500, 600));
      await turn();
      const { head, gaps } = hub.stats();
      expect(head).toBeGreaterThanOrEqual(702);
      expect(gaps).toBe(1);
      expect(sink.data).toEqual(numbers(1, head));
    });

    it('delivers the last event when only its wake-up was lost', async () => {
      const { hub, commit, read, turn } = setup();
      const { sink } = read();
      await turn();
      commit('lost');
      await hub.headIs(1, EPOCH);
      await turn();
      expect(sink.data).toEqual(['lost']);
    });

    it('waits for a log that fails, and loses nothing', async () => {
      const inner = createMemoryLog({ epoch: EPOCH });
      let failing = true;
      const fail = () => Promise.reject(new Error('down'));
      const log: StreamLog = {
        head: () => (failing ? fail() : inner.head()),
        read: (after, limit) => (failing ? fail() : inner.read(after, limit)),
      };
      const errors: unknown[] = [];
      const { hub, clock, turn } = setup({ log, onError: (error) => errors.push(error) });
      const done = hub.apply([inner.append({ stream: 'w', name: 'a.b', data: '1' })]);
      await turn();
      expect(errors.length).toBeGreaterThan(0);
      failing = false;
      clock.advance(20);
      await done;
      expect(hub.stats()).toMatchObject({ head: 1 });

      const sink = new TestByteSink();
      hub.attach(sink, { streams: ['w'] });
      await turn();
      failing = true;
      inner.append({ stream: 'w', name: 'a.b', data: '2' });
      const repaired = hub.apply([inner.append({ stream: 'w', name: 'a.b', data: '3' })]);
      await turn();
      failing = false;
      clock.advance(20);
      await repaired;
      await turn();
      expect(sink.data).toEqual(['2', '3']);
    });

    it('ignores a head that is older than what it knows', async () => {
      const { hub, commit, read, turn } = setup();
      const { sink } = read();
      await turn();
      await hub.apply([commit(1), commit(2)]);
      await hub.headIs(1, EPOCH);
      await turn();
      expect(sink.names).toEqual(['ps.open', 'test.event', 'test.event']);
    });

    it('resets everyone when the log is another one', async () => {
      let log = createMemoryLog({ epoch: EPOCH });
      const { hub, read, turn } = setup({ log: { head: () => log.head(), read: (a, l) => log.read(a, l) } });
      const { sink } = read();
      await turn();
      await hub.apply([log.append({ stream: 'w', name: 'a.b', data: '1' })]);
      await turn();
      log = createMemoryLog({ epoch: 'epoch2' });
      await hub.headIs(0, 'epoch2');
      await hub.apply([log.append({ stream: 'w', name: 'a.b', data: '2' })]);
      await turn();
      expect(sink.names).toEqual(['ps.open', 'a.b', 'ps.reset', 'a.b']);
      expect(sink.events[2]).toMatchObject({ data: '{"reason":"epoch","cursor":"epoch2.0"}', id: 'epoch2.0' });
      expect(sink.lastId).toBe('epoch2.1');
    });

    it('resets everyone when the same log went back', async () => {
      let log = createMemoryLog({ epoch: EPOCH });
      const { hub, read, turn } = setup({ log: { head: () => log.head(), read: (a, l) => log.read(a, l) } });
      const { sink } = read();
      await turn();
      await hub.apply(numbers(1, 5).map((data) => log.append({ stream: 'w', name: 'a.b', data })));
      log = createMemoryLog({ epoch: EPOCH });
      for (const data of numbers(1, 3)) log.append({ stream: 'w', name: 'a.b', data });
      await hub.headIs(3, EPOCH);
      await turn();
      expect(sink.events.at(-1)).toMatchObject({ name: 'ps.reset', id: 'epoch1.3' });
    });

    it('tells those who waited when the log lost what was never seen', async () => {
      const { hub, commit, read, turn } = setup({ limits: { pageEvents: 5 } }, { keep: 10 });
      const { sink } = read();
      await turn();
      await hub.apply([commit(1)]);
      for (let i = 2; i <= 100; i += 1) commit(i);
      await hub.headIs(100, EPOCH);
      await turn();
      expect(sink.names.filter((name) => name === 'ps.reset')).toHaveLength(1);
      await hub.apply([commit(101)]);
      await turn();
      expect(sink.data).toEqual(['1', '101']);
    });
  });

  describe('resuming', () => {
    it('sends exactly what is missing, from the ring, then what comes', async () => {
      const { hub, commit, read, turn } = setup();
      await hub.cursor();
      await hub.apply(numbers(1, 500).map((n) => commit(n)));
      const { sink } = read(['w'], 'epoch1.5k');
      void hub.apply([commit(501)]);
      await turn();
      expect(sink.data).toEqual(numbers(201, 501));
      expect(hub.stats().replayedFromLog).toBe(0);
    });

    it('reads further back from the log and crosses into the ring without a seam', async () => {
      const { hub, commit, read, turn } = setup({ limits: { ringEvents: 50, pageEvents: 20, chunkBytes: 300 } });
      await hub.cursor();
      await hub.apply(numbers(1, 500).map((n) => commit(n)));
      const { sink } = read(['w'], 'epoch1.7');
      for (let i = 501; i <= 600; i += 1) {
        await hub.apply([commit(i)]);
        await turn();
      }
      await expect.poll(() => sink.data.length).toBe(593);
      expect(sink.data).toEqual(numbers(8, 600));
      expect(hub.stats().replayedFromLog).toBeGreaterThan(0);
    });

    it('shares pages and replays among a crowd', async () => {
      let reads = 0;
      const inner = createMemoryLog({ epoch: EPOCH });
      for (const data of numbers(1, 1_000)) inner.append({ stream: 'w', name: 'a.b', data });
      const log: StreamLog = {
        head: () => inner.head(),
        read(after, limit) {
          reads += 1;
          return inner.read(after, limit);
        },
      };
      const { read } = setup({ log });
      const crowd = Array.from({ length: 200 }, () => read(['w'], 'epoch1.1'));
      await expect.poll(() => crowd.every(({ sink }) => sink.data.length === 999)).toBe(true);
      expect(reads).toBeLessThan(20);
    });

    it('never takes a page of the log for full while it still grows', async () => {
      const { hub, commit, read, turn } = setup({ limits: { ringEvents: 2, pageEvents: 20 } });
      for (const n of numbers(1, 90)) commit(n);
      const first = read(['w'], 'epoch1.29');
      await expect.poll(() => first.sink.data).toEqual(numbers(82, 90));
      await hub.apply(numbers(91, 130).map((n) => commit(n)));
      const second = read(['w'], 'epoch1.2d');
      await turn();
      await expect.poll(() => second.sink.data).toEqual(numbers(86, 130));
    });

    it('resumes a reader that never received an event', async () => {
      const { hub, commit, read, turn } = setup();
      const first = read();
      await turn();
      first.sink.vanish();
      await hub.apply([commit(1)]);
      const again = read(['w'], first.sink.lastId);
      await turn();
      expect(again.sink.data).toEqual(['1']);
    });

    it('leaves nothing between a snapshot and the stream', async () => {
      const { hub, commit, read, turn } = setup();
      const cursor = await hub.cursor();
      await hub.apply([commit(1)]);
      const { sink } = read(['w'], cursor);
      await turn();
      expect(sink.data).toEqual(['1']);
    });

    it.each([
      ['garbage', 'hello', 'unknown'],
      ['an injection', 'epoch1.1\nid: x', 'unknown'],
      ['another epoch', 'epoch9.1', 'epoch'],
      ['the future', 'epoch1.zz', 'unknown'],
      ['before retention', 'epoch1.1', 'expired'],
    ])('says ps.reset once for a cursor of %s, and goes on', async (_, cursor, reason) => {
      const { hub, commit, read, turn } = setup({ limits: { ringEvents: 5 } }, { keep: 10 });
      await hub.cursor();
      await hub.apply(numbers(1, 100).map((n) => commit(n)));
      const { sink } = read(['w'], cursor);
      await turn();
      await hub.apply([commit('next')]);
      await turn();
      expect(sink.names).toEqual(['ps.open', 'ps.reset', 'test.event']);
      expect(JSON.parse(sink.events[1]?.data ?? '')).toEqual({ reason, cursor: 'epoch1.2s' });
      expect(sink.data).toEqual(['next']);
      expect(hub.stats().resets[reason as 'epoch']).toBe(1);
    });

    it('never lets a reader miss its reset by being cut off before it', async () => {
      const { hub, commit, read, turn } = setup({ limits: { ringEvents: 5 } }, { keep: 10 });
      await hub.cursor();
      await hub.apply(numbers(1, 100).map((n) => commit(n)));
      const { sink } = read(['w'], 'epoch1.1');
      await turn();
      const openId = sink.events[0]?.id;
      const again = read(['w'], openId);
      await turn();
      expect(again.sink.names).toEqual(['ps.open', 'ps.reset']);
    });

    it('refuses to replay more than the limit', async () => {
      const { hub, commit, read, turn } = setup({ limits: { replayEvents: 50 } });
      await hub.cursor();
      await hub.apply(numbers(1, 100).map((n) => commit(n)));
      const far = read(['w'], 'epoch1.1');
      const near = read(['w'], 'epoch1.1g');
      await turn();
      expect(far.sink.events[1]?.data).toContain('limit');
      expect(near.sink.data).toEqual(numbers(53, 100));
    });

    it('catches up first when a cursor comes from a node that heard more', async () => {
      const { hub, commit, read, turn } = setup();
      await hub.cursor();
      for (const n of numbers(1, 10)) commit(n);
      const { sink } = read(['w'], 'epoch1.8');
      await turn();
      await turn();
      expect(sink.data).toEqual(['9', '10']);
    });
  });

  describe('slow readers', () => {
    it('are sent nothing while they do not read, and everything in order when they do', async () => {
      const { hub, commit, read, turn } = setup({ limits: { ringEvents: 20, chunkBytes: 200 } });
      const slow = read();
      const fast = read();
      await turn();
      slow.sink.room = false;
      for (let i = 1; i <= 200; i += 1) {
        await hub.apply([commit(i)]);
        await turn();
      }
      expect(fast.sink.data).toEqual(numbers(1, 200));
      expect(slow.sink.data).toEqual(['1']);
      expect(slow.connection.state).toBe('catchup');
      expect(slow.connection.cursor).toBe('epoch1.1');
      slow.sink.drain();
      await expect.poll(() => slow.sink.data.length).toBe(200);
      expect(slow.sink.data).toEqual(numbers(1, 200));
      expect(slow.connection.state).toBe('live');
    });

    it('loses and doubles nothing whenever it stops and starts, across bursts larger than a chunk', async () => {
      const { hub, commit, read, turn } = setup({ limits: { ringEvents: 30, pageEvents: 7, chunkBytes: 120 } });
      const readers = Array.from({ length: 5 }, () => read());
      await turn();
      let random = 42;
      const next = (below: number) => {
        random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
        return Math.floor((random / 2_147_483_648) * below);
      };
      let n = 0;
      for (;;) {
        const burst = Array.from({ length: 1 + next(40) }, () => commit((n += 1)));
        void hub.apply(burst);
        for (const { sink } of readers) {
          if (next(3) === 0) sink.room = false;
          else if (!sink.room && next(2) === 0) sink.drain();
        }
        if (next(2) === 0) await turn();
        if (n > 3_000) break;
      }
      await turn();
      for (const { sink } of readers) {
        await expect
          .poll(() => {
            sink.drain();
            return sink.data.length;
          })
          .toBe(n);
        expect(sink.data).toEqual(numbers(1, n));
      }
    });

    it('that take nothing for too long are cut', async () => {
      const { hub, clock, commit, read, turn } = setup({ stallMs: 5_000 });
      const { sink } = read();
      await turn();
      sink.room = false;
      await hub.apply([commit(1)]);
      await turn();
      clock.advance(4_000);
      expect(sink.destroyed).toBe(false);
      clock.advance(2_500);
      expect(sink.destroyed).toBe(true);
      expect(hub.stats()).toMatchObject({ stalled: 1, connections: 0 });
      expect(sink.overrun).toBeLessThan(200);
    });
  });

  describe('time', () => {
    it('speaks into silence within the interval and a tenth, and not when events flow', async () => {
      const { hub, clock, commit, read, turn } = setup();
      const { sink } = read();
      await turn();
      clock.advance(1_100);
      expect(sink.text).toMatch(/\n:\n\n$/);
      const beats = hub.stats().heartbeats;
      for (let i = 0; i < 10; i += 1) {
        await hub.apply([commit(i)]);
        await turn();
        clock.advance(500);
      }
      expect(hub.stats().heartbeats).toBe(beats);
      expect(sink.names.every((name) => name === 'ps.open' || name === 'test.event')).toBe(true);
    });

    it('moves the cursor of a reader for whom nothing comes', async () => {
      const { hub, clock, commit, read, turn } = setup();
      const { sink } = read(['u.1']);
      await turn();
      await hub.apply([commit(1, 'u.2'), commit(2, 'u.2')]);
      await turn();
      clock.advance(1_100);
      expect(sink.events.at(-1)).toMatchObject({ name: 'ps.sync', id: 'epoch1.2' });
      clock.advance(1_100);
      expect(sink.names.filter((name) => name === 'ps.sync')).toHaveLength(1);
    });

    it('ends a connection before its right does', async () => {
      const { hub, clock, turn } = setup();
      const sink = new TestByteSink();
      hub.attach(sink, { streams: ['w'], expiresAt: clock.now() + 3_000 });
      await turn();
      clock.advance(2_800);
      expect(sink.ended).toBe(false);
      clock.advance(200);
      expect([sink.names.at(-1), sink.ended]).toEqual(['ps.expired', true]);
    });

    it('lets old connections go, so that load can even out', async () => {
      const { clock, read, turn } = setup({ lifetimeMs: 60_000 });
      const { sink } = read();
      await turn();
      clock.advance(47_000);
      expect(sink.ended).toBe(false);
      clock.advance(14_000);
      expect([sink.names.at(-1), sink.ended]).toEqual(['ps.drain', true]);
    });
  });

  describe('closing', () => {
    it('sends a revoked reader nothing more, not even what is already applied', async () => {
      const { hub, commit, turn } = setup();
      const sinks = ['a', 'b'].map((user) => {
        const sink = new TestByteSink();
        hub.attach(sink, { streams: ['w'], meta: { user } });
        return sink;
      });
      await turn();
      void hub.apply([commit(1)]);
      expect(hub.close((connection) => connection.meta.user === 'a')).toBe(1);
      await hub.apply([commit(2)]);
      await turn();
      expect(sinks[0]?.names).toEqual(['ps.open', 'ps.expired']);
      expect(sinks[0]?.lastId).toBe('epoch1.0');
      expect(sinks[1]?.data).toEqual(['1', '2']);
    });

    it('closes by all that its meta says, whoever came before and since', async () => {
      const { hub, turn } = setup();
      const attach = (meta: Record<string, string>) => hub.attach(new TestByteSink(), { streams: ['w'], meta });
      const before = [attach({ user: 'a', session: '1' }), attach({ user: 'a', session: '2' }), attach({ user: 'b' })];
      await turn();
      expect(hub.close({ user: 'a', session: '2' })).toBe(1);
      const since = attach({ session: '2', user: 'a' });
      await turn();
      expect(hub.close({ user: 'c' })).toBe(0);
      expect(hub.close({ session: '2', user: 'a' })).toBe(1);
      expect([...before, since].map(({ state }) => state === 'live')).toEqual([true, false, true, false]);
      expect(hub.close({})).toBe(2);
    });

    it('drains with a cursor for everyone, spread over the grace, and takes nobody new', async () => {
      const { hub, clock, read, turn } = setup();
      const readers = Array.from({ length: 100 }, () => read());
      await turn();
      const drained = hub.drain(2_000);
      const ended = () => readers.filter(({ sink }) => sink.ended).length;
      clock.advance(800);
      expect(ended()).toBeGreaterThan(30);
      expect(ended()).toBeLessThan(70);
      const late = read();
      expect(late.sink.names).toEqual(['ps.busy']);
      clock.advance(1_200);
      await drained;
      expect(readers.every(({ sink }) => sink.names.at(-1) === 'ps.drain' && sink.lastId === 'epoch1.0')).toBe(true);
      expect(hub.stats()).toMatchObject({ connections: 0, groups: 0 });
    });

    it('tells newcomers it is busy when full', async () => {
      const { hub, read, turn } = setup({ limits: { connections: 1 } });
      read();
      await turn();
      const second = read();
      expect(second.sink.text).toMatch(/^retry: \d+\nevent: ps\.busy\n/);
      expect(second.sink.ended).toBe(true);
      expect(hub.stats()).toMatchObject({ connections: 1, refused: 1 });
    });
  });

  describe('object readers', () => {
    it('have the same cursor, replay and backpressure, and share one object per event', async () => {
      const { hub, commit, turn } = setup();
      await hub.cursor();
      await hub.apply(numbers(1, 3).map((n) => commit(n)));
      const sinks = [new TestObjectSink(), new TestObjectSink()];
      for (const sink of sinks) hub.attach(sink, { streams: ['w'], cursor: 'epoch1.1' });
      await turn();
      await hub.apply([commit(4)]);
      await turn();
      const [first, second] = sinks as [TestObjectSink, TestObjectSink];
      expect(first.data).toEqual(['2', '3', '4']);
      expect(first.messages[0]).toMatchObject({ kind: 'control', name: 'ps.open', cursor: 'epoch1.1' });
      expect(first.messages.at(-1)).toBe(second.messages.at(-1));
      first.room = false;
      await hub.apply([commit(5)]);
      await turn();
      await hub.apply([commit(6)]);
      await turn();
      expect(first.data).toEqual(['2', '3', '4', '5']);
      first.drain();
      expect(first.data).toEqual(['2', '3', '4', '5', '6']);
      expect(second.data).toEqual(['2', '3', '4', '5', '6']);
    });

    it('that throw or close each other in the middle harm nobody', async () => {
      const { hub, commit, turn } = setup();
      const good = new TestObjectSink();
      const bad = new TestObjectSink();
      const closer = new TestObjectSink();
      const victim = new TestObjectSink();
      bad.send = () => {
        throw new Error('broken');
      };
      hub.attach(victim, { streams: ['w'] });
      hub.attach(good, { streams: ['w'] });
      await turn();
      hub.attach(bad, { streams: ['w'] });
      const send = closer.send.bind(closer);
      closer.send = (message) => {
        if (message.kind === 'event') victim.destroy();
        return send(message);
      };
      hub.attach(closer, { streams: ['w'] });
      await turn();
      await hub.apply([commit(1)]);
      await turn();
      expect(good.data).toEqual(['1']);
      expect(closer.data).toEqual(['1']);
      expect(victim.data).toEqual([]);
    });
  });
});
