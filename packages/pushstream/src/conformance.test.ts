import { EventSource } from 'eventsource';
import { afterEach, describe, expect, it } from 'vitest';
import { createPushStream, PublishError, type PushStream, type PushStreamOptions } from './pushstream.ts';
import { dataEvents, openRaw, type RawReader } from './testing/raw-reader.ts';
import { serve, type TestServer } from './testing/serve.ts';

// The cases of the public suite that concern one node, by their numbers.

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(options: PushStreamOptions = {}): Promise<{ stream: PushStream; server: TestServer }> {
  const stream = createPushStream(options);
  const server = await serve(stream.handler);
  cleanups.push(() => server.stop());
  return { stream, server };
}

function open(server: TestServer, headers: Record<string, string> = {}, path = '/', method = 'GET'): RawReader {
  const reader = openRaw({ port: server.port, path, method, headers: { Accept: 'text/event-stream', ...headers } });
  cleanups.push(() => reader.cut());
  return reader;
}

const opened = (reader: RawReader) =>
  reader.until((r) => r.events.some((event) => event.name === 'ps.open'), 'ps.open');
const texts = (reader: RawReader) => dataEvents(reader).map((event) => event.data);

describe('the answer', () => {
  it('1: has the right head at once, without any event', async () => {
    const { server } = await start();
    const asked = performance.now();
    const reader = await opened(open(server));
    expect(performance.now() - asked).toBeLessThan(1_000);
    expect(reader.status).toBe(200);
    expect(Object.fromEntries(reader.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-store, no-transform',
      'x-accel-buffering': 'no',
      connection: 'close',
    });
    expect(reader.headers.has('transfer-encoding')).toBe(false);
    expect(reader.headers.has('content-length')).toBe(false);
  });

  it('2: begins with retry and ps.open with a valid id', async () => {
    const { server } = await start();
    const reader = await opened(open(server));
    expect(reader.body).toMatch(/^retry: \d+\nevent: ps\.open\ndata: [^\n]+\nid: [A-Za-z0-9._-]{1,128}\n\n/);
  });

  it('15, 16: numbers every frame with a rising id in its last field', async () => {
    const { stream, server } = await start();
    const reader = await opened(open(server));
    for (let i = 0; i < 100; i += 1) await stream.publish({ everyone: true }, 'test.event', i);
    await reader.until((r) => dataEvents(r).length === 100);
    const seqs = reader.body
      .split('\n\n')
      .slice(0, -1)
      .map((frame) => {
        const id = /(?:^|\n)id: ([A-Za-z0-9._-]{1,128})$/.exec(frame)?.[1];
        return Number.parseInt(id?.split('.')[1] ?? 'x', 36);
      });
    expect(seqs).toEqual(Array.from({ length: 101 }, (_, seq) => seq));
  });

  it('17: speaks into silence, and fires no message event by it', async () => {
    const { server } = await start({ heartbeatMs: 100 });
    const source = new EventSource(server.url);
    cleanups.push(() => source.close());
    let messages = 0;
    source.addEventListener('message', () => {
      messages += 1;
    });
    const reader = await opened(open(server));
    await reader.until((r) => r.body.split('\n:\n').length > 3, 'three heartbeats');
    expect(messages).toBe(0);
  });

  it('42: answers HEAD with the same headers, no body and no connection', async () => {
    const { stream, server } = await start();
    const reader = await open(server, { Connection: 'close' }, '/', 'HEAD').until((r) => r.ended);
    expect(reader.status).toBe(200);
    expect(reader.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(reader.body).toBe('');
    expect(stream.hub.stats().connected).toBe(0);
  });

  it.each(['POST', 'PUT', 'DELETE'])('42: answers %s with 405 and what is allowed', async (method) => {
    const { server } = await start();
    const response = await fetch(server.url, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });

  it.each([
    ['application/json', 406],
    ['text/event-stream;q=0', 406],
    ['text/html, text/event-stream', 200],
    ['text/*', 200],
    ['*/*', 200],
  ])('43: answers Accept: %s with %d', async (accept, status) => {
    const { server } = await start();
    const reader = await open(server, { Accept: accept }).until((r) => r.head !== '');
    expect(reader.status).toBe(status);
  });

  it('43: answers a request without Accept', async () => {
    const { server } = await start();
    const reader = openRaw({ port: server.port });
    cleanups.push(() => reader.cut());
    await opened(reader);
    expect(reader.status).toBe(200);
  });
});

describe('text', () => {
  it('13: survives being cut anywhere, byte by byte', async () => {
    const { stream, server } = await start();
    const reader = await opened(open(server));
    const data = { text: '🙂 héé 漢字 \u0000 \uFEFF', lines: 'a\nb\r\nc' };
    await stream.publish({ everyone: true }, 'test.event', data);
    await reader.until((r) => texts(r).length === 1);
    expect(JSON.parse(texts(reader)[0] ?? '')).toEqual(data);
  });

  it('14: passes a large event whole, and refuses a larger one', async () => {
    const { stream, server } = await start({ maxEventBytes: 1_100_000 });
    const reader = await opened(open(server));
    const text = 'x🙂'.repeat(200_000);
    await stream.publish({ everyone: true }, 'test.event', text);
    await reader.until((r) => texts(r).length === 1);
    expect(JSON.parse(texts(reader)[0] ?? '')).toBe(text);
    await expect(stream.publish({ everyone: true }, 'test.event', 'x'.repeat(1_100_000))).rejects.toMatchObject({
      status: 413,
    });
  });

  it.each(['a\nb', 'a.b\r', 'a.b\nid: 9', 'a.\0', 'ps.open', ''])('9: refuses %j as an event name', async (name) => {
    const { stream, server } = await start();
    const reader = await opened(open(server));
    await expect(stream.publish({ everyone: true }, name, 1)).rejects.toThrow(PublishError);
    await stream.publish({ everyone: true }, 'test.event', 'after');
    await reader.until((r) => texts(r).length === 1);
    expect(reader.events.map((event) => event.name)).toEqual(['ps.open', 'test.event']);
  });
});

describe('resuming', () => {
  it('21, 33: sends what came after the cursor, once, in order, then what comes', async () => {
    const { stream, server } = await start();
    const first = await opened(open(server));
    const cursor = first.events[0]?.id ?? '';
    first.cut();
    for (let i = 1; i <= 50; i += 1) await stream.publish({ everyone: true }, 'test.event', i);
    const again = open(server, { 'Last-Event-ID': cursor });
    await again.until((r) => texts(r).length === 50);
    await stream.publish({ everyone: true }, 'test.event', 51);
    await again.until((r) => texts(r).length === 51);
    expect(texts(again)).toEqual(Array.from({ length: 51 }, (_, i) => String(i + 1)));
    expect(again.headers.get('pushstream-replay')).toBe(`complete; from=${cursor}`);
  });

  it.each(['last_event_id', 'lastEventId'])(
    '22: takes the cursor from ?%s= as well, and the header wins',
    async (name) => {
      const { stream, server } = await start();
      const cursors: string[] = [];
      for (let i = 1; i <= 3; i += 1) cursors.push(await stream.publish({ everyone: true }, 'test.event', i));
      const query = await open(server, {}, `/?${name}=${cursors[0]}`).until((r) => texts(r).length === 2);
      expect(texts(query)).toEqual(['2', '3']);
      const both = await open(server, { 'Last-Event-ID': cursors[1] ?? '' }, `/?${name}=${cursors[0]}`).until(
        (r) => texts(r).length > 0,
      );
      expect(texts(both)).toEqual(['3']);
    },
  );

  it('23: a native-like EventSource gets everything across cuts by the server', async () => {
    const { stream, server } = await start({ retryMs: 5 });
    const source = new EventSource(server.url);
    cleanups.push(() => source.close());
    const seen: number[] = [];
    await new Promise((resolve) => source.addEventListener('ps.open', resolve, { once: true }));
    const all = new Promise<void>((resolve) => {
      source.addEventListener('test.event', (event) => {
        seen.push(Number(event.data));
        if (seen.length === 200) resolve();
      });
    });
    for (let i = 1; i <= 200; i += 1) {
      await stream.publish({ everyone: true }, 'test.event', i);
      if (i % 50 === 0) stream.hub.close(() => true, 'gone');
    }
    await all;
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  });

  it('30: says ps.reset once for a cursor older than the history', async () => {
    const { stream, server } = await start({ keep: 10, limits: { ringEvents: 5 } });
    const old = await stream.publish({ everyone: true }, 'test.event', 0);
    for (let i = 1; i <= 50; i += 1) await stream.publish({ everyone: true }, 'test.event', i);
    const reader = open(server, { 'Last-Event-ID': old });
    await opened(reader);
    await stream.publish({ everyone: true }, 'test.event', 'live');
    await reader.until((r) => texts(r).length > 0);
    expect(reader.events.map((event) => event.name)).toEqual(['ps.open', 'ps.reset', 'test.event']);
    expect(JSON.parse(reader.events[1]?.data ?? '')).toMatchObject({ reason: 'expired' });
    expect(reader.headers.get('pushstream-replay')).toBe('reset; reason=expired');
  });

  it.each(['nonsense', '../../etc', 'epoch9.1', 'epoch9.zzzzzzzz', '%00', 'a'.repeat(5_000)])(
    '31: answers the cursor %s with a reset, never an error and never silence',
    async (cursor) => {
      const { server } = await start();
      const reader = await open(server, { 'Last-Event-ID': cursor }).until((r) => r.events.length === 2);
      expect(reader.status).toBe(200);
      expect(JSON.parse(reader.events[1]?.data ?? '').reason).toMatch(/^(epoch|unknown)$/);
    },
  );

  it('31: keeps the streams of others out of a replay', async () => {
    const { stream, server } = await start({ access: () => ({ streams: ['u.ann'] }) });
    const from = await stream.hub.cursor();
    for (let i = 0; i < 100; i += 1) await stream.publish({ user: i % 2 ? 'ann' : 'bob' }, 'test.event', i);
    const reader = await open(server, { 'Last-Event-ID': from }).until((r) => texts(r).length >= 50);
    expect(texts(reader).every((text) => Number(text) % 2 === 1)).toBe(true);
  });

  it('32: replays no more than the limit: beyond it a reset, and memory stays as it was', async () => {
    const { stream, server } = await start({ keep: 20_000, limits: { replayEvents: 1_000, ringEvents: 100 } });
    const old = await stream.publish({ everyone: true }, 'test.event', 'x'.repeat(1_000));
    for (let i = 0; i < 1_000; i += 1) await stream.publish({ everyone: true }, 'test.event', 'x'.repeat(1_000));
    const within = open(server, { 'Last-Event-ID': old });
    await within.until((r) => texts(r).length === 1_000);
    await stream.publish({ everyone: true }, 'test.event', 'one more');
    const beyond = open(server, { 'Last-Event-ID': old });
    await beyond.until((r) => r.events.length === 2);
    expect(beyond.events.map((event) => event.name)).toEqual(['ps.open', 'ps.reset']);
    expect(JSON.parse(beyond.events[1]?.data ?? '').reason).toBe('limit');
    expect(stream.hub.stats().ringEvents).toBe(100);
  });

  it('34: leaves nothing between a snapshot and the stream', async () => {
    const { stream, server } = await start();
    const cursor = await stream.hub.cursor();
    await stream.publish({ everyone: true }, 'test.event', 'between');
    const reader = await open(server, {}, `/?last_event_id=${cursor}`).until((r) => texts(r).length === 1);
    expect(texts(reader)).toEqual(['"between"']);
  });
});

describe('refusals', () => {
  it('35: ends a stream for good with 204', async () => {
    const { server } = await start({ access: () => ({ refuse: 204 }) });
    const source = new EventSource(server.url);
    cleanups.push(() => source.close());
    await new Promise((resolve) => source.addEventListener('error', resolve, { once: true }));
    expect(source.readyState).toBe(EventSource.CLOSED);
  });

  it('36: when full, says when to come back, and an EventSource does', async () => {
    const { stream, server } = await start({ limits: { connections: 1 } });
    const first = await opened(open(server));
    const second = await open(server, { Connection: 'close' }).until((r) => r.ended);
    expect(second.status).toBe(200);
    expect(second.body).toMatch(/^retry: \d+\nevent: ps\.busy\ndata: [^\n]+\n\n$/);
    const source = new EventSource(server.url);
    cleanups.push(() => source.close());
    await new Promise((resolve) => source.addEventListener('ps.busy', resolve, { once: true }));
    expect(stream.hub.stats().connections).toBe(1);
    first.cut();
    await new Promise((resolve) => source.addEventListener('ps.open', resolve, { once: true }));
  });

  it.each([
    [{ refuse: 401, challenge: 'Bearer realm="events"' } as const, 401, 'Bearer realm="events"'],
    [{ refuse: 401 } as const, 401, 'Bearer'],
    [
      { refuse: 403, challenge: 'Bearer error="insufficient_scope"' } as const,
      403,
      'Bearer error="insufficient_scope"',
    ],
  ])('37: refuses before the first byte of a stream: %j', async (access, status, challenge) => {
    const { stream, server } = await start({ access: async () => access });
    const response = await fetch(server.url);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([status, challenge]);
    expect(stream.hub.stats().connected).toBe(0);
  });

  it('38: ends no later than the token, and resumes with a new one', async () => {
    const expiries = new Map<string, number>();
    const { stream, server } = await start({
      heartbeatMs: 1_000,
      access(request) {
        const expiresAt = expiries.get(request.headers.authorization ?? '') ?? 0;
        return expiresAt > Date.now() ? { streams: ['w'], expiresAt } : { refuse: 401 };
      },
    });
    const expiresAt = Date.now() + 400;
    expiries.set('Bearer old', expiresAt);
    const reader = await open(server, { Authorization: 'Bearer old' }).until((r) => r.ended);
    expect(reader.events.map((event) => event.name)).toEqual(['ps.open', 'ps.expired']);
    const cursor = reader.events.at(-1)?.id ?? '';
    await stream.publish({ everyone: true }, 'test.event', 'meanwhile');
    await expect.poll(() => Date.now() > expiresAt).toBe(true);
    expect((await fetch(server.url, { headers: { Authorization: 'Bearer old' } })).status).toBe(401);
    expiries.set('Bearer new', Date.now() + 60_000);
    const again = open(server, { Authorization: 'Bearer new', 'Last-Event-ID': cursor });
    await again.until((r) => texts(r).length === 1);
    expect(texts(again)).toEqual(['"meanwhile"']);
  });

  it('39: sends nothing of a revoked stream after the call, neither live nor in a replay', async () => {
    const granted = new Set(['w', 'u.ann']);
    const { stream, server } = await start({ access: () => ({ streams: [...granted], meta: { user: 'ann' } }) });
    const reader = await opened(open(server));
    const cursor = await stream.hub.cursor();
    void stream.publish({ user: 'ann' }, 'test.event', 'private');
    granted.delete('u.ann');
    stream.hub.close((connection) => connection.meta.user === 'ann');
    await stream.publish({ user: 'ann' }, 'test.event', 'private');
    await stream.publish({ everyone: true }, 'test.event', 'public');
    await reader.until((r) => r.ended);
    expect(texts(reader)).toEqual([]);
    const again = open(server, { 'Last-Event-ID': cursor });
    await again.until((r) => texts(r).length === 1);
    expect(texts(again)).toEqual(['"public"']);
  });
});

describe('other origins', () => {
  const cors = { origins: ['https://app.example'] };

  it('40: echoes an allowed origin exactly, with credentials', async () => {
    const { server } = await start({ cors });
    const reader = await opened(open(server, { Origin: 'https://app.example' }));
    expect(Object.fromEntries(reader.headers)).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'PushStream-Replay',
      vary: 'Origin',
    });
  });

  it.each(['https://app.example.evil', 'null', 'http://app.example'])('40: allows %s nothing', async (origin) => {
    const { server } = await start({ cors });
    const reader = await opened(open(server, { Origin: origin }));
    expect(reader.headers.has('access-control-allow-origin')).toBe(false);
    expect(reader.headers.get('vary')).toBe('Origin');
  });

  it('41: answers a preflight', async () => {
    const { server } = await start({ cors, replayHeader: 'Other-Replay' });
    const reader = await open(
      server,
      { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' },
      '/',
      'OPTIONS',
    ).until((r) => r.head !== '');
    expect(reader.status).toBe(204);
    expect(reader.headers.get('access-control-allow-headers')).toContain('Last-Event-ID, Authorization');
    expect(reader.headers.get('access-control-max-age')).toBe('600');
    expect(reader.headers.get('access-control-expose-headers')).toBe('Other-Replay');
  });
});

describe('taking over the socket', () => {
  it('works on a connection that served other requests before, and keeps what the framework set', async () => {
    const stream = createPushStream();
    const server = await serve((request, response) => {
      response.setHeader('X-Request-Id', 'r1');
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      if (request.url === '/plain') response.end('plain');
      else stream.handler(request, response);
    });
    cleanups.push(() => server.stop());
    const reader = openRaw({ port: server.port, path: '/plain' });
    cleanups.push(() => reader.cut());
    await reader.until((r) => r.body.includes('plain'));
    const before = reader.text.length;
    reader.socket.write('GET /events HTTP/1.1\r\nHost: test\r\n\r\n');
    await reader.until((r) => r.text.includes('ps.open'));
    await stream.publish({ everyone: true }, 'test.event', 1);
    await reader.until((r) => r.text.includes('test.event'));
    const answer = reader.text.slice(before);
    expect(answer).toMatch(/x-request-id: r1\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n/);
  });

  it('ignores what a client sends afterwards, and notices when it leaves', async () => {
    const { stream, server } = await start();
    const reader = await opened(open(server));
    reader.socket.write('GET / HTTP/1.1\r\nHost: test\r\n\r\nrubbish');
    await stream.publish({ everyone: true }, 'test.event', 1);
    await reader.until((r) => texts(r).length === 1);
    expect(reader.body.match(/ps\.open/g)).toHaveLength(1);
    reader.cut();
    await expect.poll(() => stream.hub.stats().connections).toBe(0);
  });

  it('serves a request that is pipelined behind another one', async () => {
    const stream = createPushStream();
    let release = () => {};
    const server = await serve((request, response) => {
      if (request.url === '/slow') release = () => response.end('slow');
      else stream.handler(request, response);
    });
    cleanups.push(() => server.stop());
    const reader = openRaw({ port: server.port, path: '/slow' });
    cleanups.push(() => reader.cut());
    reader.socket.write('GET /events HTTP/1.1\r\nHost: test\r\n\r\n');
    await expect.poll(() => stream.hub.stats().connections).toBe(1);
    release();
    await reader.until((r) => r.text.includes('ps.open'));
    await stream.publish({ everyone: true }, 'test.event', 1);
    await reader.until((r) => r.text.includes('test.event'));
  });
});
