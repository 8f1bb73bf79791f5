import { z } from 'zod';
import type { Context } from './context.ts';
import { job, type TransactionJob } from './job.ts';

/** One page of an audience; `next` is where the following one begins, null on the last. */
export interface AudiencePage<Item> {
  items: readonly Item[];
  next: string | null;
}

/**
 * Declares work for a large audience, a page per transaction: what `run` writes, and where the next page begins, become
 * durable together, so after a crash it goes on behind the last page that was committed, nobody left out and nobody twice.
 * Between two pages other jobs of the workspace have their turn. Added as `enqueue(ctx, job, fannedOut(data))`.
 */
export function fanOutJob<Schema extends z.ZodType, Subject, Item>(spec: {
  name: string;
  data: Schema;
  maxAttempts?: number;
  /** What is sent, read for each page; null when there is nothing to do any more. */
  open(ctx: Context, data: z.output<Schema>): Promise<Subject | null>;
  /** How many there will be, asked once, for the progress. */
  total?(ctx: Context, subject: Subject): Promise<number | null>;
  /** The page that begins behind `after`, '' for the first. */
  page(ctx: Context, subject: Subject, after: string): Promise<AudiencePage<Item>>;
  /** Also for a page that has nobody left. */
  run(ctx: Context, subject: Subject, items: readonly Item[], page: { isLast: boolean }): Promise<void>;
}): TransactionJob {
  return job({
    name: spec.name,
    data: z.object({ of: spec.data, after: z.string().default('') }),
    ...(spec.maxAttempts === undefined ? {} : { maxAttempts: spec.maxAttempts }),
    async run(ctx, given, { progress }) {
      const { of: data, after } = given as { of: z.output<Schema>; after: string };
      const subject = await spec.open(ctx, data);
      if (subject === null) return;
      const total = progress ? progress.total : ((await spec.total?.(ctx, subject)) ?? null);
      const { items, next } = await spec.page(ctx, subject, after);
      await spec.run(ctx, subject, items, { isLast: next === null });
      if (next === null) return;
      const sofar = { done: (progress?.done ?? 0) + items.length, total };
      return { again: { data: { of: data, after: next }, afterMs: 0, progress: sofar } };
    },
  });
}

/** What a fan-out begins with. */
export function fannedOut<Data>(data: Data): { of: Data; after: string } {
  return { of: data, after: '' };
}
