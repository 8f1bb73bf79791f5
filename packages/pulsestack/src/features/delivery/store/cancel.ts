import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { MessageRow } from './messages.ts';

/**
 * Cancels messages that wait. What a worker holds at this moment is being handed over, so it stays as it is; locking its row
 * of the queue first makes sure that nobody takes it in between.
 */
export async function cancelWaiting(
  tx: Transaction,
  workspaceId: string,
  where: { runIds?: readonly string[]; ids?: readonly string[] },
  now: Date,
): Promise<MessageRow[]> {
  const { runIds = [], ids = [] } = where;
  return tx.rows(sql`
    with named as materialized (
      select id, created_at, state from messages
      where workspace_id = ${workspaceId} and state in ('queued', 'held', 'digested') and digest_id is null
        and (id = any(${ids}::text[]) or run_id = any(${runIds}::text[]))
    ),
    waiting as materialized (
      select d.message_id from deliveries d
      where d.workspace_id = ${workspaceId} and d.message_id in (select id from named) and (d.lease is null or d.due_at <= ${now})
      order by d.message_id
      for update
    ),
    unqueued as (
      delete from deliveries where workspace_id = ${workspaceId} and message_id in (select message_id from waiting)
      returning message_id as id
    ),
    undigested as (
      delete from digest_items where workspace_id = ${workspaceId} and message_id in (select id from named)
      returning message_id as id
    )
    update messages m
    set state = 'cancelled', reason = 'message.cancelled', sentence = 'It was cancelled.', due_at = null
    from named
    where m.workspace_id = ${workspaceId} and m.id = named.id and m.created_at = named.created_at
      and named.id in (select id from unqueued union all select id from undigested)
    returning m.*`);
}
