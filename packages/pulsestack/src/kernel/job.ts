import type { z } from 'zod';
import type { Context } from './context.ts';
import type { Runtime } from './runtime.ts';

export { type EnqueueOptions, enqueue, enqueueMany } from './enqueue.ts';

/** One job as its handler sees it. */
export interface JobItem<Data = unknown> {
  id: string;
  data: Data;
  /** 1 on the first try. */
  attempt: number;
  maxAttempts: number;
  correlationId: string;
  /** What the last round of a job that goes on has reported. */
  progress: Progress | null;
}

/** How far a long job has come; shown by `GET /v1/jobs/{id}`. */
export interface Progress {
  done: number;
  total: number | null;
}

/** A job that is not finished says when, and with which data, it goes on. */
export interface JobOutcome {
  again: { data: unknown; afterMs: number; progress?: Progress };
}

/** How often one workspace may do it: so many at once, refilled evenly. A workspace can be given another rate by `setJobRate`. */
export interface JobRate {
  perSecond: number;
  burst: number;
}

interface JobBase {
  name: string;
  data: z.ZodType;
  /** After so many failures it is dead and waits for a person. */
  maxAttempts: number;
  /** How many of one workspace share a transaction. */
  size: number;
  rate: JobRate | undefined;
  /** Runs in the transaction that gives a job up, so that what it stood for can be closed. */
  onDead?(ctx: Context, item: JobItem, sentence: string): Promise<void>;
}

/** Work inside one transaction of its workspace: it is done when that commits, and then it was done once. */
export interface TransactionJob extends JobBase {
  kind: 'transaction';
  runMany(ctx: Context, items: readonly JobItem[]): Promise<readonly (JobOutcome | void)[] | void>;
}

/** Work that calls the outside world between two transactions: at least once, and its result is committed once. */
export interface ExternalJob extends JobBase {
  kind: 'external';
  /** How many calls of this process may be open. */
  concurrency: number;
  timeoutMs: number;
  prepareMany?(ctx: Context, items: readonly JobItem[]): Promise<readonly unknown[]>;
  work(call: ExternalCall, prepared: unknown, item: JobItem): Promise<unknown>;
  finishMany?(ctx: Context, finished: readonly Finished[]): Promise<readonly (JobOutcome | void)[] | void>;
}

export type Job = TransactionJob | ExternalJob;

/** What a call outside of transactions may use. `signal` ends it when its time is up or its lease is lost. */
export interface ExternalCall extends Runtime {
  workspaceId: string;
  requestId: string;
  signal: AbortSignal;
}

/** A call that has answered. */
export interface Finished<Prepared = unknown, Result = unknown, Data = unknown> {
  item: JobItem<Data>;
  prepared: Prepared;
  result: Result;
}

interface BaseSpec<Schema extends z.ZodType> {
  name: string;
  data: Schema;
  maxAttempts?: number;
  rate?: JobRate;
  onDead?(ctx: Context, item: JobItem<z.output<Schema>>, sentence: string): Promise<void>;
}

const MAX_ATTEMPTS = 12;

/** Declares work done later by a worker, each in a transaction of its own. `run` must be able to run twice: a transaction may be rolled back. */
export function job<Schema extends z.ZodType>(
  spec: BaseSpec<Schema> & {
    run(ctx: Context, data: z.output<Schema>, item: JobItem<z.output<Schema>>): Promise<JobOutcome | void>;
  },
): TransactionJob {
  return {
    ...base(spec),
    kind: 'transaction',
    size: 1,
    async runMany(ctx, items) {
      const outcomes = [];
      for (const item of items) outcomes.push(await spec.run(ctx, item.data as z.output<Schema>, typed(item)));
      return outcomes;
    },
  };
}

/**
 * Declares work that is done for many at once: up to `size` jobs of one workspace share a transaction. When it fails, each
 * is tried alone, so one that cannot work keeps no other from being done.
 */
export function batchJob<Schema extends z.ZodType>(
  spec: BaseSpec<Schema> & {
    size: number;
    runMany(ctx: Context, items: readonly JobItem<z.output<Schema>>[]): Promise<readonly (JobOutcome | void)[] | void>;
  },
): TransactionJob {
  return {
    ...base(spec),
    kind: 'transaction',
    size: spec.size,
    runMany: (ctx, items) => spec.runMany(ctx, items as readonly JobItem<z.output<Schema>>[]),
  };
}

interface ExternalSpec<Schema extends z.ZodType, Prepared, Result> extends BaseSpec<Schema> {
  /** How many of one workspace are prepared and finished in one transaction. Default 1. */
  size?: number;
  /** Calls that this process keeps open at once. Default 32. */
  concurrency?: number;
  /** Default 30 s. */
  timeoutMs?: number;
  /** Outside of any transaction. Its repetition after a crash must be harmless: send `item.id` as the idempotency key. */
  work(call: ExternalCall, prepared: Prepared, item: JobItem<z.output<Schema>>): Promise<Result>;
}

