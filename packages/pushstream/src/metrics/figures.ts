import type { HubStats } from '../contract.ts';

const SECOND_MS = 1_000;

/** One figure of a hub, for whatever collects figures. */
export interface Figure {
  /** Without a prefix, as Prometheus names figures. */
  name: string;
  help: string;
  /** A counter only grows as long as its hub lives. */
  kind: 'counter' | 'gauge';
  /** What the keys of its values mean; without it there is one value, under the empty key. */
  label: string | null;
  /** How the figures of several hubs become one. */
  join: 'sum' | 'most';
  read(stats: HubStats): Readonly<Record<string, number>>;
}

const counter = (name: string, help: string, read: (stats: HubStats) => number): Figure => ({
  name,
  help,
  kind: 'counter',
  label: null,
  join: 'sum',
  read: (stats) => ({ '': read(stats) }),
});

const labelled = (
  name: string,
  help: string,
  label: string,
  read: (stats: HubStats) => Readonly<Record<string, number>>,
): Figure => ({ name, help, kind: 'counter', label, join: 'sum', read });

const gauge = (name: string, help: string, join: Figure['join'], read: (stats: HubStats) => number): Figure => ({
  name,
  help,
  kind: 'gauge',
  label: null,
  join,
  read: (stats) => ({ '': read(stats) }),
});

/** Everything that a hub counts. */
export const FIGURES: readonly Figure[] = [
  counter('connects_total', 'Streams that were opened', (stats) => stats.connected),
  labelled('disconnects_total', 'Streams that ended, by reason', 'reason', (stats) => stats.ended),
  counter('refused_total', 'Streams that were told to come back later', (stats) => stats.refused),
  counter('events_applied_total', 'Events that reached the hubs', (stats) => stats.applied),
  counter('events_delivered_total', 'Events handed to connections', (stats) => stats.delivered),
  counter('bytes_total', 'Bytes handed to connections', (stats) => stats.bytes),
  counter('heartbeats_total', 'Heartbeats', (stats) => stats.heartbeats),
  counter('heartbeats_missed_total', 'Connections cut because they took nothing any more', (stats) => stats.stalled),
  counter('demoted_total', 'Readers that were too slow to be served with the others', (stats) => stats.demoted),
  labelled(
    'replay_requests_total',
    'Readers who came back with a cursor, by where it was found',
    'result',
    (stats) => stats.replayRequests,
  ),
  counter(
    'replayed_events_total',
    'Events sent again to readers who came back',
    (stats) => stats.replayedFromRing + stats.replayedFromLog,
  ),
  labelled('resets_total', 'Readers who were told that history is gone, by reason', 'reason', (stats) => stats.resets),
  counter('gaps_total', 'Times that news was missing and was read from the log', (stats) => stats.gaps),
  counter(
    'gap_repair_seconds_total',
    'Time until what was missing had been read',
    (stats) => stats.repairMs / SECOND_MS,
  ),
  counter('duplicates_total', 'News that was known already', (stats) => stats.duplicates),
  counter('log_errors_total', 'Times that the log could not be read', (stats) => stats.logErrors),
  counter('filter_evals_total', 'Times that a filter was asked', (stats) => stats.filterEvals),
  counter('filter_dropped_total', 'Times that a filter said no', (stats) => stats.filterDropped),
  counter('acknowledgements_total', 'Acknowledgements that moved a client on', (stats) => stats.acknowledgements),
  gauge('connections', 'Open streams of this process', 'sum', (stats) => stats.connections),
  gauge(
    'catchup_connections',
    'Readers who are brought forward on their own',
    'sum',
    (stats) => stats.catchupConnections,
  ),
  gauge(
    'backpressured_connections',
    'Readers whose socket takes nothing for now',
    'sum',
    (stats) => stats.backpressuredConnections,
  ),
  gauge('cursor_lag_events', 'Positions that the hindmost reader is behind', 'most', (stats) => stats.cursorLag),
  gauge(
    'unacknowledged_events',
    'Positions that the hindmost client has not acknowledged',
    'most',
    (stats) => stats.acknowledgementLag,
  ),
  gauge('ring_bytes', 'Bytes kept for readers who come back', 'sum', (stats) => stats.ringBytes),
  gauge('groups', 'Different sets of streams and filters that are read', 'sum', (stats) => stats.groups),
  gauge('drain_seconds', 'How long the last drain took', 'most', (stats) => stats.drainMs / SECOND_MS),
];

/** One figure of several hubs together, by the value of its label. */
export function joinFigure({ join, read }: Figure, hubs: Iterable<HubStats>): Map<string, number> {
  const joined = new Map<string, number>();
  for (const stats of hubs) {
    for (const [key, value] of Object.entries(read(stats))) {
      const before = joined.get(key) ?? 0;
      joined.set(key, join === 'sum' ? before + value : Math.max(before, value));
    }
  }
  return joined;
}
