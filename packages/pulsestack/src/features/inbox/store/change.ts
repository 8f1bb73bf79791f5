import { type Part, part, sql, unsafe } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import { TOUCHES, type UserChange } from '../rules.ts';

/** One receipt that has changed, with the state it has now and its user's own counts after the whole change. */
export interface ChangedRow {
  workspace_id: string;
  user_id: string;
  notification_id: string;
  category: string;
  broadcast: number | null;
  feed_at: Date;
  seen_at: Date | null;
  read_at: Date | null;
  archived_at: Date | null;
  snoozed_until: Date | null;
  deleted_at: Date | null;
  withdrawn_at: Date | null;
  action: { id: string; at: string; result: never } | null;
  was_deleted: boolean;
  seen_delta: number;
  read_delta: number;
  own_unread: number;
  own_unseen: number;
  own_handled: number;
  own_version: number;
}

// The same rules as isUnread and isUnseen in rules.ts; the property test holds the two against each other.
const ACTIVE = 'archived_at is null and deleted_at is null and snoozed_until is null';
const unread = (prefix: string) => `(${prefix}read_at is null and ${prefixed(prefix)})`;
const unseen = (prefix: string) => `(${prefix}seen_at is null and ${prefixed(prefix)})`;
const prefixed = (prefix: string) => ACTIVE.replaceAll(/(archived_at|deleted_at|snoozed_until)/g, `${prefix}$1`);

type Column =
  | 'feed_at'
  | 'seen_at'
  | 'read_at'
  | 'archived_at'
  | 'snoozed_until'
  | 'deleted_at'
  | 'withdrawn_at'
  | 'action';
const COLUMNS: readonly Column[] = [
  'feed_at',
  'seen_at',
  'read_at',
  'archived_at',
  'snoozed_until',
  'deleted_at',
  'withdrawn_at',
  'action',
];

/** Columns that get another value; the others keep theirs. */
export type Next = Partial<Record<Column, Part>>;

/** The columns every selection of `change` delivers. */
export const RECEIPT = unsafe(
  ['workspace_id', 'user_id', 'notification_id', 'type', 'category', 'priority', 'broadcast', ...COLUMNS]
    .map((column) => `r.${column}`)
    .join(', '),
);

/** A broadcast as the receipt it would be, had the user touched it. */
export const untouchedReceipt = (userId: string): Part => part`
  b.workspace_id, ${userId}::text as user_id, b.notification_id, b.type, b.category, b.priority, b.seq as broadcast,
  b.feed_at, null::timestamptz as seen_at, null::timestamptz as read_at, null::timestamptz as archived_at,
  null::timestamptz as snoozed_until, null::timestamptz as deleted_at, null::timestamptz as withdrawn_at, null::jsonb as action`;

const coalesced = (column: Column, now: Date): Part => part`coalesce(${unsafe(column)}, ${now}::timestamptz)`;
const nothing = part`null::timestamptz`;

/** What each change of a user does, as SQL; rules.ts says the same in words of the program. */
export function nextOf(change: UserChange, now: Date, until?: Date): Next {
  switch (change) {
    case 'seen':
      return { seen_at: coalesced('seen_at', now) };
    case 'read':
      return { seen_at: coalesced('seen_at', now), read_at: coalesced('read_at', now) };
    case 'unread':
      return { read_at: nothing };
    case 'archive':
      return { archived_at: coalesced('archived_at', now), snoozed_until: nothing };
    case 'unarchive':
      return { archived_at: nothing };
    case 'delete':
      return { deleted_at: coalesced('deleted_at', now) };
    case 'snooze':
      return { snoozed_until: part`${until}::timestamptz`, archived_at: nothing };
    case 'unsnooze':
      return { snoozed_until: nothing };
  }
}

export function nextOfWake(now: Date): Next {
  return { feed_at: part`${now}::timestamptz`, seen_at: nothing, read_at: nothing, snoozed_until: nothing };
}

export function nextOfWithdrawal(now: Date): Next {
  return { deleted_at: coalesced('deleted_at', now), withdrawn_at: coalesced('withdrawn_at', now) };
}

/** Puts back the saved values of what the change may have touched; the selection joins them as `saved_<column>`. */
export function nextOfUndo(change: UserChange): Next {
  return Object.fromEntries(
    TOUCHES[change].map((field) => [COLUMN_OF[field], part`${unsafe(`saved_${COLUMN_OF[field]}`)}`]),
  );
}

