import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Telemetry } from '../../ports/telemetry.ts';
import { toFigure } from './figures.ts';

const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Telemetry in the format of Prometheus, with the usual figures of the Node process. */
export function createPrometheus(options: { processMetrics?: boolean } = {}): Telemetry {
  const registry = new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry, prefix: 'pulsestack_' });
  const made = new Map<string, unknown>();
  // Two rooms may ask for the same instrument; they get the same one.
  const once = <T>(name: string, make: () => T): T => {
    if (!made.has(name)) made.set(name, make());
    return made.get(name) as T;
  };

  return {
    counter: (name, help, labels = []) =>
      once(name, () => {
        const counter = new Counter({
          name: `pulsestack_${name}`,
          help,
          labelNames: [...labels],
          registers: [registry],
        });
        return { add: (amount: number, values: Record<string, string> = {}) => counter.inc(values, amount) };
      }),
    gauge: (name, help, read) =>
      once(name, () => {
        new Gauge({
          name: `pulsestack_${name}`,
          help,
          registers: [registry],
          collect() {
            this.set(read());
          },
        });
      }),
    read: (kind, name, help, labels, read) =>
      once(name, () => {
        const options = { name: `pulsestack_${name}`, help, labelNames: [...labels], registers: [registry] };
        if (kind === 'gauge') {
          new Gauge({
            ...options,
            collect() {
              this.reset();
              for (const { labels = {}, value } of read()) this.set(labels, value);
            },
          });
          return;
        }
        new Counter({
          ...options,
          collect() {
            this.reset();
            for (const { labels = {}, value } of read()) this.inc(labels, value);
          },
        });
      }),
    histogram: (name, help, labels = [], buckets = LATENCY_BUCKETS) =>
      once(name, () => {
        const histogram = new Histogram({
          name: `pulsestack_${name}`,
          help,
          labelNames: [...labels],
          buckets: [...buckets],
          registers: [registry],
        });
        return {
          observe: (seconds: number, values: Record<string, string> = {}) => histogram.observe(values, seconds),
        };
      }),
    expose: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
    collect: async () => (await registry.getMetricsAsJSON()).map(toFigure),
  };
}
