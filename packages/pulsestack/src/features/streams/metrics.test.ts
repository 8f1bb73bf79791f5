import { readFileSync } from 'node:fs';
import { createEventStream } from 'pushstream/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPrometheus } from '../../adapters/prometheus/index.ts';
import { type TestApp, testApp } from '../../testing/index.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

const figures = async () => (await app.runtime.telemetry.expose()).body;

it('counts what streams do, and never backwards', async () => {
  const token = await app.home.user('ada');
  const heard: string[] = [];
  const open = Promise.withResolvers<void>();
  const stream = createEventStream({
    url: `${await app.url()}/v1/stream`,
    token: () => token,
    onEvent: ({ name }) => heard.push(name),
    onState: (state) => state === 'open' && open.resolve(),
  });
  await open.promise;
  await app.call('POST', '/v1/stream/events', { body: { to: { user: 'ada' }, name: 'a.b' } });
  await app.settle();
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual(['a.b']);
  const during = await figures();
  expect(during).toContain('pulsestack_stream_connections 1');
  expect(during).toContain('pulsestack_stream_transport_connections{transport="sse"} 1');
  expect(during).toContain(`pulsestack_stream_workspace_connections{workspace="${app.home.id}"} 1`);
  expect(during).toMatch(/pulsestack_stream_events_delivered_total [1-9]/);
  expect(during).toMatch(/pulsestack_stream_delivery_seconds_count [1-9]/);
  stream.close();
  await expect.poll(figures, { timeout: 10_000 }).toContain('pulsestack_stream_disconnects_total{reason="client"} 1');
  expect(await figures()).toMatch(/pulsestack_stream_events_delivered_total [1-9]/);
});

it('has every figure that the shipped dashboard and alerts ask for', async () => {
  const known = `${await figures()}${(await createPrometheus({ processMetrics: true }).expose()).body}`;
  const shipped = ['grafana/streams.json', 'prometheus/alerts.yml'].map((file) =>
    readFileSync(new URL(`../../../../../deploy/${file}`, import.meta.url), 'utf8'),
  );
  const asked = new Set(shipped.join().match(/pulsestack_[a-z0-9_]+/g));
  expect(asked.size).toBeGreaterThan(20);
  const missing = [...asked].filter((name) => !known.includes(`# TYPE ${name.replace(/_(bucket|count|sum)$/, '')} `));
  expect(missing).toEqual([]);
});
