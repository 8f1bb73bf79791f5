import type { Tick } from '../../kernel/job.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import { groupOf } from './consumers.ts';
import { countWaiting } from './store/positions.ts';
import * as sources from './store/sources.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const MEASURE_MS = 10_000;
const MAX_MEASURED = 500;

/** What was measured last, for the metrics. */
const measured = resource((runtime) => {
  const figures = { forwarding: 0, receiving: 0 };
  runtime.telemetry.read(
    'gauge',
    'bus_lag_events',
    'Events that wait for the bus, and messages of the bus that wait for us',
    ['way'],
    () => [
      { labels: { way: 'out' }, value: figures.forwarding },
      { labels: { way: 'in' }, value: figures.receiving },
    ],
  );
  return figures;
});

/** Looks how far both directions are behind. */
async function measure(runtime: Runtime): Promise<void> {
  const { bus, db, settings } = runtime;
  const figures = measured.of(runtime);
  figures.forwarding = await db.inSystem((tx) => countWaiting(tx, settings.bus.topic !== null));
  let receiving = 0;
  for (const source of await db.inSystem((tx) => sources.activeSources(tx, MAX_MEASURED, ''))) {
    const { workspace_id: workspaceId, id, topic } = source;
    // A broker that is away says nothing, and what was known last stays.
    const lag = await bus.lag(topic, groupOf(source)).catch(() => source.lag);
    receiving += lag ?? 0;
    await db.inWorkspace(workspaceId, (tx) => sources.noteLag(tx, workspaceId, id, lag));
  }
  figures.receiving = receiving;
}

export const ticks: readonly Tick[] = [
  { name: 'ingest.measure', everyMs: MEASURE_MS, run: measure },
  {
    name: 'ingest.forgetRefusals',
    everyMs: HOUR_MS,
    run: ({ db, clock, settings }) =>
      db.inSystem((tx) => sources.forgetRefusals(tx, new Date(clock.nowMs() - settings.retentionDays * DAY_MS))),
  },
];
