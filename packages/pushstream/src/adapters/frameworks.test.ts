import { once } from 'node:events';
import { createServer, type IncomingMessage, request as open, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGzip } from 'node:zlib';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { afterEach, describe, expect, it } from 'vitest';
import { createEventStream } from '../client/index.ts';
import { createPushStream, type PushStream } from '../index.ts';
import * as inExpress from './express.ts';
import * as inFastify from './fastify.ts';
import * as inHono from './hono.ts';

interface Framework {
  name: string;
  /** Mounts at /events: with the user from a header, cookies and bodies of its own, and compression. */
  start(stream: PushStream): Promise<Server>;
}

const cors = { origins: ['https://app.example.com'] };
const grant = (user: string | undefined) =>
  user ? { streams: ['w', `u.${user}`], meta: { user } } : { refuse: 401 as const };

const frameworks: Framework[] = [
  {
    name: 'node:http',
    async start(stream) {
      return listening(
        createServer((request, response) => {
          response.setHeader('X-Served-By', 'test');
          const access = () => grant(String(request.headers['x-user'] ?? ''));
          void stream.serve(request, response, { cors, access });
        }),
      );
    },
  },
  {
    name: 'Express',
    async start(stream) {
      const app = express();
      app.use(express.json(), squeeze, (request, response, next) => {
        response.set('X-Served-By', 'test');
        Object.assign(request, { user: request.get('x-user') });
        next();
      });
      const access = (request: express.Request & { user?: string }) => grant(request.user);
      app.use('/events', inExpress.pushStream(stream, { cors, access }));
      return listening(createServer(app));
    },
  },
  {
    name: 'Fastify',
    async start(stream) {
      const app = fastify();
      app.decorateRequest('user', '');
      app.addHook('onRequest', async (request, reply) => {
        reply.header('X-Served-By', 'test');
        request.setDecorator('user', request.headers['x-user']);
      });
      app.addHook('onSend', async (_request, reply, payload) => {
        reply.header('Content-Encoding', 'gzip');
        return payload;
      });
      const access = (request: fastify.FastifyRequest) => grant(request.getDecorator<string>('user'));
      await app.register(inFastify.pushStream, { stream, cors, access });
      await app.listen({ port: 0, host: '127.0.0.1' });
      cleanups.push(() => app.close());
      return app.server;
    },
  },
  {
    name: 'Hono',
    async start(stream) {
      const app = new Hono<{ Bindings: HttpBindings; Variables: { user: string | undefined } }>();
      app.use(compress(), async (c, next) => {
        c.header('X-Served-By', 'test');
        c.set('user', c.req.header('x-user'));
        await next();
      });
      const serve = inHono.pushStream<{ Bindings: HttpBindings; Variables: { user: string | undefined } }>(stream, {
        cors,
        access: (c) => grant(c.get('user')),
      });
      app.all('/events', serve).all('/events/ack', serve);
      return listening(createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false })));
    },
  },
];

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

