import type { Engine } from './engine.ts';
import { messages, To } from './protocol.ts';
import type { SharedSession } from './shared-session.ts';

export interface MaintenanceOptions {
  session: SharedSession;
  engine: Engine;
  /** How often what was written is checkpointed and vacuumed. */
  maintainEveryMs: number;
  report(problem: string): void;
}

const LOOK_EVERY_MS = 1_000;
// What recovery has to replay after a crash, about a third of a second of it.
const CHECKPOINT_AFTER_BYTES = 64 * 1024 * 1024;
// A pause between two tables, in which everybody who waited for the first has had a turn.
const BETWEEN_TABLES_MS = 200;
const TABLES_AT_ONCE = 20;

/** The tables autovacuum would take, by its own thresholds, those in greatest need first. */
const TABLES_IN_NEED = `
  select format('%I.%I', schemaname, relname)
  from pg_stat_user_tables
  where n_dead_tup > 50 + 0.2 * n_live_tup
     or n_ins_since_vacuum > 1000 + 0.2 * n_live_tup
     or n_mod_since_analyze > 50 + 0.1 * n_live_tup
  order by n_dead_tup + n_mod_since_analyze desc
  limit ${TABLES_AT_ONCE}`;

/** Does what the background processes of a server do: PGlite has none, so its log would grow and its plans grow old. */
export function startMaintenance({ session, engine, maintainEveryMs, report }: MaintenanceOptions): { stop(): void } {
  let stopped = false;
  let running = false;
  let checkpointedAt = performance.now();
  let checkpointedBytes = engine.walBytesWritten;
  let vacuumedAt = performance.now();
  let vacuumedBytes = engine.walBytesWritten;

  async function look(): Promise<void> {
    if (running || stopped) return;
    running = true;
    try {
      if (isVacuumDue()) await vacuum();
      if (isCheckpointDue()) await checkpoint();
    } catch (error) {
      report((error as Error).message);
    } finally {
      running = false;
    }
  }

  function isCheckpointDue(): boolean {
    const written = engine.walBytesWritten - checkpointedBytes;
    return written >= CHECKPOINT_AFTER_BYTES || (written > 0 && performance.now() - checkpointedAt >= maintainEveryMs);
  }

  async function checkpoint(): Promise<void> {
    await session.between((run) => run('checkpoint'));
    checkpointedAt = performance.now();
    checkpointedBytes = engine.walBytesWritten;
  }

  function isVacuumDue(): boolean {
    return engine.walBytesWritten > vacuumedBytes && performance.now() - vacuumedAt >= maintainEveryMs;
  }

  async function vacuum(): Promise<void> {
    const tables = await session.between((run) => {
      // Counts are otherwise up to a second old, and older when nothing happens.
      run('select pg_stat_force_next_flush()');
      return firstColumn(run(TABLES_IN_NEED));
    });
    for (const table of tables) {
      if (stopped) return;
      await session.between((run) => run(`vacuum (analyze, truncate false) ${table}`));
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_TABLES_MS));
    }
    vacuumedAt = performance.now();
    vacuumedBytes = engine.walBytesWritten;
  }

  const timer = setInterval(() => void look(), Math.min(LOOK_EVERY_MS, maintainEveryMs));
  return {
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}

function firstColumn(answer: Buffer): string[] {
  const values: string[] = [];
  for (const { type, body } of messages(answer))
    if (type === To.row) values.push(body.toString('utf8', 6, 6 + body.readInt32BE(2)));
  return values;
}
