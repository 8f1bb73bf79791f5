import { NotificationId } from '@pulsestack/core';
import { z } from 'zod';
import type { Context } from '../../kernel/context.ts';
import { announce } from '../../kernel/event.ts';
import { job } from '../../kernel/job.ts';
import { listSubscribers } from '../audience/index.ts';
import type { NotificationRow } from './items.ts';
import { arrivals } from './publish.ts';
import { withdrawalFacts } from './retract.ts';
import { deliverPage, lockCollapseKeys } from './store/deliver.ts';
import { withdrawCollapsed } from './store/marks.ts';
import { lockNotification, setState } from './store/notifications.ts';

const PAGE = 1000;

/** Delivers to many users, a page per transaction: after a crash it goes on behind the last page that was committed. */
export const fanOut = job({
  name: 'inbox.fanOut',
  data: z.object({ notificationId: NotificationId, after: z.string() }),
  async run(ctx, { notificationId, after }) {
    const { tx, workspaceId } = ctx;
    const notification = await lockNotification(tx, workspaceId, notificationId);
    if (notification?.state !== 'publishing') return;
    const now = ctx.clock.now();
    const isOver = notification.expires_at !== null && notification.expires_at <= now;
    const page = isOver ? { users: [], last: null } : await pageOfAudience(ctx, notification, after);
    if (page.users.length > 0) await deliver(ctx, notification, page.users, now);
    if (page.last !== null) return { again: { data: { notificationId, after: page.last }, afterMs: 0 } };
    await setState(tx, workspaceId, notificationId, 'published');
  },
});

async function deliver(
  ctx: Context,
  notification: NotificationRow,
  users: readonly string[],
  now: Date,
): Promise<void> {
  const { tx, workspaceId } = ctx;
  const key = notification.collapse_key;
  const facts = [];
  if (key !== null) {
    await lockCollapseKeys(tx, workspaceId, [key]);
    const replaced = await withdrawCollapsed(
      tx,
      workspaceId,
      { users, keys: users.map(() => key) },
      notification.id,
      now,
    );
    facts.push(...withdrawalFacts(replaced, ctx.requestId));
  }
  const owns = await deliverPage(tx, workspaceId, notification.id, users, now);
  facts.push(...arrivals(notification, owns, users, now, ctx.requestId));
  await announce(ctx, tx, workspaceId, facts, ctx.requestId);
}

/** The next page of users; `last` is where the one after it begins, or null on the last page. */
async function pageOfAudience(
  ctx: Context,
  { audience }: NotificationRow,
  after: string,
): Promise<{ users: string[]; last: string | null }> {
  if ('users' in audience) {
    const start = after === '' ? 0 : Number(after);
    const end = start + PAGE;
    return { users: audience.users.slice(start, end), last: end < audience.users.length ? String(end) : null };
  }
  if (!('topic' in audience)) return { users: [], last: null };
  const rows = await listSubscribers(ctx.tx, ctx.workspaceId, audience.topic, { after, limit: PAGE });
  const except = new Set(audience.except);
  return {
    users: rows.map((row) => row.user_id).filter((user) => !except.has(user)),
    last: rows.length === PAGE ? (rows.at(-1)?.user_id ?? null) : null,
  };
}
