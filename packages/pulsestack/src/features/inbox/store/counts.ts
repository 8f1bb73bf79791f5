import type { OwnCounts } from '@pulsestack/core';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

/** One category of one inbox; category '' is all of them together. */
export interface CountRow {
  category: string;
  unread: number;
  unseen: number;
  handled: number;
  version: number;
  /** Live broadcasts since the user joined. */
  live: number;
  joined_after: number | null;
  /** The number of the last broadcast, live or not. */
  last_broadcast: number;
  epoch: string;
  head: number;
}

/**
 * All counts of an inbox in one statement and thus of one moment. Live broadcasts are a difference of two ordinals;
 * the categories of broadcasts are found by skipping through their index, never by reading it whole.
 */
export function readCounts(tx: Transaction, workspaceId: string, userId: string): Promise<CountRow[]> {
  return tx.rows(sql`
    with recursive reader as materialized (
      select coalesce(h.epoch, 'unknown') as epoch, coalesce(h.head, 0) as head, u.joined_after, coalesce(b.seq, 0) as last_broadcast
      from (select 1) as one
      left join log_heads h on h.workspace_id = ${workspaceId}
      left join users u on u.workspace_id = ${workspaceId} and u.id = ${userId}
      left join broadcast_heads b on b.workspace_id = ${workspaceId}
    ),
    categories as (
      (select category from broadcasts where workspace_id = ${workspaceId} order by category limit 1)
      union all
      select (select b.category from broadcasts b where b.workspace_id = ${workspaceId} and b.category > c.category order by b.category limit 1)
      from categories c
      where c.category is not null
    ),
    live as (
      select '' as category,
             coalesce((select ordinal from broadcasts where workspace_id = ${workspaceId} order by seq desc limit 1), 0)
             - coalesce((select ordinal from broadcasts where workspace_id = ${workspaceId} and seq <= reader.joined_after order by seq desc limit 1), 0) as live
      from reader
      union all
      select c.category,
             (select category_ordinal from broadcasts where workspace_id = ${workspaceId} and category = c.category order by seq desc limit 1)
             - coalesce((select category_ordinal from broadcasts
                         where workspace_id = ${workspaceId} and category = c.category and seq <= reader.joined_after order by seq desc limit 1), 0)
      from categories c, reader
      where c.category is not null
    ),
    own as (
      select category, unread, unseen, handled, version from inbox_counters where workspace_id = ${workspaceId} and user_id = ${userId}
    )
    select coalesce(live.category, own.category) as category, coalesce(own.unread, 0) as unread, coalesce(own.unseen, 0) as unseen,
           coalesce(own.handled, 0) as handled, coalesce(own.version, 0) as version, coalesce(live.live, 0) as live,
           reader.joined_after, reader.last_broadcast, reader.epoch, reader.head
    from (live full join own on own.category = live.category), reader
    order by 1`);
}

export async function readOwn(tx: Transaction, workspaceId: string, userId: string): Promise<OwnCounts> {
  const own = await tx.find<OwnCounts>(sql`
    select unread, unseen, handled, version from inbox_counters
    where workspace_id = ${workspaceId} and user_id = ${userId} and category = ''`);
  return own ?? { unread: 0, unseen: 0, handled: 0, version: 0 };
}
