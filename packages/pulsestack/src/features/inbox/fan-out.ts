import { NotificationId } from '@pulsestack/core';
import { z } from 'zod';
import type { Context } from '../../kernel/context.ts';
import { announce } from '../../kernel/event.ts';
import { type AudiencePage, fanOutJob } from '../../kernel/fan-out.ts';
import { findTopic, listSubscribers } from '../audience/index.ts';
import type { NotificationRow } from './items.ts';
import { arrivals } from './publish.ts';
import { withdrawalFacts } from './retract.ts';
import { deliverPage, lockCollapseKeys } from './store/deliver.ts';
import { withdrawCollapsed } from './store/marks.ts';
import { lockNotification, setState } from './store/notifications.ts';

const PAGE = 1000;

/** Delivers to many users, a page per transaction: after a crash it goes on behind the last page that was committed. */
export const fanOut = fanOutJob({
  name: 'inbox.fanOut',
  data: z.object({ notificationId: NotificationId }),
  async open({ tx, workspaceId }, { notificationId }) {
    const notification = await lockNotification(tx, workspaceId, notificationId);
    return notification?.state === 'publishing' ? notification : null;
  },
  async total({ tx, workspaceId }, { audience }) {
    if ('users' in audience) return audience.users.length;
    if (!('topic' in audience)) return 0;
    const topic = await findTopic(tx, workspaceId, audience.topic);
    return topic?.subscribers ?? 0;
  },
  async page(ctx, notification, after) {
    const isOver = notification.expires_at !== null && notification.expires_at <= ctx.clock.now();
    return isOver ? { items: [], next: null } : pageOfAudience(ctx, notification, after);
  },
  async run(ctx, notification, users, { isLast }) {
    if (users.length > 0) await deliver(ctx, notification, users, ctx.clock.now());
    if (isLast) await setState(ctx.tx, ctx.workspaceId, notification.id, 'published');
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

async function pageOfAudience(
  ctx: Context,
  { audience }: NotificationRow,
  after: string,
): Promise<AudiencePage<string>> {
  if ('users' in audience) {
    const start = after === '' ? 0 : Number(after);
    const end = start + PAGE;
    return { items: audience.users.slice(start, end), next: end < audience.users.length ? String(end) : null };
  }
  if (!('topic' in audience)) return { items: [], next: null };
  const rows = await listSubscribers(ctx.tx, ctx.workspaceId, audience.topic, { after, limit: PAGE });
  const except = new Set(audience.except);
  return {
    items: rows.map((row) => row.user_id).filter((user) => !except.has(user)),
    next: rows.length === PAGE ? (rows.at(-1)?.user_id ?? null) : null,
  };
}
