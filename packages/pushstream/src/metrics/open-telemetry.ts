import type { Hub } from '../contract.ts';
import { FIGURES, joinFigure } from './figures.ts';

/** What is needed of a `Meter` of `@opentelemetry/api`, which is not a dependency. */
export interface ObservingMeter {
  createObservableCounter(name: string, options?: { description?: string }): object;
  createObservableGauge(name: string, options?: { description?: string }): object;
  addBatchObservableCallback(callback: (result: Observations) => void, instruments: never[]): void;
  removeBatchObservableCallback(callback: (result: Observations) => void, instruments: never[]): void;
}

interface Observations {
  observe(instrument: never, value: number, attributes?: Record<string, string>): void;
}

/**
 * Registers the figures of a stream, or of several hubs together, as observable counters and gauges with OpenTelemetry.
 * They are read when the meter collects, under the names that Prometheus gets. Returns a function that ends it:
 *
 * ```ts
 * const end = observeWith(metrics.getMeter('shop'), stream);
 * ```
 */
export function observeWith(
  meter: ObservingMeter,
  source: { readonly hub: Hub } | Iterable<Hub>,
  prefix = 'pushstream_',
): () => void {
  const hubs = 'hub' in source ? [source.hub] : source;
  const instruments = FIGURES.map(({ kind, name, help }) => {
    const options = { description: help };
    return kind === 'counter'
      ? meter.createObservableCounter(prefix + name, options)
      : meter.createObservableGauge(prefix + name, options);
  }) as never[];

  function observe(result: Observations): void {
    const all = [...hubs].map((hub) => hub.stats());
    FIGURES.forEach((figure, index) => {
      for (const [key, value] of joinFigure(figure, all))
        result.observe(instruments[index] as never, value, figure.label === null ? {} : { [figure.label]: key });
    });
  }

  meter.addBatchObservableCallback(observe, instruments);
  return () => meter.removeBatchObservableCallback(observe, instruments);
}
