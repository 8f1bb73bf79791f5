import { connect } from 'node:net';
import { freePort } from '@pulsestack/testing';
import { createEventStream } from 'pushstream/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog } from '../ports/log.ts';
import { createTestClock, type TestApp, testApp } from '../testing/index.ts';
import { type Edge, openEdge } from './edge.ts';

const POLL = { timeout: 15_000 };
let app: TestApp;
let edge: Edge;
const open: { close(): unknown }[] = [];

beforeAll(async () => {
  // A relay keeps its own time, by which tokens expire.
  app = await testApp({ clock: createTestClock(new Date()) });
  const key = await app.call('POST', '/v1/api-keys', {
    as: app.home.owner.token,
    body: { name: 'edge', permissions: ['streams.read'] },
  });
  edge = await openEdge({
    upstream: await app.url(),
    key: key.body.secret,
    host: '127.0.0.1',
    port: 0,
    maxConnections: 5000,
    origins: () => false,
    log: silentLog,
  });
});
afterAll(async () => {
  for (const one of open) await one.close();
  await edge?.close(0);
  await app?.close();
});

async function read(user: string, count = 1, at = `http://127.0.0.1:${edge.port}`) {
  const token = await app.home.user(user);
  const readers = Array.from({ length: count }, () => {
    const seen = { cursors: [] as string[], data: [] as unknown[], states: [] as string[] };
    open.push(
      createEventStream({
        url: `${at}/v1/stream`,
        token: () => token,
        onEvent: ({ data, cursor }) => {
          seen.data.push(data);
          seen.cursors.push(cursor);
        },
        onState: (state, cause) => seen.states.push(cause ? `${state}: ${cause.message}` : state),
      }),
    );
    return seen;
  });
  await expect.poll(() => readers.every((one) => one.states.at(-1) === 'open'), POLL).toBe(true);
  return readers;
}

/** Many readers, each a bare socket: what they hear is only counted. */
async function crowd(user: string, count: number) {
  const token = await app.home.user(user);
  const heard = Array.from({ length: count }, () => '');
  for (const position of heard.keys()) {
    const socket = connect(edge.port, '127.0.0.1', () =>
      socket.write(`GET /v1/stream HTTP/1.1\r\nHost: edge\r\nAuthorization: Bearer ${token}\r\n\r\n`),
    );
    socket.on('data', (bytes) => (heard[position] += bytes.toString()));
    open.push({ close: () => socket.destroy() });
  }
  await expect.poll(() => heard.every((text) => text.includes('ps.open')), POLL).toBe(true);
  return heard;
}

const send = async (to: unknown, data: unknown) => {
  await app.call('POST', '/v1/stream/events', { body: { to, name: 'wave.sent', data } });
  await app.settle();
};
const upstreamConnections = async () =>
  ((await app.call('GET', '/v1/stream/connections')).body.items as unknown[]).length;

it('serves 1,000 readers over one connection upstream, each what is theirs, with the upstream’s own cursors', async () => {
  const ada = await crowd('ada', 1000);
  const [ben] = await read('ben');
  const [direct] = await read('ada', 1, await app.url());
  expect(edge.hub.stats().connections).toBe(1001);
  // The only reader there is the one that is connected directly; a relay's feed is no reader.
  expect(await upstreamConnections()).toBe(1);
  await send({ user: 'ada' }, 1);
  await send({ everyone: true }, 2);
  await expect.poll(() => ada.every((text) => text.split('event: wave.sent').length === 3), POLL).toBe(true);
  expect(ben?.data).toEqual([2]);
  await expect.poll(() => direct?.data, POLL).toEqual([1, 2]);
  for (const cursor of direct?.cursors ?? []) expect(ada[999]).toContain(`id: ${cursor}\n`);
});

it('asks the upstream who may read, and ends readers whose right is taken away', async () => {
  const refused = await fetch(`http://127.0.0.1:${edge.port}/v1/stream`, {
    headers: { authorization: 'Bearer nonsense' },
  });
  expect(refused.status).toBe(401);
  expect((await fetch(`http://127.0.0.1:${edge.port}/v1/stream`)).status).toBe(401);
  const [dana] = await read('dana');
  await app.call('DELETE', '/v1/users/dana');
  await expect.poll(() => dana?.states.at(-1), POLL).toContain('401');
});

it('tells new readers to come back while its upstream is away, with an answer that native readers take', async () => {
  const alone = await openEdge({
    upstream: `http://127.0.0.1:${await freePort()}`,
    key: 'sk_test',
    host: '127.0.0.1',
    port: 0,
    maxConnections: 10,
    origins: () => false,
    log: silentLog,
  });
  open.push({ close: () => alone.close(0) });
  const answer = await fetch(`http://127.0.0.1:${alone.port}/v1/stream`, { headers: { authorization: 'Bearer one' } });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  expect(await answer.text()).toMatch(/^retry: \d+\nevent: ps\.busy\n/);
  expect((await fetch(`http://127.0.0.1:${alone.port}/readyz`)).status).toBe(503);
});

it('tells its health and its figures, and nothing else', async () => {
  const get = async (path: string) => fetch(`http://127.0.0.1:${edge.port}${path}`);
  expect((await get('/readyz')).status).toBe(200);
  expect(await (await get('/metrics')).text()).toContain('pulsestack_edge_upstream_connected 1');
  expect((await get('/v1/users')).status).toBe(404);
});