const COLUMN_OF = {
  seenAt: 'seen_at',
  readAt: 'read_at',
  archivedAt: 'archived_at',
  snoozedUntil: 'snoozed_until',
  deletedAt: 'deleted_at',
} as const;

/** The column a field of the rules is kept in, for those a user can change. */
export function columnsTouchedBy(change: UserChange): string[] {
  return TOUCHES[change].map((field) => COLUMN_OF[field]);
}

/**
 * Changes receipts and their users' counters in one statement. `selection` locks and delivers the receipts as they are
 * (columns RECEIPT and `stored`); a broadcast without a receipt gets one (`stored` false). What does not change is not touched.
 * Counters are written in order of user and category, so that two changes never wait for each other in a circle.
 */
export function change(
  tx: Transaction,
  selection: Part,
  next: Next,
  undo?: { id: string; change: UserChange; now: Date },
): Promise<ChangedRow[]> {
  const value = (column: Column): Part => part`${next[column] ?? unsafe(`b.${column}`)} as ${unsafe(`new_${column}`)}`;
  const [first, ...others] = COLUMNS.map(value);
  const values = others.reduce((all, one) => part`${all}, ${one}`, part`${first}`);
  const keep = undo
    ? part`, kept as (
        insert into inbox_undos (workspace_id, id, user_id, mark, before, created_at)
        select min(workspace_id), ${undo.id}, min(user_id), ${undo.change},
               jsonb_agg(jsonb_build_object('id', notification_id, ${unsafe(saved(undo.change))})), ${undo.now}::timestamptz
        from moved
        having count(*) > 0
      )`
    : unsafe('');
  return tx.rows(sql`
    with before as materialized (${selection}),
    after as materialized (select b.*, ${values} from before b),
    moved as materialized (
      select *,
             ${unsafe(unread('new_'))}::int - (stored and ${unsafe(unread(''))})::int as unread_delta,
             ${unsafe(unseen('new_'))}::int - (stored and ${unsafe(unseen(''))})::int as unseen_delta,
             (broadcast is not null and new_withdrawn_at is null)::int
               - (broadcast is not null and stored and withdrawn_at is null)::int as handled_delta,
             (new_seen_at is not null)::int - (seen_at is not null)::int as seen_delta,
             (new_read_at is not null)::int - (read_at is not null)::int as read_delta
      from after
      where ${unsafe(COLUMNS.map((column) => `new_${column} is distinct from ${column}`).join(' or '))}
    ),
    updated as (
      update receipts r
      set ${unsafe(COLUMNS.map((column) => `${column} = m.new_${column}`).join(', '))}
      from moved m
      where m.stored and r.workspace_id = m.workspace_id and r.user_id = m.user_id and r.notification_id = m.notification_id
    ),
    inserted as (
      insert into receipts (workspace_id, user_id, notification_id, type, category, priority, broadcast, ${unsafe(COLUMNS.join(', '))})
      select workspace_id, user_id, notification_id, type, category, priority, broadcast, ${unsafe(COLUMNS.map((column) => `new_${column}`).join(', '))}
      from moved
      where not stored
    ),
    counted as (
      insert into inbox_counters as c (workspace_id, user_id, category, unread, unseen, handled, version)
      select workspace_id, user_id, category, unread, unseen, handled, 1
      from (
        select workspace_id, user_id, category, sum(unread_delta) as unread, sum(unseen_delta) as unseen, sum(handled_delta) as handled
        from moved group by 1, 2, 3
        union all
        select workspace_id, user_id, '', sum(unread_delta), sum(unseen_delta), sum(handled_delta) from moved group by 1, 2
      ) as delta
      order by workspace_id, user_id, category
      on conflict (workspace_id, user_id, category) do update
      set unread = c.unread + excluded.unread, unseen = c.unseen + excluded.unseen, handled = c.handled + excluded.handled, version = c.version + 1
      returning workspace_id, user_id, category, unread, unseen, handled, version
    )${keep}
    select m.workspace_id, m.user_id, m.notification_id, m.category, m.broadcast,
           ${unsafe(COLUMNS.map((column) => `m.new_${column} as ${column}`).join(', '))},
           m.deleted_at is not null as was_deleted, m.seen_delta, m.read_delta,
           o.unread as own_unread, o.unseen as own_unseen, o.handled as own_handled, o.version as own_version
    from moved m
    join counted o on o.workspace_id = m.workspace_id and o.user_id = m.user_id and o.category = ''`);
}

function saved(change: UserChange): string {
  return columnsTouchedBy(change)
    .map((column) => `'${column}', ${column}`)
    .join(', ');
}
