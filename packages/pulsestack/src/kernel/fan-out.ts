import { z } from 'zod';
import type { Context } from './context.ts';
import { job, type Progress, type TransactionJob } from './job.ts';

/** One page of an audience; `next` is where the following one begins, null on the last. */
export interface AudiencePage<Item> {
  items: readonly Item[];
  next: string | null;
}

/**
 * Declares work for a large audience, a page per transaction: what `run` writes, and where the next page begins, become
 * durable together, so after a crash it goes on behind the last page that was committed, nobody left out and nobody twice.
 * Between two pages other jobs of the workspace have their turn. Added as `enqueue(ctx, job, { of: data })`.
 */
export function fanOutJob<Schema extends z.ZodType, Item>(spec: {
  name: string;
  data: Schema;
  maxAttempts?: number;
  /** How many there will be, asked once, for the progress. */
  total?(ctx: Context, data: z.output<Schema>): Promise<number | null>;
  /** The page that begins behind `after`, '' for the first; null when there is nothing to do any more. */
  page(ctx: Context, data: z.output<Schema>, after: string): Promise<AudiencePage<Item> | null>;
  run(ctx: Context, data: z.output<Schema>, items: readonly Item[]): Promise<void>;
  /** In the transaction of the last page. */
  finish?(ctx: Context, data: z.output<Schema>, progress: Progress): Promise<void>;
}): TransactionJob {
  return job({
    name: spec.name,
    data: z.object({ of: spec.data, after: z.string().default('') }),
    ...(spec.maxAttempts === undefined ? {} : { maxAttempts: spec.maxAttempts }),
    async run(ctx, given, { progress }) {
      const { of: data, after } = given as { of: z.output<Schema>; after: string };
      const page = await spec.page(ctx, data, after);
      if (!page) return;
      const total = progress ? progress.total : ((await spec.total?.(ctx, data)) ?? null);
      if (page.items.length > 0) await spec.run(ctx, data, page.items);
      const sofar = { done: (progress?.done ?? 0) + page.items.length, total };
      if (page.next !== null) return { again: { data: { of: data, after: page.next }, afterMs: 0, progress: sofar } };
      await spec.finish?.(ctx, data, sofar);
    },
  });
}