/**
 * Declares work outside of the database: `prepare` reads what is needed in a short transaction (null: there is nothing to
 * do), `work` calls out while the lease is kept alive, `finish` writes the result in a transaction that fails when the
 * lease was lost meanwhile. Throw `RetryLater` or `GiveUp` from `work` to decide on the next try.
 */
export function externalJob<Schema extends z.ZodType, Prepared = null, Result = void>(
  spec: ExternalSpec<Schema, Prepared, Result> & {
    prepare?(ctx: Context, item: JobItem<z.output<Schema>>): Promise<Prepared | null>;
    finish?(ctx: Context, finished: Finished<Prepared, Result, z.output<Schema>>): Promise<JobOutcome | void>;
  },
): ExternalJob {
  const { prepare, finish } = spec;
  return externalBatchJob<Schema, Prepared, Result>({
    ...spec,
    size: spec.size ?? 1,
    ...(prepare ? { prepareMany: (ctx, items) => inTurn(items, (item) => prepare(ctx, item)) } : {}),
    ...(finish ? { finishMany: (ctx, finished) => inTurn(finished, (one) => finish(ctx, one)) } : {}),
  });
}

/** As `externalJob`, with `prepareMany` and `finishMany` for up to `size` jobs of one workspace; their answers are in the order of what they were given. */
export function externalBatchJob<Schema extends z.ZodType, Prepared = null, Result = void>(
  spec: ExternalSpec<Schema, Prepared, Result> & {
    size: number;
    prepareMany?(ctx: Context, items: readonly JobItem<z.output<Schema>>[]): Promise<readonly (Prepared | null)[]>;
    finishMany?(
      ctx: Context,
      finished: readonly Finished<Prepared, Result, z.output<Schema>>[],
    ): Promise<readonly (JobOutcome | void)[] | void>;
  },
): ExternalJob {
  const { prepareMany, finishMany } = spec;
  return {
    ...base(spec),
    kind: 'external',
    size: spec.size,
    concurrency: spec.concurrency ?? 32,
    timeoutMs: spec.timeoutMs ?? 30_000,
    work: (call, prepared, item) => spec.work(call, prepared as Prepared, typed(item)),
    ...(prepareMany
      ? { prepareMany: (ctx, items) => prepareMany(ctx, items as readonly JobItem<z.output<Schema>>[]) }
      : {}),
    ...(finishMany
      ? {
          finishMany: (ctx, finished) =>
            finishMany(ctx, finished as readonly Finished<Prepared, Result, z.output<Schema>>[]),
        }
      : {}),
  };
}

/** Thrown by a job that knows when the next try is worth it, such as after a Retry-After. */
export class RetryLater extends Error {
  override name = 'RetryLater';
  readonly afterMs: number;

  constructor(sentence: string, afterMs: number, options?: ErrorOptions) {
    super(sentence, options);
    this.afterMs = afterMs;
  }
}

/** Thrown by a job that no further try can help: it is dead at once. */
export class GiveUp extends Error {
  override name = 'GiveUp';
}

/** The queue a job waits in: those that may have to wait for others get one of their own. */
export function laneOf(job: Job): string {
  return job.rate || job.kind === 'external' ? job.name : '';
}

function base<Schema extends z.ZodType>(spec: BaseSpec<Schema>): Omit<JobBase, 'size'> {
  const { onDead } = spec;
  return {
    name: spec.name,
    data: spec.data,
    maxAttempts: spec.maxAttempts ?? MAX_ATTEMPTS,
    rate: spec.rate,
    ...(onDead ? { onDead: (ctx, item, sentence) => onDead(ctx, typed<Schema>(item), sentence) } : {}),
  };
}

// The worker has parsed the data by the job's own schema before a handler sees it.
function typed<Schema extends z.ZodType>(item: JobItem): JobItem<z.output<Schema>> {
  return item as JobItem<z.output<Schema>>;
}

async function inTurn<Item, Result>(items: readonly Item[], story: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results = [];
  for (const item of items) results.push(await story(item));
  return results;
}

/** Work of the whole installation that is due again and again; one process at a time does it. */
export type Tick = {
  name: string;
  /** Runs outside any transaction; opens its own by `runtime.db.inSystem`. Returns true when more is waiting. */
  run(runtime: Runtime): Promise<boolean | void>;
} & (
  | { everyMs: number; cron?: undefined }
  /** By the wall clock of a time zone, such as every night at three. What falls due while no process runs is left out. */
  | { cron: { expression: string; timeZone: string }; everyMs?: undefined }
);
