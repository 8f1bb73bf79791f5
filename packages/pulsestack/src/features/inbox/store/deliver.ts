import type { Actor, Audience, OwnCounts } from '@pulsestack/core';
import { type Part, part, sql } from '../../../kernel/sql.ts';
import type { TenantDatabase, Transaction } from '../../../kernel/tenancy.ts';
import type { Content } from '../items.ts';

/** A notification on its way into the database, with the users who get it at once. */
export interface Incoming {
  id: string;
  title: string;
  body: string;
  content: Content;
  type: string;
  category: string;
  priority: number;
  actor: Actor;
  audience: Audience;
  state: 'publishing' | 'published';
  collapse_key: string | null;
  expires_at: Date | null;
  correlation_id: string;
  users: readonly string[];
}

export interface OwnRow extends OwnCounts {
  user_id: string;
}

/**
 * Users who are not known yet, receipts and counters of what `addressed` names, in one pass.
 * Receipts that exist already count nothing, so a page delivered twice is delivered once.
 */
function delivery(workspaceId: string, now: Date): Part {
  return part`
    joined as (
      insert into users (workspace_id, id, joined_after, created_at, updated_at)
      select ${workspaceId}, user_id, coalesce((select seq from broadcast_heads where workspace_id = ${workspaceId}), 0), ${now}::timestamptz, ${now}::timestamptz
      from (select distinct user_id from addressed) as named
      order by user_id
      on conflict do nothing
    ),
    delivered as (
      insert into receipts (workspace_id, user_id, notification_id, feed_at, type, category, priority, collapse_key)
      select ${workspaceId}, user_id, notification_id, ${now}::timestamptz, type, category, priority, collapse_key
      from addressed
      on conflict do nothing
      returning user_id, notification_id, category
    ),
    counted as (
      insert into inbox_counters as c (workspace_id, user_id, category, unread, unseen, version)
      select ${workspaceId}, user_id, category, added, added, 1
      from (
        select user_id, category, count(*)::int as added from delivered group by 1, 2
        union all
        select user_id, '', count(*)::int from delivered group by 1
      ) as delta
      order by user_id, category
      on conflict (workspace_id, user_id, category) do update
      set unread = c.unread + excluded.unread, unseen = c.unseen + excluded.unseen, version = c.version + 1
      returning user_id, category, unread, unseen, handled, version
    )`;
}

/** Stores notifications and delivers them to the users they name; returns the own counts of everyone who got one. */
export async function accept(
  tx: Transaction,
  workspaceId: string,
  incoming: readonly Incoming[],
  now: Date,
): Promise<Map<string, OwnCounts>> {
  const rows = await tx.rows<OwnRow>(sql`
    with input as materialized (
      select * from json_to_recordset(${JSON.stringify(incoming)}::json) as n (
        id text, title text, body text, content jsonb, type text, category text, priority smallint, actor jsonb, audience jsonb,
        state text, collapse_key text, expires_at timestamptz, correlation_id text, users text[])
    ),
    stored as (
      insert into notifications (workspace_id, id, title, body, content, type, category, priority, actor, audience, state,
                                 collapse_key, expires_at, created_at, correlation_id, recipients)
      select ${workspaceId}, id, title, body, content, type, category, priority, actor, audience, state,
             collapse_key, expires_at, ${now}::timestamptz, correlation_id, cardinality(users)
      from input
    ),
    addressed as materialized (
      select n.id as notification_id, u.user_id, n.type, n.category, n.priority, n.collapse_key
      from input n cross join lateral unnest(n.users) as u (user_id)
    ),
    ${delivery(workspaceId, now)}
    select user_id, unread, unseen, handled, version from counted where category = ''`);
  return new Map(rows.map(({ user_id, ...own }) => [user_id, own]));
}

/** A notification to named users with its text for their streams and the key of its request. */
export interface Plain extends Incoming {
  item: string;
  idem_key: string | null;
  idem_print: string | null;
  idem_body: unknown;
}

/** One event of what was published (without a number when earlier ones still wait), or a key that was new. */
export type PublishedRow =
  | { kind: 'fact'; epoch: string | null; seq: number | null; stream: string; name: string; data: string }
  | { kind: 'key'; key: string };

/** Accepts notifications to named users in one message to the database; see the function in the migrations. */
export function publishToUsers(
  db: TenantDatabase,
  workspaceId: string,
  batch: readonly Plain[],
  now: Date,
): Promise<PublishedRow[]> {
  return db.callInWorkspace(workspaceId, 'publish_to_users', [JSON.stringify(batch), now]);
}

/** Delivers a stored notification to more users; returns the own counts of those who had not got it yet. */
export async function deliverPage(
  tx: Transaction,
  workspaceId: string,
  notificationId: string,
  users: readonly string[],
  now: Date,
): Promise<Map<string, OwnCounts>> {
  const rows = await tx.rows<OwnRow>(sql`
    with addressed as materialized (
      select n.id as notification_id, u.user_id, n.type, n.category, n.priority, n.collapse_key
      from notifications n cross join unnest(${users}::text[]) as u (user_id)
      where n.workspace_id = ${workspaceId} and n.id = ${notificationId}
    ),
    ${delivery(workspaceId, now)},
    progress as (
      update notifications set recipients = recipients + (select count(*) from delivered)
      where workspace_id = ${workspaceId} and id = ${notificationId}
    )
    select user_id, unread, unseen, handled, version from counted where category = ''`);
  return new Map(rows.map(({ user_id, ...own }) => [user_id, own]));
}

/** Which keys of a batch are new, with their answers kept; the others were answered before, or belong to another request. */
export async function claimKeys(
  tx: Transaction,
  workspaceId: string,
  claims: readonly { key: string; fingerprint: string; body: unknown }[],
): Promise<Map<string, { fingerprint: string; body: unknown }>> {
  const fresh = await tx.rows<{ key: string }>(sql`
    insert into idempotency_keys (workspace_id, key, fingerprint, status, body)
    select ${workspaceId}, key, fingerprint, 202, body
    from jsonb_to_recordset(${JSON.stringify(claims)}::jsonb) as claim (key text, fingerprint text, body jsonb)
    order by key
    on conflict do nothing
    returning key`);
  if (fresh.length === claims.length) return new Map();
  const claimed = new Set(fresh.map((row) => row.key));
  const earlier = await tx.rows<{ key: string; fingerprint: string; body: unknown }>(sql`
    select key, fingerprint, body from idempotency_keys
    where workspace_id = ${workspaceId} and key = any(${claims.map((claim) => claim.key).filter((key) => !claimed.has(key))}::text[])`);
  return new Map(earlier.map(({ key, ...answer }) => [key, answer]));
}

/** Two notifications with one collapse key wait for each other, so that exactly one of them stays unread. */
export async function lockCollapseKeys(tx: Transaction, workspaceId: string, keys: readonly string[]): Promise<void> {
  await tx.run(sql`
    select pg_advisory_xact_lock(lock)
    from (select distinct hashtextextended(${workspaceId} || key, 0) as lock from unnest(${keys}::text[]) as k (key) order by 1) as locks`);
}
