import { afterEach, describe, expect, it } from 'vitest';
import { createHub } from './hub.ts';
import { createMemoryLog } from './memory-log.ts';
import { createPushStream, type PushStreamOptions } from './pushstream.ts';
import { readCookie } from './request.ts';
import { createManualClock } from './testing/manual-clock.ts';
import { dataEvents, openRaw, type RawReader } from './testing/raw-reader.ts';
import { serve } from './testing/serve.ts';
import { TestByteSink } from './testing/test-sinks.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(options: PushStreamOptions = {}) {
  const stream = createPushStream(options);
  const server = await serve(stream.handler);
  cleanups.push(() => server.stop());
  const open = async (query: Record<string, string> = {}, headers: Record<string, string> = {}) => {
    const reader = openRaw({ port: server.port, path: `/?${new URLSearchParams(query)}`, headers });
    cleanups.push(() => reader.cut());
    return reader.until((r) => r.events.length > 0 || (r.status > 0 && r.status !== 200), 'an answer');
  };
  return { stream, server, open };
}

const texts = (reader: RawReader) => dataEvents(reader).map(({ data }) => data);

describe('a filter in the address', () => {
  const filter = JSON.stringify({ field: 'data.level', op: 'gte', value: 3 });

  it('narrows what comes and what is replayed, and the cursor goes on', async () => {
    const { stream, open } = await start();
    const cursor = await stream.hub.cursor();
    const live = await open({ filter });
    for (const level of [1, 5, 2, 4, 1]) await stream.publish({ everyone: true }, 'a.b', { level });
    const replayed = await open({ filter, last_event_id: cursor });
    for (const reader of [live, replayed]) {
      await reader.until((r) => texts(r).length === 2);
      expect(texts(reader)).toEqual(['{"level":5}', '{"level":4}']);
    }
    expect([...stream.hub.connections()].map((one) => one.lag)).toEqual([0, 0]);
  });

  it('cannot widen what the server enforces', async () => {
    const { stream, open } = await start({
      access: { streams: ['w'], filter: { field: 'tags.department', op: 'eq', value: 'sales' } },
    });
    const everything = JSON.stringify({ not: { field: 'name', op: 'eq', value: 'x.x' } });
    const readers = [await open(), await open({ filter: everything }), await open({ filter })];
    const publish = (level: number, department?: string) =>
      stream.publish({ everyone: true }, 'a.b', { level }, department ? { tags: { department } } : {});
    await publish(9, 'board');
    await publish(1, 'sales');
    await publish(9);
    await publish(7, 'sales');
    for (const reader of readers) await reader.until((r) => texts(r).at(-1) === '{"level":7}');
    expect(readers.map(texts)).toEqual([
      ['{"level":1}', '{"level":7}'],
      ['{"level":1}', '{"level":7}'],
      ['{"level":7}'],
    ]);
  });

  it.each([
    ['{', 'The filter is not JSON.'],
    ['{"and":[{"field":"data.x","op":"almost"}]}', 'In the filter, and[0].op must be one of'],
    [`{"field":"name","op":"eq","value":"${'x'.repeat(9_000)}"}`, 'more than 4096 bytes'],
    [JSON.stringify({ or: Array.from({ length: 64 }, () => ({ field: 'name', op: 'exists' })) }), 'more than 64 parts'],
  ])('that is wrong is answered with 400 and the place: %s', async (wrong, problem) => {
    const { stream, server } = await start();
    const response = await fetch(`${server.url}?${new URLSearchParams({ filter: wrong })}`);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(problem)]);
    expect(stream.hub.stats().connected).toBe(0);
  });

  it('is ignored where the server does not take any', async () => {
    const { stream, open } = await start({ filters: false });
    const reader = await open({ filter: 'wrong' });
    await stream.publish({ everyone: true }, 'a.b', { level: 1 });
    await reader.until((r) => texts(r).length === 1);
  });
});

