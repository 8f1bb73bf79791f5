import type { MetricObjectWithValues, MetricValue, MetricValueWithName } from 'prom-client';
import type { Distribution, Figure } from '../../ports/telemetry.ts';

type Metric = MetricObjectWithValues<MetricValue<string>>;

/** What the registry keeps for one name, in the words of the port. */
export function toFigure(metric: Metric): Figure {
  const { name, help, values } = metric;
  // The types of the library say this is an enum of numbers; it is a word.
  const type = String(metric.type);
  if (type === 'histogram') return { name, help, kind: 'histogram', readings: distributionsOf(metric) };
  const readings = values.map(({ labels, value }) => ({ labels: worded(labels), value }));
  return { name, help, kind: type === 'counter' ? 'counter' : 'gauge', readings };
}

/** Prometheus counts in each bucket what is in the smaller ones too, and lists buckets, sum and count one by one. */
function distributionsOf({ name, values }: Metric): Distribution[] {
  const found = new Map<
    string,
    { labels: Record<string, string>; upTo: [bound: number, count: number][]; sum: number }
  >();
  for (const { metricName, labels, value } of values as MetricValueWithName<string>[]) {
    const { le, ...own } = labels;
    const key = JSON.stringify(own);
    let series = found.get(key);
    if (!series) found.set(key, (series = { labels: worded(own), upTo: [], sum: 0 }));
    if (metricName === `${name}_bucket`) series.upTo.push([le === '+Inf' ? Infinity : Number(le), value]);
    if (metricName === `${name}_sum`) series.sum = value;
  }
  return [...found.values()].map(({ labels, upTo, sum }) => {
    upTo.sort(([one], [other]) => one - other);
    return {
      labels,
      bounds: upTo.map(([bound]) => bound).filter(Number.isFinite),
      counts: upTo.map(([, count], index) => count - (upTo[index - 1]?.[1] ?? 0)),
      sum,
      count: upTo.at(-1)?.[1] ?? 0,
    };
  });
}

function worded(labels: Partial<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}
