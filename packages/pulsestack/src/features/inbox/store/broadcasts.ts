import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { Incoming } from './deliver.ts';

/** Takes the next number; the lock it holds puts the broadcasts of a workspace in order until the commit. */
export async function nextBroadcast(tx: Transaction, workspaceId: string): Promise<number> {
  const { seq } = await tx.get<{ seq: number }>(sql`
    insert into broadcast_heads as h (workspace_id, seq) values (${workspaceId}, 1)
    on conflict (workspace_id) do update set seq = h.seq + 1
    returning seq`);
  return seq;
}

/** Waits for other changes of the list of live broadcasts, so that ordinals are moved by one at a time. */
export async function lockBroadcasts(tx: Transaction, workspaceId: string): Promise<void> {
  await tx.run(sql`select seq from broadcast_heads where workspace_id = ${workspaceId} for update`);
}

/** Stores a broadcast under its number: two rows, however many people get it. Returns when it entered the inboxes. */
export async function insertBroadcast(
  tx: Transaction,
  workspaceId: string,
  seq: number,
  incoming: Incoming,
  now: Date,
): Promise<Date> {
  const { feed_at } = await tx.get<{ feed_at: Date }>(sql`
    with last as (
      select coalesce(max(ordinal), 0) as ordinal, max(feed_at) as feed_at
      from (select ordinal, feed_at from broadcasts where workspace_id = ${workspaceId} order by seq desc limit 1) as newest
    ),
    stored as (
      insert into notifications (workspace_id, id, title, body, content, type, category, priority, actor, audience, state, broadcast,
                                 collapse_key, expires_at, created_at, correlation_id)
      values (${workspaceId}, ${incoming.id}, ${incoming.title}, ${incoming.body}, ${JSON.stringify(incoming.content)}, ${incoming.type},
              ${incoming.category}, ${incoming.priority}, ${JSON.stringify(incoming.actor)}, ${JSON.stringify(incoming.audience)}, 'published', ${seq},
              ${incoming.collapse_key}, ${incoming.expires_at}, ${now}, ${incoming.correlation_id})
    )
    insert into broadcasts (workspace_id, seq, notification_id, type, category, priority, feed_at, collapse_key, ordinal, category_ordinal)
    select ${workspaceId}, ${seq}, ${incoming.id}, ${incoming.type}, ${incoming.category}, ${incoming.priority},
           greatest(${now}::timestamptz, last.feed_at), ${incoming.collapse_key}, last.ordinal + 1,
           1 + coalesce((select category_ordinal from broadcasts
                         where workspace_id = ${workspaceId} and category = ${incoming.category} order by seq desc limit 1), 0)
    from last
    returning feed_at`);
  return feed_at;
}

/** The live broadcasts with a collapse key. */
export function broadcastsWithKey(
  tx: Transaction,
  workspaceId: string,
  key: string,
): Promise<{ notification_id: string }[]> {
  return tx.rows(
    sql`select notification_id from broadcasts where workspace_id = ${workspaceId} and collapse_key = ${key} order by seq`,
  );
}

/**
 * Takes a broadcast out of the live ones and moves the ordinals after it. Waits for users who are touching it right now
 * (they hold its row), so that whoever looks at receipts afterwards sees theirs.
 */
export async function removeBroadcast(
  tx: Transaction,
  workspaceId: string,
  notificationId: string,
): Promise<number | undefined> {
  await lockBroadcasts(tx, workspaceId);
  const gone = await tx.find<{ seq: number; category: string }>(sql`
    delete from broadcasts where workspace_id = ${workspaceId} and notification_id = ${notificationId} returning seq, category`);
  if (!gone) return undefined;
  await tx.run(sql`
    update broadcasts
    set ordinal = ordinal - 1, category_ordinal = category_ordinal - (category = ${gone.category})::int
    where workspace_id = ${workspaceId} and seq > ${gone.seq}`);
  return gone.seq;
}
