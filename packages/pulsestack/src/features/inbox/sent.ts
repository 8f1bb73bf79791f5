import { makeId, type Notification, type Page, type Receipt } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import { notFound } from '../../kernel/errors.ts';
import { decodeCursor, encodeCursor, toPage } from '../../kernel/pagination.ts';
import { countUsers } from '../audience/index.ts';
import { type NotificationRow, toNotification } from './items.ts';
import { toList } from './reading.ts';
import * as store from './store/notifications.ts';

interface SentQuery {
  limit: number;
  cursor?: string | undefined;
  category?: string | string[] | undefined;
  type?: string | string[] | undefined;
  state?: Notification['state'] | undefined;
  from?: string | undefined;
  to?: string | undefined;
  q?: string | undefined;
}

// Ids begin with their time, so an id that is greater than all of today's is where the newest page begins.
const NEWEST = `${makeId('notification', 2 ** 50 - 1, new Uint8Array(16).fill(31))}`;

export async function notificationPage(ctx: Context, query: SentQuery): Promise<Page<Notification>> {
  const [before] = query.cursor === undefined ? [NEWEST] : decodeCursor('notifications', query.cursor, ['string']);
  const filter = {
    categories: toList(query.category),
    types: toList(query.type),
    state: query.state ?? null,
    from: query.from === undefined ? null : new Date(query.from),
    to: query.to === undefined ? null : new Date(query.to),
    q: query.q ?? null,
  };
  const rows = await store.listNotifications(ctx.tx, ctx.workspaceId, filter, {
    before: String(before),
    limit: query.limit + 1,
  });
  const reached = await reachOf(ctx, rows);
  return toPage(
    rows,
    query.limit,
    (row) => toNotification(row, reached.get(row.id)),
    (row) => encodeCursor('notifications', [row.id]),
  );
}

export async function getNotification(ctx: Context, id: string): Promise<Notification> {
  const row = await store.findNotification(ctx.tx, ctx.workspaceId, id);
  if (!row) throw notFound('notification');
  return toNotification(row, (await reachOf(ctx, [row])).get(id));
}

export async function receiptPage(
  ctx: Context,
  id: string,
  query: { limit: number; cursor?: string | undefined; state: 'delivered' | 'seen' | 'read' },
): Promise<Page<Receipt>> {
  const [after] = query.cursor === undefined ? [''] : decodeCursor('receipts', query.cursor, ['string']);
  const rows = await store.listReceipts(ctx.tx, ctx.workspaceId, id, query.state, {
    after: String(after),
    limit: query.limit + 1,
  });
  if (rows.length === 0 && !(await store.findNotification(ctx.tx, ctx.workspaceId, id))) throw notFound('notification');
  return toPage(rows, query.limit, toReceipt, (row) => encodeCursor('receipts', [row.user_id]));
}

/** How many users a broadcast reaches: those who had joined before it and are still there. Few rows, never a count of people. */
async function reachOf(ctx: Context, rows: readonly NotificationRow[]): Promise<Map<string, number>> {
  const reached = new Map<string, number>();
  for (const { id, broadcast } of rows) {
    if (broadcast !== null) reached.set(id, await countUsers(ctx.tx, ctx.workspaceId, broadcast));
  }
  return reached;
}

function toReceipt(row: store.ReceiptRow): Receipt {
  return {
    userId: row.user_id,
    deliveredAt: row.feed_at.toISOString(),
    seenAt: row.seen_at?.toISOString() ?? null,
    readAt: row.read_at?.toISOString() ?? null,
    archivedAt: row.archived_at?.toISOString() ?? null,
    action: row.action,
  };
}