describe.each(frameworks)('in $name', ({ start }) => {
  async function arrange() {
    const stream = createPushStream({ acks: true, retryMs: 5 });
    const server = await start(stream);
    cleanups.push(() => stream.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
    return { stream, server, url, connections: () => stream.hub.stats().connections };
  }

  it('events arrive, uncompressed, and go on after each cut', async () => {
    const { stream, url } = await arrange();
    const seen: number[] = [];
    const reader = createEventStream<{ 'test.event': number }>({
      url,
      headers: { 'x-user': 'ann', 'Accept-Encoding': 'gzip, br' },
      onEvent: ({ data }) => seen.push(data),
    });
    cleanups.push(() => reader.close());
    await expect.poll(() => reader.state).toBe('open');
    for (let n = 1; n <= 100; n += 1) {
      if (n % 30 === 0) stream.hub.close(() => true, 'gone');
      await stream.publish(n % 2 ? { everyone: true } : { user: 'ann' }, 'test.event', n);
    }
    await expect.poll(() => seen).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
  });

  it('takes the socket over: no chunks, no encoding, and the headers of those before it', async () => {
    const { url } = await arrange();
    const { response, request } = await get(url, { 'x-user': 'ann', 'accept-encoding': 'gzip' });
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-served-by': 'test',
      connection: 'close',
    });
    expect(Object.keys(response.headers)).not.toEqual(expect.arrayContaining(['transfer-encoding']));
    expect(response.headers['content-encoding']).toBeUndefined();
    const [first] = (await once(response, 'data')) as [Buffer];
    expect(first.toString()).toContain('event: ps.open');
    request.destroy();
  });

  it('answers HEAD, OPTIONS, other methods, other types and strangers', async () => {
    const { url } = await arrange();
    const origin = 'https://app.example.com';
    const ann = { 'x-user': 'ann' };
    const head = await fetch(url, { method: 'HEAD', headers: ann });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const other = await fetch(url, { method, headers: ann });
      expect([other.status, other.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    }
    expect((await fetch(url, { headers: { ...ann, accept: 'application/json' } })).status).toBe(406);
    const stranger = await fetch(url, { headers: { origin } });
    expect([stranger.status, stranger.headers.get('access-control-allow-origin')]).toEqual([401, origin]);
  });

  it('forgets a client that goes', async () => {
    const { url, connections } = await arrange();
    const { request } = await get(url, { 'x-user': 'ann' });
    await expect.poll(connections).toBe(1);
    request.destroy();
    await expect.poll(connections).toBe(0);
  });

  it('takes acknowledgements, though something before it reads bodies', async () => {
    const { stream, url } = await arrange();
    const cursor = await stream.publish({ user: 'ann' }, 'test.event', 1);
    const tell = (body: unknown) =>
      fetch(`${url}/ack`, {
        method: 'POST',
        headers: { 'x-user': 'ann', 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await tell({ cursor, client: 'tab' })).status).toBe(204);
    expect((await tell({ cursor: 7 })).status).toBe(400);
    expect((await fetch(`${url}/ack`, { headers: { 'x-user': 'ann' } })).status).toBe(405);
  });

  it('asks for patience while the log cannot be read', async () => {
    const { stream, url } = await arrange();
    stream.hub.locate = () => Promise.reject(new Error('broken'));
    const { response } = await get(url, { 'x-user': 'ann' });
    expect(response.statusCode).toBe(200);
    expect(await response.reduce((text, chunk: Buffer) => text + chunk, '')).toContain('ps.busy');
  });
});

describe('closing', () => {
  it('a Fastify application ends its streams, telling them to come back', async () => {
    const stream = createPushStream();
    const app = fastify();
    await app.register(inFastify.pushStream, { stream, path: '/live' });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { response } = await get(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/live`, {});
    const text = response.reduce((all, chunk: Buffer) => all + chunk, '');
    await expect.poll(() => stream.hub.stats().connections).toBe(1);
    await app.close();
    expect(await text).toContain('event: ps.drain');
  });

  it('Hono without the sockets of Node is told so', async () => {
    const app = new Hono().get('/events', inHono.pushStream(createPushStream()));
    app.onError((error, c) => c.text(error.message, 500));
    expect(await (await app.request('/events')).text()).toMatch(/@hono\/node-server/);
  });

  it('Express hears of what fails', async () => {
    const app = express();
    const access = () => Promise.reject(new Error('no database'));
    app.get('/events', inExpress.pushStream(createPushStream(), { access }));
    app.use((error: Error, _: unknown, response: express.Response, next: express.NextFunction) => {
      if (response.headersSent) next(error);
      else response.status(503).send(error.message);
    });
    const server = await listening(createServer(app));
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/events`);
    expect([answer.status, await answer.text()]).toEqual([503, 'no database']);
  });
});

async function listening(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

async function get(url: string, headers: Record<string, string>) {
  const request = open(url, { headers, agent: false });
  request.on('error', () => {});
  request.end();
  cleanups.push(() => request.destroy());
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => {});
  return { request, response };
}

/** What compressing middleware does: everything that is written goes through a compressor, which holds it back. */
function squeeze(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  if (!/gzip/.test(String(request.headers['accept-encoding']))) return next();
  const gzip = createGzip();
  const { write, end, writeHead } = response;
  response.writeHead = function (this: ServerResponse, ...head: never[]) {
    if (!response.headersSent) response.setHeader('Content-Encoding', 'gzip');
    return Reflect.apply(writeHead, response, head);
  } as typeof writeHead;
  response.write = ((chunk: string | Buffer) => gzip.write(chunk)) as typeof write;
  response.end = ((chunk?: string | Buffer) => {
    gzip.end(chunk);
    return response;
  }) as typeof end;
  gzip.on('data', (chunk: Buffer) => Reflect.apply(write, response, [chunk]));
  gzip.on('end', () => Reflect.apply(end, response, []));
  next();
}
