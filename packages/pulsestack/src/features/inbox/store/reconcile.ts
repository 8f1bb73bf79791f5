import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

/** A counter that differs from what the receipts say. */
export interface Drift {
  user_id: string;
  category: string;
  unread: number;
  unseen: number;
  handled: number;
  counted_unread: number;
  counted_unseen: number;
  counted_handled: number;
}

export function nextUsers(
  tx: Transaction,
  workspaceId: string,
  after: string,
  limit: number,
): Promise<{ id: string }[]> {
  return tx.rows(
    sql`select id from users where workspace_id = ${workspaceId} and id > ${after} order by id limit ${limit}`,
  );
}

export function allWorkspaces(tx: Transaction): Promise<{ workspace_id: string }[]> {
  return tx.rows(sql`select workspace_id from workspaces order by workspace_id`);
}

/** Holds the counters of these users, in the order everybody takes them, so that counting and mending are of one moment. */
export async function lockCounters(tx: Transaction, workspaceId: string, users: readonly string[]): Promise<void> {
  await tx.run(sql`
    select version from inbox_counters
    where workspace_id = ${workspaceId} and user_id = any(${users}::text[])
    order by user_id, category
    for update`);
}

/** Counts the receipts of these users, or of all, and returns every counter that says otherwise. The three parts are the ranges of three indexes. */
export function findDrift(tx: Transaction, workspaceId: string, users: readonly string[] | null): Promise<Drift[]> {
  return tx.rows(sql`
    with counted as (
      select user_id, coalesce(category, '') as category,
             count(*) filter (where read_at is null and archived_at is null and deleted_at is null and snoozed_until is null)::int as unread,
             count(*) filter (where seen_at is null and archived_at is null and deleted_at is null and snoozed_until is null)::int as unseen,
             count(*) filter (where broadcast is not null and withdrawn_at is null)::int as handled
      from (
        select * from receipts
        where workspace_id = ${workspaceId} and (${users}::text[] is null or user_id = any(${users}::text[]))
          and archived_at is null and deleted_at is null and snoozed_until is null
        union all
        select * from receipts
        where workspace_id = ${workspaceId} and (${users}::text[] is null or user_id = any(${users}::text[]))
          and (archived_at is not null or snoozed_until is not null) and deleted_at is null
        union all
        select * from receipts
        where workspace_id = ${workspaceId} and (${users}::text[] is null or user_id = any(${users}::text[]))
          and deleted_at is not null
      ) as everything
      group by grouping sets ((user_id, category), (user_id))
    ),
    kept as (
      select user_id, category, unread, unseen, handled from inbox_counters
      where workspace_id = ${workspaceId} and (${users}::text[] is null or user_id = any(${users}::text[]))
    )
    select user_id, category,
           coalesce(kept.unread, 0) as unread, coalesce(kept.unseen, 0) as unseen, coalesce(kept.handled, 0) as handled,
           coalesce(counted.unread, 0) as counted_unread, coalesce(counted.unseen, 0) as counted_unseen, coalesce(counted.handled, 0) as counted_handled
    from kept full join counted using (user_id, category)
    where (coalesce(kept.unread, 0), coalesce(kept.unseen, 0), coalesce(kept.handled, 0))
       <> (coalesce(counted.unread, 0), coalesce(counted.unseen, 0), coalesce(counted.handled, 0))
    order by user_id, category`);
}

export async function mend(tx: Transaction, workspaceId: string, drift: readonly Drift[]): Promise<void> {
  await tx.run(sql`
    insert into inbox_counters as c (workspace_id, user_id, category, unread, unseen, handled, version)
    select ${workspaceId}, user_id, category, counted_unread, counted_unseen, counted_handled, 1
    from jsonb_to_recordset(${JSON.stringify(drift)}::jsonb)
      as d (user_id text, category text, counted_unread int, counted_unseen int, counted_handled int)
    order by user_id, category
    on conflict (workspace_id, user_id, category) do update
    set unread = excluded.unread, unseen = excluded.unseen, handled = excluded.handled, version = c.version + 1`);
}
