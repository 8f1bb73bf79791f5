import { createServer, type Server, type ServerResponse } from 'node:http';
import { eventually, freePort } from '@pulsestack/testing';
import { afterEach, expect, it } from 'vitest';
import { createHub, createMemoryLog, type Hub, serveEvents } from '../index.ts';
import { dataEvents, openRaw, type RawReader } from '../testing/raw-reader.ts';
import { serve } from '../testing/serve.ts';
import { createRelay, RelayRefused, writeFeed } from './index.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const log = () => createMemoryLog({ epoch: 'RELAY1', keep: 50_000 });

/** A server of the log that can be ended and begun again on the same port. */
async function startUpstream(events: ReturnType<typeof log>) {
  const port = await freePort();
  let server: Server | undefined;
  let hub: Hub | undefined;
  let feeds = 0;
  let refusal = 0;
  const upstream = {
    url: `http://127.0.0.1:${port}`,
    get feeds() {
      return feeds;
    },
    get hub() {
      return hub as Hub;
    },
    refuseWith(status: number) {
      refusal = status;
    },
    async start() {
      const own = createHub({ log: events });
      hub = own;
      server = createServer(async (request, response) => {
        const url = new URL(request.url ?? '/', 'http://local');
        if (refusal) return void response.writeHead(refusal).end();
        if (url.pathname === '/feed') {
          feeds += 1;
          response.on('close', () => (feeds -= 1));
          return void writeFeed(response, own);
        }
        const after = url.searchParams.get('after');
        const found = after === null ? [] : await events.read(Number(after), Number(url.searchParams.get('limit')));
        response.end(JSON.stringify({ ...(await events.head()), events: found }));
      });
      await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
    },
    async kill() {
      server?.closeAllConnections();
      await new Promise((resolve) => server?.close(resolve));
      await hub?.drain(0);
    },
  };
  await upstream.start();
  cleanups.push(() => upstream.kill());
  return upstream;
}

async function startEdge(url: string) {
  const relay = createRelay({ log: `${url}/log`, feed: `${url}/feed`, onState: (_up, cause) => causes.push(cause) });
  const causes: (Error | undefined)[] = [];
  const hub = createHub({ log: relay.log, limits: { ringEvents: 100 } });
  relay.follow(hub);
  const server = await serve((request, response) => {
    void serveEvents(request, response, hub, { access: { streams: ['w'] } });
  });
  cleanups.push(
    () => server.stop(),
    () => relay.close(),
    () => hub.drain(0),
  );
  return { relay, hub, server, causes };
}

function read(port: number, headers: Record<string, string> = {}): RawReader {
  const reader = openRaw({ port, path: '/', method: 'GET', headers: { Accept: 'text/event-stream', ...headers } });
  cleanups.push(() => reader.cut());
  return reader;
}

const numbers = (reader: RawReader) => dataEvents(reader).map((event) => Number(event.data));
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

it('serves readers while the upstream is away, and loses nothing of what was written meanwhile', async () => {
  const events = log();
  const upstream = await startUpstream(events);
  const edge = await startEdge(upstream.url);
  const readers = Array.from({ length: 20 }, () => read(edge.server.port));
  await Promise.all(readers.map((reader) => reader.until((r) => r.body.includes('ps.open'))));
  await eventually('the feed', () => edge.relay.connected);
  expect(upstream.feeds).toBe(1);

  let n = 0;
  const write = (count: number) =>
    events.append(Array.from({ length: count }, () => ({ stream: 'w', name: 'a.b', data: String(++n) })));
  for (let round = 0; round < 3; round += 1) {
    await upstream.hub.apply(await write(40));
    await upstream.kill();
    // Nobody tells this to anyone: the hub that comes next finds it on the log.
    await write(60);
    const late = read(edge.server.port, { 'Last-Event-ID': 'RELAY1.0' });
    readers.push(late);
    await late.until((r) => r.body.includes('ps.'));
    await upstream.start();
    await eventually('the feed is back', () => edge.relay.connected && upstream.feeds === 1);
  }
  await upstream.hub.apply(await write(1));
  for (const reader of readers.slice(0, 20)) {
    await reader.until((r) => dataEvents(r).length >= n, `all ${n} events`);
    expect(numbers(reader)).toEqual(upTo(n));
  }
  const fresh = read(edge.server.port, { 'Last-Event-ID': 'RELAY1.0' });
  await fresh.until((r) => dataEvents(r).length >= n);
  expect(numbers(fresh)).toEqual(upTo(n));
});

it('keeps no events in memory for a relay that does not read, and tells it how far the log is when it does', async () => {
  const events = log();
  const hub = createHub({ log: events });
  const responses: ServerResponse[] = [];
  const server = await serve((_request, response) => {
    responses.push(response);
    writeFeed(response, hub);
  });
  cleanups.push(
    () => server.stop(),
    () => hub.drain(0),
  );
  const reader = read(server.port);
  await reader.until((r) => r.body.includes('event: head'));
  reader.socket.pause();
  for (let i = 0; i < 400; i += 1) {
    await hub.apply(await events.append([{ stream: 'w', name: 'a.b', data: JSON.stringify('x'.repeat(100_000)) }]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(responses[0]?.writableLength).toBeGreaterThan(0);
  expect(responses[0]?.writableLength).toBeLessThan(1_000_000);
  reader.socket.resume();
  await reader.until((r) => r.body.includes('"head":400'));
});

it('says when the upstream refuses', async () => {
  const upstream = await startUpstream(log());
  upstream.refuseWith(403);
  const edge = await startEdge(upstream.url);
  await eventually('a refusal', () => edge.causes.some((cause) => cause instanceof RelayRefused));
  expect(edge.relay.connected).toBe(false);
  const reader = read(edge.server.port);
  await reader.until((r) => r.body.includes('ps.busy'));
});
