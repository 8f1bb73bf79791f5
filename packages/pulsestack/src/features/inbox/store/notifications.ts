import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { NotificationRow } from '../items.ts';

export interface ReceiptRow {
  user_id: string;
  feed_at: Date;
  seen_at: Date | null;
  read_at: Date | null;
  archived_at: Date | null;
  action: { id: string; at: string; result: never } | null;
}

export function findNotification(
  tx: Transaction,
  workspaceId: string,
  id: string,
): Promise<NotificationRow | undefined> {
  return tx.find(sql`
    select id, title, body, content, type, category, priority, actor, expires_at, audience, state, broadcast, collapse_key,
           created_at, correlation_id, recipients, seen, read
    from notifications
    where workspace_id = ${workspaceId} and id = ${id}`);
}

/** The same row, held until the commit: a page of a fan-out and a retraction come one after the other. */
export function lockNotification(
  tx: Transaction,
  workspaceId: string,
  id: string,
): Promise<(NotificationRow & { expired_at: Date | null }) | undefined> {
  return tx.find(sql`select * from notifications where workspace_id = ${workspaceId} and id = ${id} for no key update`);
}

export interface NotificationFilter {
  categories: string[] | null;
  types: string[] | null;
  state: string | null;
  from: Date | null;
  to: Date | null;
  q: string | null;
}

/** The newest first; ids are sortable by time, so the primary key is the order. `before` is exclusive. */
export function listNotifications(
  tx: Transaction,
  workspaceId: string,
  filter: NotificationFilter,
  page: { before: string; limit: number },
): Promise<NotificationRow[]> {
  if (filter.q !== null) {
    return tx.rows(sql`
      select n.id, n.title, n.body, n.content, n.type, n.category, n.priority, n.actor, n.expires_at, n.audience, n.state, n.broadcast,
             n.collapse_key, n.created_at, n.correlation_id, n.recipients, n.seen, n.read
      from search_notifications(${filter.q}, ${filter.categories}::text[], ${filter.types}::text[], ${filter.state}::text,
                                ${filter.from}::timestamptz, ${filter.to}::timestamptz, ${page.before}, ${page.limit}) as found (id)
      join notifications n on n.workspace_id = ${workspaceId} and n.id = found.id
      order by n.id desc`);
  }
  return tx.rows(sql`
    select id, title, body, content, type, category, priority, actor, expires_at, audience, state, broadcast, collapse_key,
           created_at, correlation_id, recipients, seen, read
    from notifications
    where workspace_id = ${workspaceId} and id < ${page.before}
      and (${filter.categories}::text[] is null or category = any(${filter.categories}::text[]))
      and (${filter.types}::text[] is null or type = any(${filter.types}::text[]))
      and (${filter.state}::text is null or state = ${filter.state})
      and (${filter.from}::timestamptz is null or created_at >= ${filter.from})
      and (${filter.to}::timestamptz is null or created_at < ${filter.to})
    order by id desc
    limit ${page.limit}`);
}

/** Who has got, seen or read it, in the order of their ids. Of a broadcast, those who have touched it. */
export function listReceipts(
  tx: Transaction,
  workspaceId: string,
  notificationId: string,
  state: 'delivered' | 'seen' | 'read',
  page: { after: string; limit: number },
): Promise<ReceiptRow[]> {
  return tx.rows(sql`
    select user_id, feed_at, seen_at, read_at, archived_at, action
    from receipts
    where workspace_id = ${workspaceId} and notification_id = ${notificationId} and user_id > ${page.after}
      and (${state} = 'delivered' or (${state} = 'seen' and seen_at is not null) or (${state} = 'read' and read_at is not null))
    order by user_id
    limit ${page.limit}`);
}

export async function setState(
  tx: Transaction,
  workspaceId: string,
  id: string,
  state: 'published' | 'retracted',
): Promise<void> {
  await tx.run(sql`update notifications set state = ${state} where workspace_id = ${workspaceId} and id = ${id}`);
}

/** What is past its instant and not yet taken away, locked; what another process holds is its work. */
export function takeExpired(
  tx: Transaction,
  now: Date,
  limit: number,
): Promise<{ workspace_id: string; id: string; broadcast: number | null; correlation_id: string }[]> {
  return tx.rows(sql`
    select workspace_id, id, broadcast, correlation_id
    from notifications
    where expires_at <= ${now} and expired_at is null and expires_at is not null
    order by expires_at
    limit ${limit}
    for no key update skip locked`);
}

export async function setExpired(tx: Transaction, workspaceId: string, id: string, now: Date): Promise<void> {
  await tx.run(sql`update notifications set expired_at = ${now} where workspace_id = ${workspaceId} and id = ${id}`);
}

/** Adds up how often notifications were seen and read. */
export async function addStats(
  tx: Transaction,
  deltas: readonly { workspaceId: string; id: string; seen: number; read: number }[],
): Promise<void> {
  await tx.run(sql`
    update notifications n
    set seen = n.seen + d.seen, read = n.read + d.read
    from (
      select "workspaceId" as workspace_id, id, sum(seen) as seen, sum(read) as read
      from jsonb_to_recordset(${JSON.stringify(deltas)}::jsonb) as delta ("workspaceId" text, id text, seen int, read int)
      group by 1, 2
    ) as d
    where n.workspace_id = d.workspace_id and n.id = d.id`);
}
