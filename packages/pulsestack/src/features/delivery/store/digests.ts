import type { Channel, JsonObject } from '@pulsestack/core';
import type { z } from 'zod';
import { jsonText } from '../../../kernel/json-text.ts';
import { part, sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import { type Page, workspacesWithDue } from './due.ts';

export interface DigestItem {
  message_id: string;
  message_created_at: Date;
  user_id: string;
  channel: Channel;
  category: string;
  priority: number;
  item: z.infer<typeof JsonObject>;
  due_at: Date;
  /** The rhythm of the reader asks for that instant, and not that there was no room before. */
  by_cadence: boolean;
}

/**
 * Adds items to the digests of their users; a digest is opened by its first item, and closes at the earliest instant any of
 * them asks for. The row of the digest is held until the commit, so that a digest that closes has all of its items.
 */
export async function addToDigests(tx: Transaction, workspaceId: string, items: readonly DigestItem[], now: Date) {
  if (items.length === 0) return;
  const text = jsonText(items);
  await tx.run(sql`
    insert into digests as d (workspace_id, user_id, channel, category, due_at, cadence_at, try_at, created_at)
    select ${workspaceId}, user_id, channel, category, min(due_at), min(due_at) filter (where by_cadence), min(due_at), ${now}
    from json_to_recordset(${text}::json) as i (
      user_id text, channel text, category text, due_at timestamptz, by_cadence boolean)
    group by user_id, channel, category
    order by user_id, channel, category
    on conflict (workspace_id, user_id, channel, category) do update
    set due_at = least(d.due_at, excluded.due_at), cadence_at = least(d.cadence_at, excluded.cadence_at),
        try_at = case when d.tries = 0 then least(d.try_at, excluded.try_at) else d.try_at end`);
  await tx.run(sql`
    insert into digest_items (workspace_id, message_id, message_created_at, user_id, channel, category, priority, item)
    select ${workspaceId}, message_id, message_created_at, user_id, channel, category, priority, item
    from rows from (json_to_recordset(${text}::json) as (
      message_id text, message_created_at timestamptz, user_id text, channel text, category text, priority smallint, item jsonb))
      with ordinality as i (message_id, message_created_at, user_id, channel, category, priority, item, nth)
    order by nth
    on conflict do nothing`);
}

export interface DigestKey {
  user_id: string;
  channel: Channel;
  category: string;
}

/** Which workspaces have digests whose time has come. */
export function workspacesWithDueDigests(tx: Transaction, now: Date, limit: number): Promise<string[]> {
  return workspacesWithDue(tx, { table: part`digests`, when: part`try_at`, only: part`true` }, now, limit);
}

/** Digests whose time has come, held until the commit: nobody adds an item to them any more, and nobody else closes them. */
export function takeDueDigests(
  tx: Transaction,
  workspaceId: string,
  now: Date,
  { limit, failedBefore }: Page,
): Promise<(DigestKey & { tries: number })[]> {
  return tx.rows(sql`
    select user_id, channel, category, tries from digests
    where workspace_id = ${workspaceId} and try_at <= ${now} and (tries > 0) = ${failedBefore}
    order by try_at
    limit ${limit}
    for update skip locked`);
}

/** Lets digests that could not be closed wait. */
export async function postponeDigests(
  tx: Transaction,
  workspaceId: string,
  keys: readonly DigestKey[],
  tryAt: Date,
): Promise<void> {
  await tx.run(sql`
    update digests d set tries = d.tries + 1, try_at = ${tryAt}
    from json_to_recordset(${jsonText(keys)}::json) as k (user_id text, channel text, category text)
    where d.workspace_id = ${workspaceId} and d.user_id = k.user_id and d.channel = k.channel and d.category = k.category`);
}

export interface DigestRow extends DigestKey {
  total: number;
  priority: number;
  /** The most important first, of equals the oldest. */
  items: { id: string; item: z.infer<typeof JsonObject> }[];
}

/**
 * Takes the items out of digests that are held, together with the digests themselves, and writes into each message which digest
 * it is in. `ids` are those of the digests to come, in the same order.
 */
export function closeDigests(
  tx: Transaction,
  workspaceId: string,
  keys: readonly DigestKey[],
  ids: readonly string[],
  shown: number,
): Promise<(DigestRow & { digest_id: string })[]> {
  const named = jsonText(keys.map((key, i) => ({ ...key, digest_id: ids[i] })));
  return tx.rows(sql`
    with closing as materialized (
      select * from json_to_recordset(${named}::json) as k (user_id text, channel text, category text, digest_id text)
    ),
    closed as (
      delete from digests d using closing c
      where d.workspace_id = ${workspaceId} and d.user_id = c.user_id and d.channel = c.channel and d.category = c.category
      returning d.user_id, d.channel, d.category, d.due_at, d.cadence_at
    ),
    marked as (
      insert into digest_marks (workspace_id, user_id, channel, category, at)
      select ${workspaceId}, user_id, channel, category, due_at from closed where due_at = cadence_at
      on conflict (workspace_id, user_id, channel, category) do update set at = excluded.at
    ),
    taken as (
      delete from digest_items i using closing c
      where i.workspace_id = ${workspaceId} and i.user_id = c.user_id and i.channel = c.channel and i.category = c.category
      returning i.message_id, i.message_created_at, i.priority, i.position, i.item, c.digest_id, c.user_id, c.channel, c.category
    ),
    joined as (
      update messages m set digest_id = t.digest_id, due_at = null
      from taken t
      where m.workspace_id = ${workspaceId} and m.id = t.message_id and m.created_at = t.message_created_at
    ),
    placed as (
      select *, row_number() over (partition by digest_id order by priority desc, position) as place from taken
    )
    select digest_id, user_id, channel, category, count(*)::int as total, max(priority)::int as priority,
           json_agg(json_build_object('id', message_id, 'item', item) order by place) filter (where place <= ${shown}) as items
    from placed
    group by 1, 2, 3, 4`);
}

/** When these users last had a digest because it was time for it. */
export function lastDigests(
  tx: Transaction,
  workspaceId: string,
  userIds: readonly string[],
): Promise<(DigestKey & { at: Date })[]> {
  return tx.rows(sql`
    select user_id, channel, category, at from digest_marks
    where workspace_id = ${workspaceId} and user_id = any(${userIds}::text[])`);
}
