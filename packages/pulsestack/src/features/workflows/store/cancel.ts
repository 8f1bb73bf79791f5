import { jsonText } from '../../../kernel/json-text.ts';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface Which {
  ids: readonly string[] | null;
  key: string | null;
  user: string | null;
  event: string | null;
  workflow: string | null;
}

/**
 * Ends runs that are under way, whoever works on them: their next commit finds that they are no longer theirs. A run that
 * joined a digest which is still open counts as under way too, although it has ended itself.
 */
export async function cancelRuns(
  tx: Transaction,
  workspaceId: string,
  which: Which,
  end: { now: Date; sentence: string },
): Promise<{ id: string; digest: string | null }[]> {
  const found = await cancelOnce(tx, workspaceId, which, end);
  const missed = found.filter((run) => !run.ended).map((run) => run.id);
  if (missed.length === 0) return found;
  // What was being committed has moved meanwhile: it is locked by now, but its new place was not to be seen yet.
  const again = await cancelOnce(tx, workspaceId, { ...which, ids: missed }, end);
  return [...found, ...again].filter((run) => run.ended);
}

function cancelOnce(
  tx: Transaction,
  workspaceId: string,
  which: Which,
  end: { now: Date; sentence: string },
): Promise<{ id: string; digest: string | null; ended: boolean }[]> {
  return tx.rows(sql`
    with found as materialized (
      select r.ctid as place, r.id, case when r.phase ->> 'kind' = 'digest' then r.phase ->> 'id' end as digest
      from runs r
      where r.workspace_id = ${workspaceId}
        and (${which.ids}::text[] is null or r.id = any(${which.ids}::text[]))
        and (${which.key}::text is null or r.cancel_key = ${which.key})
        and (${which.user}::text is null or r.user_id = ${which.user})
        and (${which.event}::text is null or r.event_id = ${which.event})
        and (${which.workflow}::text is null or r.workflow = ${which.workflow})
        and (r.state in ('ready', 'running', 'waiting')
             or r.state = 'done' and r.code = 'digest.merged' and exists (
               select from run_digests d where d.workspace_id = r.workspace_id and d.id = r.phase ->> 'id' and d.open))
      order by r.id
      for update of r
    ),
    ended as (
      update runs r
      set state = 'cancelled', code = 'run.cancelled', sentence = ${end.sentence}, finished_at = ${end.now}, lease = null, leased_until = null,
          due_at = null
      from found f
      where r.ctid = f.place
      returning r.id
    )
    select f.id, f.digest, f.id in (select id from ended) as ended from found f`);
}

/** Takes cancelled runs out of their digests. Returns the digests that have lost their leader, with the one to lead them now. */
export async function leaveDigests(
  tx: Transaction,
  workspaceId: string,
  left: readonly { id: string; digest: string }[],
): Promise<{ digest: string; leader: string }[]> {
  const digests = [...new Set(left.map((one) => one.digest))];
  const runs = left.map((one) => one.id);
  await tx.run(sql`
    select id from run_digests where workspace_id = ${workspaceId} and id = any(${digests}::text[]) order by workflow, step, user_id, key for update`);
  await tx.run(sql`
    with gone as (
      delete from run_digest_events
      where workspace_id = ${workspaceId} and digest_id = any(${digests}::text[]) and run_id = any(${runs}::text[])
      returning digest_id
    )
    update run_digests d set events = d.events - g.count
    from (select digest_id, count(*)::int as count from gone group by 1) g
    where d.workspace_id = ${workspaceId} and d.id = g.digest_id`);
  return tx.rows(sql`
    with heirs as materialized (
      select d.id, (
        select e.run_id from run_digest_events e
        where e.workspace_id = d.workspace_id and e.digest_id = d.id
        order by e.number
        limit 1
      ) as heir
      from run_digests d
      where d.workspace_id = ${workspaceId} and d.id = any(${digests}::text[]) and d.leader = any(${runs}::text[])
    ),
    handed as (
      update run_digests d set leader = coalesce(h.heir, d.leader), open = d.open and h.heir is not null
      from heirs h
      where d.workspace_id = ${workspaceId} and d.id = h.id
      returning d.id, h.heir, d.open, d.closes_at
    ),
    woken as (
      update runs r
      set state = case when h.open then 'waiting' else 'ready' end, due_at = case when h.open then null else h.closes_at end,
          code = null, sentence = null, finished_at = null
      from handed h
      where r.workspace_id = ${workspaceId} and r.id = h.heir
      returning r.id
    )
    select h.id as digest, h.heir as leader from handed h where h.heir is not null`);
}

