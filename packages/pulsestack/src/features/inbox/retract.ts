import { NotificationId, streams } from '@pulsestack/core';
import { z } from 'zod';
import type { Context } from '../../kernel/context.ts';
import { notFound } from '../../kernel/errors.ts';
import { type Announcement, announce } from '../../kernel/event.ts';
import { enqueue, job } from '../../kernel/job.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { inboxChanged, notificationRetracted } from './events.ts';
import { ownOf } from './items.ts';
import { removeBroadcast } from './store/broadcasts.ts';
import type { ChangedRow } from './store/change.ts';
import { withdraw } from './store/marks.ts';
import { lockNotification, setExpired, setState, takeExpired } from './store/notifications.ts';

const WITHDRAW_PAGE = 1000;
const EXPIRE_PAGE = 50;
// Everyone's number of broadcasts and the event that says so become visible together: a client that read the one must not hear the other.
const AT_ONCE = { groupCommit: true };

/** Takes a notification back from every inbox. Beyond the first page of users a job goes on. */
export async function retract(ctx: Context, id: string): Promise<void> {
  const { tx, workspaceId } = ctx;
  const found = await lockNotification(tx, workspaceId, id);
  if (!found || found.state === 'retracted') throw notFound('notification');
  await setState(tx, workspaceId, id, 'retracted');
  const now = ctx.clock.now();
  if (found.broadcast !== null) {
    await announce(ctx, tx, workspaceId, await retractBroadcast(tx, workspaceId, id, now), ctx.requestId, AT_ONCE);
    return;
  }
  const changed = await withdraw(tx, workspaceId, id, now, WITHDRAW_PAGE);
  await announce(ctx, tx, workspaceId, withdrawalFacts(changed, ctx.requestId), ctx.requestId);
  if (changed.length === WITHDRAW_PAGE) await enqueue(ctx, withdrawPages, { notificationId: id });
}

/** Goes on taking a notification back, a page of users at a time. */
export const withdrawPages = job({
  name: 'inbox.withdrawPages',
  data: z.object({ notificationId: NotificationId }),
  async run(ctx, { notificationId }) {
    const changed = await withdraw(ctx.tx, ctx.workspaceId, notificationId, ctx.clock.now(), WITHDRAW_PAGE);
    await announce(ctx, ctx.tx, ctx.workspaceId, withdrawalFacts(changed, ctx.requestId), ctx.requestId);
    if (changed.length === WITHDRAW_PAGE) return { again: { data: { notificationId }, afterMs: 0 } };
  },
});

/** Takes a broadcast out of all inboxes in this transaction: its row, and the receipts of those who have touched it. */
export async function retractBroadcast(
  tx: Transaction,
  workspaceId: string,
  id: string,
  now: Date,
): Promise<Announcement[]> {
  const seq = await removeBroadcast(tx, workspaceId, id);
  if (seq === undefined) return [];
  const changed = await withdraw(tx, workspaceId, id, now, null);
  return [
    { event: notificationRetracted, data: { id, broadcast: seq }, stream: streams.workspace },
    ...changed.map((row) => ({
      event: inboxChanged,
      data: { changed: 1, own: ownOf(row) },
      stream: streams.user(row.user_id),
    })),
  ];
}

/** What the tabs of those learn who have lost a notification. */
export function withdrawalFacts(changed: readonly ChangedRow[], correlationId: string): Announcement[] {
  return changed
    .filter((row) => !row.was_deleted)
    .map((row) => ({
      event: notificationRetracted,
      data: { id: row.notification_id, own: ownOf(row) },
      stream: streams.user(row.user_id),
      correlationId,
    }));
}

/** Takes away what is past its instant; true when more is waiting. */
export async function expire(runtime: Runtime): Promise<boolean> {
  return runtime.db.inSystem(async (tx) => {
    const now = runtime.clock.now();
    const expired = await takeExpired(tx, now, EXPIRE_PAGE);
    let more = expired.length === EXPIRE_PAGE;
    for (const { workspace_id: workspaceId, id, broadcast, correlation_id } of expired) {
      if (broadcast !== null) {
        await announce(
          runtime,
          tx,
          workspaceId,
          await retractBroadcast(tx, workspaceId, id, now),
          correlation_id,
          AT_ONCE,
        );
        await setExpired(tx, workspaceId, id, now);
        continue;
      }
      const changed = await withdraw(tx, workspaceId, id, now, WITHDRAW_PAGE);
      await announce(runtime, tx, workspaceId, withdrawalFacts(changed, correlation_id), correlation_id);
      if (changed.length === WITHDRAW_PAGE) more = true;
      else await setExpired(tx, workspaceId, id, now);
    }
    return more;
  });
}
