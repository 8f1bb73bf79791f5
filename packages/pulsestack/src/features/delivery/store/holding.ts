import { part, sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import { type Page, workspacesWithDue } from './due.ts';
import type { MessageRow } from './messages.ts';

export type HeldRow = MessageRow & { tries: number };

/** Which workspaces have messages whose waiting is over. */
export function workspacesWithDueHolds(tx: Transaction, now: Date, limit: number): Promise<string[]> {
  return workspacesWithDue(tx, { table: part`deliveries`, when: part`due_at`, only: part`kind = 'hold'` }, now, limit);
}

/** Messages whose waiting is over, locked until the commit; what another process releases is left to it. */
export function takeDueHolds(
  tx: Transaction,
  workspaceId: string,
  now: Date,
  { limit, failedBefore }: Page,
): Promise<HeldRow[]> {
  return tx.rows(sql`
    with due as materialized (
      select message_id, created_at, tries from deliveries
      where workspace_id = ${workspaceId} and kind = 'hold' and due_at <= ${now} and (tries > 0) = ${failedBefore}
      order by due_at, message_id
      limit ${limit}
      for update skip locked
    )
    select m.*, due.tries from due
    join messages m on m.workspace_id = ${workspaceId} and m.id = due.message_id and m.created_at = due.created_at
    order by m.id`);
}

/** Lets messages that could not be released wait on. */
export async function postponeHolds(
  tx: Transaction,
  workspaceId: string,
  ids: readonly string[],
  tryAt: Date,
): Promise<void> {
  await tx.run(sql`
    update deliveries set tries = tries + 1, due_at = ${tryAt}
    where workspace_id = ${workspaceId} and message_id = any(${ids}::text[]) and kind = 'hold'`);
}

/** What else waits for a place under the caps of these users, locked: they compete for what has become free. */
export function takeCapped(
  tx: Transaction,
  workspaceId: string,
  userIds: readonly string[],
  limit: number,
): Promise<MessageRow[]> {
  return tx.rows(sql`
    with waiting as materialized (
      select d.message_id, d.created_at
      from messages m
      join deliveries d on d.workspace_id = m.workspace_id and d.message_id = m.id
      where m.workspace_id = ${workspaceId} and m.user_id = any(${userIds}::text[]) and m.state = 'held'
        and m.reason in ('cap.user', 'cap.category', 'cap.workspace') and d.kind = 'hold' and d.tries = 0
      order by d.due_at
      limit ${limit}
      for update of d skip locked
    )
    select m.* from waiting
    join messages m on m.workspace_id = ${workspaceId} and m.id = waiting.message_id and m.created_at = waiting.created_at`);
}
