import type { Hub } from 'pushstream';
import { FIGURES, joinFigure } from 'pushstream/metrics';
import type { Runtime } from '../../kernel/runtime.ts';

const SECOND_MS = 1000;
// Each is a series of its own.
const MAX_WORKSPACES = 20;
// From the commit to the socket: most of it below ten milliseconds.
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** The figures of all hubs of this process, those of hubs that are gone included. */
export interface StreamMetrics {
  /** Called when an event is handed to the live readers of a group. */
  delivered(committedAtMs: number): void;
  /** Keeps what a hub has counted, because it goes. */
  retire(hub: Hub): void;
}

export function createStreamMetrics(
  runtime: Runtime,
  hubs: () => Iterable<[workspaceId: string, hub: Hub]>,
): StreamMetrics {
  const { telemetry } = runtime;
  // What hubs that are gone have counted, by figure.
  const retired = new Map<string, Map<string, number>>();

  for (const figure of FIGURES) {
    const { name, help, kind, label } = figure;
    telemetry.read(kind, `stream_${name}`, help, label === null ? [] : [label], () => {
      const sums = new Map(retired.get(name));
      const stats = [...hubs()].map(([, hub]) => hub.stats());
      for (const [key, value] of joinFigure(figure, stats)) sums.set(key, value + (sums.get(key) ?? 0));
      if (label === null) return [{ value: sums.get('') ?? 0 }];
      return [...sums].map(([key, value]) => ({ labels: { [label]: key }, value }));
    });
  }
  telemetry.read(
    'gauge',
    'stream_transport_connections',
    'Open streams of this process, by transport',
    ['transport'],
    () => {
      const counts = new Map([
        ['sse', 0],
        ['socket.io', 0],
      ]);
      for (const [, hub] of hubs())
        for (const { meta } of hub.connections()) {
          const transport = meta.transport ?? 'sse';
          counts.set(transport, (counts.get(transport) ?? 0) + 1);
        }
      return [...counts].map(([transport, value]) => ({ labels: { transport }, value }));
    },
  );
  telemetry.read(
    'gauge',
    'stream_workspace_connections',
    'Open streams of this process, of the workspaces that have most',
    ['workspace'],
    () =>
      [...hubs()]
        .map(([workspace, hub]) => ({ labels: { workspace }, value: hub.stats().connections }))
        .filter(({ value }) => value > 0)
        .sort((one, other) => other.value - one.value)
        .slice(0, MAX_WORKSPACES),
  );
  const latency = telemetry.histogram(
    'stream_delivery_seconds',
    'From the commit of an event until it is handed to sockets',
    [],
    LATENCY_BUCKETS,
  );

  return {
    delivered: (committedAtMs) => latency.observe(Math.max(0, runtime.clock.nowMs() - committedAtMs) / SECOND_MS),
    retire(hub) {
      const stats = hub.stats();
      for (const figure of FIGURES) {
        if (figure.kind !== 'counter') continue;
        const kept = retired.get(figure.name) ?? new Map<string, number>();
        for (const [key, value] of joinFigure(figure, [stats])) kept.set(key, value + (kept.get(key) ?? 0));
        retired.set(figure.name, kept);
      }
    },
  };
}
