import { jsonText } from '../../../kernel/json-text.ts';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { Data, Phase, Vars } from '../engine/live.ts';

/** A claimed run with all that is needed to go on. */
export interface ClaimedRow {
  workspace_id: string;
  id: string;
  workflow: string;
  version: number;
  user_id: string;
  event_id: string;
  position: number[];
  phase: Phase | null;
  vars: Vars;
  due_at: Date;
  depth: number;
  lines: number;
  attempts: number;
  cancel_key: string | null;
  correlation_id: string;
  payload: Data;
  event_name: string | null;
  event_at: Date;
  actor: string | null;
  name: string | null;
  email: string | null;
  phone: string | null;
  locale: string | null;
  time_zone: string | null;
  attributes: Data | null;
}

/** Workspaces with runs that are ready, in the order of their ids behind one, without some; a jump through the index for each. */
export async function busyWorkspaces(
  tx: Transaction,
  after: string,
  limit: number,
  except: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ workspace_id: string }>(sql`
    with recursive busy as (
      (
        select workspace_id, 1 as n from runs
        where state = 'ready' and workspace_id > ${after} and workspace_id <> all (${except}::text[])
        order by workspace_id
        limit 1
      )
      union all
      select (
        select r.workspace_id from runs r
        where r.state = 'ready' and r.workspace_id > b.workspace_id and r.workspace_id <> all (${except}::text[])
        order by r.workspace_id
        limit 1), b.n + 1
      from busy b
      where b.workspace_id is not null and b.n < ${limit}
    )
    select workspace_id from busy where workspace_id is not null`);
  return rows.map((row) => row.workspace_id);
}

/**
 * Takes up to `share` ready runs of each workspace, the longest ready first. Each row is looked up by its key, one after the
 * other: a plan made for a small table, which every table once was, must not read a large one as a whole.
 */
export function claimReady(
  tx: Transaction,
  claim: { workspaces: readonly string[]; share: number; lease: string; until: Date },
): Promise<ClaimedRow[]> {
  return tx.rows(sql`
    with picked as materialized (
      select p.place
      from unnest(${claim.workspaces}::text[]) as w (workspace_id)
      cross join lateral (
        select r.ctid as place
        from runs r
        where r.state = 'ready' and r.workspace_id = w.workspace_id
        order by r.due_at
        limit ${claim.share}
        for update skip locked
      ) p
    ),
    claimed as materialized (
      update runs r
      set state = 'running', lease = ${claim.lease}, leased_until = ${claim.until}, attempts = r.attempts + 1
      where r.ctid = any (array(select place from picked)) and r.state = 'ready'
      returning r.workspace_id, r.id, r.workflow, r.version, r.user_id, r.event_id, r.position, r.phase, r.vars, r.due_at, r.depth,
                r.lines, r.attempts, r.cancel_key, r.correlation_id
    )
    select c.*, coalesce(t.payload, '{}') as payload, t.name as event_name, coalesce(t.created_at, c.due_at) as event_at, t.actor,
           u.name, u.email, u.phone, u.locale, u.time_zone, u.attributes
    from claimed c
    left join lateral (
      select payload, name, created_at, actor from triggers t where t.workspace_id = c.workspace_id and t.id = c.event_id limit 1
    ) t on true
    left join lateral (
      select name, email, phone, locale, time_zone, attributes from users u where u.workspace_id = c.workspace_id and u.id = c.user_id limit 1
    ) u on true`);
}

/**
 * Makes ready whatever is due: runs whose time has come, leaders of digests whose window is over, and runs whose lease ran
 * out because their process died. Returns how many.
 */
export async function wakeDue(tx: Transaction, now: Date, limit: number): Promise<number> {
  const slept = await tx.run(sql`
    update runs set state = 'ready'
    where (workspace_id, id) in (
      select workspace_id, id from runs
      where state = 'waiting' and due_at <= ${now}
      order by due_at
      limit ${limit}
      for update skip locked)`);
  const closing = await tx.run(sql`
    update runs r set state = 'ready', due_at = d.closes_at
    from (
      select d.workspace_id, d.leader, d.closes_at from run_digests d
      join runs l on l.workspace_id = d.workspace_id and l.id = d.leader and l.state = 'waiting'
      where d.open and d.closes_at <= ${now}
      order by d.closes_at
      limit ${limit}
      for update of l skip locked) d
    where r.workspace_id = d.workspace_id and r.id = d.leader and r.state = 'waiting'`);
  const abandoned = await tx.run(sql`
    update runs set state = 'ready', lease = null, leased_until = null
    where (workspace_id, id) in (
      select workspace_id, id from runs
      where state = 'running' and leased_until < ${now}
      order by leased_until
      limit ${limit}
      for update skip locked)`);
  return slept + closing + abandoned;
}

/** What a commit writes to a run. */
export interface RunChange {
  id: string;
  state: 'running' | 'ready' | 'waiting' | 'done' | 'failed';
  position: readonly number[];
  phase: Phase | null;
  vars: Vars;
  step: string | null;
  due_at: string | null;
  code: string | null;
  sentence: string | null;
  lines: number;
  finished_at: string | null;
}

/** Writes runs that are still ours, and returns their ids. One that was cancelled, or whose lease another has, is left alone. */
export async function saveRuns(
  tx: Transaction,
  workspaceId: string,
  lease: string,
  changes: readonly RunChange[],
  until: Date,
): Promise<Set<string>> {
  const saved = await saveOnce(tx, workspaceId, lease, changes, until);
  const missing = changes.filter((change) => !saved.has(change.id));
  if (missing.length === 0) return saved;
  // A run that was being poked, or whose lease was being extended, is locked by now, but at a place that was not to be seen yet.
  for (const id of await saveOnce(tx, workspaceId, lease, missing, until)) saved.add(id);
  return saved;
}

