import { part, sql, unsafe } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { UserChange } from '../rules.ts';
import {
  type ChangedRow,
  change,
  columnsTouchedBy,
  nextOf,
  nextOfUndo,
  nextOfWake,
  nextOfWithdrawal,
  RECEIPT,
  untouchedReceipt,
} from './change.ts';
import { BRANCHES, fits, type InboxFilter, onReceipts, showsUntouched } from './feed.ts';

/**
 * Holds the user until the commit, so that two tabs never make the receipt of one broadcast at the same time.
 * Returns the last broadcast before this user joined; undefined when the user is not known yet.
 */
export async function lockReader(tx: Transaction, workspaceId: string, userId: string): Promise<number | undefined> {
  const row = await tx.find<{ joined_after: number }>(sql`
    select joined_after from users where workspace_id = ${workspaceId} and id = ${userId} for no key update`);
  return row?.joined_after;
}

export interface Marking {
  workspaceId: string;
  userId: string;
  joinedAfter: number;
  change: UserChange;
  now: Date;
  until?: Date | undefined;
  undoId: string;
}

/** Changes named items of one inbox. Broadcasts among them are held, so a retraction waits for this. */
export function markNamed(
  tx: Transaction,
  marking: Marking,
  ids: readonly string[],
  action?: { id: string; at: string; result: unknown },
): Promise<ChangedRow[]> {
  const { workspaceId, userId, joinedAfter, now } = marking;
  const next = nextOf(marking.change, now, marking.until);
  return change(
    tx,
    part`
      with touched as materialized (
        select ${RECEIPT}, true as stored
        from receipts r
        where r.workspace_id = ${workspaceId} and r.user_id = ${userId} and r.notification_id = any(${ids}::text[]) and r.deleted_at is null
        for update
      ),
      untouched as materialized (
        select ${untouchedReceipt(userId)}, false as stored
        from broadcasts b
        where b.workspace_id = ${workspaceId} and b.seq > ${joinedAfter}::bigint and b.notification_id = any(${ids}::text[])
          and (select r.user_id from receipts r
               where r.workspace_id = ${workspaceId} and r.user_id = ${userId} and r.notification_id = b.notification_id) is null
        for key share
      )
      select ${COLUMNS_OF_RECEIPT} from touched union all select ${COLUMNS_OF_RECEIPT} from untouched`,
    action ? { ...next, action: part`coalesce(b.action, ${JSON.stringify(action)}::jsonb)` } : next,
    { id: marking.undoId, change: marking.change, now },
  );
}

// In the order of RECEIPT; a union goes by position.
const COLUMNS_IN_ORDER =
  'workspace_id, user_id, notification_id, type, category, priority, broadcast, feed_at, seen_at, read_at, archived_at, snoozed_until, deleted_at, withdrawn_at, action, stored';
const COLUMNS_OF_RECEIPT = unsafe(COLUMNS_IN_ORDER);

const WOULD_CHANGE: Record<UserChange, string> = {
  seen: 'r.seen_at is null',
  read: 'r.read_at is null',
  unread: 'r.read_at is not null',
  archive: 'r.archived_at is null',
  unarchive: 'r.archived_at is not null',
  delete: 'r.deleted_at is null',
  snooze: 'r.snoozed_until is null',
  unsnooze: 'r.snoozed_until is not null',
};

// What a broadcast nobody touched can become; the others would leave it as it is.
const CHANGES_UNTOUCHED: ReadonlySet<UserChange> = new Set(['seen', 'read', 'archive', 'delete']);

/** Changes the newest items that fit a filter, at most `limit` of them. */
export function markFitting(
  tx: Transaction,
  marking: Marking,
  filter: InboxFilter,
  limit: number,
): Promise<ChangedRow[]> {
  const { workspaceId, userId, joinedAfter, change: kind, now } = marking;
  const sources = BRANCHES[filter.state].map(
    (condition) => part`(
        select ${RECEIPT}, true as stored
        from receipts r
        where r.workspace_id = ${workspaceId} and r.user_id = ${userId} and ${unsafe(onReceipts(condition))}
          and ${unsafe(WOULD_CHANGE[kind])} and ${fits(filter, 'r')}
        order by r.feed_at desc, r.notification_id desc
        limit ${limit}
        for update
      )`,
  );
  if (showsUntouched(filter.state) && CHANGES_UNTOUCHED.has(kind)) {
    sources.push(part`(
        select ${untouchedReceipt(userId)}, false as stored
        from broadcasts b
        where b.workspace_id = ${workspaceId} and b.seq > ${joinedAfter}::bigint and ${fits(filter, 'b')}
          and (select r.user_id from receipts r
               where r.workspace_id = ${workspaceId} and r.user_id = ${userId} and r.notification_id = b.notification_id) is null
        order by b.seq desc
        limit ${limit}
        for key share
      )`);
  }
  // Locks belong to a query of its own each, so every source is named before they are put together.
  const names = sources.map((_, i) => `source_${i}`);
  const named = sources
    .map((source, i) => part`${unsafe(names[i] ?? '')} as materialized ${source}`)
    .reduce((all, one) => part`${all}, ${one}`);
  const together = names.map((name) => `select ${COLUMNS_IN_ORDER} from ${name}`).join(' union all ');
  return change(tx, part`with ${named} ${unsafe(together)}`, nextOf(kind, now, marking.until), {
    id: marking.undoId,
    change: kind,
    now,
  });
}

