import type { StreamDelivery } from '@pulsestack/core';
import { type Audit, type AuditRecord, type Cursor, compileFilter, type Filter, parseCursor } from 'pushstream';
import { formatCursor } from '../../kernel/cursor.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { type Statement, sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import type { FoundEvent } from './store.ts';

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
    const after = record.after === null ? 0 : (parseCursor(record.after)?.seq ?? 0);
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
        after,
        upTo: upTo.seq,
        reach: reachOf(upTo.seq - after),
      },
    ];
  });
  await tx.run(sql`
    insert into stream_deliveries (workspace_id, at, kind, user_id, client, connection, streams, filter, epoch, after_seq, upto_seq, reach)
    select ${workspaceId}, at, kind, "user", client, connection, streams, filter, epoch, after, "upTo", reach
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (
      at timestamptz, kind text, "user" text, client text, connection text, streams text[], filter jsonb, epoch text,
      after bigint, "upTo" bigint, reach smallint)`);
}

const MAX_REACH = 13;

/** The least power of 4 that a stretch of so many positions fits in; beyond the greatest nothing is told apart. */
function reachOf(positions: number): number {
  let reach = 0;
  while (reach < MAX_REACH && 4 ** reach < positions) reach += 1;
  return reach;
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
  filter: Filter | null;
  epoch: string;
  after_seq: number;
  upto_seq: number;
  at: Date;
  id: number;
}

// The clocks of two processes may differ by as much.
const SKEW_MS = 3_600_000;

/** Who was handed an event, and who of them has acknowledged it, the earliest first. */
export async function deliveriesOf(
  tx: Transaction,
  workspaceId: string,
  at: Cursor,
  event: FoundEvent,
  { after, limit }: { after: number; limit: number },
): Promise<DeliveryRow[]> {
  const found: DeliveryRow[] = [];
  const { name, data, stream, tags } = event;
  const subject = { name, data, stream: stream ?? '', ...(tags ? { tags } : {}) };
  const passes = new Map<string, boolean>();
  const isFor = ({ filter }: DeliveryRow): boolean => {
    if (filter === null) return true;
    const key = JSON.stringify(filter);
    const known = passes.get(key) ?? compileFilter(filter)(subject);
    passes.set(key, known);
    return known;
  };
  // A stretch that was read through a filter may not have had it.
  for (let from = after; ; ) {
    const rows = await tx.rows<DeliveryRow>(stretchesWith(workspaceId, at, event, { after: from, limit }));
    found.push(...rows.filter(isFor));
    const last = rows.at(-1);
    if (found.length >= limit || rows.length < limit || !last) return found.slice(0, limit);
    from = last.id;
  }
}

/**
 * The stretches that hold a position: handed ones that read the stream of its event, and what their clients have said. Each
 * reach is looked through only as far as it goes, so that what is newer costs nothing.
 */
export function stretchesWith(
  workspaceId: string,
  { epoch, seq }: Cursor,
  event: Pick<FoundEvent, 'stream' | 'at'>,
  { after, limit }: { after: number; limit: number },
): Statement {
  const reaches = Array.from({ length: MAX_REACH + 1 }, (_, reach) => reach);
  const ends = reaches.map((reach) => (reach === MAX_REACH ? Number.MAX_SAFE_INTEGER : seq + 4 ** reach));
  return sql`
    with holding as materialized (
      select stretch.*
      from unnest(${reaches}::smallint[], ${ends}::bigint[]) as reaches (reach, before_seq)
      cross join lateral (
        select user_id, client, connection, kind, streams, filter, epoch, after_seq, upto_seq, at, id
        from stream_deliveries
        where workspace_id = ${workspaceId} and reach = reaches.reach
          and upto_seq >= ${seq} and upto_seq < reaches.before_seq and after_seq < ${seq} and epoch = ${epoch}
          and at >= ${new Date(event.at.getTime() - SKEW_MS)}
        -- Keeps it a search of its own for each reach; joined at once the planner would rather read everything that is newer.
        offset 0
      ) as stretch
    ),
    handed as (
      select * from holding where kind = 'handed' and ${event.stream ?? ''} = any (streams)
    )
    select user_id, client, connection, kind, filter, epoch, after_seq, upto_seq, at, id
    from (
      select * from handed
      union all
      select * from holding
      where kind = 'acknowledged' and (user_id, client) in (select user_id, client from handed where client is not null)
    ) as told
    where id > ${after}
    order by id
    limit ${limit}`;
}

/** What a user was handed and has acknowledged, the newest first. */
export function deliveriesTo(
  tx: Transaction,
  workspaceId: string,
  userId: string,
  { before, limit }: { before: number; limit: number },
): Promise<DeliveryRow[]> {
  return tx.rows(sql`
    select user_id, client, connection, kind, filter, epoch, after_seq, upto_seq, at, id
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
