import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createParser, type ParsedEvent } from './client/parser.ts';
import { serveEvents } from './http.ts';
import { createHub } from './hub.ts';
import type { StreamLog } from './log.ts';
import { createPushStream } from './pushstream.ts';
import { openRaw } from './testing/raw-reader.ts';
import { serve } from './testing/serve.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

describe('serving events', () => {
  it('works over HTTP/2, where there is no socket to take', async () => {
    const stream = createPushStream();
    const server = createServer((request, response) =>
      stream.handler(request as unknown as IncomingMessage, response as unknown as ServerResponse),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    cleanups.push(() => {
      session.destroy();
      server.close();
    });
    const request = session.request({ ':path': '/', accept: 'text/event-stream' });
    const events: ParsedEvent[] = [];
    const parser = createParser({ onEvent: (event) => events.push(event) });
    request.setEncoding('utf8').on('data', (text: string) => parser.push(text));
    const [headers] = await once(request, 'response');
    expect(headers).toMatchObject({ ':status': 200, 'content-type': 'text/event-stream; charset=utf-8' });
    await expect.poll(() => events.length).toBe(1);
    await stream.publish({ everyone: true }, 'test.event', 1);
    await expect.poll(() => events.map((event) => event.name)).toEqual(['ps.open', 'test.event']);
    request.close();
    await expect.poll(() => stream.hub.stats().connections).toBe(0);
  });

  it('tells readers to come back while the log cannot be read', async () => {
    const down = () => Promise.reject(new Error('down'));
    const log: StreamLog = { head: down, read: down };
    const hub = createHub({ log });
    const server = await serve((request, response) => {
      void serveEvents(request, response, hub, { access: { streams: ['w'] } });
    });
    cleanups.push(() => server.stop());
    const response = await fetch(server.url);
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^retry: \d+\nevent: ps\.busy\ndata: \{"reason":"unavailable"/);
  });

  it('registers nobody when the client leaves while it is being asked who it is', async () => {
    const stream = createPushStream();
    let admit = () => {};
    const asked = new Promise<void>((resolve) => {
      admit = resolve;
    });
    let answered: Promise<unknown> | null = null;
    const server = await serve((request, response) => {
      answered = serveEvents(request, response, stream.hub, {
        async access() {
          await asked;
          return { streams: ['w'] };
        },
      });
    });
    cleanups.push(() => server.stop());
    const reader = openRaw({ port: server.port });
    await expect.poll(() => answered !== null).toBe(true);
    reader.cut();
    await expect
      .poll(() => new Promise((resolve) => server.server.getConnections((_, count) => resolve(count))))
      .toBe(0);
    admit();
    expect(await answered).toBeNull();
    expect(stream.hub.stats().connected).toBe(0);
  });

  it('answers 500 when the question of access fails, and keeps serving', async () => {
    let failing = true;
    const errors: unknown[] = [];
    const stream = createPushStream({
      onError: (error) => errors.push(error),
      access() {
        if (failing) throw new Error('session store is down');
        return { streams: ['w'] };
      },
    });
    const server = await serve(stream.handler);
    cleanups.push(() => server.stop());
    expect((await fetch(server.url)).status).toBe(500);
    expect(errors).toHaveLength(1);
    failing = false;
    const reader = openRaw({ port: server.port });
    cleanups.push(() => reader.cut());
    await reader.until((r) => r.events.length === 1);
    expect(reader.status).toBe(200);
  });
});
