import { describe, expect, it } from 'vitest';
import { createHub } from './hub.ts';
import { createMemoryLog } from './memory-log.ts';
import { createManualClock } from './testing/manual-clock.ts';
import { TestByteSink, TestObjectSink } from './testing/test-sinks.ts';

const settled = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

function setup(limits = {}) {
  const log = createMemoryLog({ epoch: 'epoch1' });
  const clock = createManualClock();
  const hub = createHub({ log, clock, heartbeatMs: 1_000, stallMs: 3_000, lifetimeMs: 0, limits });
  const publish = async (count: number, stream = 'w') => {
    for (let n = 0; n < count; n += 1)
      void hub.apply([log.append({ stream, name: 'a.b', data: `"${'x'.repeat(20)}"` })]);
    await settled();
  };
  const read = (streams = ['w'], cursor?: string) => {
    const sink = new TestByteSink();
    return { sink, connection: hub.attach(sink, { streams, cursor }) };
  };
  return { log, clock, hub, publish, read };
}

/** What a reader's events weigh on the wire, counted from what it received. */
const bytesIn = (sink: TestByteSink) =>
  sink.text
    .split(/(?<=\n\n)/)
    .filter((frame) => frame.startsWith('event: a.b'))
    .reduce((sum, frame) => sum + Buffer.byteLength(frame), 0);

describe('what a hub tells of itself', () => {
  it('knows for every connection how much it was handed and how far it is behind', async () => {
    const { hub, publish, read } = setup({ chunkBytes: 200, ringEvents: 30, pageEvents: 7 });
    await hub.cursor();
    await publish(50);
    const readers = [read(['w'], 'epoch1.2'), read(), read(['w'], 'epoch1.z'), read(['w', 'u.1'])];
    await settled();
    await expect.poll(() => readers.map(({ connection }) => connection.lag)).toEqual([0, 0, 0, 0]);
    const [, slow, , left] = readers as [unknown, (typeof readers)[0], unknown, (typeof readers)[0]];
    slow.sink.room = false;
    await publish(25);
    left.sink.vanish();
    await publish(10, 'u.1');
    for (const { sink, connection } of readers) {
      expect([connection.eventsSent, connection.bytesSent]).toEqual([sink.data.length, bytesIn(sink)]);
    }
    expect(readers.map(({ connection }) => connection.state)).toEqual(['live', 'catchup', 'live', 'closed']);
    expect(slow.connection.lag).toBe(85 - 50 - slow.sink.data.length);
    expect(hub.stats()).toMatchObject({
      catchupConnections: 1,
      backpressuredConnections: 1,
      cursorLag: slow.connection.lag,
      replayRequests: { ring: 1, log: 1, reset: 0 },
      ended: { client: 1 },
    });
    slow.sink.drain();
    await settled();
    await publish(3);
    expect([slow.connection.eventsSent, slow.connection.bytesSent]).toEqual([
      slow.sink.data.length,
      bytesIn(slow.sink),
    ]);
    expect(hub.stats()).toMatchObject({ backpressuredConnections: 0, cursorLag: 0 });
    expect(hub.stats().delivered).toBe(readers.reduce((sum, { sink }) => sum + sink.data.length, 0));
  });

  it('counts why connections end', async () => {
    const { hub, clock, publish, read } = setup({ connections: 7 });
    const readers = Array.from({ length: 7 }, () => read());
    await settled();
    read();
    const [client, gone, expired, stalled, broken] = readers;
    client?.sink.vanish();
    gone?.connection.close('gone');
    expired?.connection.close('expired');
    if (stalled) stalled.sink.room = false;
    if (broken) {
      broken.sink.write = () => {
        throw new Error('broken');
      };
    }
    await publish(1);
    clock.advance(4_000);
    const drained = hub.drain(500);
    clock.advance(600);
    await drained;
    expect(hub.stats().ended).toEqual({ client: 1, gone: 1, expired: 1, stalled: 1, error: 1, busy: 1, drain: 2 });
    expect(hub.stats()).toMatchObject({ refused: 1, connections: 0 });
    expect(hub.stats().drainMs).toBeLessThanOrEqual(600);
  });

  it('lets others watch events and connections, whom nothing reaches any more once they left', async () => {
    const { hub, publish, read } = setup();
    const seen: string[] = [];
    const stops = [
      hub.onEvent((event, cursor) => seen.push(`${event.name} ${cursor}`)),
      hub.onEvent(() => {
        throw new Error('a careless observer');
      }),
      hub.onConnection(({ id }, change) => seen.push(`${id} ${change}`)),
    ];
    const { sink, connection } = read();
    await settled();
    await publish(1);
    connection.close('gone');
    expect(seen).toEqual(['c1 opened', 'a.b epoch1.1', 'c1 closed']);
    expect(sink.data).toHaveLength(1);
    for (const stop of stops) stop();
    read();
    await publish(1);
    expect(seen).toHaveLength(3);
  });

  it('tells of an event which connections it is for', async () => {
    const { hub, log } = setup();
    const filter = { field: 'data.n', op: 'gt', value: 1 } as const;
    const one = hub.attach(new TestByteSink(), { streams: ['w', 'u.1'], filter });
    const two = hub.attach(new TestObjectSink(), { streams: ['w'] });
    const receivers = (stream: string, n: number) => {
      const event = log.append({ stream, name: 'a.b', data: JSON.stringify({ n }) });
      return [one, two].filter((connection) => connection.receives(event)).map(({ id }) => id);
    };
    expect([receivers('w', 1), receivers('w', 2), receivers('u.1', 2), receivers('x', 2)]).toEqual([
      ['c2'],
      ['c1', 'c2'],
      ['c1'],
      [],
    ]);
    expect([one.filter, two.filter]).toEqual([filter, null]);
  });
});
