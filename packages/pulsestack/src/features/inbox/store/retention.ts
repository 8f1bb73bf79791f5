import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface OldNotification {
  id: string;
  broadcast: number | null;
  correlation_id: string;
}

export function oldestBefore(
  tx: Transaction,
  workspaceId: string,
  firstKept: string,
): Promise<OldNotification | undefined> {
  return tx.find(sql`
    select id, broadcast, correlation_id
    from notifications
    where workspace_id = ${workspaceId} and id < ${firstKept}
    order by id
    limit 1
    for update skip locked`);
}

/** Deletes receipts that no inbox counts any more; returns how many. */
export function deleteReceipts(
  tx: Transaction,
  workspaceId: string,
  notificationId: string,
  limit: number,
): Promise<number> {
  return tx.run(sql`
    delete from receipts
    where ctid = any (array(
      select ctid from receipts
      where workspace_id = ${workspaceId} and notification_id = ${notificationId} and withdrawn_at is not null
      limit ${limit}))`);
}

export function deleteNotification(tx: Transaction, workspaceId: string, id: string): Promise<number> {
  return tx.run(sql`delete from notifications where workspace_id = ${workspaceId} and id = ${id}`);
}
