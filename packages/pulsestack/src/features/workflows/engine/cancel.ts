import type { Context } from '../../../kernel/context.ts';
import { cancelMessages } from '../../delivery/index.ts';
import { appendLines, cancelRuns, flushDigests, leaveDigests, type Which } from '../store/cancel.ts';
import { removeWaits } from '../store/gates.ts';
import { engine } from './engine.ts';
import { RUN_CODES } from './live.ts';

/**
 * Cancels runs with what they have not sent yet. A run that leads a digest hands it over to the next event in it, so nobody
 * else's event is lost; a run whose event has joined one takes it out again. Returns how many were under way.
 */
export async function cancel(ctx: Context, which: Partial<Which>, by: string): Promise<number> {
  const { tx, workspaceId } = ctx;
  const now = ctx.clock.now();
  const sentence = `It was cancelled by ${by}.`;
  const all: Which = { ids: null, key: null, user: null, event: null, workflow: null, ...which };
  const cancelled = await cancelRuns(tx, workspaceId, all, { now, sentence });
  if (cancelled.length === 0) return 0;
  const ids = cancelled.map((run) => run.id);
  await removeWaits(tx, workspaceId, ids);
  const left = cancelled.flatMap(({ id, digest }) => (digest === null ? [] : [{ id, digest }]));
  const handed = left.length > 0 ? await leaveDigests(tx, workspaceId, left) : [];
  const at = now.toISOString();
  await appendLines(tx, workspaceId, [
    ...ids.map((run) => ({ run, line: { at, step: null, type: null, code: 'run.cancelled', sentence } })),
    ...handed.map(({ leader, digest }) => ({
      run: leader,
      line: {
        at,
        step: null,
        type: 'digest',
        code: 'digest.handed_over',
        sentence: RUN_CODES['digest.handed_over'],
        detail: { digest },
      },
    })),
  ]);
  await cancelMessages(ctx, { runIds: ids });
  if (handed.length > 0) tx.afterCommit(() => engine.of(ctx).wake());
  return cancelled.length;
}

/** Lets digests end now instead of at the end of their window. Returns how many were open. */
export async function flush(
  ctx: Context,
  which: {
    id?: string | undefined;
    user?: string | undefined;
    workflow?: string | undefined;
    step?: string | undefined;
    key?: string | undefined;
  },
): Promise<number> {
  const { id = null, user = null, workflow = null, step = null, key = null } = which;
  const flushed = await flushDigests(ctx.tx, ctx.workspaceId, { id, user, workflow, step, key }, ctx.clock.now());
  if (flushed > 0) ctx.tx.afterCommit(() => engine.of(ctx).wake(true));
  return flushed;
}
