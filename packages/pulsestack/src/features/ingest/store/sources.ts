import type { EventSource, HookMapping } from '@pulsestack/core';
import { jsonText } from '../../../kernel/json-text.ts';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface SourceRow {
  workspace_id: string;
  id: string;
  name: string;
  topic: string;
  start_at: EventSource['startAt'];
  mapping: HookMapping | null;
  active: boolean;
  received: number;
  refused: number;
  lag: number | null;
  last_at: Date | null;
  last_error: string | null;
  created_at: Date;
  updated_at: Date;
}

export function insertSource(
  tx: Transaction,
  workspaceId: string,
  row: Pick<SourceRow, 'id' | 'name' | 'topic' | 'start_at' | 'mapping' | 'active'>,
  now: Date,
): Promise<SourceRow> {
  return tx.get(sql`
    insert into event_sources (workspace_id, id, name, topic, start_at, mapping, active, created_at, updated_at)
    values (${workspaceId}, ${row.id}, ${row.name}, ${row.topic}, ${row.start_at}, ${row.mapping && JSON.stringify(row.mapping)},
            ${row.active}, ${now}, ${now})
    returning *`);
}

export function findSource(tx: Transaction, workspaceId: string, id: string): Promise<SourceRow | undefined> {
  return tx.find(sql`select * from event_sources where workspace_id = ${workspaceId} and id = ${id}`);
}

export function lockSource(tx: Transaction, workspaceId: string, id: string): Promise<SourceRow | undefined> {
  return tx.find(sql`select * from event_sources where workspace_id = ${workspaceId} and id = ${id} for update`);
}

export function listSources(
  tx: Transaction,
  workspaceId: string,
  options: { after: string; limit: number },
): Promise<SourceRow[]> {
  return tx.rows(sql`
    select * from event_sources where workspace_id = ${workspaceId} and id > ${options.after} order by id limit ${options.limit}`);
}

/** Those of the whole installation that are to be listened to; when there are more, each listener gets others, always the same. */
export function activeSources(tx: Transaction, limit: number, listener: string): Promise<SourceRow[]> {
  return tx.rows(sql`
    select * from event_sources where active order by hashtextextended(id || ${listener}, 0) limit ${limit}`);
}

export function writeSource(
  tx: Transaction,
  workspaceId: string,
  row: Pick<SourceRow, 'id' | 'name' | 'mapping' | 'active'>,
  now: Date,
): Promise<SourceRow> {
  return tx.get(sql`
    update event_sources
    set name = ${row.name}, mapping = ${row.mapping && JSON.stringify(row.mapping)}, active = ${row.active}, updated_at = ${now}
    where workspace_id = ${workspaceId} and id = ${row.id}
    returning *`);
}

export async function deleteSource(tx: Transaction, workspaceId: string, id: string): Promise<SourceRow | undefined> {
  return tx.find(sql`delete from event_sources where workspace_id = ${workspaceId} and id = ${id} returning *`);
}

const KEPT_REFUSALS = 1000;

export interface Refusal {
  position: string;
  reason: string;
  key: string | null;
  excerpt: string;
}

/** Takes note of what came. A message that was refused before is not counted again. False when the source is gone. */
export async function noteTaken(
  tx: Transaction,
  workspaceId: string,
  id: string,
  taken: { received: number; refusals: readonly Refusal[] },
  now: Date,
): Promise<boolean> {
  const known = await tx.find(
    sql`select from event_sources where workspace_id = ${workspaceId} and id = ${id} for update`,
  );
  if (!known) return false;
  const fresh = await tx.run(sql`
    insert into event_refusals (workspace_id, source_id, position, reason, key, excerpt, refused_at)
    select ${workspaceId}, ${id}, position, reason, key, excerpt, ${now}
    from json_to_recordset(${jsonText(taken.refusals)}::json) as t (position text, reason text, key text, excerpt text)
    on conflict do nothing`);
  if (fresh > 0) await dropOldRefusals(tx, workspaceId, id);
  await tx.run(sql`
    update event_sources
    set received = received + ${taken.received}, refused = refused + ${fresh}, last_at = ${now},
        last_error = ${taken.refusals.at(-1)?.reason.replaceAll('\u0000', '\uFFFD') ?? null}
    where workspace_id = ${workspaceId} and id = ${id}`);
  return true;
}

/** A source that refuses everything keeps the newest; all of them are on the topic of the dead. */
async function dropOldRefusals(tx: Transaction, workspaceId: string, id: string): Promise<void> {
  await tx.run(sql`
    delete from event_refusals
    where workspace_id = ${workspaceId} and source_id = ${id}
      and (refused_at, position) <= (
        select refused_at, position from event_refusals
        where workspace_id = ${workspaceId} and source_id = ${id}
        order by refused_at desc, position desc
        offset ${KEPT_REFUSALS} limit 1)`);
}

export async function noteTrouble(
  tx: Transaction,
  workspaceId: string,
  id: string,
  sentence: string | null,
): Promise<void> {
  await tx.run(sql`
    update event_sources set last_error = ${sentence}
    where workspace_id = ${workspaceId} and id = ${id} and last_error is distinct from ${sentence}::text`);
}

export async function noteLag(tx: Transaction, workspaceId: string, id: string, lag: number | null): Promise<void> {
  await tx.run(sql`
    update event_sources set lag = ${lag}
    where workspace_id = ${workspaceId} and id = ${id} and lag is distinct from ${lag}::bigint`);
}

export interface RefusalRow extends Refusal {
  refused_at: Date;
}

export function listRefusals(
  tx: Transaction,
  workspaceId: string,
  sourceId: string,
  options: { before: { at: string; position: string } | null; limit: number },
): Promise<RefusalRow[]> {
  const { before } = options;
  return tx.rows(sql`
    select position, reason, key, excerpt, refused_at
    from event_refusals
    where workspace_id = ${workspaceId} and source_id = ${sourceId}
      and (${before?.at ?? null}::timestamptz is null or (refused_at, position) < (${before?.at ?? null}::timestamptz, ${before?.position ?? ''}))
    order by refused_at desc, position desc
    limit ${options.limit}`);
}

const FORGET_AT_ONCE = 5000;

/** Forgets refusals that are older than what is kept. Returns true when more are waiting. */
export async function forgetRefusals(tx: Transaction, before: Date): Promise<boolean> {
  const gone = await tx.run(sql`
    delete from event_refusals where (workspace_id, source_id, position) in (
      select workspace_id, source_id, position from event_refusals where refused_at < ${before}
      order by refused_at limit ${FORGET_AT_ONCE} for update skip locked)`);
  return gone === FORGET_AT_ONCE;
}
