import type { StreamDelivery } from '@pulsestack/core';
import { type Audit, type AuditRecord, parseCursor } from 'pushstream';
import { formatCursor } from '../../kernel/cursor.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';

const WRITE_MS = 1000;
const MAX_WAITING = 50_000;

/** Writes down who was handed which part of the log, in batches and off the path of events. */
export interface Deliveries extends Audit {
  flush(): Promise<void>;
}

export function createDeliveries(runtime: Runtime, workspaceId: string): Deliveries {
  let waiting: AuditRecord[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      await runtime.db.inWorkspace(workspaceId, (tx) => insert(tx, workspaceId, batch));
    } catch (error) {
      runtime.log.warn({ err: error, workspaceId }, 'who received what could not be written down; it is tried again');
      waiting = [...batch, ...waiting].slice(-MAX_WAITING);
    }
  }

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  };

  return {
    flush,
    record(records) {
      for (const one of records) waiting.push(one);
      timer ??= setTimeout(() => void flush(), WRITE_MS);
      timer.unref();
    },
  };
}

async function insert(tx: Transaction, workspaceId: string, records: readonly AuditRecord[]): Promise<void> {
  const rows = records.flatMap((record) => {
    const upTo = parseCursor(record.upTo);
    if (!upTo) return [];
    const handed = record.kind === 'handed' ? record : null;
    const after = handed ? parseCursor(handed.after) : null;
    const [user, client] = namesOf(record);
    return [
      {
        kind: record.kind,
        at: new Date(record.at),
        user,
        client,
        connection: handed?.connection ?? null,
        streams: handed?.streams ?? null,
        filter: handed?.filter ?? null,
        epoch: upTo.epoch,
        after: after?.seq ?? 0,
        upTo: upTo.seq,
      },
    ];
  });
  await tx.run(sql`
    insert into stream_deliveries (workspace_id, at, kind, user_id, client, connection, streams, filter, epoch, after_seq, upto_seq)
    select ${workspaceId}, at, kind, "user", client, connection, streams, filter, epoch, after, "upTo"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (
      at timestamptz, kind text, "user" text, client text, connection text, streams text[], filter jsonb, epoch text,
      after bigint, "upTo" bigint)`);
}

function namesOf(record: AuditRecord): [string | null, string | null] {
  if (record.kind === 'handed') return [record.meta.user ?? null, record.client?.split('/')[1] ?? null];
  const [user = null, client = null] = record.client.split('/');
  return [user, client];
}

interface DeliveryRow {
  user_id: string | null;
  client: string | null;
  connection: string | null;
  kind: 'handed' | 'acknowledged';
  epoch: string;
  after_seq: number;
  upto_seq: number;
  at: Date;
  id: number;
}

/** Stretches that hold this position of the log; `handed` ones only when they read the stream of its event. */
export function deliveriesOf(
  tx: Transaction,
  workspaceId: string,
  event: { epoch: string; seq: number; stream: string },
  { after, limit }: { after: number; limit: number },
): Promise<DeliveryRow[]> {
  return tx.rows(sql`
    select user_id, client, connection, kind, epoch, after_seq, upto_seq, at, id
    from stream_deliveries
    where workspace_id = ${workspaceId} and upto_seq >= ${event.seq} and after_seq < ${event.seq} and epoch = ${event.epoch}
      and (kind = 'acknowledged' or ${event.stream} = any (streams)) and id > ${after}
    order by id
    limit ${limit}`);
}

/** What a user was handed and has acknowledged, the newest first. */
export function deliveriesTo(
  tx: Transaction,
  workspaceId: string,
  userId: string,
  { before, limit }: { before: number; limit: number },
): Promise<DeliveryRow[]> {
  return tx.rows(sql`
    select user_id, client, connection, kind, epoch, after_seq, upto_seq, at, id
    from stream_deliveries
    where workspace_id = ${workspaceId} and user_id = ${userId} and id < ${before}
    order by id desc
    limit ${limit}`);
}

export function toDelivery(row: DeliveryRow): StreamDelivery {
  return {
    userId: row.user_id,
    client: row.client,
    connection: row.connection,
    kind: row.kind,
    after: formatCursor(row.epoch, row.after_seq),
    upTo: formatCursor(row.epoch, row.upto_seq),
    at: row.at.toISOString(),
  };
}
