import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { telemetryContract } from '../../ports/contracts/telemetry.ts';
import { silentLog } from '../../ports/log.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { type Collector, openCollector } from '../../testing/collector.ts';
import { testApp } from '../../testing/index.ts';
import { createPrometheus } from '../prometheus/index.ts';
import { type ExportOptions, openOtlpExport } from './index.ts';

const HOUR_MS = 3_600_000;
const WITHIN = { timeout: 10_000 };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function newCollector(): Promise<Collector> {
  const collector = await openCollector();
  cleanups.push(() => collector.close());
  return collector;
}

async function sendTo(collector: Collector, telemetry: Telemetry, options: Partial<ExportOptions> = {}) {
  const sending = await openOtlpExport({
    telemetry,
    endpoint: collector.url,
    serviceName: 'shop-notifications',
    serviceVersion: '1.2.3',
    intervalMs: HOUR_MS,
    log: silentLog,
    ...options,
  });
  cleanups.push(() => sending.close());
  return sending;
}

/** A log that keeps its sentences. */
function heard() {
  const sentences: string[] = [];
  const keep = (_fields: object, sentence: string) => sentences.push(sentence);
  return { sentences, log: { ...silentLog, info: keep, warn: keep } };
}

describe('telemetry at a collector of OpenTelemetry', () => {
  telemetryContract(createPrometheus, async (telemetry) => {
    const collector = await newCollector();
    await (await sendTo(collector, telemetry)).close();
    return collector.lines();
  });

  it('has every figure that Prometheus is shown, those of the Node process included', async () => {
    const collector = await newCollector();
    const telemetry = createPrometheus({ processMetrics: true });
    const seconds = telemetry.histogram('work_seconds', 'Time');
    seconds.observe(0.5);
    await (await sendTo(collector, telemetry)).close();
    const shown = (await telemetry.expose()).body.split('\n');
    const series = (lines: string[]) =>
      new Set(
        lines
          .filter((line) => line !== '' && !line.startsWith('#'))
          .map((line) => line.slice(0, line.lastIndexOf(' '))),
      );
    expect(series(shown).size).toBeGreaterThan(30);
    expect([...series(shown)].filter((one) => !series(collector.lines()).has(one))).toEqual([]);
  });

  it('says who it is, with the headers it was given, cumulatively and where the standard says', async () => {
    const collector = await newCollector();
    const telemetry = createPrometheus();
    telemetry.counter('sent_total', 'Sent').add(1);
    const headers = { authorization: `Bearer ${randomUUID()}` };
    await (await sendTo(collector, telemetry, { headers, endpoint: `${collector.url}/` })).close();
    const [first] = collector.exports;
    expect(first?.path).toBe('/v1/metrics');
    expect(first?.headers).toMatchObject({ ...headers, 'content-type': 'application/json' });
    expect(first?.resource).toMatchObject({
      'service.name': 'shop-notifications',
      'service.version': '1.2.3',
      'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(first?.metrics[0]?.sum).toMatchObject({ isMonotonic: true, aggregationTemporality: 2 });
  });

  it('hears of a request soon after it was answered', async () => {
    const collector = await newCollector();
    const app = await testApp();
    cleanups.push(() => app.close());
    await sendTo(collector, app.runtime.telemetry, { intervalMs: 50 });
    expect((await app.call('GET', '/v1/users')).status).toBe(200);
    const line = /^pulsestack_http_request_seconds_count\{operation="users\.list",status="200"\} 1$/;
    await expect.poll(() => collector.lines().filter((one) => line.test(one)), WITHIN).toHaveLength(1);
  });
});

describe('a collector that is away', () => {
  it('is told of once, keeps nobody from ending, and gets everything when it is back', async () => {
    const collector = await newCollector();
    collector.refuse = 503;
    const { sentences, log } = heard();
    const telemetry = createPrometheus();
    const sent = telemetry.counter('sent_total', 'Sent');
    const sending = await sendTo(collector, telemetry, { intervalMs: 50, log });
    sent.add(1);
    const away = 'the collector does not take the figures; it is tried again';
    await expect.poll(() => sentences, WITHIN).toEqual([away]);
    sent.add(1);
    collector.refuse = null;
    await expect.poll(() => collector.lines(), WITHIN).toContain('pulsestack_sent_total 2');
    await expect.poll(() => sentences, WITHIN).toEqual([away, 'the collector takes the figures again']);
    await sending.close();
  });

  it('does not hold up the end when nobody listens at all', async () => {
    const collector = await newCollector();
    collector.close();
    const sending = await sendTo(collector, createPrometheus(), { intervalMs: 200 });
    const begun = performance.now();
    await sending.close();
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('is sent nothing that could not be read, which is logged', async () => {
    const collector = await newCollector();
    const { sentences, log } = heard();
    const collect = () => Promise.reject(new Error('the database is closed'));
    const sending = await sendTo(collector, { ...createPrometheus(), collect }, { log });
    await sending.close();
    expect(sentences).toEqual(['the figures could not be read for the collector']);
    expect(collector.lines()).toEqual([]);
  });
});

it('names what to install when the packages of OpenTelemetry are missing', async () => {
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({
      resolve(name, context, next) {
        if (name.startsWith('@opentelemetry/')) throw new Error('no such package');
        return next(name, context);
      },
    });
    const { openOtlpExport } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
    await openOtlpExport({}).catch((error) => console.log(error.message));`;
  const line = ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, line);
  expect(stdout).toContain(
    'npm install @opentelemetry/api @opentelemetry/sdk-metrics @opentelemetry/resources @opentelemetry/exporter-metrics-otlp-http',
  );
});
