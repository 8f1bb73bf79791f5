import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What a collector of OpenTelemetry hears, as far as tests ask. */
interface Export {
  path: string | undefined;
  headers: IncomingHttpHeaders;
  resource: Record<string, string>;
  metrics: Metric[];
}

interface Metric {
  name: string;
  description: string;
  sum?: { isMonotonic: boolean; aggregationTemporality: number; dataPoints: Point[] };
  gauge?: { dataPoints: Point[] };
  histogram?: { aggregationTemporality: number; dataPoints: Buckets[] };
}

interface Attribute {
  key: string;
  value: { stringValue: string };
}
interface Point {
  attributes: Attribute[];
  asDouble: number;
}
interface Buckets {
  attributes: Attribute[];
  explicitBounds: number[];
  bucketCounts: number[];
  sum: number;
  count: number;
}

interface Payload {
  resourceMetrics: { resource: { attributes: Attribute[] }; scopeMetrics: { metrics: Metric[] }[] }[];
}

export interface Collector {
  url: string;
  exports: Export[];
  /** While it is set, every export is answered with it. */
  refuse: number | null;
  /** The figures of the last export as lines that Prometheus would read. */
  lines(): string[];
  close(): void;
}

/** A collector that takes figures by OTLP over HTTP, encoded as JSON. */
export async function openCollector(): Promise<Collector> {
  const server = createServer(async (request, response) => {
    const { resourceMetrics } = (await json(request)) as Payload;
    if (collector.refuse !== null) return void response.writeHead(collector.refuse).end();
    for (const { resource, scopeMetrics } of resourceMetrics)
      collector.exports.push({
        path: request.url,
        headers: request.headers,
        resource: labelsOf(resource.attributes),
        metrics: scopeMetrics.flatMap(({ metrics }) => metrics),
      });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const collector: Collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exports: [],
    refuse: null,
    lines: () => collector.exports.at(-1)?.metrics.flatMap(linesOf) ?? [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return collector;
}

function linesOf({ name, description, sum, gauge, histogram }: Metric): string[] {
  const kind = sum ? 'counter' : gauge ? 'gauge' : 'histogram';
  const lines = [`# HELP ${name} ${description}`, `# TYPE ${name} ${kind}`];
  for (const { attributes, asDouble } of (sum ?? gauge)?.dataPoints ?? [])
    lines.push(`${name}${written(labelsOf(attributes))} ${asDouble}`);
  for (const { attributes, explicitBounds, bucketCounts, sum, count } of histogram?.dataPoints ?? []) {
    let upTo = 0;
    bucketCounts.forEach((here, index) => {
      upTo += here;
      lines.push(
        `${name}_bucket${written({ le: String(explicitBounds[index] ?? '+Inf'), ...labelsOf(attributes) })} ${upTo}`,
      );
    });
    lines.push(
      `${name}_sum${written(labelsOf(attributes))} ${sum}`,
      `${name}_count${written(labelsOf(attributes))} ${count}`,
    );
  }
  return lines;
}

function labelsOf(attributes: Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));
}

function written(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? '' : `{${pairs.join()}}`;
}