/** Takes the note of a change out; each can be used once, within the hour. */
export function takeUndo(
  tx: Transaction,
  workspaceId: string,
  userId: string,
  id: string,
  notBefore: Date,
): Promise<{ mark: UserChange; before: unknown } | undefined> {
  return tx.find(sql`
    delete from inbox_undos
    where workspace_id = ${workspaceId} and id = ${id} and user_id = ${userId} and created_at > ${notBefore}
    returning mark, before`);
}

/** Puts back what a change has touched, except on what was withdrawn, or deleted otherwise, since. */
export function restore(
  tx: Transaction,
  workspaceId: string,
  userId: string,
  mark: UserChange,
  before: unknown,
): Promise<ChangedRow[]> {
  const columns = columnsTouchedBy(mark);
  return change(
    tx,
    part`
      select ${RECEIPT}, true as stored, ${unsafe(columns.map((column) => `s.${column} as saved_${column}`).join(', '))}
      from jsonb_to_recordset(${JSON.stringify(before)}::jsonb) as s (id text, ${unsafe(columns.map((column) => `${column} timestamptz`).join(', '))})
      join receipts r on r.workspace_id = ${workspaceId} and r.user_id = ${userId} and r.notification_id = s.id
      where r.withdrawn_at is null ${unsafe(mark === 'delete' ? '' : 'and r.deleted_at is null')}
      for update of r`,
    nextOfUndo(mark),
  );
}

/** Wakes what was snoozed until now, of all workspaces; what another process holds is its work. */
export function wake(tx: Transaction, now: Date, limit: number): Promise<ChangedRow[]> {
  return change(
    tx,
    part`
      select ${RECEIPT}, true as stored
      from receipts r
      where r.snoozed_until <= ${now}::timestamptz and r.snoozed_until is not null and r.deleted_at is null
      order by r.snoozed_until
      limit ${limit}
      for update skip locked`,
    nextOfWake(now),
  );
}

/** Takes a notification out of the inboxes it is in, a page of users at a time, or all of them without a limit. */
export function withdraw(
  tx: Transaction,
  workspaceId: string,
  notificationId: string,
  now: Date,
  limit: number | null,
): Promise<ChangedRow[]> {
  return change(
    tx,
    part`
      select ${RECEIPT}, true as stored
      from receipts r
      where r.workspace_id = ${workspaceId} and r.notification_id = ${notificationId} and r.withdrawn_at is null
      order by r.user_id
      limit ${limit}
      for update`,
    nextOfWithdrawal(now),
  );
}

/** Takes the unread items out that newer ones with the same collapse key replace. */
export function withdrawCollapsed(
  tx: Transaction,
  workspaceId: string,
  replaced: { users: readonly string[]; keys: readonly string[] },
  except: string | null,
  now: Date,
): Promise<ChangedRow[]> {
  return change(
    tx,
    part`
      select ${RECEIPT}, true as stored
      from unnest(${replaced.users}::text[], ${replaced.keys}::text[]) as k (user_id, collapse_key)
      join receipts r on r.workspace_id = ${workspaceId} and r.user_id = k.user_id and r.collapse_key = k.collapse_key
      where r.read_at is null and r.archived_at is null and r.deleted_at is null and r.snoozed_until is null
        and r.notification_id is distinct from ${except}
      for update of r`,
    nextOfWithdrawal(now),
  );
}

/** Forgets what can no longer be taken back. */
export function forgetUndos(tx: Transaction, before: Date): Promise<number> {
  return tx.run(sql`delete from inbox_undos where created_at <= ${before}`);
}
