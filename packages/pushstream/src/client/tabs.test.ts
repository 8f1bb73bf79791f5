import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPushStream, type PushStreamOptions } from '../pushstream.ts';
import { createRandom } from '../testing/random.ts';
import { serve } from '../testing/serve.ts';
import { createEventStream } from './event-stream.ts';
import type { EventStream, EventStreamOptions, StreamState } from './options.ts';

type Events = { 'test.event': number };
interface Tab {
  stream: EventStream<Events>;
  seen: number[];
  states: StreamState[];
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllGlobals();
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(options: PushStreamOptions = {}) {
  const server = createPushStream({ retryMs: 5, heartbeatMs: 200, ...options });
  const { url, stop } = await serve(server.handler);
  cleanups.push(stop);
  return { server, url, connections: () => server.hub.stats().connections };
}

/** The tabs of one browser, as far as they matter here: the process has the same locks and channels. */
function open(url: string, options: Partial<EventStreamOptions<Events>> = {}): Tab {
  const tab: Omit<Tab, 'stream'> = { seen: [], states: [] };
  const stream = createEventStream<Events>({
    url,
    shareTabs: true,
    onEvent: ({ data }) => tab.seen.push(data),
    onState: (state) => tab.states.push(state),
    ...options,
  });
  cleanups.push(() => stream.close());
  return { ...tab, stream };
}

function jwt(claims: Record<string, unknown>): string {
  return ['{"alg":"none"}', JSON.stringify(claims), '']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
}

const wanting = (value: string) => ({ field: 'name', op: 'eq', value }) as const;
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe('tabs', () => {
  it('share one connection, and each hears everything once', async () => {
    const { server, url, connections } = await start();
    const tabs = Array.from({ length: 10 }, () => open(url));
    for (const { stream } of tabs) await expect.poll(() => stream.state).toBe('open');
    for (const n of numbers(1, 50)) await server.publish({ everyone: true }, 'test.event', n);
    for (const { seen } of tabs) await expect.poll(() => seen).toEqual(numbers(1, 50));
    expect(connections()).toBe(1);
    expect(server.hub.stats().connected).toBe(1);
    expect(new Set(tabs.map(({ stream }) => stream.cursor))).toEqual(new Set([await server.hub.cursor()]));
  });

  it('go on without loss when the one that leads is closed in the middle of it', async () => {
    const { server, url, connections } = await start();
    const tabs = Array.from({ length: 4 }, () => open(url));
    for (const { stream } of tabs) await expect.poll(() => stream.state).toBe('open');
    for (const n of numbers(1, 200)) {
      if (n === 100) tabs[0]?.stream.close();
      await server.publish({ everyone: true }, 'test.event', n);
    }
    for (const { seen } of tabs.slice(1)) await expect.poll(() => seen).toEqual(numbers(1, 200));
    await expect.poll(connections).toBe(1);
  });

  it('give one that begins further back what it lacks', async () => {
    const { server, url, connections } = await start();
    const began = await server.hub.cursor();
    const leader = open(url);
    await expect.poll(() => leader.stream.state).toBe('open');
    for (const n of numbers(1, 20)) await server.publish({ everyone: true }, 'test.event', n);
    await expect.poll(() => leader.seen.length).toBe(20);
    const late = open(url, { cursor: began });
    await expect.poll(() => late.seen).toEqual(numbers(1, 20));
    await server.publish({ everyone: true }, 'test.event', 21);
    await expect.poll(() => late.seen).toEqual(numbers(1, 21));
    await expect.poll(connections).toBe(1);
  });

  it('tell each of a reset once', async () => {
    const { server, url } = await start();
    let resets = 0;
    const tabs = numbers(1, 3).map(() => open(url, { cursor: 'epoch9.5', onReset: () => (resets += 1) }));
    await expect.poll(() => resets).toBe(3);
    await server.publish({ everyone: true }, 'test.event', 1);
    for (const { seen } of tabs) await expect.poll(() => seen).toEqual([1]);
    expect(resets).toBe(3);
  });

  it.each([
    ['names', { shareTabs: 'ann' }, { shareTabs: 'ben' }],
    ['filters', { filter: wanting('a.b') }, { filter: wanting('a.c') }],
    ['subjects of their tokens', { token: () => jwt({ sub: 'ann' }) }, { token: () => jwt({ sub: 'ben' }) }],
    ['rights', { token: () => jwt({ sub: 'ann', role: 'a' }) }, { token: () => jwt({ sub: 'ann', role: 'b' }) }],
    ['tokens that do not say whose they are', { token: () => 'opaque' }, { token: () => 'opaque' }],
    ['tickets', { ticket: () => 't' }, { ticket: () => 't' }],
  ] as [string, Partial<EventStreamOptions<Events>>, Partial<EventStreamOptions<Events>>][])(
    'never share between different %s',
    async (_, one, other) => {
      const { url, connections } = await start();
      const tabs = [open(url, one), open(url, other)];
      for (const { stream } of tabs) await expect.poll(() => stream.state).toBe('open');
      expect(connections()).toBe(2);
    },
  );

  it('know one reader by tokens that differ in time alone, and part when somebody else signs in', async () => {
    const { server, url, connections } = await start({
      access: ({ headers }) => {
        const claims = Buffer.from(headers.authorization?.split('.')[1] ?? '', 'base64url').toString();
        return { streams: [`u.${(JSON.parse(claims) as { sub: string }).sub}`] };
      },
    });
    let sub = 'ann';
    const tabs = numbers(1, 3).map((iat) => open(url, { token: () => jwt({ sub: iat === 1 ? sub : 'ann', iat }) }));
    for (const { stream } of tabs) await expect.poll(() => stream.state).toBe('open');
    expect(connections()).toBe(1);
    sub = 'ben';
    server.hub.close(() => true, 'expired');
    await expect.poll(connections).toBe(2);
    await server.publish({ user: 'ben' }, 'test.event', 2);
    await server.publish({ user: 'ann' }, 'test.event', 1);
    await expect.poll(() => tabs.map(({ seen }) => seen)).toEqual([[2], [1], [1]]);
  });

  it.each(['BroadcastChannel', 'navigator'])('has a connection of its own without %s', async (missing) => {
    const { url, connections } = await start();
    vi.stubGlobal(missing, undefined);
    const tabs = [open(url), open(url)];
    for (const { stream } of tabs) await expect.poll(() => stream.state).toBe('open');
    expect(connections()).toBe(2);
  });

  it('is taken over from a leader that holds on and says nothing', async () => {
    const { server, url, connections } = await start();
    let letGo = () => {};
    const name = `pushstream ${JSON.stringify([url, null, null, ''])}`;
    const lost = navigator.locks
      .request(name, () => new Promise<void>((resolve) => (letGo = resolve)))
      .catch((error: Error) => error.name);
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date'] });
    const tabs = [open(url), open(url), open(url)];
    await vi.advanceTimersByTimeAsync(30_000);
    expect(connections()).toBe(0);
    await vi.advanceTimersByTimeAsync(30_000);
    vi.useRealTimers();
    expect(await lost).toBe('AbortError');
    letGo();
    await expect.poll(connections).toBe(1);
    await server.publish({ everyone: true }, 'test.event', 1);
    for (const { seen } of tabs) await expect.poll(() => seen).toEqual([1]);
  });

  it('notice what the channel between them loses', async () => {
    const random = createRandom(7);
    class LossyChannel extends BroadcastChannel {
      override postMessage(word: unknown): void {
        if (random(4) > 0) super.postMessage(word);
      }
    }
    vi.stubGlobal('BroadcastChannel', LossyChannel);
    const { server, url, connections } = await start();
    const tabs = numbers(1, 4).map(() => open(url));
    for (const { stream } of tabs) await expect.poll(() => stream.state, { timeout: 15_000 }).toBe('open');
    for (const n of numbers(1, 100)) await server.publish({ everyone: true }, 'test.event', n);
    for (const { seen } of tabs) await expect.poll(() => seen, { timeout: 15_000 }).toEqual(numbers(1, 100));
    await expect.poll(connections, { timeout: 15_000 }).toBe(1);
  });

  it.each([1, 2, 10])('lose nothing while tabs come and go and connections are cut (seed %i)', async (seed) => {
    const { server, url, connections } = await start();
    const random = createRandom(seed);
    const began = await server.hub.cursor();
    const tabs: Tab[] = [];
    for (let n = 1; n <= 300; n += 1) {
      const dice = random(100);
      if (dice < 5) tabs.push(open(url, { cursor: began }));
      else if (dice < 9) tabs.splice(random(tabs.length || 1), 1)[0]?.stream.close();
      else if (dice < 12) server.hub.close(() => true, 'gone');
      await server.publish({ everyone: true }, 'test.event', n);
      // Long enough for locks, channels and connections to get on with it in between.
      if (dice > 60) await new Promise((resolve) => setTimeout(resolve, random(5)));
    }
    tabs.push(open(url, { cursor: began }));
    for (const { seen } of tabs) await expect.poll(() => seen, { timeout: 15_000 }).toEqual(numbers(1, 300));
    await expect.poll(connections).toBe(1);
  });
});
