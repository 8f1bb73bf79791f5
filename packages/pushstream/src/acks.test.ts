import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryAcks } from './acks.ts';
import { createHub } from './hub.ts';
import { createMemoryLog } from './memory-log.ts';
import { createPushStream, type PushStreamOptions } from './pushstream.ts';
import { createManualClock } from './testing/manual-clock.ts';
import { dataEvents, openRaw } from './testing/raw-reader.ts';
import { serve } from './testing/serve.ts';
import { TestByteSink } from './testing/test-sinks.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(options: PushStreamOptions = {}) {
  const stream = createPushStream({ acks: true, ...options });
  const server = await serve(stream.handler);
  cleanups.push(() => server.stop());
  const open = async (path: string, headers: Record<string, string> = {}) => {
    const reader = openRaw({ port: server.port, path, headers });
    cleanups.push(() => reader.cut());
    return reader.until((r) => r.events.length > 0, 'ps.open');
  };
  const ack = (body: unknown, query = '', headers: Record<string, string> = {}) =>
    fetch(`${server.url}ack${query}`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const publish = (data: unknown) => stream.publish({ everyone: true }, 'test.event', data);
  return { stream, server, open, ack, publish };
}

const texts = (reader: ReturnType<typeof openRaw>) => dataEvents(reader).map(({ data }) => data);

