import type { Priority } from '@pulsestack/core';
import type { Clock } from '../ports/clock.ts';
import type { Context } from './context.ts';
import { type Job, type JobRate, laneOf } from './job.ts';
import { type Runtime, resource } from './runtime.ts';
import { sql } from './sql.ts';

export interface EnqueueOptions {
  /** Not before. Default: at once. */
  runAt?: Date;
  priority?: Priority;
  /**
   * While a job of this name with this key waits, another is not added; it then runs at the earlier of both times and with
   * the data it has. It runs after this transaction in any case, so it sees what this transaction writes; for that,
   * transactions that name the same key take turns.
   */
  key?: string;
}

const RANK: Record<Priority, number> = { critical: -2, high: -1, normal: 0, low: 1 };
// Other processes hear of new work so often at most; each hearing costs the database a commit of its own.
const TELL_MS = 20;
const CHANNEL = 'jobs';

/** What adding a job needs: a request has it, and so has the system's own work once it names workspace and correlation id. */
export type Enqueuing = Runtime & Pick<Context, 'tx' | 'workspaceId' | 'requestId'>;

/** Adds a job in the transaction of the change: it exists exactly when the change does. Resolves to its id. */
export async function enqueue(ctx: Enqueuing, job: Job, data: unknown, options: EnqueueOptions = {}): Promise<string> {
  if (options.key !== undefined) {
    const [id] = await enqueueMany(ctx, job, [{ data, ...options }]);
    return id as string;
  }
  const id = ctx.newId('job');
  const { state, runAt } = whenOf(ctx.clock, options.runAt);
  await ctx.tx.run(sql`
    insert into jobs (workspace_id, id, name, lane, data, state, priority, run_at, max_attempts, correlation_id, created_at)
    values (${ctx.workspaceId}, ${id}, ${job.name}, ${laneOf(job)}, ${JSON.stringify(data)}, ${state}, ${RANK[options.priority ?? 'normal']},
            coalesce(${runAt}, clock_timestamp()), ${job.maxAttempts}, ${ctx.requestId}, coalesce(${virtualNow(ctx.clock)}, clock_timestamp()))`);
  if (state === 'ready') wakeWorkers(ctx);
  return id;
}

/** Adds many jobs of one kind by one statement, in the order given. Resolves to their ids; jobs with the same key share one. */
export async function enqueueMany(
  ctx: Enqueuing,
  job: Job,
  jobs: readonly ({ data: unknown } & EnqueueOptions)[],
): Promise<string[]> {
  if (jobs.length === 0) return [];
  const rows = jobs.map((one) => ({
    id: ctx.newId('job'),
    key: one.key ?? null,
    data: JSON.stringify(one.data),
    priority: RANK[one.priority ?? 'normal'],
    ...whenOf(ctx.clock, one.runAt),
  }));
  const plain = rows.filter((row) => row.key === null);
  if (plain.length > 0) await (isUniform(plain) ? addUniform(ctx, job, plain) : addDiverse(ctx, job, plain));
  const idOfKey = plain.length === rows.length ? undefined : await joinByKey(ctx, job, rows);
  if (rows.some((row) => row.state === 'ready')) wakeWorkers(ctx);
  return rows.map((row) => (row.key === null ? row.id : (idOfKey?.get(row.key) as string)));
}

interface Row {
  id: string;
  key: string | null;
  data: string;
  priority: number;
  state: string;
  runAt: Date | null;
}

/** All for the same time and of the same priority, as most are: so much less to send and to take apart. */
function isUniform(rows: readonly Row[]): boolean {
  const [first] = rows;
  return rows.every(
    (row) =>
      row.priority === first?.priority && row.state === first.state && row.runAt?.getTime() === first.runAt?.getTime(),
  );
}

async function addUniform(ctx: Enqueuing, job: Job, rows: readonly Row[]): Promise<void> {
  const [first] = rows as [Row];
  await ctx.tx.run(sql`
    insert into jobs (workspace_id, id, name, lane, data, state, priority, run_at, max_attempts, correlation_id, created_at)
    select ${ctx.workspaceId}, id, ${job.name}, ${laneOf(job)}, data, ${first.state}, ${first.priority}, coalesce(${first.runAt}::timestamptz, time.now),
           ${job.maxAttempts}, ${ctx.requestId}, time.now
    from (select coalesce(${virtualNow(ctx.clock)}::timestamptz, clock_timestamp()) as now) as time,
         unnest(${rows.map((row) => row.id)}::text[], ${rows.map((row) => row.data)}::jsonb[]) as added (id, data)`);
}

async function addDiverse(ctx: Enqueuing, job: Job, rows: readonly Row[]): Promise<void> {
  await ctx.tx.run(sql`
    insert into jobs (workspace_id, id, name, lane, data, state, priority, run_at, max_attempts, correlation_id, created_at)
    select ${ctx.workspaceId}, id, ${job.name}, ${laneOf(job)}, data, state, priority, coalesce(run_at, clock_timestamp()),
           ${job.maxAttempts}, ${ctx.requestId}, coalesce(${virtualNow(ctx.clock)}::timestamptz, clock_timestamp())
    from unnest(${rows.map((row) => row.id)}::text[], ${rows.map((row) => row.data)}::jsonb[], ${rows.map((row) => row.state)}::text[],
                ${rows.map((row) => row.priority)}::smallint[], ${rows.map((row) => row.runAt)}::timestamptz[])
         as added (id, data, state, priority, run_at)`);
}

