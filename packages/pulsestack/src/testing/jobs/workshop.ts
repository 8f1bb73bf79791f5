import { type EnqueueOptions, enqueue, enqueueMany, type Job } from '../../kernel/job.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { type Statement, sql } from '../../kernel/sql.ts';
import type { Clock } from '../../ports/clock.ts';
import { createWorker, type Worker, type WorkerOptions } from '../../transports/worker/jobs.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { type DatabaseKind, openTestDatabase } from '../databases.ts';
import { bareRuntime } from '../runtime.ts';

/** A database with jobs, a clock that stands still, and as many workers as a test wants. */
export interface Workshop {
  runtime: Runtime;
  clock: TestClock;
  home: string;
  newWorkspace(): string;
  add(job: Job, data: unknown, options?: EnqueueOptions & { workspaceId?: string }): Promise<string>;
  addMany(job: Job, jobs: readonly ({ data: unknown } & EnqueueOptions)[], workspaceId?: string): Promise<string[]>;
  worker(jobs: readonly Job[], options?: Partial<WorkerOptions> & { clock?: Clock }): Worker;
  /** Runs what is due until nothing is. */
  settle(jobs: readonly Job[]): Promise<void>;
  rows(): Promise<StoredJob[]>;
  run(statement: Statement): Promise<number>;
  /** Forgets all jobs, so that the next test begins with none. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export interface StoredJob {
  id: string;
  name: string;
  state: string;
  key: string | null;
  attempts: number;
  error: string | null;
  progress: { done: number; total: number | null } | null;
}

export async function openWorkshop(kind: DatabaseKind): Promise<Workshop> {
  const database = await openTestDatabase(kind);
  const clock = createTestClock();
  const runtime = bareRuntime({ database, clock });
  const newWorkspace = () => runtime.newId('workspace');
  const home = newWorkspace();
  const workers: Worker[] = [];
  const inWorkspace = <T>(workspaceId: string, story: (ctx: Parameters<typeof enqueue>[0]) => Promise<T>) =>
    runtime.db.inWorkspace(workspaceId, (tx) => story({ ...runtime, tx, workspaceId, requestId: 'req_test' }));
  const workshop: Workshop = {
    runtime,
    clock,
    home,
    newWorkspace,
    add: (job, data, { workspaceId = home, ...options } = {}) =>
      inWorkspace(workspaceId, (ctx) => enqueue(ctx, job, data, options)),
    addMany: (job, jobs, workspaceId = home) => inWorkspace(workspaceId, (ctx) => enqueueMany(ctx, job, jobs)),
    worker(jobs, { clock: own, ...options } = {}) {
      const worker = createWorker(own ? { ...runtime, clock: own } : runtime, jobs, { timers: false, ...options });
      workers.push(worker);
      return worker;
    },
    async settle(jobs) {
      const worker = workshop.worker(jobs);
      await worker.runDue();
      await worker.stop();
    },
    rows: () =>
      runtime.db.inSystem((tx) =>
        tx.rows(sql`select id, name, state, key, attempts, error, progress from jobs order by seq`),
      ),
    run: (statement) => runtime.db.inSystem((tx) => tx.run(statement)),
    async clear() {
      for (const worker of workers.splice(0)) await worker.stop();
      await workshop.run(sql`delete from jobs`);
      await workshop.run(sql`delete from job_buckets`);
    },
    async close() {
      for (const worker of workers) await worker.stop();
      await runtime.pubsub.close();
      await database.close();
    },
  };
  return workshop;
}

/** As if the process that holds these jobs had died long ago. */
export const EXPIRE = sql`update jobs set leased_until = clock_timestamp() - interval '1 second' where state = 'running'`;