/** A line of the trace beside those of the engine, behind the last. */
export async function appendLines(
  tx: Transaction,
  workspaceId: string,
  lines: readonly { run: string; line: object }[],
): Promise<void> {
  if (lines.length === 0) return;
  await tx.run(sql`
    with counted as (
      update runs r set lines = r.lines + 1
      from json_to_recordset(${jsonText(lines)}::json) as l (run text, line jsonb)
      where r.workspace_id = ${workspaceId} and r.id = l.run
      returning r.id, r.lines, l.line
    )
    insert into run_steps (workspace_id, run_id, number, lines)
    select ${workspaceId}, id, lines, jsonb_build_array(line) from counted`);
}

/** Lets digests end now. Returns how many were open. */
export function flushDigests(
  tx: Transaction,
  workspaceId: string,
  which: { id: string | null; user: string | null; workflow: string | null; step: string | null; key: string | null },
  now: Date,
): Promise<number> {
  return tx.run(sql`
    update run_digests set closes_at = least(closes_at, ${now})
    where workspace_id = ${workspaceId} and open
      and (${which.id}::text is null or id = ${which.id})
      and (${which.user}::text is null or user_id = ${which.user})
      and (${which.workflow}::text is null or workflow = ${which.workflow})
      and (${which.step}::text is null or step = ${which.step})
      and (${which.key}::text is null or key = ${which.key})`);
}

/** When something in this installation wakes by itself, or null. For clocks that are moved by hand. */
export async function nextWakeOf(tx: Transaction): Promise<Date | null> {
  const row = await tx.get<{ at: Date | null }>(sql`
    select least(
      (select due_at from runs where state = 'waiting' and due_at is not null order by due_at limit 1),
      (select closes_at from run_digests where open order by closes_at limit 1)
    ) as at`);
  return row.at;
}

/** Removes runs that ended before an instant with their trace, and what was kept beside them; a page at a time. */
export async function forgetRuns(tx: Transaction, before: Date, limit: number): Promise<number> {
  const runs = await tx.run(sql`
    with old as (
      select r.workspace_id, r.id from runs r
      where r.finished_at < ${before} and r.state in ('done', 'failed', 'cancelled')
      limit ${limit}
    ),
    lines as (delete from run_steps s using old where s.workspace_id = old.workspace_id and s.run_id = old.id),
    events as (delete from run_digest_events e using old where e.workspace_id = old.workspace_id and e.run_id = old.id)
    delete from runs r using old where r.workspace_id = old.workspace_id and r.id = old.id`);
  const triggers = await tx.run(sql`
    delete from triggers
    where ctid = any (array(
      select t.ctid from triggers t
      where t.created_at < ${before} and t.state = 'done'
        and not exists (select from runs r where r.workspace_id = t.workspace_id and r.event_id = t.id)
      limit ${limit}))`);
  const heard = await tx.run(sql`
    delete from heard_events where ctid = any (array(select ctid from heard_events where at < ${before} and told limit ${limit}))`);
  const throttles = await tx.run(sql`
    delete from run_throttles where ctid = any (array(select ctid from run_throttles where resets_at < ${before} limit ${limit}))`);
  const digests = await tx.run(sql`
    delete from run_digests
    where ctid = any (array(
      select d.ctid from run_digests d
      where not d.open and d.closes_at < ${before}
        and not exists (select from runs r where r.workspace_id = d.workspace_id and r.id = d.leader)
      limit ${limit}))`);
  return Math.max(runs, triggers, heard, throttles, digests);
}
