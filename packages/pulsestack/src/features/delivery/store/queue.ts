import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface Waiting {
  message_id: string;
  created_at: Date;
  kind: 'send' | 'hold';
  rank: number;
  due_at: Date;
}

/** Lets messages wait for their turn, or for their time. */
export async function addWaiting(tx: Transaction, workspaceId: string, waiting: readonly Waiting[]): Promise<void> {
  if (waiting.length === 0) return;
  await tx.run(sql`
    insert into deliveries (workspace_id, message_id, created_at, kind, rank, due_at)
    select ${workspaceId}, message_id, created_at, kind, rank, due_at
    from json_to_recordset(${JSON.stringify(waiting)}::json) as w (
      message_id text, created_at timestamptz, kind text, rank smallint, due_at timestamptz)
    on conflict (workspace_id, message_id) do update
    set kind = excluded.kind, rank = excluded.rank, due_at = excluded.due_at, lease = null`);
}

export async function removeWaiting(tx: Transaction, workspaceId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.run(sql`delete from deliveries where workspace_id = ${workspaceId} and message_id = any(${ids}::text[])`);
}
