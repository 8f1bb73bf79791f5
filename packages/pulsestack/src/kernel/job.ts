import type { z } from 'zod';
import type { Context } from './context.ts';
import { sql } from './sql.ts';

/** Work done later by a worker, at least once: `run` must be able to run twice. */
export interface Job<Data = unknown> {
  name: string;
  data: z.ZodType<Data>;
  /** After so many failures it is dead and waits for a person. */
  maxAttempts: number;
  /** Runs in a transaction of the job's workspace; the job is done when that transaction commits. */
  run(ctx: Context, data: Data): Promise<JobOutcome | void>;
}

/** A job that is not finished says when, and with which data, it goes on. */
export interface JobOutcome {
  again: { data: unknown; afterMs: number };
}

export function job<Schema extends z.ZodType>(spec: {
  name: string;
  data: Schema;
  maxAttempts?: number;
  run(ctx: Context, data: z.output<Schema>): Promise<JobOutcome | void>;
}): Job {
  return { maxAttempts: 12, ...spec, run: (ctx, data) => spec.run(ctx, data as z.output<Schema>) };
}

const wakes = new WeakMap<object, () => void>();

/** The worker of this process sets it to be woken after a commit that added work. */
export function onEnqueued(owner: object, wake: () => void): void {
  wakes.set(owner, wake);
}

/** Adds the job in the transaction of the change: it exists exactly when the change does. */
export async function enqueue(ctx: Context, job: Job, data: unknown, options: { runAt?: Date } = {}): Promise<string> {
  const id = ctx.newId('job');
  await ctx.tx.run(sql`
    insert into jobs (workspace_id, id, name, data, run_at, max_attempts, correlation_id)
    values (${ctx.workspaceId}, ${id}, ${job.name}, ${JSON.stringify(data)}, ${options.runAt ?? ctx.clock.now()}, ${job.maxAttempts}, ${ctx.requestId})`);
  const wake = wakes.get(ctx.db);
  if (wake) ctx.tx.afterCommit(wake);
  return id;
}

/** Work of the whole installation that is due again and again; one process at a time does it. */
export interface Tick {
  name: string;
  everyMs: number;
  /** Runs outside any transaction; opens its own by `runtime.db.inSystem`. Returns true when more is waiting. */
  run(runtime: import('./runtime.ts').Runtime): Promise<boolean | void>;
}
