import type { Context } from '../../kernel/context.ts';
import { virtualNow } from '../../kernel/enqueue.ts';
import {
  type ExternalJob,
  GiveUp,
  type Job,
  type JobItem,
  type JobOutcome,
  laneOf,
  RetryLater,
  type TransactionJob,
} from '../../kernel/job.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { type Claimed, complete, extend, goOn, putBack, refOf, release } from './claims.ts';
import { createFinisher } from './finisher.ts';
import type { Leases } from './leases.ts';
import type { Slots } from './slots.ts';

const BACKOFF_BASE_MS = 1000;
const BACKOFF_MAX_MS = 15 * 60 * 1000;
const MAX_ERROR_CHARS = 2000;

/** The process ends while a call is open, or before it began. */
class ProcessEnds extends Error {
  override name = 'ProcessEnds';
}

/** A claimed job that has passed its schema. */
export interface Work {
  claimed: Claimed;
  item: JobItem;
}

export interface Runner {
  /**
   * Works at claims of one name and workspace until each is completed, put back, or lost to another process; `ended` is
   * told as they do.
   */
  run(name: string, claimed: readonly Claimed[], ended: (jobs: number) => void): Promise<void>;
  /** Gives a job up for good. */
  bury(claimed: Claimed, sentence: string): Promise<void>;
}

interface RunnerParts {
  runtime: Runtime;
  jobs: ReadonlyMap<string, Job>;
  leases: Leases;
  leaseMs: number;
  /** How many transactions run at once. */
  transactions: Slots;
  callsOf(job: ExternalJob): Slots;
  /** No call begins any more once the process ends, and when its patience is over open ones are ended. */
  stopping: { readonly begun: boolean; readonly over: AbortSignal };
  /** Called when a job that goes on at once has been added again. */
  onMore(): void;
}

