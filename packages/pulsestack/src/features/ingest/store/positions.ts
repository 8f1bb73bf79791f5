import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { LoggedEvent } from '../rules.ts';

/** The sink that stands for the topic of the installation. */
const COMMON = 'all';

/** Every log goes to the common topic from its oldest event on, so that nothing is missing whenever the bus is first set. */
export async function addCommonPositions(tx: Transaction): Promise<void> {
  await tx.run(sql`
    insert into bus_positions (workspace_id, sink, epoch, seq)
    select workspace_id, ${COMMON}, epoch, oldest - 1
    from log_heads head
    where not exists (select from bus_positions known where known.workspace_id = head.workspace_id and known.sink = ${COMMON})
    on conflict do nothing`);
}

export interface ClaimedPosition {
  workspace_id: string;
  sink: string;
  seq: number;
  claim: number;
  failures: number;
  /** Of the log as it is now; a log that was begun anew is forwarded from its beginning. */
  epoch: string;
  /** Events that were gone before they could be forwarded. */
  missed: number;
  /** Null: the common one. */
  topic: string | null;
  events: string[];
}

/** Claims positions that are behind their logs: nobody else forwards those logs there until the claim has run out. */
export function claimPositions(
  tx: Transaction,
  options: { now: Date; until: Date; common: boolean; limit: number },
): Promise<ClaimedPosition[]> {
  const { now, until, common, limit } = options;
  return tx.rows(sql`
    with due as (
      select position.workspace_id, position.sink, head.epoch, sink.topic, sink.events,
             case when position.epoch <> head.epoch then head.oldest - 1 else greatest(position.seq, head.oldest - 1) end as seq,
             case when position.epoch <> head.epoch then 0 else greatest(0, head.oldest - 1 - position.seq) end as missed
      from bus_positions position
      join log_heads head using (workspace_id)
      left join event_sinks sink on sink.workspace_id = position.workspace_id and sink.id = position.sink
      where (head.head > position.seq or head.epoch <> position.epoch)
        and (position.claimed_until is null or position.claimed_until < ${now})
        and (position.retry_at is null or position.retry_at <= ${now})
        and (case when position.sink = ${COMMON} then ${common}::boolean else sink.active end)
      order by position.last_at nulls first
      limit ${limit}
      for update of position skip locked
    )
    update bus_positions position
    set claim = position.claim + 1, claimed_until = ${until}, epoch = due.epoch, seq = due.seq
    from due
    where position.workspace_id = due.workspace_id and position.sink = due.sink
    returning position.workspace_id, position.sink, due.epoch, due.seq, due.missed, due.topic,
              coalesce(due.events, '{*}') as events, position.claim, position.failures`);
}

export async function hasActiveSinks(tx: Transaction): Promise<boolean> {
  return (await tx.find(sql`select from event_sinks where active limit 1`)) !== undefined;
}

/** Events behind a position, the oldest first. */
export function readLogged(tx: Transaction, workspaceId: string, after: number, limit: number): Promise<LoggedEvent[]> {
  return tx.rows(sql`
    select seq, stream, name, data, correlation_id, created_at
    from log_events
    where workspace_id = ${workspaceId} and seq > ${after}
    order by seq
    limit ${limit}`);
}

type Claim = Pick<ClaimedPosition, 'workspace_id' | 'sink' | 'claim'>;

/** Moves a position on, and keeps the claim for longer unless `until` is null. False when another process has claimed it. */
export async function movePosition(
  tx: Transaction,
  { workspace_id, sink, claim }: Claim,
  moved: { seq: number; sent: number; until: Date | null; now: Date },
): Promise<boolean> {
  const touched = await tx.run(sql`
    update bus_positions
    set seq = ${moved.seq}, sent = sent + ${moved.sent}, claimed_until = ${moved.until}, failures = 0, retry_at = null,
        last_error = null, last_at = ${moved.now}
    where workspace_id = ${workspace_id} and sink = ${sink} and claim = ${claim}`);
  return touched === 1;
}

/** Lets a position go after a failure, until it is worth the next try. */
export async function postponePosition(
  tx: Transaction,
  { workspace_id, sink, claim }: Claim,
  failed: { sentence: string; retryAt: Date },
): Promise<void> {
  await tx.run(sql`
    update bus_positions
    set claimed_until = null, failures = failures + 1, retry_at = ${failed.retryAt}, last_error = ${failed.sentence}
    where workspace_id = ${workspace_id} and sink = ${sink} and claim = ${claim}`);
}

/** How many events of all logs are not on the bus yet. */
export async function countWaiting(tx: Transaction, common: boolean): Promise<number> {
  const { waiting } = await tx.get<{ waiting: number }>(sql`
    select coalesce(sum(greatest(0, head.head - position.seq)), 0)::bigint as waiting
    from bus_positions position
    join log_heads head using (workspace_id)
    left join event_sinks sink on sink.workspace_id = position.workspace_id and sink.id = position.sink
    where case when position.sink = ${COMMON} then ${common}::boolean else sink.active end`);
  return Number(waiting);
}
