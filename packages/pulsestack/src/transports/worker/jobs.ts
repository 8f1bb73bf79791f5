import type { Context } from '../../kernel/context.ts';
import { type Job, onEnqueued } from '../../kernel/job.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';

const CLAIM = 20;
const LEASE_MS = 60_000;
const SWEEP_MS = 500;
const BACKOFF_BASE_MS = 1000;
const BACKOFF_MAX_MS = 15 * 60 * 1000;
const MAX_ERROR_CHARS = 2000;

interface Claimed {
  workspace_id: string;
  id: string;
  name: string;
  data: unknown;
  attempts: number;
  max_attempts: number;
  correlation_id: string;
}

/** Works off the job table: claims with a lease, runs each job in a transaction of its workspace, retries with backoff. */
export interface Worker {
  /** Runs what is due until nothing is; for tests and for the end of a process. */
  runDue(): Promise<void>;
  stop(): Promise<void>;
}

export function createWorker(runtime: Runtime, jobs: readonly Job[], options: { timers: boolean }): Worker {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const outcomes = runtime.telemetry.counter('jobs_total', 'Jobs that ran, by name and outcome', ['job', 'outcome']);
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  async function drain(): Promise<void> {
    do {
      again = false;
      const claimed = await runtime.db.inSystem((tx) => claimDue(tx, runtime));
      for (const one of claimed) await work(one);
      if (claimed.length === CLAIM) again = true;
    } while (again && !stopped);
  }

  async function work(claimed: Claimed): Promise<void> {
    const job = byName.get(claimed.name);
    try {
      if (!job) throw new Error(`this build knows no job "${claimed.name}"`);
      const outcome = await runtime.db.inWorkspace(claimed.workspace_id, async (tx) => {
        const outcome = await job.run(contextOf(runtime, claimed, tx), job.data.parse(claimed.data));
        await (outcome
          ? postpone(tx, runtime, claimed, outcome.again.data, outcome.again.afterMs)
          : finish(tx, claimed));
        return outcome;
      });
      if (outcome?.again.afterMs === 0) again = true;
      outcomes.add(1, { job: claimed.name, outcome: outcome ? 'continued' : 'done' });
    } catch (error) {
      const dead = claimed.attempts >= claimed.max_attempts;
      outcomes.add(1, { job: claimed.name, outcome: dead ? 'dead' : 'failed' });
      runtime.log.error(
        {
          err: error,
          job: claimed.name,
          jobId: claimed.id,
          attempts: claimed.attempts,
          requestId: claimed.correlation_id,
        },
        dead ? 'a job failed for the last time' : 'a job failed and will be tried again',
      );
      await runtime.db
        .inSystem((tx) => putBack(tx, runtime, claimed, error, dead))
        .catch((cause: unknown) =>
          runtime.log.error({ err: cause }, 'a failed job could not be put back; its lease runs out'),
        );
    }
  }

  function wake(): Promise<void> {
    if (stopped) return running ?? Promise.resolve();
    if (running) {
      again = true;
      return running;
    }
    running = drain()
      .catch((error: unknown) => runtime.log.error({ err: error }, 'jobs could not be claimed; the worker tries again'))
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  onEnqueued(runtime.db, () => setImmediate(() => void wake()));
  const timer = options.timers ? setInterval(() => void wake(), SWEEP_MS) : undefined;
  timer?.unref();

  return {
    async runDue() {
      await running;
      await wake();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

async function claimDue(tx: Transaction, runtime: Runtime): Promise<Claimed[]> {
  const now = runtime.clock.now();
  const leasedUntil = new Date(now.getTime() + LEASE_MS);
  // A lease that ran out belongs to a process that died; its job is due again, unless it is the job that kills processes.
  await tx.run(sql`
    update jobs
    set state = case when attempts >= max_attempts then 'dead' else 'ready' end, leased_until = null,
        error = 'the process ended, or took too long, while this job ran'
    where state = 'running' and leased_until < ${now}`);
  return tx.rows<Claimed>(sql`
    update jobs
    set state = 'running', attempts = attempts + 1, leased_until = ${leasedUntil}
    where (workspace_id, id) in (
      select workspace_id, id
      from jobs
      where state = 'ready' and run_at <= ${now}
      order by run_at
      limit ${CLAIM}
      for update skip locked)
    returning workspace_id, id, name, data, attempts, max_attempts, correlation_id`);
}

async function finish(tx: Transaction, job: Claimed): Promise<void> {
  await tx.run(sql`delete from jobs where workspace_id = ${job.workspace_id} and id = ${job.id}`);
}

async function postpone(
  tx: Transaction,
  runtime: Runtime,
  job: Claimed,
  data: unknown,
  afterMs: number,
): Promise<void> {
  await tx.run(sql`
    update jobs
    set state = 'ready', attempts = 0, leased_until = null, data = ${JSON.stringify(data)}, run_at = ${new Date(runtime.clock.nowMs() + afterMs)}
    where workspace_id = ${job.workspace_id} and id = ${job.id}`);
}

async function putBack(tx: Transaction, runtime: Runtime, job: Claimed, error: unknown, dead: boolean): Promise<void> {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** (job.attempts - 1));
  // Full jitter: jobs that failed together do not come back together.
  const delayMs = Math.round((ceiling * runtime.randomBytes(2).readUInt16BE(0)) / 0xffff);
  const sentence = (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR_CHARS);
  await tx.run(sql`
    update jobs
    set state = ${dead ? 'dead' : 'ready'}, leased_until = null, error = ${sentence}, run_at = ${new Date(runtime.clock.nowMs() + delayMs)}
    where workspace_id = ${job.workspace_id} and id = ${job.id}`);
}

function contextOf(runtime: Runtime, job: Claimed, tx: Transaction): Context {
  return {
    ...runtime,
    principal: { kind: 'anonymous' },
    workspaceId: job.workspace_id,
    requestId: job.correlation_id,
    ip: null,
    userAgent: null,
    cookies: {},
    origin: null,
    idempotencyKey: undefined,
    fingerprint: () => '',
    tx,
  };
}