async function joinByKey(ctx: Enqueuing, job: Job, rows: readonly Row[]): Promise<Map<string, string>> {
  const byKey = new Map<string, Row>();
  for (const row of rows) {
    if (row.key === null) continue;
    const known = byKey.get(row.key);
    if (!known) byKey.set(row.key, { ...row });
    else {
      known.priority = Math.min(known.priority, row.priority);
      if (row.state === 'ready') Object.assign(known, { state: 'ready', runAt: row.runAt });
      else if (known.runAt && row.runAt && row.runAt < known.runAt) known.runAt = row.runAt;
    }
  }
  // In the order of their keys, so that two who name the same ones do not wait for each other in a circle.
  const keyed = [...byKey.values()].toSorted((a, b) => ((a.key as string) < (b.key as string) ? -1 : 1));
  // The update is what makes it safe: it locks the waiting job until this transaction has committed, so nobody claims it before.
  const joined = await ctx.tx.rows<{ id: string; key: string }>(sql`
    insert into jobs as waiting (workspace_id, id, name, lane, key, data, state, priority, run_at, max_attempts, correlation_id, created_at)
    select ${ctx.workspaceId}, id, ${job.name}, ${laneOf(job)}, key, data, state, priority, coalesce(run_at, clock_timestamp()),
           ${job.maxAttempts}, ${ctx.requestId}, coalesce(${virtualNow(ctx.clock)}::timestamptz, clock_timestamp())
    from unnest(${keyed.map((row) => row.id)}::text[], ${keyed.map((row) => row.key)}::text[], ${keyed.map((row) => row.data)}::jsonb[],
                ${keyed.map((row) => row.state)}::text[], ${keyed.map((row) => row.priority)}::smallint[],
                ${keyed.map((row) => row.runAt)}::timestamptz[])
         as added (id, key, data, state, priority, run_at)
    on conflict (workspace_id, name, key) where key is not null and attempts = 0 and state in ('scheduled', 'ready')
    do update set
      state = case when excluded.state = 'ready' then 'ready' else waiting.state end,
      run_at = least(waiting.run_at, excluded.run_at),
      priority = least(waiting.priority, excluded.priority)
    returning id, key`);
  return new Map(joined.map((row) => [row.key, row.id]));
}

/** Gives one workspace its own rate of a job that has one; null takes it back to the declared one. */
export async function setJobRate(
  ctx: Pick<Context, 'tx' | 'workspaceId' | 'clock'>,
  job: Job,
  rate: JobRate | null,
): Promise<void> {
  await ctx.tx.run(sql`
    insert into job_buckets as bucket (workspace_id, name, tokens, filled_at, per_second, burst)
    values (${ctx.workspaceId}, ${job.name}, ${rate?.burst ?? job.rate?.burst ?? 1}, coalesce(${virtualNow(ctx.clock)}, clock_timestamp()),
            ${rate?.perSecond ?? null}, ${rate?.burst ?? null})
    on conflict (workspace_id, name) do update set per_second = excluded.per_second, burst = excluded.burst`);
}

/** The instant jobs go by when time is moved by somebody; null means the database's own clock, which all processes share. */
export function virtualNow(clock: Clock): Date | null {
  return clock.virtual ? clock.now() : null;
}

const wakes = new WeakMap<object, () => void>();

/** The worker of this process sets it to be woken after a commit that added work. */
export function onEnqueued(owner: object, wake: () => void): void {
  wakes.set(owner, wake);
}

/** Hears when another process has added work. */
export function onEnqueuedElsewhere(runtime: Runtime, wake: () => void): Promise<() => Promise<void>> {
  return runtime.pubsub.subscribe(CHANNEL, wake);
}

/** Tells the workers of other processes that there is work, many times as once. */
export const tellWorkers = resource((runtime) => {
  let timer: NodeJS.Timeout | undefined;
  return {
    tell(): void {
      if (timer || runtime.database.kind !== 'server') return;
      timer = setTimeout(() => {
        timer = undefined;
        // Lost news only cost time: every worker looks by itself now and then.
        runtime.pubsub
          .publish(CHANNEL, '')
          .catch((error: unknown) => runtime.log.debug({ err: error }, 'other workers could not be woken'));
      }, TELL_MS);
      timer.unref();
    },
    close: () => clearTimeout(timer),
  };
});

/** Wakes a worker after the commit, here or elsewhere; for those who make jobs ready by a statement of their own. */
export function wakeWorkers(ctx: Enqueuing): void {
  const wake = wakes.get(ctx.db);
  // Those without a worker of their own tell the others.
  ctx.tx.afterCommit(wake ?? (() => tellWorkers.of(ctx).tell()));
}

function whenOf(clock: Clock, runAt: Date | undefined): { state: 'ready' | 'scheduled'; runAt: Date | null } {
  const now = clock.now();
  return runAt && runAt > now ? { state: 'scheduled', runAt } : { state: 'ready', runAt: virtualNow(clock) };
}
