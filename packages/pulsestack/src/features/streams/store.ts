import { type LogEvent, type LogHead, parseCursor } from 'pushstream';
import type { NumberedEvent, OutboxRow, Tags } from '../../kernel/event.ts';
import { sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';

// The lock's number only has to be the same in every process.
const SEQUENCER_LOCK = 7_241_903_356;

/** Only one process numbers at a time; the others wait here for its commit. */
export async function lockSequencer(tx: Transaction): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(${SEQUENCER_LOCK})`);
}

/**
 * Moves up to `limit` announced facts from the outbox into the logs of their workspaces, in the order they were announced.
 * Transient facts only pass through: they are handed out and not kept.
 */
export async function sequence(
  tx: Transaction,
  now: Date,
  limit: number,
): Promise<{ taken: number; events: NumberedEvent[]; passing: OutboxRow[] }> {
  // By ctid, because an outbox that is always almost empty misleads the planner into reading all its dead rows.
  const rows = await tx.rows<{
    workspaceId: string;
    seq: number | null;
    stream: string | null;
    name: string;
    data: string;
    epoch: string | null;
    tags: Tags | null;
    about: string[] | null;
  }>(sql`
    with taken as materialized (
      delete from outbox
      where ctid = any (array(select ctid from outbox order by id limit ${limit}))
      returning workspace_id, id, name, stream, data, correlation_id, transient, tags, about
    ),
    numbered as (
      select taken.*, row_number() over (partition by workspace_id order by id) as position
      from taken
      where not transient
    ),
    heads as (
      update log_heads as head
      set head = head.head + counted.events
      from (select workspace_id, count(*) as events from numbered group by workspace_id) as counted
      where head.workspace_id = counted.workspace_id
      returning head.workspace_id, head.epoch, head.head - counted.events as base
    ),
    logged as (
      insert into log_events (workspace_id, seq, stream, name, data, correlation_id, created_at, tags, about)
      select numbered.workspace_id, heads.base + numbered.position, numbered.stream, numbered.name, numbered.data,
             numbered.correlation_id, ${now}, numbered.tags, numbered.about
      from numbered
      join heads using (workspace_id)
      returning workspace_id, seq, stream, name, data, tags, about
    )
    select logged.workspace_id as "workspaceId", logged.seq, logged.stream, logged.name, logged.data, heads.epoch, logged.tags, logged.about, null::bigint as id
    from logged
    join heads using (workspace_id)
    union all
    select taken.workspace_id, null, taken.stream, taken.name, taken.data, null, null, null, taken.id
    from taken
    where taken.transient
    order by 1, 2, 9`);
  const events: NumberedEvent[] = [];
  const passing: OutboxRow[] = [];
  for (const row of rows) {
    if (row.seq === null || row.epoch === null) passing.push(row);
    else {
      const { tags, about, ...fact } = row;
      events.push({
        ...fact,
        seq: row.seq,
        epoch: row.epoch,
        stream: row.stream ?? '',
        time: now.getTime(),
        ...(tags ? { tags } : {}),
        ...(about ? { about } : {}),
      });
    }
  }
  return { taken: rows.length, events, passing };
}

export async function readHead(tx: Transaction, workspaceId: string): Promise<LogHead | undefined> {
  return tx.find<LogHead>(sql`select epoch, head, oldest from log_heads where workspace_id = ${workspaceId}`);
}

export async function readHeads(
  tx: Transaction,
  workspaceIds: readonly string[],
): Promise<(LogHead & { workspaceId: string })[]> {
  return tx.rows(sql`
    select workspace_id as "workspaceId", epoch, head, oldest
    from log_heads
    where workspace_id = any (${workspaceIds}::text[])`);
}

export async function readEvents(
  tx: Transaction,
  workspaceId: string,
  after: number,
  limit: number,
): Promise<LogEvent[]> {
  const rows = await tx.rows<LogRow>(sql`
    select seq, stream, name, data, created_at, tags, about
    from log_events
    where workspace_id = ${workspaceId} and seq > ${after}
    order by seq
    limit ${limit}`);
  return rows.map(toLogEvent);
}

function toLogEvent(row: LogRow): LogEvent {
  return {
    seq: row.seq,
    stream: row.stream ?? '',
    name: row.name,
    data: row.data,
    time: row.created_at.getTime(),
    ...(row.tags ? { tags: row.tags } : {}),
    ...(row.about ? { about: row.about } : {}),
  };
}

interface LogRow {
  seq: number;
  stream: string | null;
  name: string;
  data: string;
  created_at: Date;
  tags: Tags | null;
  about: string[] | null;
}

export interface FoundEvent {
  stream: string | null;
  name: string;
  data: string;
  tags: Tags | null;
  about: string[] | null;
  at: Date;
}

/** The event at a cursor, or undefined when it is gone, was emptied, or belongs to another log. */
export async function findEvent(tx: Transaction, workspaceId: string, cursor: string): Promise<FoundEvent | undefined> {
  const at = parseCursor(cursor);
  if (!at) return undefined;
  return tx.find(sql`
    select event.stream, event.name, event.data, event.tags, event.about, event.created_at as at
    from log_events event
    join log_heads head on head.workspace_id = event.workspace_id and head.epoch = ${at.epoch}
    where event.workspace_id = ${workspaceId} and event.seq = ${at.seq} and event.name <> 'ps.erased'`);
}

// How far a search looks through events that do not match before it gives the page it has.
const SEARCHED = 20_000;

/** Events before a position, the newest first. `nextBefore` is where the next page begins, or null at the end. */
export async function searchEvents(
  tx: Transaction,
  workspaceId: string,
  query: { before: number; limit: number; stream: string | null; name: string | null; since: Date | null },
): Promise<{ events: LogEvent[]; nextBefore: number | null }> {
  const rows = await tx.rows<LogRow>(sql`
    select seq, stream, name, data, created_at, tags, about
    from (
      select *
      from log_events
      where workspace_id = ${workspaceId} and seq < ${query.before} and seq >= ${query.before - SEARCHED}
    ) as recent
    where name <> 'ps.erased' and stream is not null
      and (${query.stream}::text is null or stream = ${query.stream})
      and (${query.name}::text is null or name = ${query.name})
      and (${query.since}::timestamptz is null or created_at >= ${query.since})
    order by seq desc
    limit ${query.limit + 1}`);
  const page = rows.slice(0, query.limit);
  const oldestSearched = query.before - SEARCHED;
  const nextBefore =
    rows.length > query.limit ? (page.at(-1)?.seq ?? null) : oldestSearched > 1 ? oldestSearched : null;
  return { events: page.map(toLogEvent), nextBefore };
}

/** Lets the heads of the logs know what is no longer readable; the partitions themselves are dropped a day later. */
export async function forgetBefore(tx: Transaction, day: Date): Promise<void> {
  await tx.run(sql`
    update log_heads as head
    set oldest = coalesce(
      (select min(seq) from log_events where log_events.workspace_id = head.workspace_id and created_at >= ${day}),
      head.head + 1)
    where head.oldest <= head.head
      and exists (select from log_events where log_events.workspace_id = head.workspace_id and seq = head.oldest and created_at < ${day})`);
}