describe('replay from a time', () => {
  async function withHistory(options: PushStreamOptions = {}) {
    const clock = createManualClock(1_700_000_000_000);
    const started = await start({ clock, ...options });
    for (let n = 0; n < 10; n += 1) {
      await started.stream.publish({ everyone: true }, 'a.b', n);
      clock.advance(60_000);
    }
    return { ...started, clock };
  }

  it.each([
    ['1700000000000', 0],
    ['1700000180000', 3],
    ['1700000180001', 4],
    ['2023-11-14T22:16:20Z', 3],
    ['2023-11-14T23:16:20.5+01:00', 4],
    ['1800000000000', 10],
  ])('begins with what happened at %s', async (since, first) => {
    const { stream, open } = await withHistory();
    const reader = await open({ since });
    await stream.publish({ everyone: true }, 'a.b', 10);
    await reader.until((r) => texts(r).at(-1) === '10');
    expect(texts(reader).map(Number)).toEqual(Array.from({ length: 11 - first }, (_, index) => first + index));
    expect(reader.events.map(({ name }) => name)).not.toContain('ps.reset');
  });

  it('is for the first time only: a reader that comes back has a cursor', async () => {
    const { stream, open } = await withHistory();
    const cursor = await stream.hub.cursor();
    const reader = await open({ since: '1700000000000' }, { 'Last-Event-ID': cursor });
    await stream.publish({ everyone: true }, 'a.b', 'new');
    await reader.until((r) => texts(r).length === 1);
    expect(texts(reader)).toEqual(['"new"']);
  });

  it('says ps.reset and begins with the oldest there is, when some of that time may be gone', async () => {
    const { stream, open } = await withHistory({ keep: 4, limits: { ringEvents: 3 } });
    const reader = await open({ since: '1700000180000' });
    await stream.publish({ everyone: true }, 'a.b', 10);
    await reader.until((r) => texts(r).at(-1) === '10');
    expect(reader.events.map(({ name }) => name).slice(0, 2)).toEqual(['ps.open', 'ps.reset']);
    const { epoch } = await stream.log.head();
    expect(JSON.parse(reader.events[1]?.data ?? '')).toEqual({ reason: 'expired', cursor: `${epoch}.6` });
    expect(texts(reader).map(Number)).toEqual([6, 7, 8, 9, 10]);
    expect(reader.headers.get('pushstream-replay')).toBe(`reset; reason=expired; from=${epoch}.6`);
    const within = await open({ since: '1700000500000' });
    await within.until((r) => texts(r).length === 2);
    expect(within.events.map(({ name }) => name)).not.toContain('ps.reset');
  });

  it('is refused when it is no time', async () => {
    const { server } = await start();
    for (const since of ['yesterday', '2023-11-14', '2023-11-14T22:16:20', '-1', '2023-13-45T99:99:99Z']) {
      expect((await fetch(`${server.url}?${new URLSearchParams({ since })}`)).status).toBe(400);
    }
  });

  it('works with a log that cannot search, and for transports of other kinds', async () => {
    let time = 0;
    const inner = createMemoryLog({ epoch: 'epoch1', now: () => time });
    for (time = 10; time <= 500; time += 10) inner.append({ stream: 'w', name: 'a.b', data: String(time) });
    const hub = createHub({ log: { head: () => inner.head(), read: (after, limit) => inner.read(after, limit) } });
    const sink = new TestByteSink();
    hub.attach(sink, { streams: ['w'], since: 455 });
    await expect.poll(() => sink.data).toEqual(['460', '470', '480', '490', '500']);
  });
});

describe('publishing', () => {
  it('puts an event on several streams at once, each reader hearing those it reads', async () => {
    const { stream } = await start();
    const sinks = [['u.ann'], ['t.a', 't.b'], ['u.bob']].map((streams) => {
      const sink = new TestByteSink();
      stream.hub.attach(sink, { streams });
      return sink;
    });
    await stream.hub.cursor();
    const targets = [{ user: 'ann' }, { topic: 'a' }, { topic: 'b' }, { user: 'ann' }];
    const cursor = await stream.publish(targets, 'a.b', 1);
    expect(cursor).toMatch(/\.3$/);
    await expect.poll(() => sinks.map(({ data }) => data.length)).toEqual([1, 2, 0]);
    await expect(stream.publish([], 'a.b', 1)).rejects.toMatchObject({ status: 400 });
    await expect(stream.publish('', 'a.b', 1)).rejects.toMatchObject({ status: 400 });
  });

  it('refuses with 422 and the place what the catalogue does not know', async () => {
    const { stream } = await start({
      catalogue: {
        check: (name, data) =>
          name === 'order.shipped' && typeof (data as { id?: unknown }).id === 'number'
            ? null
            : { message: 'An order.shipped needs a number "id".', path: 'id' },
      },
    });
    await stream.publish('w', 'order.shipped', { id: 7 });
    const refused = expect.objectContaining({ status: 422, path: 'id', message: expect.stringContaining('number') });
    await expect(stream.publish('w', 'order.shipped', { id: '7' })).rejects.toEqual(refused);
    expect((await stream.log.head()).head).toBe(1);
  });
});

describe('cookies', () => {
  it.each<[Record<string, string>, string | null]>([
    [{ cookie: 'a=1; sid=s%203; b=2' }, 's 3'],
    [{ cookie: 'sid="quoted"' }, 'quoted'],
    [{ cookie: 'sid=%E0%A4%A' }, '%E0%A4%A'],
    [{ cookie: 'xsid=1' }, null],
    [{}, null],
    [{ cookie: 'sid=1', origin: 'https://app.example:8443' }, '1'],
    [{ cookie: 'sid=1', origin: 'https://admin.example' }, '1'],
    [{ cookie: 'sid=1', origin: 'https://evil.example' }, null],
    [{ cookie: 'sid=1', origin: 'null' }, null],
    [{ cookie: 'sid=1', 'sec-fetch-site': 'cross-site' }, null],
    [{ cookie: 'sid=1', 'sec-fetch-site': 'same-origin' }, '1'],
  ])('of %j are read as %j', async (headers, expected) => {
    let read: string | null = 'not asked';
    const { server } = await start({
      access(request) {
        read = readCookie(request, 'sid', ['https://admin.example']);
        return { refuse: 204 };
      },
    });
    const reader = openRaw({
      port: server.port,
      headers: { ...headers, Connection: 'close' },
      host: 'app.example:8443',
    });
    await reader.until((r) => r.ended);
    expect(read).toBe(expected);
  });
});
