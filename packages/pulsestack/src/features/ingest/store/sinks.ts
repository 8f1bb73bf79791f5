import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface SinkRow {
  workspace_id: string;
  id: string;
  name: string;
  topic: string;
  events: string[];
  active: boolean;
  created_at: Date;
  updated_at: Date;
  sent: number;
  lag: number;
  last_at: Date | null;
  last_error: string | null;
}

/** Makes a sink that begins with what is announced from now on. */
export async function insertSink(
  tx: Transaction,
  workspaceId: string,
  row: Pick<SinkRow, 'id' | 'name' | 'topic' | 'events' | 'active'>,
  now: Date,
): Promise<void> {
  await tx.run(sql`
    insert into event_sinks (workspace_id, id, name, topic, events, active, created_at, updated_at)
    values (${workspaceId}, ${row.id}, ${row.name}, ${row.topic}, ${row.events}::text[], ${row.active}, ${now}, ${now})`);
  await tx.run(sql`
    insert into bus_positions (workspace_id, sink, epoch, seq)
    select workspace_id, ${row.id}, epoch, head from log_heads where workspace_id = ${workspaceId}`);
}

export function listSinks(
  tx: Transaction,
  workspaceId: string,
  options: { id: string | null; after: string; limit: number },
): Promise<SinkRow[]> {
  return tx.rows(sql`
    select sink.*, position.sent, position.last_at, position.last_error, greatest(0, head.head - position.seq) as lag
    from event_sinks sink
    join bus_positions position on position.workspace_id = sink.workspace_id and position.sink = sink.id
    join log_heads head on head.workspace_id = sink.workspace_id
    where sink.workspace_id = ${workspaceId} and sink.id > ${options.after}
      and (${options.id}::text is null or sink.id = ${options.id})
    order by sink.id
    limit ${options.limit}`);
}

export async function writeSink(
  tx: Transaction,
  workspaceId: string,
  row: Pick<SinkRow, 'id' | 'name' | 'events' | 'active'>,
  now: Date,
): Promise<void> {
  await tx.run(sql`
    update event_sinks set name = ${row.name}, events = ${row.events}::text[], active = ${row.active}, updated_at = ${now}
    where workspace_id = ${workspaceId} and id = ${row.id}`);
}

export async function deleteSink(tx: Transaction, workspaceId: string, id: string): Promise<boolean> {
  await tx.run(sql`delete from bus_positions where workspace_id = ${workspaceId} and sink = ${id}`);
  return (await tx.run(sql`delete from event_sinks where workspace_id = ${workspaceId} and id = ${id}`)) === 1;
}
