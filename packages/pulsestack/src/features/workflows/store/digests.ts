import { jsonText } from '../../../kernel/json-text.ts';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { DigestEvents } from '../engine/live.ts';

/** Runs that ask to join the digest of one user, step and key; the first of them leads it if it is a new one. */
export interface Join {
  user: string;
  workflow: string;
  step: string;
  key: string;
  runs: string[];
  events: string[];
  at: string;
  closes_at: string;
  latest_at: string | null;
  flush_at: number | null;
  /** The id of the digest in case it is a new one. */
  digest: string;
}

export interface Joined {
  run: string;
  digest: string;
  leader: string;
  closes_at: Date;
}

/**
 * Adds events to the digests that are open, or opens them. Whoever joins holds the row of the digest until the commit, so
 * closing waits for it; and whoever comes while it closes waits in turn, finds it closed and opens the next.
 *
 * A digest whose time is over takes no more even if its leader is late: it is closed right here, and the leader, when it
 * comes, finds its events unchanged. Each statement meets the keys in the same order, so two batches cannot wait for each
 * other. Each key comes once in a call.
 */
export async function joinDigests(tx: Transaction, workspaceId: string, joins: readonly Join[]): Promise<Joined[]> {
  const given = jsonText(joins);
  await tx.run(sql`
    update run_digests d set open = false
    from (
      select o.workspace_id, o.id
      from json_to_recordset(${given}::json) as j ("user" text, workflow text, step text, key text, at timestamptz)
      join run_digests o on o.workspace_id = ${workspaceId} and o.workflow = j.workflow and o.step = j.step and o.user_id = j."user"
                        and o.key = j.key and o.open and o.closes_at <= j.at
      order by o.workflow, o.step, o.user_id, o.key
      for update of o
    ) over
    where d.workspace_id = over.workspace_id and d.id = over.id`);
  return tx.rows(sql`
    with asked as materialized (
      select *, cardinality(runs) as count
      from json_to_recordset(${given}::json) as j (
        "user" text, workflow text, step text, key text, runs text[], events text[], at timestamptz, closes_at timestamptz,
        latest_at timestamptz, flush_at int, digest text)
    ),
    joined as (
      insert into run_digests as d (workspace_id, id, workflow, step, user_id, key, leader, events, opened_at, closes_at, latest_at)
      select ${workspaceId}, digest, workflow, step, "user", key, runs[1], count, at, case when flush_at <= count then at else closes_at end, latest_at
      from asked
      order by workflow, step, "user", key
      on conflict (workspace_id, workflow, step, user_id, key) where open do update
      set events = d.events + excluded.events,
          closes_at = case
            when d.events + excluded.events >= (
              select flush_at from asked a
              where a.workflow = excluded.workflow and a.step = excluded.step and a."user" = excluded.user_id and a.key = excluded.key
            ) then least(d.closes_at, excluded.opened_at)
            when d.latest_at is not null then least(greatest(d.closes_at, excluded.closes_at), d.latest_at)
            else d.closes_at
          end
      returning d.id, d.leader, d.closes_at, d.workflow, d.step, d.user_id, d.key
    ),
    members as materialized (
      select r.run, r.event, r.position, a.at, j.id, j.leader, j.closes_at, j.user_id
      from joined j
      join asked a on a.workflow = j.workflow and a.step = j.step and a."user" = j.user_id and a.key = j.key
      cross join lateral unnest(a.runs, a.events) with ordinality as r (run, event, position)
    ),
    added as (
      insert into run_digest_events (workspace_id, digest_id, run_id, event_id, user_id, at)
      select ${workspaceId}, id, run, event, user_id, at from members order by position
    )
    select run, id as digest, leader, closes_at from members`);
}

/** Which of these keys had a digest, open or closed, or an event that passed, at or after the instant given for each. */
export async function wereBusy(
  tx: Transaction,
  workspaceId: string,
  asked: readonly {
    run: string;
    user: string;
    workflow: string;
    step: string;
    key: string;
    since: string;
    at: string;
  }[],
): Promise<Set<string>> {
  const rows = await tx.rows<{ run: string }>(sql`
    with asked as materialized (
      select * from json_to_recordset(${jsonText(asked)}::json) as j (
        run text, "user" text, workflow text, step text, key text, since timestamptz, at timestamptz)
      order by workflow, step, "user", key
    ),
    passed as (
      insert into run_passes as p (workspace_id, workflow, step, user_id, key, passed_at)
      select ${workspaceId}, workflow, step, "user", key, at from asked a
      where not exists (
        select from run_digests d
        where d.workspace_id = ${workspaceId} and d.workflow = a.workflow and d.step = a.step and d.user_id = a."user" and d.key = a.key
          and (d.open or d.closes_at > a.since))
      on conflict (workspace_id, workflow, step, user_id, key) do update
      set passed_at = excluded.passed_at
      where p.passed_at <= (select a.since from asked a where a.workflow = excluded.workflow and a.step = excluded.step
                                                          and a."user" = excluded.user_id and a.key = excluded.key)
      returning workflow, step, user_id, key
    )
    select run from asked a
    where not exists (
      select from passed p where p.workflow = a.workflow and p.step = a.step and p.user_id = a."user" and p.key = a.key)`);
  return new Set(rows.map((row) => row.run));
}

export interface Closed {
  id: string;
  open: boolean;
  events: number;
  closes_at: Date;
}

/** Closes digests that are due; one whose end has moved meanwhile stays open. From the commit on their events are fixed. */
export function closeDigests(
  tx: Transaction,
  workspaceId: string,
  ids: readonly string[],
  now: Date,
): Promise<Closed[]> {
  return tx.rows(sql`
    with due as (
      select id from run_digests
      where workspace_id = ${workspaceId} and id = any(${ids}::text[])
      order by workflow, step, user_id, key
      for update
    )
    update run_digests d set open = d.open and d.closes_at > ${now}
    from due
    where d.workspace_id = ${workspaceId} and d.id = due.id
    returning d.id, d.open, d.events, d.closes_at`);
}

/** The events of digests that are closed, in the order in which they came. */
export async function digestEvents(
  tx: Transaction,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, DigestEvents>> {
  const digests = new Map<string, DigestEvents>();
  if (ids.length === 0) return digests;
  const rows = await tx.rows<{
    digest_id: string;
    key: string;
    opened_at: Date;
    event_id: string;
    at: Date;
    payload: never;
  }>(sql`
    select e.digest_id, d.key, d.opened_at, e.event_id, t.created_at as at, t.payload
    from run_digest_events e
    join run_digests d on d.workspace_id = e.workspace_id and d.id = e.digest_id
    join triggers t on t.workspace_id = e.workspace_id and t.id = e.event_id
    where e.workspace_id = ${workspaceId} and e.digest_id = any(${ids}::text[])
    order by t.number`);
  for (const { digest_id, key, opened_at, event_id, at, payload } of rows) {
    let digest = digests.get(digest_id);
    if (!digest) digests.set(digest_id, (digest = { key, openedAt: opened_at.toISOString(), events: [] }));
    digest.events.push({ id: event_id, at: at.toISOString(), payload });
  }
  return digests;
}
