import express from 'express';
import { afterEach, expect, it } from 'vitest';
import { createPushStream } from '../index.ts';
import { openRaw } from '../testing/raw-reader.ts';
import { serve } from '../testing/serve.ts';
import { TestObjectSink } from '../testing/test-sinks.ts';
import { createDevDashboard } from './index.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start() {
  const stream = createPushStream({
    acks: true,
    access: ({ headers }) => ({ streams: ['w', `u.${headers['x-user']}`], meta: { user: String(headers['x-user']) } }),
  });
  const dashboard = createDevDashboard(stream);
  const app = express();
  app.use('/pushstream', dashboard.handler);
  app.get('/events', stream.handler);
  const server = await serve(app);
  cleanups.push(
    () => server.stop(),
    () => dashboard.close(),
    () => stream.close(),
  );
  const base = `http://localhost:${server.port}/pushstream`;
  const call = async (path: string, body?: object, headers: Record<string, string> = {}) => {
    const response = await fetch(base + path, {
      method: body ? 'POST' : 'GET',
      headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const state = async () => JSON.parse((await call('/state')).text);
  const read = async (user: string, query = '') => {
    const reader = openRaw({
      port: server.port,
      path: `/events${query}`,
      headers: { Accept: 'text/event-stream', 'x-user': user },
    });
    cleanups.push(() => reader.cut());
    return reader.until((r) => r.body.includes('ps.open'));
  };
  return { stream, call, state, read };
}

it('shows who is connected, what passed, and the way of one event to each', async () => {
  const { stream, call, state, read } = await start();
  const ada = await read('ada');
  await read('ben');
  await read('cleo', `?filter=${encodeURIComponent(JSON.stringify({ field: 'name', op: 'eq', value: 'other.name' }))}`);
  const cursor = await stream.publish({ everyone: true }, 'door.opened', { room: 2 });
  const secret = await stream.publish({ user: 'ada' }, 'note.left', { text: 'hi' });
  await ada.until((r) => r.body.includes('note.left'));
  const { connections, events, total } = await state();
  expect(total).toBe(3);
  expect(connections[0]).toMatchObject({ meta: { user: 'ada' }, state: 'live', eventsSent: 2, lag: 0 });
  expect(events.map((event: { cursor: string }) => event.cursor)).toEqual([cursor, secret]);
  const ways = async (of: string) =>
    JSON.parse((await call(`/ways?cursor=${of}`)).text).map(
      (way: { meta: { user: string }; state: string; reason: string }) => [way.meta.user, way.state, way.reason],
    );
  expect(await ways(secret)).toEqual([
    ['ada', 'handed', null],
    ['ben', 'passed over', 'stream'],
    ['cleo', 'passed over', 'stream'],
  ]);
  expect(await ways(cursor)).toEqual([
    ['ada', 'handed', null],
    ['ben', 'handed', null],
    ['cleo', 'passed over', 'filter'],
  ]);
});

it('sends, replays and disconnects', async () => {
  const { call, state, read } = await start();
  const ada = await read('ada');
  const sent = await call('/send', { target: { user: 'ada' }, name: 'bell.rung', data: { tone: 1 } });
  expect(sent.status).toBe(202);
  await ada.until((r) => r.body.includes('"tone":1'));
  const { cursor } = JSON.parse(sent.text);
  await call('/replay', { cursor });
  await ada.until((r) => r.body.split('"tone":1').length === 3);
  expect((await call('/replay', { cursor: 'AAAAAA.1' })).status).toBe(404);
  expect(JSON.parse((await call('/send', { target: { user: 'ada' }, name: 'nonsense' })).text).message).toContain(
    'domain.action',
  );
  const [{ id }] = (await state()).connections;
  await call('/disconnect', { id });
  await ada.until((r) => r.ended);
  expect(ada.body).toContain('ps.drain');
});

it('is there for this machine only, and for its own page', async () => {
  const { call } = await start();
  expect((await call('/', undefined, { 'x-forwarded-for': '203.0.113.7' })).status).toBe(404);
  const page = await call('/');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(
    (await call('/send', { target: { everyone: true }, name: 'a.b' }, { origin: 'https://evil.example' })).status,
  ).toBe(403);
  expect(
    (await call('/send', { target: { everyone: true }, name: 'a.b' }, { 'content-type': 'text/plain' })).status,
  ).toBe(403);
});

it('tells what a slow reader has acknowledged, and what it has not come to', async () => {
  const { stream, call } = await start();
  const sink = new TestObjectSink();
  await stream.hub.cursor();
  stream.hub.attach(sink, { streams: ['w'], meta: { user: 'slow' }, client: 'slow/x' });
  const first = await stream.publish({ everyone: true }, 'a.b', 1);
  await expect.poll(() => sink.data).toEqual(['1']);
  await stream.hub.acknowledge('slow/x', first);
  sink.room = false;
  for (const n of [2, 3]) {
    await stream.publish({ everyone: true }, 'a.b', n);
    await expect.poll(() => sink.data.length).toBeGreaterThan(1);
  }
  const [way] = JSON.parse((await call(`/ways?cursor=${first}`)).text);
  expect(way).toMatchObject({ state: 'handed', acknowledged: true });
  const last = JSON.parse((await call(`/ways?cursor=${await stream.publish({ everyone: true }, 'a.b', 4)}`)).text);
  expect(last[0]).toMatchObject({ state: 'waiting', acknowledged: false });
});
