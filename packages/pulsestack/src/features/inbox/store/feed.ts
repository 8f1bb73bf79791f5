import type { InboxState } from '@pulsestack/core';
import { type Part, part, sql, unsafe } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { ItemRow } from '../items.ts';

/** Where a reader stands: the log before the page is read, and whether there are broadcasts without a receipt at all. */
export interface Reader {
  epoch: string;
  head: number;
  /** Null when the user is not known yet. */
  joined_after: number | null;
  untouched: number;
}

export function findReader(tx: Transaction, workspaceId: string, userId: string): Promise<Reader> {
  return tx.get(sql`
    select coalesce(h.epoch, 'unknown') as epoch, coalesce(h.head, 0) as head, u.joined_after,
           coalesce((select ordinal from broadcasts where workspace_id = ${workspaceId} order by seq desc limit 1), 0)
           - coalesce((select ordinal from broadcasts where workspace_id = ${workspaceId} and seq <= u.joined_after order by seq desc limit 1), 0)
           - coalesce((select handled from inbox_counters where workspace_id = ${workspaceId} and user_id = ${userId} and category = ''), 0) as untouched
    from (select 1) as one
    left join log_heads h on h.workspace_id = ${workspaceId}
    left join users u on u.workspace_id = ${workspaceId} and u.id = ${userId}`);
}

export interface InboxFilter {
  state: InboxState;
  categories: string[] | null;
  types: string[] | null;
  priorities: number[] | null;
  from: Date | null;
  to: Date | null;
}

/** A place in the feed; the page begins right before it. */
export interface Place {
  at: Date;
  id: string;
}

const ACTIVE = 'archived_at is null and deleted_at is null and snoozed_until is null';
// These words are the predicate of the index receipts_aside; without them a page of the archive would be sorted.
const ASIDE = '(archived_at is not null or snoozed_until is not null) and deleted_at is null';

/** Which receipts a state shows: every branch is one range of one index. */
export const BRANCHES: Record<InboxState, readonly string[]> = {
  active: [ACTIVE],
  unread: [`${ACTIVE} and read_at is null`],
  read: [`${ACTIVE} and read_at is not null`],
  unseen: [`${ACTIVE} and seen_at is null`],
  archived: [`${ASIDE} and archived_at is not null`],
  snoozed: [`${ASIDE} and snoozed_until is not null and archived_at is null`],
  all: [ACTIVE, ASIDE],
};

/** The conditions of a branch on the table `r`. */
export function onReceipts(condition: string): string {
  return condition.replaceAll(/\b(\w+_at|snoozed_until)\b/g, 'r.$1');
}

/** A broadcast nobody touched is unread and unseen, so only these states show it. */
export function showsUntouched(state: InboxState): boolean {
  return state === 'active' || state === 'unread' || state === 'unseen' || state === 'all';
}

const isFiltered = (filter: InboxFilter) =>
  filter.categories !== null || filter.types !== null || filter.priorities !== null;

/** The conditions of a filter besides the state, for receipts and broadcasts alike. */
export function fits(filter: InboxFilter, table: 'r' | 'b'): Part {
  const at = unsafe(`${table}.feed_at`);
  const range = part`${at} >= coalesce(${filter.from}::timestamptz, '-infinity') and ${at} < coalesce(${filter.to}::timestamptz, 'infinity')`;
  if (!isFiltered(filter)) return range;
  return part`${range}
      and (${filter.categories}::text[] is null or ${unsafe(table)}.category = any(${filter.categories}::text[]))
      and (${filter.types}::text[] is null or ${unsafe(table)}.type = any(${filter.types}::text[]))
      and (${filter.priorities}::int[] is null or ${unsafe(table)}.priority = any(${filter.priorities}::int[]))`;
}

const CONTENT = unsafe('n.id, n.title, n.body, n.content, n.type, n.category, n.priority, n.actor, n.expires_at');

/**
 * The newest items before a place. Receipts come from one range of an index that holds everything a page is chosen by;
 * broadcasts without a receipt only as far back as a full page of receipts reaches. Content is then read by primary key.
 */
export function readPage(
  tx: Transaction,
  workspaceId: string,
  userId: string,
  reader: Reader,
  filter: InboxFilter,
  before: Place | undefined,
  limit: number,
): Promise<ItemRow[]> {
  return tx.rows(sql`
    with ${pageKeys(workspaceId, userId, reader, filter, before, limit)}
    select ${CONTENT}, n.broadcast, page.feed_at, r.seen_at, r.read_at, r.archived_at, r.snoozed_until, r.action
    from page
    join notifications n on n.workspace_id = ${workspaceId} and n.id = page.notification_id
    left join receipts r on r.workspace_id = ${workspaceId} and r.user_id = ${userId} and r.notification_id = page.notification_id
    order by page.feed_at desc, page.notification_id desc`);
}

