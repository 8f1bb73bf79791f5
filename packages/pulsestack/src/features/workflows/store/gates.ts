import { jsonText } from '../../../kernel/json-text.ts';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { Heard } from '../engine/live.ts';

/** Places asked for at one throttle. */
export interface Asking {
  workflow: string;
  step: string;
  user: string;
  key: string;
  count: number;
  resets_at: string;
}

export interface Asked {
  workflow: string;
  step: string;
  user_id: string;
  key: string;
  /** All that asked since the last reset, these included. */
  asked: number;
  resets_at: Date;
}

/** Counts those who ask, exactly under concurrency: the row is held until the commit. One entry for each throttle. */
export function askThrottles(
  tx: Transaction,
  workspaceId: string,
  asking: readonly Asking[],
  now: Date,
): Promise<Asked[]> {
  return tx.rows(sql`
    insert into run_throttles as t (workspace_id, workflow, step, user_id, key, asked, resets_at)
    select ${workspaceId}, workflow, step, "user", key, count, resets_at
    from json_to_recordset(${jsonText(asking)}::json) as a (
      workflow text, step text, "user" text, key text, count int, resets_at timestamptz)
    order by workflow, step, "user", key
    on conflict (workspace_id, workflow, step, user_id, key) do update
    set asked = case when t.resets_at <= ${now} then excluded.asked else t.asked + excluded.asked end,
        resets_at = case when t.resets_at <= ${now} then excluded.resets_at else t.resets_at end
    returning workflow, step, user_id, key, asked, resets_at`);
}

export async function addWaits(
  tx: Transaction,
  workspaceId: string,
  waits: readonly { run: string; user: string; name: string }[],
): Promise<void> {
  await tx.run(sql`
    insert into run_waits (workspace_id, user_id, name, run_id)
    select ${workspaceId}, "user", name, run from json_to_recordset(${jsonText(waits)}::json) as w (run text, "user" text, name text)
    on conflict do nothing`);
}

export async function removeWaits(tx: Transaction, workspaceId: string, runs: readonly string[]): Promise<void> {
  await tx.run(sql`delete from run_waits where workspace_id = ${workspaceId} and run_id = any(${runs}::text[])`);
}

/** What runs that wait may have heard, in the order of acceptance. */
export async function heardBy(
  tx: Transaction,
  workspaceId: string,
  runs: readonly { run: string; user: string; since: string }[],
): Promise<Map<string, Heard[]>> {
  const rows = await tx.rows<{ run: string; name: string; event_id: string; at: Date; payload: never }>(sql`
    select a.run, h.name, h.event_id, h.at, t.payload
    from json_to_recordset(${jsonText(runs)}::json) as a (run text, "user" text, since timestamptz)
    join run_waits w on w.workspace_id = ${workspaceId} and w.user_id = a."user" and w.run_id = a.run
    join heard_events h on h.workspace_id = w.workspace_id and h.user_id = w.user_id and h.name = w.name and h.at >= a.since
    join triggers t on t.workspace_id = h.workspace_id and t.id = h.event_id
    order by h.at, h.number`);
  const heard = new Map<string, Heard[]>();
  for (const { run, event_id, ...rest } of rows) {
    const list = heard.get(run) ?? [];
    list.push({ eventId: event_id, name: rest.name, at: rest.at, payload: rest.payload });
    heard.set(run, list);
  }
  return heard;
}

/** Keeps awaited events by user, in the transaction that accepts them. */
export async function hear(
  tx: Transaction,
  workspaceId: string,
  heard: readonly { user: string; name: string; event: string }[],
  now: Date,
): Promise<void> {
  if (heard.length === 0) return;
  await tx.run(sql`
    insert into heard_events (workspace_id, user_id, name, at, event_id)
    select ${workspaceId}, h."user", h.name, ${now}, h.event
    from json_to_recordset(${jsonText(heard)}::json) as h ("user" text, name text, event text)
    on conflict do nothing`);
}

/** Tells runs that wait of events they have not been told of. Returns how many events those were. */
export async function tellWaiting(tx: Transaction, now: Date, limit: number): Promise<number> {
  // In a transaction of its own: the events are committed, so a wait that is not seen here is registered later and looks itself.
  const untold = await tx.rows<{ workspace_id: string; user_id: string; name: string; event_id: string }>(sql`
    update heard_events h set told = true
    from (select ctid from heard_events where not told order by number limit ${limit} for update skip locked) u
    where h.ctid = u.ctid
    returning h.workspace_id, h.user_id, h.name, h.event_id`);
  if (untold.length === 0) return 0;
  await tx.run(sql`
    update runs r
    set state = case when r.state = 'waiting' then 'ready' else r.state end,
        due_at = case when r.state = 'waiting' then ${now} else r.due_at end,
        poked = r.state <> 'waiting'
    from (
      select distinct l.workspace_id, l.id
      from json_to_recordset(${jsonText(untold)}::json) as u (workspace_id text, user_id text, name text)
      join run_waits w on w.workspace_id = u.workspace_id and w.user_id = u.user_id and w.name = u.name
      join runs l on l.workspace_id = w.workspace_id and l.id = w.run_id
    ) told
    where r.workspace_id = told.workspace_id and r.id = told.id and r.state in ('waiting', 'ready', 'running')`);
  return untold.length;
}
