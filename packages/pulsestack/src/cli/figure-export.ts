import { openOtlpExport } from '../adapters/opentelemetry/index.ts';
import { type Config, ConfigError } from '../config.ts';
import type { Log } from '../ports/log.ts';
import type { FigureExport, Telemetry } from '../ports/telemetry.ts';
import { VERSION } from '../version.ts';

/** Sends the figures to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names; undefined without one. */
export async function openFigureExport(
  config: Config,
  telemetry: Telemetry,
  log: Log,
): Promise<FigureExport | undefined> {
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint) return undefined;
  try {
    return await openOtlpExport({
      telemetry,
      endpoint,
      headers: config.OTEL_EXPORTER_OTLP_HEADERS ?? {},
      serviceName: config.OTEL_SERVICE_NAME,
      serviceVersion: VERSION,
      intervalMs: config.OTEL_METRIC_EXPORT_INTERVAL,
      log,
    });
  } catch (error) {
    throw new ConfigError([
      `OTEL_EXPORTER_OTLP_ENDPOINT is set, but ${(error as Error).message}. Or leave it out; /metrics is there without it.`,
    ]);
  }
}
