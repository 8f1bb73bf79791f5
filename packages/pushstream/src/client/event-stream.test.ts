import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';
import { createPushStream, type PushStreamOptions } from '../pushstream.ts';
import { serve } from '../testing/serve.ts';
import { createTickets } from '../tickets.ts';
import { streamAddress } from './address.ts';
import { createEventStream } from './event-stream.ts';
import {
  type EventMap,
  type EventStream,
  type EventStreamOptions,
  type StreamEventOf,
  StreamRefused,
  type StreamState,
} from './options.ts';

type Events = { 'test.event': number; 'other.event': string };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(options: PushStreamOptions = {}) {
  const stream = createPushStream({ retryMs: 5, ...options });
  const server = await serve(stream.handler);
  cleanups.push(() => server.stop());
  return { stream, server };
}

function listen(url: string, options: Partial<EventStreamOptions<Events>> = {}) {
  const seen: unknown[] = [];
  const states: StreamState[] = [];
  const causes: unknown[] = [];
  const client: EventStream<Events> = createEventStream<Events>({
    url,
    onEvent: (event) => seen.push(event.data),
    onState: (state, cause) => {
      states.push(state);
      if (cause) causes.push(cause);
    },
    ...options,
  });
  cleanups.push(() => client.close());
  return { client, seen, states, causes };
}

