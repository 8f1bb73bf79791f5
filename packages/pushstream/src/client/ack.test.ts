import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPushStream } from '../pushstream.ts';
import { serve } from '../testing/serve.ts';
import { createEventStream } from './event-stream.ts';
import type { EventStreamOptions } from './options.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllGlobals();
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(answers: number[] = []) {
  const server = createPushStream({ acks: true, retryMs: 5 });
  const told: IncomingMessage[] = [];
  const { url, stop } = await serve((request, response) => {
    if (request.method === 'POST') told.push(request);
    const status = request.method === 'POST' ? answers.shift() : undefined;
    if (status) response.writeHead(status).end();
    else server.handler(request, response);
  });
  cleanups.push(stop);
  const open = (options: Partial<EventStreamOptions<{ 'test.event': number }>> = {}) => {
    const stream = createEventStream<{ 'test.event': number }>({ url, client: 'tab', ack: true, ...options });
    cleanups.push(() => stream.close());
    return stream;
  };
  /** What the server would send a reader of that name who has forgotten its cursor. */
  async function owed(): Promise<number[]> {
    const seen: number[] = [];
    const again = createEventStream<{ 'test.event': number }>({
      url,
      client: 'tab',
      onEvent: (e) => seen.push(e.data),
    });
    await expect.poll(() => again.state).toBe('open');
    const last = await server.publish({ everyone: true }, 'test.event', -1);
    await expect.poll(() => again.cursor).toBe(last);
    again.close();
    return seen.slice(0, -1);
  }
  const publish = (n: number) => server.publish({ everyone: true }, 'test.event', n);
  return { url, open, told, owed, publish };
}

describe('acknowledging', () => {
  it('tells the newest position only, once a second', async () => {
    const { open, told, owed, publish } = await start();
    const stream = open({ token: () => 'secret' });
    await expect.poll(() => stream.state).toBe('open');
    for (let n = 1; n <= 20; n += 1) await publish(n);
    await expect.poll(() => told.length, { timeout: 5_000 }).toBe(1);
    expect(told[0]?.headers.authorization).toBe('Bearer secret');
    await expect.poll(owed, { timeout: 5_000 }).toEqual([]);
  });

  it('tells again what could not be told', async () => {
    const { open, told, owed, publish } = await start([503]);
    const stream = open();
    await expect.poll(() => stream.state).toBe('open');
    await publish(1);
    await expect.poll(() => told.length, { timeout: 5_000 }).toBe(2);
    await expect.poll(owed).toEqual([]);
  });

  it('tells at once when closed', async () => {
    const { open, owed, publish } = await start();
    const stream = open();
    await expect.poll(() => stream.state).toBe('open');
    const cursor = await publish(1);
    await expect.poll(() => stream.cursor).toBe(cursor);
    stream.close();
    await expect.poll(owed).toEqual([]);
  });

  it.each([
    ['a beacon', {}, ['beacon']],
    ['a request that outlives the page, where a token must be shown', { token: () => 'secret' }, ['fetch']],
  ])('leaves %s behind when the page goes', async (_, options, expected) => {
    const { open, publish } = await start();
    const page = new EventTarget();
    const used: string[] = [];
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
    vi.stubGlobal('navigator', { sendBeacon: () => used.push('beacon') > 0 });
    const stream = open({
      ...options,
      fetch: (url, init) => {
        if (init?.keepalive) used.push('fetch');
        return fetch(url, init);
      },
    });
    await expect.poll(() => stream.state).toBe('open');
    const cursor = await publish(1);
    await expect.poll(() => stream.cursor).toBe(cursor);
    page.dispatchEvent(new Event('pagehide'));
    expect(used).toEqual(expected);
  });
});
