import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openServer } from '../../adapters/postgres/index.ts';
import { redriveJobs } from '../../features/jobs/index.ts';
import { enqueueMany, type Job } from '../../kernel/job.ts';
import { sql } from '../../kernel/sql.ts';
import { migrate } from '../../migrations/migrate.ts';
import type { Fleet } from '../../ports/contracts/job-driver.ts';
import { silentLog } from '../../ports/log.ts';
import { bareRuntime } from '../runtime.ts';
import { createScratchDatabase } from '../scratch-database.ts';
import { broken, calling, FLEET_TABLES, inTransaction } from './fleet-jobs.ts';
import type { FleetWorkerOptions } from './fleet-worker.ts';

const LEASE_MS = 1500;
const WORKER = fileURLToPath(new URL('./fleet-worker.ts', import.meta.url));

/** A fleet on a database of its own; with `redisUrl` its claims travel over BullMQ. */
export async function openFleet(redisUrl: string | null): Promise<Fleet> {
  const scratch = await createScratchDatabase();
  const database = await openServer({ url: scratch.url, max: 4, log: silentLog });
  await migrate(database, silentLog);
  await database.pool.query(FLEET_TABLES);
  const runtime = bareRuntime({ database });
  const workspaceId = runtime.newId('workspace');
  const children = new Set<{ kill(): Promise<void> }>();
  let n = 0;

  const addAs = (job: Job, jobs: number, dueAt: Date) =>
    runtime.db.inWorkspace(workspaceId, (tx) =>
      enqueueMany(
        { ...runtime, tx, workspaceId, requestId: 'req_fleet' },
        job,
        Array.from({ length: jobs }, () => ({ data: { n: String(n++), dueAt: dueAt.toISOString() }, runAt: dueAt })),
      ),
    );
  const ask = <Row>(statement: ReturnType<typeof sql>) => runtime.db.inSystem((tx) => tx.get<Row & object>(statement));

  return {
    async add(jobs, { afterMs = 0 } = {}) {
      const dueAt = new Date(Date.now() + afterMs);
      await addAs(inTransaction, Math.ceil(jobs / 2), dueAt);
      await addAs(calling, Math.floor(jobs / 2), dueAt);
    },
    addBroken: async (jobs) => void (await addAs(broken, jobs, new Date())),
    mend: async () => void (await database.pool.query('insert into fleet_mended default values')),
    redriveDead: async () =>
      void (await runtime.db.inWorkspace(workspaceId, (tx) =>
        redriveJobs({ ...runtime, tx, workspaceId, requestId: 'req_fleet' }, {}),
      )),
    async start(skewMs) {
      const options: FleetWorkerOptions = { databaseUrl: scratch.url, redisUrl, skewMs, leaseMs: LEASE_MS };
      const child = spawn(process.execPath, ['--conditions=source', WORKER, JSON.stringify(options)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      const worker = {
        async kill() {
          children.delete(worker);
          if (child.exitCode !== null) return;
          const ended = once(child, 'exit');
          child.kill('SIGKILL');
          await ended;
        },
      };
      children.add(worker);
      return worker;
    },
    written: () =>
      ask(sql`
        select count(*) as total, count(*) - count(distinct n) as twice,
               coalesce(max(greatest(0, extract(epoch from due_at - at) * 1000)), 0)::float8 as "earlyMs"
        from fleet_rows`),
    left: () =>
      ask(
        sql`select count(*) filter (where state <> 'dead') as open, count(*) filter (where state = 'dead') as dead from jobs`,
      ),
    clear: async () =>
      void (await database.pool.query('delete from jobs; delete from fleet_rows; delete from fleet_mended')),
    async close() {
      await Promise.all([...children].map((child) => child.kill()));
      await runtime.pubsub.close();
      await database.close();
      await scratch.drop();
    },
  };
}