describe('event stream', () => {
  it('gives each listener its events, typed by name', async () => {
    const { stream, server } = await start();
    const { client, seen } = listen(server.url);
    const numbers: number[] = [];
    const stop = client.on('test.event', (data) => numbers.push(data + 1));
    await expect.poll(() => client.state).toBe('open');
    await stream.publish({ everyone: true }, 'test.event', 1);
    const cursor = await stream.publish({ everyone: true }, 'other.event', 'x');
    await expect.poll(() => seen).toEqual([1, 'x']);
    expect(client.cursor).toBe(cursor);
    stop();
    await stream.publish({ everyone: true }, 'test.event', 5);
    await expect.poll(() => seen).toEqual([1, 'x', 5]);
    expect(numbers).toEqual([2]);
  });

  it('resumes after a cut without loss', async () => {
    const { stream, server } = await start();
    const { client, seen } = listen(server.url);
    await expect.poll(() => client.state).toBe('open');
    for (let i = 1; i <= 300; i += 1) {
      await stream.publish({ everyone: true }, 'test.event', i);
      if (i % 60 === 0) stream.hub.close(() => true, 'gone');
    }
    await expect.poll(() => seen.length).toBe(300);
    expect(seen).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    expect(stream.hub.stats().connected).toBeGreaterThan(1);
  });

  it('passes on each event once when a server repeats itself', async () => {
    const frames = [1, 2, 2, 1, 3].map((n) => `event: test.event\ndata: ${n}\nid: epoch1.${n}\n\n`).join('');
    const server = await serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`event: ps.open\ndata: {}\nid: epoch1.0\n\n${frames}`);
    });
    cleanups.push(() => server.stop());
    const { seen } = listen(server.url);
    await expect.poll(() => seen).toEqual([1, 2, 3]);
  });

  it('tells of a reset, and goes on from its cursor', async () => {
    const { stream, server } = await start();
    const resets: unknown[] = [];
    const { client, seen } = listen(server.url, { cursor: 'epoch9.5', onReset: (reset) => resets.push(reset) });
    await expect.poll(() => resets.length).toBe(1);
    await stream.publish({ everyone: true }, 'test.event', 7);
    await expect.poll(() => seen).toEqual([7]);
    expect(resets[0]).toMatchObject({ reason: 'epoch' });
    expect(client.cursor).toBe(await stream.hub.cursor());
  });

  it('comes back after a drain, when it was told to', async () => {
    const first = await start();
    const { client, seen, states } = listen(first.server.url);
    await expect.poll(() => client.state).toBe('open');
    first.stream.hub.close(() => true, 'drain');
    await expect.poll(() => client.state).toBe('waiting');
    await first.stream.publish({ everyone: true }, 'test.event', 1);
    await expect.poll(() => seen, { timeout: 8_000 }).toEqual([1]);
    expect(states).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open']);
  });

  it('takes a new token when the old one is refused or ends', async () => {
    const valid = new Set(['Bearer t2']);
    const { stream, server } = await start({
      access: (request) => (valid.has(request.headers.authorization ?? '') ? { streams: ['w'] } : { refuse: 401 }),
    });
    let issued = 0;
    const asked: boolean[] = [];
    const { client, seen } = listen(server.url, {
      token: async (refresh) => {
        asked.push(refresh);
        if (refresh || issued === 0) issued += 1;
        return `t${issued}`;
      },
    });
    await expect.poll(() => client.state).toBe('open');
    expect(asked).toEqual([false, true]);
    valid.clear();
    valid.add('Bearer t3');
    stream.hub.close(() => true, 'expired');
    await stream.publish({ everyone: true }, 'test.event', 1);
    await expect.poll(() => seen).toEqual([1]);
    expect(asked.at(-1)).toBe(true);
  });

  it.each([401, 403, 204] as const)('gives up on %d', async (refuse) => {
    const { server } = await start({ access: () => ({ refuse }) });
    const { client, states, causes } = listen(server.url);
    await expect.poll(() => client.state).toBe('closed');
    expect(states).toEqual(['connecting', 'closed']);
    expect(causes[0]).toBeInstanceOf(StreamRefused);
    expect(causes[0]).toMatchObject({ status: refuse });
  });

  it('tries again after 503 and after a portal page', async () => {
    const stream = createPushStream();
    let requests = 0;
    const server = await serve((request, response) => {
      requests += 1;
      if (requests === 1) response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Wi-Fi</h1>');
      else if (requests === 2) response.writeHead(503, { 'Retry-After': '0.01' }).end();
      else stream.handler(request, response);
    });
    cleanups.push(() => server.stop());
    const { client, causes } = listen(server.url);
    await expect.poll(() => client.state, { timeout: 8_000 }).toBe('open');
    expect(causes.map(String)).toEqual([
      'Error: Expected text/event-stream, received text/html.',
      'Error: The server answered 503.',
    ]);
  });

  it('keeps reading when a listener throws', async () => {
    const { stream, server } = await start();
    const thrown: unknown[] = [];
    const original = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => thrown.push(error));
    cleanups.push(() => {
      process.removeAllListeners('uncaughtException');
      for (const listener of original) process.on('uncaughtException', listener);
    });
    const { client, seen } = listen(server.url);
    client.on('test.event', () => {
      throw new Error('mine');
    });
    await expect.poll(() => client.state).toBe('open');
    await stream.publish({ everyone: true }, 'test.event', 1);
    await stream.publish({ everyone: true }, 'test.event', 2);
    await expect.poll(() => seen).toEqual([1, 2]);
    await expect.poll(() => thrown.map(String)).toEqual(['Error: mine', 'Error: mine']);
  });

  it('shows a ticket instead of a token, a new one for each connection', async () => {
    const tickets = createTickets();
    const { stream, server } = await start({ tickets, access: { refuse: 401 } });
    let issued = 0;
    const { client, seen } = listen(server.url, {
      ticket: () => {
        issued += 1;
        return tickets.issue({ streams: ['w'] });
      },
    });
    await expect.poll(() => client.state).toBe('open');
    stream.hub.close(() => true, 'gone');
    await stream.publish({ everyone: true }, 'test.event', 1);
    await expect.poll(() => seen).toEqual([1]);
    expect(issued).toBe(2);
  });

  it('asks for what fits a filter alone, and moves on past the rest', async () => {
    const { stream, server } = await start();
    const { client, seen } = listen(`${server.url}?topic=a`, { filter: { field: 'data', op: 'gt', value: 2 } });
    await expect.poll(() => client.state).toBe('open');
    for (const n of [1, 2, 3, 4]) await stream.publish({ topic: 'a' }, 'test.event', n);
    await expect.poll(() => seen).toEqual([3, 4]);
  });

  it('makes an address for readers that take nothing else', () => {
    const filter = { field: 'name', op: 'eq', value: 'a.b' } as const;
    const address = new URL(streamAddress('http://x/events?topic=a', { ticket: 't&', filter, cursor: 'e.1' }));
    expect(Object.fromEntries(address.searchParams)).toEqual({
      topic: 'a',
      ticket: 't&',
      filter: JSON.stringify(filter),
      last_event_id: 'e.1',
    });
  });

  it('knows the types of its events', () => {
    type Typed = EventStream<{ 'order.shipped': { id: string }; 'price.changed': number }>;
    expectTypeOf<Parameters<Typed['on']>[0]>().toEqualTypeOf<'order.shipped' | 'price.changed'>();
    const check = (typed: Typed, any: EventStream<EventMap>) => {
      typed.on('order.shipped', (data) => expectTypeOf(data).toEqualTypeOf<{ id: string }>());
      // @ts-expect-error: no such event
      typed.on('order.lost', () => {});
      any.on('what.ever', (data) => expectTypeOf(data).toEqualTypeOf<unknown>());
    };
    expect(check).toBeTypeOf('function');
    expectTypeOf<StreamEventOf<{ a: 1; b: 2 }>>().toEqualTypeOf<
      { name: 'a'; data: 1; cursor: string } | { name: 'b'; data: 2; cursor: string }
    >();
  });

  it.each(['online', 'visibilitychange'])('does not wait any longer when the page says %s', async (event) => {
    const page = new EventTarget();
    const globals = {
      document: Object.assign(page, { visibilityState: 'visible' }),
      addEventListener: page.addEventListener.bind(page),
      removeEventListener: page.removeEventListener.bind(page),
    };
    for (const [name, value] of Object.entries(globals)) {
      Object.defineProperty(globalThis, name, { value, configurable: true });
      cleanups.push(() => Reflect.deleteProperty(globalThis, name));
    }
    const { stream, server } = await start({ retryMs: 60_000 });
    const { client, seen } = listen(server.url);
    await expect.poll(() => client.state).toBe('open');
    stream.hub.close(() => true, 'gone');
    await expect.poll(() => client.state).toBe('waiting');
    await stream.publish({ everyone: true }, 'test.event', 1);
    page.dispatchEvent(new Event(event));
    await expect.poll(() => seen).toEqual([1]);
  });

  it('leaves nothing behind when closed, at any moment', async () => {
    const { stream, server } = await start();
    const early = listen(server.url);
    early.client.close();
    const late = listen(server.url);
    await expect.poll(() => late.client.state).toBe('open');
    late.client.close();
    await expect.poll(() => stream.hub.stats().connections).toBe(0);
    await stream.publish({ everyone: true }, 'test.event', 1);
    expect([...early.seen, ...late.seen]).toEqual([]);
    expect(late.states).toEqual(['connecting', 'open', 'closed']);
  });
});
