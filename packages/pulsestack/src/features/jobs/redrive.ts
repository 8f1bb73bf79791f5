import { z } from 'zod';
import type { Context } from '../../kernel/context.ts';
import { type Enqueuing, enqueue, virtualNow, wakeWorkers } from '../../kernel/enqueue.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { job } from '../../kernel/job.ts';
import { dropJob, findJob, redriveJob, redrivePage } from './store.ts';

const PAGE = 1000;

/** Runs a job now that waits for its time or for a person. */
export async function redrive(ctx: Context, id: string): Promise<void> {
  if (await redriveJob(ctx.tx, ctx.workspaceId, id, virtualNow(ctx.clock))) {
    wakeWorkers(ctx);
    return;
  }
  if (!(await findJob(ctx.tx, ctx.workspaceId, id))) throw notFound('job');
  throw fail('resource.conflict', 'The job is ready or running already.');
}

/** Runs dead jobs again, the first thousand now and the rest by a job. */
export async function redriveJobs(
  ctx: Enqueuing,
  { name }: { name?: string | undefined },
): Promise<{ redriven: number; more: boolean }> {
  const ids = await redrivePage(ctx.tx, ctx.workspaceId, { name, after: '', limit: PAGE }, virtualNow(ctx.clock));
  wakeWorkers(ctx);
  const more = ids.length === PAGE;
  if (more) await enqueue(ctx, redriveMore, { name: name ?? null, after: ids.at(-1) ?? '' });
  return { redriven: ids.length, more };
}

/** Goes on with the dead jobs behind `after`, so that one that dies again is not run in a circle. */
export const redriveMore = job({
  name: 'jobs.redriveMore',
  data: z.object({ name: z.string().nullable(), after: z.string() }),
  async run(ctx, { name, after }, { progress }) {
    const page = { name: name ?? undefined, after, limit: PAGE };
    const ids = await redrivePage(ctx.tx, ctx.workspaceId, page, virtualNow(ctx.clock));
    wakeWorkers(ctx);
    if (ids.length < PAGE) return;
    const done = (progress?.done ?? PAGE) + ids.length;
    return { again: { data: { name, after: ids.at(-1) ?? '' }, afterMs: 0, progress: { done, total: null } } };
  },
});

/** Deletes a job that nobody works at. */
export async function drop(ctx: Context, id: string): Promise<void> {
  if (await dropJob(ctx.tx, ctx.workspaceId, id)) return;
  if (!(await findJob(ctx.tx, ctx.workspaceId, id))) throw notFound('job');
  throw fail('resource.conflict', 'The job is running; it can be dropped when it has ended.');
}