/** The key page by itself, for the test that reads its plan. */
export function pageKeys(
  workspaceId: string,
  userId: string,
  reader: Reader,
  filter: InboxFilter,
  before: Place | undefined,
  limit: number,
): Part {
  const place = part`(coalesce(${before?.at ?? null}::timestamptz, 'infinity'), ${before?.id ?? ''}::text)`;
  const [first, ...others] = BRANCHES[filter.state].map(
    (condition) => part`(
        select r.notification_id, r.feed_at
        from receipts r
        where r.workspace_id = ${workspaceId} and r.user_id = ${userId} and ${unsafe(onReceipts(condition))}
          and (r.feed_at, r.notification_id) < ${place} and ${fits(filter, 'r')}
        order by r.feed_at desc, r.notification_id desc
        limit ${limit}
      )`,
  );
  const branches = others.reduce((all, one) => part`${all} union all ${one}`, part`${first}`);
  const mine = part`mine as materialized (
      select notification_id, feed_at from (${branches}) as either order by feed_at desc, notification_id desc limit ${limit}
    )`;
  if (reader.untouched <= 0 || !showsUntouched(filter.state)) {
    return part`${mine}, page as (select notification_id, feed_at from mine)`;
  }
  return part`${mine},
    theirs as materialized (
      select b.notification_id, b.feed_at
      from broadcasts b
      where b.workspace_id = ${workspaceId} and b.seq > ${reader.joined_after}::bigint
        and b.feed_at >= coalesce((select min(feed_at) from mine having count(*) >= ${limit}), '-infinity')
        and b.feed_at >= coalesce((select feed_at from broadcasts
                                   where workspace_id = ${workspaceId} and seq <= ${reader.joined_after}::bigint order by seq desc limit 1), '-infinity')
        and (b.feed_at, b.notification_id) < ${place} and ${fits(filter, 'b')}
        -- A scalar subquery, because the planner may turn "not exists" into a hash of all receipts.
        and (select r.user_id from receipts r
             where r.workspace_id = ${workspaceId} and r.user_id = ${userId} and r.notification_id = b.notification_id) is null
      order by b.feed_at desc, b.notification_id desc
      limit ${limit}
    ),
    page as (
      select notification_id, feed_at from (select * from mine union all select * from theirs) as both_kinds
      order by feed_at desc, notification_id desc
      limit ${limit}
    )`;
}

/** Like `readPage`, for items that contain words; the matches are marked in escaped text. */
export function searchPage(
  tx: Transaction,
  workspaceId: string,
  userId: string,
  words: string,
  filter: InboxFilter,
  before: Place | undefined,
  limit: number,
): Promise<ItemRow[]> {
  return tx.rows(sql`
    with page as materialized (
      select * from search_inbox(${userId}, ${words}, ${filter.state}, ${filter.categories}::text[], ${filter.types}::text[], ${filter.priorities}::int[],
                                 ${filter.from}::timestamptz, ${filter.to}::timestamptz, ${before?.at ?? null}::timestamptz, ${before?.id ?? ''}, ${limit})
    )
    select ${CONTENT}, n.broadcast, page.feed_at, r.seen_at, r.read_at, r.archived_at, r.snoozed_until, r.action,
           mark_words(n.title, ${words}, 'HighlightAll=true') as title_marked,
           mark_words(n.body, ${words}, 'MaxFragments=2, MaxWords=30, MinWords=10, FragmentDelimiter=" … "') as body_marked
    from page
    join notifications n on n.workspace_id = ${workspaceId} and n.id = page.notification_id
    left join receipts r on r.workspace_id = ${workspaceId} and r.user_id = ${userId} and r.notification_id = page.notification_id
    order by page.feed_at desc, page.notification_id desc`);
}

/** One item of an inbox, whatever its state; a deleted one is gone. */
export function findItem(
  tx: Transaction,
  workspaceId: string,
  userId: string,
  id: string,
): Promise<ItemRow | undefined> {
  return tx.find(sql`
    select ${CONTENT}, n.broadcast, coalesce(r.feed_at, b.feed_at) as feed_at, r.seen_at, r.read_at, r.archived_at, r.snoozed_until, r.action
    from notifications n
    left join receipts r on r.workspace_id = n.workspace_id and r.user_id = ${userId} and r.notification_id = n.id
    left join broadcasts b on b.workspace_id = n.workspace_id and b.seq = n.broadcast
      and b.seq > (select joined_after from users where workspace_id = ${workspaceId} and id = ${userId})
    where n.workspace_id = ${workspaceId} and n.id = ${id} and r.deleted_at is null and (r.user_id is not null or b.seq is not null)`);
}
