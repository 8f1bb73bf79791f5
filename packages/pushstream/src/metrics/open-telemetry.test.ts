import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Meter, metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, expect, it } from 'vitest';
import { createPushStream, type PushStream } from '../index.ts';
import { FIGURES, observeWith } from './index.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** OpenTelemetry's own SDK, with an exporter that keeps what it gets. */
function collector() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  cleanups.push(() => provider.shutdown());
  return {
    provider,
    async collect() {
      exporter.reset();
      await provider.forceFlush();
      const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
      return new Map(found.map((metric) => [metric.descriptor.name, metric]));
    },
  };
}

function newStream(): PushStream {
  const stream = createPushStream();
  cleanups.push(() => stream.close());
  return stream;
}

it('gives every figure to the meter of OpenTelemetry, with its kind and its description', async () => {
  const { provider, collect } = collector();
  const stream = newStream();
  const meter: Meter = provider.getMeter('test');
  observeWith(meter, stream);
  await stream.hub.cursor();
  await stream.publish({ everyone: true }, 'a.b', 1);

  const found = await collect();
  for (const { name, help, kind, label } of FIGURES) {
    const metric = found.get(`pushstream_${name}`);
    // A figure by label has values only once something happened.
    if (label !== null && metric === undefined) continue;
    expect(metric?.descriptor.description, name).toBe(help);
    expect(metric?.dataPointType, name).toBe(kind === 'counter' ? DataPointType.SUM : DataPointType.GAUGE);
    if (metric?.dataPointType === DataPointType.SUM) expect(metric.isMonotonic, name).toBe(true);
  }
  expect(found.get('pushstream_events_applied_total')?.dataPoints).toMatchObject([{ value: 1, attributes: {} }]);
  expect(found.get('pushstream_resets_total')?.dataPoints[0]?.attributes).toHaveProperty('reason');
});

it('reads anew whenever it is asked, several hubs as one, and not any more once it has ended', async () => {
  const { provider, collect } = collector();
  const streams = [newStream(), newStream()];
  const end = observeWith(
    provider.getMeter('test'),
    streams.map(({ hub }) => hub),
    'shop_',
  );
  const applied = async () => (await collect()).get('shop_events_applied_total')?.dataPoints[0]?.value;
  for (const stream of streams) await stream.hub.cursor();

  expect(await applied()).toBe(0);
  for (const stream of streams) await stream.publish({ everyone: true }, 'a.b', 1);
  expect(await applied()).toBe(2);
  end();
  await streams[0]?.publish({ everyone: true }, 'a.b', 1);
  // The SDK repeats what it has read last.
  expect(await applied()).toBe(2);
});

it('works as the readme shows', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const example = /```js\n((?:(?!```)[\s\S])*observeWith[\s\S]*?)```/.exec(readme)?.[1] ?? '';
  expect(example).toContain('observeWith(');
  const { provider, collect } = collector();
  metrics.setGlobalMeterProvider(provider);
  cleanups.push(() => metrics.disable());

  const folder = await mkdtemp(join(tmpdir(), 'pushstream-metrics-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const places = {
    '@opentelemetry/api': import.meta.resolve('@opentelemetry/api'),
    'pushstream/metrics': new URL('./index.ts', import.meta.url).href,
    pushstream: new URL('../index.ts', import.meta.url).href,
  };
  let code = `${example}\nexport { stream };`;
  for (const [name, place] of Object.entries(places)) code = code.replace(`'${name}'`, JSON.stringify(place));
  await writeFile(join(folder, 'example.mjs'), code);
  const { stream } = (await import(pathToFileURL(join(folder, 'example.mjs')).href)) as { stream: PushStream };
  cleanups.push(() => stream.close());

  expect((await collect()).get('pushstream_connections')?.dataPoints).toMatchObject([{ value: 0 }]);
});