/** Runs claimed jobs: those of a transaction, and those that call out between two. */
export function createRunner(parts: RunnerParts): Runner {
  const { runtime, jobs, leases, leaseMs, transactions, callsOf, stopping, onMore } = parts;
  const outcomes = runtime.telemetry.counter('jobs_total', 'Jobs that ran, by name and outcome', ['job', 'outcome']);
  const seconds = runtime.telemetry.histogram('job_seconds', 'Time that work at jobs took, by name and outcome', [
    'job',
    'outcome',
  ]);
  const finisher = createFinisher({ runtime, transactions, settle, fail, lost, count });

  function count(job: string, outcome: string, startedMs: number, jobs = 1): void {
    outcomes.add(jobs, { job, outcome });
    seconds.observe((performance.now() - startedMs) / 1000, { job, outcome });
  }

  async function run(name: string, claimed: readonly Claimed[], ended: (jobs: number) => void): Promise<void> {
    const job = jobs.get(name);
    const works: Work[] = [];
    for (const one of claimed) {
      try {
        if (!job) throw new Error(`this build knows no job "${name}"`);
        works.push({ claimed: one, item: itemOf(one, job.data.parse(one.data)) });
      } catch (error) {
        await fail(job, one, error, performance.now());
        ended(1);
      }
    }
    if (!job || works.length === 0) return;
    if (job.kind === 'external') return callOut(job, works, ended);
    await transact(job, works);
    ended(works.length);
  }

  async function transact(job: TransactionJob, works: readonly Work[]): Promise<void> {
    const startedMs = performance.now();
    try {
      const held = await transactions.run(() => {
        leases.drop(works);
        return inTransaction(works, async (ctx, held) =>
          settle(
            job,
            ctx.tx,
            held,
            await job.runMany(
              ctx,
              held.map((work) => work.item),
            ),
          ),
        );
      });
      report(job, works, held, startedMs);
    } catch (error) {
      if (works.length > 1) for (const work of works) await transact(job, [work]);
      else if (works[0]) await fail(job, works[0].claimed, error, startedMs);
    }
  }

  async function callOut(job: ExternalJob, works: readonly Work[], ended: (jobs: number) => void): Promise<void> {
    const startedMs = performance.now();
    let prepared: { work: Work; prepared: unknown }[];
    try {
      prepared = job.prepareMany
        ? await transactions.run(() => prepare(job, works))
        : works.map((work) => ({ work, prepared: null }));
    } catch (error) {
      if (works.length > 1) await Promise.all(works.map((work) => callOut(job, [work], ended)));
      else if (works[0]) {
        await fail(job, works[0].claimed, error, startedMs);
        ended(1);
      }
      return;
    }
    const idle = works.length - prepared.length;
    if (idle > 0) {
      leases.drop(works.filter((work) => !prepared.some((one) => one.work === work)));
      ended(idle);
    }
    const slots = callsOf(job);
    await Promise.all(
      prepared.map(async ({ work, prepared }) => {
        let startedMs = performance.now();
        try {
          const result = await slots.run(() => {
            if (stopping.begun) throw new ProcessEnds();
            startedMs = performance.now();
            return call(job, work, prepared);
          });
          leases.drop([work]);
          await finisher.finish(job, work, { item: work.item, prepared, result }, startedMs);
        } catch (error) {
          if (error instanceof ProcessEnds) await giveBack(work);
          else await fail(job, work.claimed, error, startedMs);
        }
        ended(1);
      }),
    );
  }

  /** What is still ours, with what was read for it; those without anything to do are done. */
  async function prepare(job: ExternalJob, works: readonly Work[]): Promise<{ work: Work; prepared: unknown }[]> {
    const [first] = works;
    if (!first) return [];
    return runtime.db.inWorkspace(first.claimed.workspace_id, async (tx) => {
      const heldIds = await extend(
        tx,
        works.map((work) => refOf(work.claimed)),
        leaseMs,
      );
      const held = works.filter((work) => heldIds.has(work.item.id));
      const answers = await job.prepareMany?.(
        contextOf(runtime, first.claimed, tx),
        held.map((work) => work.item),
      );
      const todo = held.map((work, i) => ({ work, prepared: answers?.[i] ?? null }));
      const idle = todo.filter((one) => one.prepared === null).map((one) => refOf(one.work.claimed));
      if (idle.length > 0) {
        await complete(tx, idle);
        tx.afterCommit(() => count(job.name, 'idle', performance.now(), idle.length));
      }
      if (held.length < works.length) lost(job, works.length - held.length, performance.now());
      return todo.filter((one) => one.prepared !== null);
    });
  }

  function call(job: ExternalJob, work: Work, prepared: unknown): Promise<unknown> {
    const { workspace_id: workspaceId, correlation_id: requestId } = work.claimed;
    // Most calls have a limit of their own and never look at the signal, which costs more than all the rest here.
    let controller: AbortController | undefined;
    let over: Error | undefined;
    return new Promise((resolve, reject) => {
      const end = (error: Error) => {
        over = error;
        controller?.abort(over);
        reject(over);
      };
      const timer = setTimeout(() => end(new Error(`it took longer than ${job.timeoutMs} ms`)), job.timeoutMs);
      const stop = () => end(new ProcessEnds());
      stopping.over.addEventListener('abort', stop, { once: true });
      leases.onLost(work.claimed, () => end(new Error('its lease was lost to another process')));
      const given = {
        ...runtime,
        workspaceId,
        requestId,
        get signal() {
          controller ??= new AbortController();
          if (over) controller.abort(over);
          return controller.signal;
        },
      };
      const calling = async () => job.work(given, prepared, work.item);
      calling()
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
          stopping.over.removeEventListener('abort', stop);
        });
    });
  }

  /** It begins again elsewhere at once. */
  async function giveBack(work: Work): Promise<void> {
    leases.drop([work]);
    await runtime.db
      .inSystem((tx) => release(tx, [work.claimed], true))
      .catch((error: unknown) =>
        runtime.log.error({ err: error, jobId: work.item.id }, 'a job could not be given back; its lease runs out'),
      );
  }

  async function inTransaction(
    works: readonly Work[],
    story: (ctx: Context, held: readonly Work[]) => Promise<void>,
  ): Promise<readonly Work[]> {
    const [first] = works;
    if (!first) return [];
    return runtime.db.inWorkspace(first.claimed.workspace_id, async (tx) => {
      const heldIds = await complete(
        tx,
        works.map((work) => refOf(work.claimed)),
      );
      const held = works.filter((work) => heldIds.has(work.item.id));
      if (held.length > 0) await story(contextOf(runtime, first.claimed, tx), held);
      return held;
    });
  }

  /** Adds those again that go on. */
  async function settle(
    job: Job,
    tx: Transaction,
    works: readonly Work[],
    outcomes: readonly (JobOutcome | void)[] | void,
  ): Promise<void> {
    const on = works.flatMap((work, i) => {
      const again = outcomes?.[i]?.again;
      return again
        ? [
            {
              job: work.claimed,
              lane: laneOf(job),
              data: again.data,
              afterMs: again.afterMs,
              progress: again.progress ?? work.item.progress,
            },
          ]
        : [];
    });
    if (on.length === 0) return;
    await goOn(tx, on, virtualNow(runtime.clock));
    if (on.some((one) => one.afterMs === 0)) tx.afterCommit(onMore);
  }

  function report(job: Job, works: readonly Work[], held: readonly Work[], startedMs: number): void {
    if (held.length > 0) count(job.name, 'done', startedMs, held.length);
    if (held.length < works.length) lost(job, works.length - held.length, startedMs);
  }

  function lost(job: Job, jobs: number, startedMs: number): void {
    count(job.name, 'lost', startedMs, jobs);
  }

  async function fail(job: Job | undefined, claimed: Claimed, error: unknown, startedMs: number): Promise<void> {
    const dead = error instanceof GiveUp || claimed.attempts >= claimed.max_attempts;
    count(claimed.name, dead ? 'dead' : 'failed', startedMs);
    const { name, id, attempts, correlation_id: requestId } = claimed;
    runtime.log.error(
      { err: error, job: name, jobId: id, attempts, requestId },
      dead ? 'a job failed for the last time' : 'a job failed and will be tried again',
    );
    const failure = { sentence: sentenceOf(error), dead, afterMs: dead ? 0 : delayMs(claimed, error) };
    await store(job, claimed, failure);
  }

  async function store(
    job: Job | undefined,
    claimed: Claimed,
    failure: { sentence: string; dead: boolean; afterMs: number },
  ): Promise<void> {
    const now = virtualNow(runtime.clock);
    const onDead = failure.dead ? job?.onDead : undefined;
    try {
      if (!onDead) await runtime.db.inSystem((tx) => putBack(tx, claimed, failure, now));
      else
        await runtime.db.inWorkspace(claimed.workspace_id, async (tx) => {
          if (await putBack(tx, claimed, failure, now))
            await onDead(contextOf(runtime, claimed, tx), itemOf(claimed, claimed.data), failure.sentence);
        });
    } catch (cause) {
      runtime.log.error({ err: cause, jobId: claimed.id }, 'a failed job could not be put back; its lease runs out');
    } finally {
      leases.drop([{ claimed }]);
    }
  }

  function delayMs(claimed: Claimed, error: unknown): number {
    if (error instanceof RetryLater) return error.afterMs;
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** (claimed.attempts - 1));
    // Full jitter: jobs that failed together do not come back together.
    return Math.round((ceiling * runtime.randomBytes(2).readUInt16BE(0)) / 0xffff);
  }

  return {
    run,
    async bury(claimed, sentence) {
      count(claimed.name, 'dead', performance.now());
      runtime.log.error({ job: claimed.name, jobId: claimed.id }, 'a job ended every process that tried it');
      await store(jobs.get(claimed.name), claimed, { sentence, dead: true, afterMs: 0 });
    },
  };
}

/** Makes the context of a job; several that share a transaction go by the correlation id of the first. */
export function contextOf(runtime: Runtime, job: Claimed, tx: Transaction): Context {
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

function itemOf(claimed: Claimed, data: unknown): JobItem {
  return {
    id: claimed.id,
    data,
    attempt: claimed.attempts,
    maxAttempts: claimed.max_attempts,
    correlationId: claimed.correlation_id,
    progress: claimed.progress,
  };
}

function sentenceOf(error: unknown): string {
  const sentence = error instanceof Error ? error.message : String(error);
  // PostgreSQL keeps no NUL.
  return sentence.replaceAll('\u0000', '').toWellFormed().slice(0, MAX_ERROR_CHARS);
}