describe('acknowledging', () => {
  it('delivers again what was not acknowledged, to a client that comes without a cursor', async () => {
    const { open, ack, publish } = await start();
    await publish('before');
    const first = await open('/?client=kiosk-1');
    const cursors = [await publish(1), await publish(2), await publish(3)];
    await first.until((r) => texts(r).length === 3);
    expect((await ack({ cursor: cursors[0], client: 'kiosk-1' })).status).toBe(204);
    first.cut();
    const again = await open('/?client=kiosk-1');
    await again.until((r) => texts(r).length === 2);
    expect(texts(again)).toEqual(['2', '3']);
    const other = await open('/?client=kiosk-2');
    expect(other.headers.get('pushstream-replay')).toMatch(/^live/);
  });

  it('delivers everything since its first visit to a client that never acknowledged', async () => {
    const { open, publish } = await start();
    await publish('before');
    (await open('/?client=a')).cut();
    await publish(1);
    const again = await open('/?client=a');
    await again.until((r) => texts(r).length === 1);
    expect(texts(again)).toEqual(['1']);
  });

  it('goes by the cursor of a client that has one', async () => {
    const { open, publish } = await start();
    (await open('/?client=a')).cut();
    const cursor = await publish(1);
    await publish(2);
    const again = await open('/?client=a', { 'Last-Event-ID': cursor });
    await again.until((r) => texts(r).length === 1);
    expect(texts(again)).toEqual(['2']);
  });

  it('never goes back by an older acknowledgement, in whatever order they come', async () => {
    const { stream, open, ack, publish } = await start();
    (await open('/?client=a')).cut();
    const cursors: string[] = [];
    for (let n = 0; n < 20; n += 1) cursors.push(await publish(n));
    const mixed = [7, 3, 15, 2, 11, 15, 0].map((n) => ack({ cursor: cursors[n], client: 'a' }));
    expect((await Promise.all(mixed)).map(({ status }) => status)).toEqual(Array(7).fill(204));
    expect(await stream.hub.acknowledge('a', cursors[3] ?? '')).toBe('old');
    const again = await open('/?client=a');
    await again.until((r) => texts(r).length === 4);
    expect(texts(again)).toEqual(['16', '17', '18', '19']);
  });

  it.each([
    ['garbage', { cursor: 'hello', client: 'a' }],
    ['another log', { cursor: 'epoch9.1', client: 'a' }],
    ['the future', { cursor: 'FUTURE', client: 'a' }],
    ['no cursor', { client: 'a' }],
    ['nobody', { cursor: 'NOW' }],
    ['no JSON', 'cursor=1'],
    ['nothing', ''],
    ['a list', []],
    ['too much', { cursor: 'NOW', client: 'a', more: 'x'.repeat(2_000) }],
    // 10: what a client calls itself has no line ends, controls or format characters.
    ['10: a line end', { cursor: 'NOW', client: 'a\nid: 1' }],
    ['10: a NUL', { cursor: 'NOW', client: 'a\0' }],
    ['10: a format character', { cursor: 'NOW', client: 'a\u200B' }],
  ])('refuses %s with 400', async (_, body) => {
    const { stream, ack, publish } = await start();
    const now = await publish(1);
    const text = JSON.stringify(body)?.replace('NOW', now).replace('FUTURE', `${now}zz`);
    expect((await ack(typeof body === 'string' ? body : text)).status).toBe(400);
    expect(stream.hub.stats().acknowledgements).toBe(0);
  });

  it.each(['%00', 'a%0Ab', 'x'.repeat(129), '%E2%80%8B'])(
    '10: refuses a stream for a client called %j',
    async (name) => {
      const { stream, server } = await start();
      expect((await fetch(`${server.url}?client=${name}`)).status).toBe(400);
      expect(stream.hub.stats().connected).toBe(0);
    },
  );

  it('is for those who may read, and only for themselves', async () => {
    const { ack, open, publish, stream } = await start({
      access: ({ headers }) => {
        const [user, session] = (headers.authorization ?? '').split(' ');
        return user && session ? { streams: ['w'], meta: { user, session } } : { refuse: 401 };
      },
      cors: { origins: ['https://app.example'] },
    });
    const ann = { Authorization: 'ann s1' };
    (await open('/', ann)).cut();
    const cursor = await publish(1);
    expect((await ack({ cursor })).status).toBe(401);
    expect((await ack({ cursor }, '', { Authorization: 'bob s1' })).status).toBe(204);
    // A session is who it is, whatever it calls itself.
    expect((await ack({ cursor, client: 's1' }, '', { Authorization: 'bob s2' })).status).toBe(204);
    const again = await open('/', ann);
    await again.until((r) => texts(r).length === 1);
    expect((await ack({ cursor }, '', ann)).status).toBe(204);
    expect(await stream.hub.acknowledge('ann/s1', cursor)).toBe('old');
  });

  it('answers a preflight and other methods', async () => {
    const { server } = await start({ cors: { origins: ['https://app.example'] } });
    const asked = { method: 'OPTIONS', headers: { Origin: 'https://app.example' } };
    const preflight = await fetch(`${server.url}ack`, asked);
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'POST, OPTIONS']);
    const got = await fetch(`${server.url}ack`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });

  it('says 503 while the store fails, and reports who is behind', async () => {
    const clock = createManualClock();
    const log = createMemoryLog({ epoch: 'epoch1' });
    const inner = createMemoryAcks();
    let failing = false;
    const lags: [string | null, number][] = [];
    const hub = createHub({
      log,
      clock,
      heartbeatMs: 1_000,
      lifetimeMs: 0,
      onLag: ({ client }, lag) => lags.push([client, lag]),
      acks: {
        ...inner,
        set: (client, cursor) => (failing ? Promise.reject(new Error('full')) : inner.set(client, cursor)),
      },
    });
    const sink = new TestByteSink();
    const connection = hub.attach(sink, { streams: ['w'], client: 'a' });
    await expect.poll(() => sink.names).toEqual(['ps.open']);
    for (let n = 0; n < 5; n += 1) await hub.apply([log.append({ stream: 'w', name: 'a.b', data: '1' })]);
    await expect.poll(() => sink.data.length).toBe(5);
    expect([connection.unacknowledged, hub.stats().acknowledgementLag]).toEqual([5, 5]);
    clock.advance(2_500);
    expect(lags.at(-1)).toEqual(['a', 5]);
    failing = true;
    await expect(hub.acknowledge('a', 'epoch1.3')).rejects.toThrow('full');
    failing = false;
    expect(await hub.acknowledge('a', 'epoch1.3')).toBe('advanced');
    expect([connection.unacknowledged, hub.stats().acknowledgements]).toEqual([2, 1]);
    await hub.acknowledge('a', 'epoch1.5');
    lags.length = 0;
    clock.advance(3_000);
    expect(lags).toEqual([]);
    hub.close(() => true, 'gone');
    expect(hub.stats().acknowledgementLag).toBe(0);
  });

  it('keeps no more clients in memory than it was told', async () => {
    const acks = createMemoryAcks({ keep: 3 });
    for (const client of ['a', 'b', 'c', 'a', 'd']) await acks.set(client, 'epoch1.1');
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((client) => acks.get(client)))).toEqual([
      'epoch1.1',
      null,
      'epoch1.1',
      'epoch1.1',
    ]);
  });
});
