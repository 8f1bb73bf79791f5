import { randomUUID } from 'node:crypto';
import type { MetricProducer, PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { Log } from '../../ports/log.ts';
import type { FigureExport, Telemetry } from '../../ports/telemetry.ts';
import { toMetric } from './metric.ts';

// A collector that does not answer must not hold up the end of the process for long.
const EXPORT_MS = 3_000;
const SUCCESS = 0;

export interface ExportOptions {
  telemetry: Pick<Telemetry, 'collect'>;
  /** Where the collector listens; the figures go to `/v1/metrics` below it. */
  endpoint: string;
  headers?: Record<string, string>;
  serviceName: string;
  serviceVersion: string;
  intervalMs: number;
  log: Log;
}

/**
 * Sends the figures by OTLP over HTTP, as JSON. They are counted once, by the telemetry, so what arrives agrees with what
 * is exposed. Rejects when the packages of OpenTelemetry are not installed; a collector that is away is only logged.
 */
export async function openOtlpExport(options: ExportOptions): Promise<FigureExport> {
  const { telemetry, intervalMs, log } = options;
  const { sdk, resources, OTLPMetricExporter } = await load();
  const timeoutMs = Math.min(intervalMs, EXPORT_MS);
  // What OTEL_RESOURCE_ATTRIBUTES says stands above what we know, and the name that was set above both.
  const resource = resources
    .defaultResource()
    .merge(
      resources.resourceFromAttributes({
        'service.version': options.serviceVersion,
        // Without it the counters of two processes would be one series that jumps.
        'service.instance.id': randomUUID(),
      }),
    )
    .merge(resources.detectResources({ detectors: [resources.envDetector] }))
    .merge(resources.resourceFromAttributes({ 'service.name': options.serviceName }));

  const producer: MetricProducer = {
    async collect() {
      const now = Date.now();
      const figures = await telemetry.collect().catch((error: unknown) => {
        log.warn({ err: error }, 'the figures could not be read for the collector');
        return [];
      });
      const metrics = figures
        .filter(({ readings }) => readings.length > 0)
        .map((figure) => toMetric(figure, { fromMs: performance.timeOrigin, toMs: now }));
      return { resourceMetrics: { resource, scopeMetrics: [{ scope: { name: 'pulsestack' }, metrics }] }, errors: [] };
    },
  };
  const exporter = new OTLPMetricExporter({
    url: `${options.endpoint.replace(/\/+$/, '')}/v1/metrics`,
    headers: options.headers ?? {},
    timeoutMillis: timeoutMs,
  });
  const reader = new sdk.PeriodicExportingMetricReader({
    exporter: logged(exporter, log, options.endpoint),
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: timeoutMs,
    metricProducers: [producer],
  });
  const provider = new sdk.MeterProvider({ resource, readers: [reader] });

  return {
    // Whether the last figures arrived has been logged by then.
    close: () => provider.shutdown({ timeoutMillis: timeoutMs }).catch(() => undefined),
  };
}

async function load() {
  try {
    const [sdk, resources, { OTLPMetricExporter }] = await Promise.all([
      import('@opentelemetry/sdk-metrics'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/exporter-metrics-otlp-http'),
    ]);
    return { sdk, resources, OTLPMetricExporter };
  } catch (cause) {
    throw new Error(
      'packages are not installed that it needs: npm install @opentelemetry/api @opentelemetry/sdk-metrics @opentelemetry/resources @opentelemetry/exporter-metrics-otlp-http',
      { cause },
    );
  }
}

/** Says once that the collector went away and once that it is back; the SDK itself is silent about both. */
function logged(exporter: PushMetricExporter, log: Log, endpoint: string): PushMetricExporter {
  let away = false;
  return {
    export(metrics, done) {
      exporter.export(metrics, (result) => {
        const failed = result.code !== SUCCESS;
        if (failed && !away)
          log.warn({ err: result.error, endpoint }, 'the collector does not take the figures; it is tried again');
        if (!failed && away) log.info({ endpoint }, 'the collector takes the figures again');
        away = failed;
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
