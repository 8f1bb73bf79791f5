import { createServer } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { createPushStream } from '../index.ts';
import { openRaw } from '../testing/raw-reader.ts';
import { writePrometheus } from './index.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

it('tells what hubs count, each figure described once, labels and all', async () => {
  const streams = [createPushStream(), createPushStream()];
  const [one, other] = streams as [(typeof streams)[0], (typeof streams)[0]];
  const server = createServer(one.handler);
  cleanups.push(
    () => server.close(),
    () => Promise.all(streams.map((stream) => stream.close())),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const reader = openRaw({ port, path: '/', headers: { 'Last-Event-ID': 'elsewhere' } });
  cleanups.push(() => reader.cut());
  await reader.until((r) => r.body.includes('ps.reset'));
  await one.publish({ everyone: true }, 'a.b', 1);
  await other.hub.cursor();
  await other.publish({ everyone: true }, 'a.b', 1);
  await reader.until((r) => r.body.includes('event: a.b'));

  const text = writePrometheus([one.hub, other.hub]);
  expect(text).toContain(
    '# HELP pushstream_connections Open streams of this process\n# TYPE pushstream_connections gauge\n',
  );
  expect(text).toContain('\npushstream_connections 1\n');
  expect(text).toContain('\npushstream_events_applied_total 2\n');
  expect(text).toContain('\npushstream_events_delivered_total 1\n');
  expect(text).toContain('\npushstream_resets_total{reason="unknown"} 1\n');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const line of lines) expect(line).toMatch(/^pushstream_[a-z_]+(\{[a-z]+="[a-z]+"\})? \d+(\.\d+)?$/);
  expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBe(lines.length);
});
