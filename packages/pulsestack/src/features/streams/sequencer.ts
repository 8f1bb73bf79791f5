import { type NumberedEvent, type OutboxRow, onAnnounced } from '../../kernel/event.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { sequenced } from '../inbox/index.ts';
import { lockSequencer, sequence } from './store.ts';

const BATCH = 1000;
// Facts of a process that died between commit and wake-up wait no longer than this.
const SWEEP_MS = 500;

/** Moves announced facts into the logs, in batches, as soon as they are committed. */
export interface Sequencer {
  /** Moves everything that is committed now; resolves when it is on the log and was handed to the listener. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function createSequencer(runtime: Runtime, onEvents: (events: readonly NumberedEvent[]) => void): Sequencer {
  const shared = runtime.database.kind === 'server';
  const lag = runtime.telemetry.histogram(
    'sequencer_batch_seconds',
    'Time to move one batch of announced events into the log',
  );
  const moved = runtime.telemetry.counter('events_sequenced_total', 'Events written to the log');
  let running: Promise<void> | undefined;
  let again = false;
  let closed = false;

  async function drain(): Promise<void> {
    do {
      again = false;
      const started = performance.now();
      const batch = await runtime.db.inSystem(async (tx) => {
        if (shared) await lockSequencer(tx);
        const batch = await sequence(tx, runtime.clock.now(), BATCH);
        for (const [name, rows] of byName(batch.passing)) await sequenced[name]?.(tx, rows);
        return batch;
      });
      if (batch.taken > 0) lag.observe((performance.now() - started) / 1000);
      if (batch.events.length > 0) {
        moved.add(batch.events.length);
        onEvents(batch.events);
      }
      if (batch.taken === BATCH) again = true;
    } while (again && !closed);
  }

  function wake(): Promise<void> {
    if (closed) return Promise.resolve();
    if (running) {
      again = true;
      return running;
    }
    running = drain()
      .catch((error: unknown) =>
        runtime.log.error({ err: error }, 'the sequencer could not move events; it tries again'),
      )
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  // Several commits of one tick of the event loop share a batch.
  let scheduled = false;
  onAnnounced(runtime.db, (numbered, waiting) => {
    if (numbered.length > 0) {
      moved.add(numbered.length);
      onEvents(numbered);
    }
    if (!waiting || scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      void wake();
    });
  });
  const sweep = setInterval(() => void wake(), SWEEP_MS);
  sweep.unref();

  return {
    async flush() {
      // A run under way may have read before the newest commit, so one more follows it.
      await running;
      await wake();
    },
    async close() {
      clearInterval(sweep);
      await running;
      await wake();
      closed = true;
    },
  };
}

function byName(rows: readonly OutboxRow[]): Map<string, OutboxRow[]> {
  const groups = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const group = groups.get(row.name);
    if (group) group.push(row);
    else groups.set(row.name, [row]);
  }
  return groups;
}
