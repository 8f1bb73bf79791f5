import { connect } from 'node:http2';
import { startNginx } from '@pulsestack/testing';
import { afterEach, expect, it } from 'vitest';
import { createParser, type ParsedEvent } from './client/parser.ts';
import { createPushStream } from './pushstream.ts';
import { serve } from './testing/serve.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

it('serves many streams over one HTTP/2 connection of a proxy, each resumable by its cursor', async () => {
  const stream = createPushStream();
  const server = await serve(stream.handler);
  const nginx = await startNginx(
    (port, directory) => `
      pid ${directory}/pid;
      events { worker_connections 256; }
      http {
        access_log off;
        server {
          listen 127.0.0.1:${port} http2;
          location / { proxy_pass http://127.0.0.1:${server.port}; proxy_http_version 1.1; proxy_read_timeout 1h; }
        }
      }`,
  );
  cleanups.push(
    () => stream.close(),
    () => server.stop(),
    () => nginx.close(),
  );
  const session = connect(nginx.url);
  cleanups.push(() => session.close());

  const read = (path: string, headers: Record<string, string> = {}) => {
    const request = session.request({ ':path': path, accept: 'text/event-stream', ...headers });
    const heard: ParsedEvent[] = [];
    const parser = createParser({ onEvent: (event) => heard.push(event) });
    let type = '';
    request.on('response', (answer) => {
      type = String(answer['content-type']);
    });
    request.setEncoding('utf8').on('data', (text: string) => parser.push(text));
    cleanups.push(() => request.close());
    return { request, heard, type: () => type, data: () => heard.filter(({ name }) => !name.startsWith('ps.')) };
  };

  const readers = Array.from({ length: 20 }, (_, n) => read(`/?topic=t${n}`));
  await expect.poll(() => readers.every(({ heard }) => heard[0]?.name === 'ps.open'), { timeout: 10_000 }).toBe(true);
  expect(readers[0]?.type()).toBe('text/event-stream; charset=utf-8');
  await stream.publish({ everyone: true }, 'a.b', 1);
  await stream.publish({ topic: 't7' }, 'a.b', 2);
  await expect
    .poll(() => readers.map((reader) => reader.data().length), { timeout: 10_000 })
    .toEqual(readers.map((_, n) => (n === 7 ? 2 : 1)));
  const last = readers[7]?.data().at(-1)?.id ?? '';
  readers[7]?.request.close();
  await stream.publish({ topic: 't7' }, 'a.b', 3);
  const again = read('/?topic=t7', { 'last-event-id': last });
  await expect.poll(() => again.data().map(({ data }) => data), { timeout: 10_000 }).toEqual(['3']);
});
