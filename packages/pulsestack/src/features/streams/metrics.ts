import type { Hub, HubStats } from 'pushstream';
import type { Runtime } from '../../kernel/runtime.ts';

const SECOND_MS = 1000;
// From the commit to the socket: most of it below ten milliseconds.
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** The figures of all hubs of this process, those of hubs that are gone included. */
export interface StreamMetrics {
  /** Called when an event is handed to the live readers of a group. */
  delivered(committedAtMs: number): void;
  /** Keeps what a hub has counted, because it goes. */
  retire(hub: Hub): void;
}

/** Figures that only grow, by the name under which they are told. */
const TOTALS: readonly [name: string, help: string, read: (stats: HubStats) => number][] = [
  ['stream_connects_total', 'Streams that were opened', (stats) => stats.connected],
  ['stream_refused_total', 'Streams that were told to come back later', (stats) => stats.refused],
  ['stream_events_applied_total', 'Events that reached the hubs', (stats) => stats.applied],
  ['stream_events_delivered_total', 'Events handed to connections', (stats) => stats.delivered],
  ['stream_bytes_total', 'Bytes handed to connections', (stats) => stats.bytes],
  ['stream_heartbeats_total', 'Heartbeats', (stats) => stats.heartbeats],
  ['stream_heartbeats_missed_total', 'Connections cut because they took nothing any more', (stats) => stats.stalled],
  ['stream_demoted_total', 'Readers that were too slow to be served with the others', (stats) => stats.demoted],
  [
    'stream_replayed_events_total',
    'Events sent again to readers who came back',
    (stats) => stats.replayedFromRing + stats.replayedFromLog,
  ],
  ['stream_gaps_total', 'Times that news was missing and was read from the log', (stats) => stats.gaps],
  [
    'stream_gap_repair_seconds_total',
    'Time until what was missing had been read',
    (stats) => stats.repairMs / SECOND_MS,
  ],
  ['stream_duplicates_total', 'News that was known already', (stats) => stats.duplicates],
  ['stream_log_errors_total', 'Times that the log could not be read', (stats) => stats.logErrors],
  ['stream_filter_evals_total', 'Times that a filter was asked', (stats) => stats.filterEvals],
  ['stream_filter_dropped_total', 'Times that a filter said no', (stats) => stats.filterDropped],
  ['stream_acknowledgements_total', 'Acknowledgements that moved a client on', (stats) => stats.acknowledgements],
];

/** The same with a label. */
const LABELLED: readonly [
  name: string,
  help: string,
  label: string,
  read: (stats: HubStats) => Record<string, number>,
][] = [
  ['stream_disconnects_total', 'Streams that ended, by reason', 'reason', (stats) => stats.ended],
  ['stream_resets_total', 'Readers who were told that history is gone, by reason', 'reason', (stats) => stats.resets],
  [
    'stream_replay_requests_total',
    'Readers who came back with a cursor, by where it was found',
    'result',
    (stats) => stats.replayRequests,
  ],
];

export function createStreamMetrics(runtime: Runtime, hubs: () => Iterable<Hub>): StreamMetrics {
  const { telemetry } = runtime;
  const retired = new Map<string, number>();
  const keep = (key: string, value: number) => retired.set(key, (retired.get(key) ?? 0) + value);
  const all = () => [...hubs()].map((hub) => hub.stats());

  for (const [name, help, read] of TOTALS) {
    telemetry.read('counter', name, help, [], () => [
      { value: all().reduce((sum, stats) => sum + read(stats), retired.get(name) ?? 0) },
    ]);
  }
  for (const [name, help, label, read] of LABELLED) {
    telemetry.read('counter', name, help, [label], () => {
      const sums = new Map<string, number>();
      for (const [key, value] of retired) if (key.startsWith(`${name} `)) sums.set(key.slice(name.length + 1), value);
      for (const stats of all())
        for (const [value, count] of Object.entries(read(stats))) sums.set(value, (sums.get(value) ?? 0) + count);
      return [...sums].map(([value, count]) => ({ labels: { [label]: value }, value: count }));
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
      for (const hub of hubs())
        for (const { meta } of hub.connections()) {
          const transport = meta.transport ?? 'sse';
          counts.set(transport, (counts.get(transport) ?? 0) + 1);
        }
      return [...counts].map(([transport, value]) => ({ labels: { transport }, value }));
    },
  );
  const sum = (read: (stats: HubStats) => number) => () => all().reduce((total, stats) => total + read(stats), 0);
  const most = (read: (stats: HubStats) => number) => () => Math.max(0, ...all().map(read));
  telemetry.gauge(
    'stream_connections',
    'Open streams of this process',
    sum((stats) => stats.connections),
  );
  telemetry.gauge(
    'stream_catchup_connections',
    'Readers who are brought forward on their own',
    sum((stats) => stats.catchupConnections),
  );
  telemetry.gauge(
    'stream_backpressured_connections',
    'Readers whose socket takes nothing for now',
    sum((stats) => stats.backpressuredConnections),
  );
  telemetry.gauge(
    'stream_cursor_lag_events',
    'Positions that the hindmost reader is behind',
    most((stats) => stats.cursorLag),
  );
  telemetry.gauge(
    'stream_unacknowledged_events',
    'Positions that the hindmost client has not acknowledged',
    most((stats) => stats.acknowledgementLag),
  );
  telemetry.gauge(
    'stream_ring_bytes',
    'Bytes kept for readers who come back',
    sum((stats) => stats.ringBytes),
  );
  telemetry.gauge(
    'stream_groups',
    'Different sets of streams and filters that are read',
    sum((stats) => stats.groups),
  );
  telemetry.gauge(
    'stream_drain_seconds',
    'How long the last drain took',
    most((stats) => stats.drainMs / SECOND_MS),
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
      for (const [name, , read] of TOTALS) keep(name, read(stats));
      for (const [name, , , read] of LABELLED)
        for (const [value, count] of Object.entries(read(stats))) keep(`${name} ${value}`, count);
    },
  };
}
