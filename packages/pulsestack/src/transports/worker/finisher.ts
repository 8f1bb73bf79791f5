import type { ExternalJob, Finished, Job, JobOutcome } from '../../kernel/job.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { type Claimed, complete, refOf } from './claims.ts';
import { contextOf, type Work } from './running.ts';
import type { Slots } from './slots.ts';

interface FinisherParts {
  runtime: Runtime;
  transactions: Slots;
  settle(
    job: Job,
    tx: Transaction,
    works: readonly Work[],
    outcomes: readonly (JobOutcome | void)[] | void,
  ): Promise<void>;
  fail(job: Job, claimed: Claimed, error: unknown, startedMs: number): Promise<void>;
  lost(job: Job, jobs: number, startedMs: number): void;
  count(job: string, outcome: string, startedMs: number, jobs?: number): void;
}

interface Ended {
  work: Work;
  finished: Finished;
  startedMs: number;
  done(): void;
}

const MAX_BATCH = 500;

/** Writes the results of calls: what has ended while a transaction was under way goes together into the next one. */
export function createFinisher({ runtime, transactions, settle, fail, lost, count }: FinisherParts) {
  const queues = new Map<string, { job: ExternalJob; ended: Ended[]; writing: boolean }>();

  function finish(job: ExternalJob, work: Work, finished: Finished, startedMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    // Without a story of its own a result belongs to no workspace's transaction.
    const name = job.finishMany ? `${job.name} ${work.claimed.workspace_id}` : job.name;
    let queue = queues.get(name);
    if (!queue) queues.set(name, (queue = { job, ended: [], writing: false }));
    queue.ended.push({ work, finished, startedMs, done: resolve });
    if (!queue.writing) {
      queue.writing = true;
      const mine = queue;
      // A turn later, so that what ends in the same instant goes along.
      setImmediate(() => void writeAll(name, mine));
    }
    return promise;
  }

  async function writeAll(name: string, queue: { job: ExternalJob; ended: Ended[] }): Promise<void> {
    const size = queue.job.finishMany ? queue.job.size : MAX_BATCH;
    while (queue.ended.length > 0) await write(queue.job, queue.ended.splice(0, size));
    queues.delete(name);
  }

  async function write(job: ExternalJob, batch: readonly Ended[]): Promise<void> {
    try {
      const held = await transactions.run(() => store(job, batch));
      for (const one of batch) {
        if (held.has(one.work.item.id)) count(job.name, 'done', one.startedMs);
        else lost(job, 1, one.startedMs);
        one.done();
      }
    } catch (error) {
      if (batch.length > 1) for (const one of batch) await write(job, [one]);
      else if (batch[0]) {
        await fail(job, batch[0].work.claimed, error, batch[0].startedMs);
        batch[0].done();
      }
    }
  }

  function store(job: ExternalJob, batch: readonly Ended[]): Promise<Set<string>> {
    const refs = batch.map((one) => refOf(one.work.claimed));
    const first = batch[0]?.work.claimed as Claimed;
    if (!job.finishMany) return runtime.db.inSystem((tx) => complete(tx, refs));
    return runtime.db.inWorkspace(first.workspace_id, async (tx) => {
      const held = await complete(tx, refs);
      const ours = batch.filter((one) => held.has(one.work.item.id));
      if (ours.length > 0) {
        const outcomes = await job.finishMany?.(
          contextOf(runtime, first, tx),
          ours.map((one) => one.finished),
        );
        await settle(
          job,
          tx,
          ours.map((one) => one.work),
          outcomes,
        );
      }
      return held;
    });
  }

  return { finish };
}