async function saveOnce(
  tx: Transaction,
  workspaceId: string,
  lease: string,
  changes: readonly RunChange[],
  until: Date,
): Promise<Set<string>> {
  if (changes.length === 0) return new Set();
  const rows = await tx.rows<{ id: string }>(sql`
    update runs r
    set state = case when c.state = 'waiting' and r.poked then 'ready' else c.state end,
        due_at = case when c.state = 'waiting' and r.poked then coalesce(c.due_at, r.due_at) else c.due_at end,
        poked = r.poked and c.state = 'running',
        position = c.position, phase = c.phase, vars = c.vars, step = c.step, code = c.code, sentence = c.sentence,
        lines = c.lines, finished_at = c.finished_at, attempts = 0,
        lease = case when c.state = 'running' then r.lease end,
        leased_until = case when c.state = 'running' then ${until}::timestamptz end
    from (
      select o.ctid as place, c.*
      from json_to_recordset(${jsonText(changes)}::json) as c (
        id text, state text, position jsonb, phase jsonb, vars jsonb, step text, due_at timestamptz, code text, sentence text,
        lines int, finished_at timestamptz)
      cross join lateral (
        select o.ctid from runs o
        where o.workspace_id = ${workspaceId} and o.id = c.id and o.state = 'running' and o.lease = ${lease}
        limit 1
        for update
      ) o
    ) c
    where r.ctid = c.place
    returning r.id`);
  return new Set(rows.map((row) => row.id));
}

export async function saveLines(
  tx: Transaction,
  workspaceId: string,
  rows: readonly { run: string; number: number; lines: readonly object[] }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.run(sql`
    insert into run_steps (workspace_id, run_id, number, lines)
    select ${workspaceId}, run, number, lines
    from json_to_recordset(${jsonText(rows)}::json) as l (run text, number int, lines jsonb)`);
}

export interface FreshRun {
  id: string;
  workflow: string;
  version: number;
  user_id: string;
  event_id: string;
  depth: number;
  cancel_key: string | null;
  correlation_id: string;
}

/** Adds runs that are ready; a user has one of each workflow and event. Returns how many were new. */
export async function insertRuns(
  tx: Transaction,
  workspaceId: string,
  runs: readonly FreshRun[],
  now: Date,
): Promise<number> {
  if (runs.length === 0) return 0;
  return tx.run(sql`
    insert into runs (workspace_id, id, workflow, version, user_id, event_id, state, position, vars, due_at, depth, cancel_key,
                      correlation_id, created_at)
    select ${workspaceId}, id, workflow, version, user_id, event_id, 'ready', '[0]', '{"steps":{},"messages":{},"digests":{},"loops":{}}', ${now},
           depth, cancel_key, correlation_id, ${now}
    from json_to_recordset(${jsonText(runs)}::json) as r (
      id text, workflow text, version int, user_id text, event_id text, depth smallint, cancel_key text, correlation_id text)
    on conflict (workspace_id, event_id, workflow, user_id) do nothing`);
}

/** A run that could not be worked on comes again later, or fails for good. */
export async function putBack(
  tx: Transaction,
  lease: string,
  ids: readonly { workspaceId: string; id: string }[],
  outcome: { dead: boolean; at: Date; sentence: string },
): Promise<void> {
  await tx.run(sql`
    update runs r
    set state = case when ${outcome.dead}::boolean then 'failed' else 'waiting' end, lease = null, leased_until = null, due_at = ${outcome.at},
        code = case when ${outcome.dead}::boolean then 'run.attempts' end, sentence = case when ${outcome.dead}::boolean then ${outcome.sentence}::text end,
        finished_at = case when ${outcome.dead}::boolean then ${outcome.at}::timestamptz end
    from unnest(${ids.map((one) => one.workspaceId)}::text[], ${ids.map((one) => one.id)}::text[]) as p (workspace_id, id)
    where r.workspace_id = p.workspace_id and r.id = p.id and r.lease = ${lease} and r.state = 'running'`);
}

export async function extendLeases(tx: Transaction, leases: readonly string[], until: Date): Promise<void> {
  await tx.run(sql`update runs set leased_until = ${until} where state = 'running' and lease = any(${leases}::text[])`);
}

/** Makes ready what some leases hold; without any, whatever any lease holds. */
export async function freeLeases(tx: Transaction, leases: readonly string[] | null): Promise<void> {
  await tx.run(sql`
    update runs set state = 'ready', lease = null, leased_until = null
    where state = 'running' and (${leases}::text[] is null or lease = any(${leases}::text[]))`);
}

/** Makes runs ready again that nothing was done for. */
export async function release(
  tx: Transaction,
  runs: readonly { workspaceId: string; id: string; lease: string }[],
): Promise<void> {
  await tx.run(sql`
    update runs r set state = 'ready', lease = null, leased_until = null
    from unnest(${runs.map((one) => one.workspaceId)}::text[], ${runs.map((one) => one.id)}::text[], ${runs.map((one) => one.lease)}::text[])
      as g (workspace_id, id, lease)
    where r.workspace_id = g.workspace_id and r.id = g.id and r.lease = g.lease and r.state = 'running'`);
}
