import type { AggregationTemporality, DataPointType, MetricData } from '@opentelemetry/sdk-metrics';
import type { Figure } from '../../ports/telemetry.ts';

// The SDK's enums as values: its packages are there only once they were loaded.
const CUMULATIVE: AggregationTemporality.CUMULATIVE = 1;
const HISTOGRAM: DataPointType.HISTOGRAM = 0;
const GAUGE: DataPointType.GAUGE = 2;
const SUM: DataPointType.SUM = 3;
const DOUBLE = 1;

/** A figure as the SDK of OpenTelemetry exports it; counters and histograms have counted since `fromMs`. */
export function toMetric(figure: Figure, { fromMs, toMs }: { fromMs: number; toMs: number }): MetricData {
  const descriptor = { name: figure.name, description: figure.help, unit: '', valueType: DOUBLE };
  const times = { startTime: hrTime(fromMs), endTime: hrTime(toMs) };
  const shared = { descriptor, aggregationTemporality: CUMULATIVE };
  if (figure.kind === 'histogram') {
    const dataPoints = figure.readings.map(({ labels, bounds, counts, sum, count }) => ({
      ...times,
      attributes: labels,
      value: { buckets: { boundaries: [...bounds], counts: [...counts] }, sum, count },
    }));
    return { ...shared, dataPointType: HISTOGRAM, dataPoints };
  }
  const dataPoints = figure.readings.map(({ labels = {}, value }) => ({ ...times, attributes: labels, value }));
  return figure.kind === 'counter'
    ? { ...shared, dataPointType: SUM, isMonotonic: true, dataPoints }
    : { ...shared, dataPointType: GAUGE, dataPoints };
}

function hrTime(ms: number): [seconds: number, nanoseconds: number] {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1_000_000)];
}
