import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { Line } from '../engine/live.ts';

export interface RunRow {
  id: string;
  workflow: string;
  version: number;
  user_id: string;
  event_id: string;
  state: 'ready' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';
  step: string | null;
  code: string | null;
  sentence: string | null;
  due_at: Date | null;
  closes_at: Date | null;
  cancel_key: string | null;
  created_at: Date;
  finished_at: Date | null;
  correlation_id: string;
}

export function findRun(tx: Transaction, workspaceId: string, id: string): Promise<RunRow | undefined> {
  return tx.find(sql`
    select r.*, d.closes_at
    from runs r
    left join run_digests d on d.workspace_id = r.workspace_id and d.id = r.phase ->> 'id' and r.state = 'waiting' and d.open
    where r.workspace_id = ${workspaceId} and r.id = ${id}`);
}

/** Runs, the newest first. */
export function listRuns(
  tx: Transaction,
  workspaceId: string,
  filter: {
    user: string | null;
    event: string | null;
    workflow: string | null;
    state: string | null;
    key: string | null;
    before: string;
    limit: number;
  },
): Promise<RunRow[]> {
  return tx.rows(sql`
    select r.*, d.closes_at
    from runs r
    left join run_digests d on d.workspace_id = r.workspace_id and d.id = r.phase ->> 'id' and r.state = 'waiting' and d.open
    where r.workspace_id = ${workspaceId} and r.id < ${filter.before}
      and (${filter.user}::text is null or r.user_id = ${filter.user})
      and (${filter.event}::text is null or r.event_id = ${filter.event})
      and (${filter.workflow}::text is null or r.workflow = ${filter.workflow})
      and (${filter.state}::text is null or r.state = ${filter.state})
      and (${filter.key}::text is null or r.cancel_key = ${filter.key})
    order by r.id desc
    limit ${filter.limit}`);
}

/** How many of the newest runs there are of each workflow in each state; never more than `limit` are looked at. */
export function tallyRuns(
  tx: Transaction,
  workspaceId: string,
  since: Date,
  limit: number,
): Promise<{ workflow: string; state: RunRow['state']; runs: number }[]> {
  return tx.rows(sql`
    select workflow, state, count(*)::int as runs
    from (
      select workflow, state, created_at from runs
      where workspace_id = ${workspaceId}
      order by id desc
      limit ${limit}
    ) r
    where created_at >= ${since}
    group by workflow, state`);
}

export async function traceOf(tx: Transaction, workspaceId: string, run: string): Promise<Line[]> {
  const rows = await tx.rows<{ lines: Line[] }>(sql`
    select lines from run_steps where workspace_id = ${workspaceId} and run_id = ${run} order by number`);
  return rows.flatMap((row) => row.lines);
}

export async function countRuns(tx: Transaction, workspaceId: string, event: string): Promise<Record<string, number>> {
  const rows = await tx.rows<{ state: string; count: number }>(sql`
    select state, count(*)::int as count from runs where workspace_id = ${workspaceId} and event_id = ${event} group by 1`);
  return Object.fromEntries(rows.map((row) => [row.state, row.count]));
}

/** The last events that began a run of a workflow, with the user of each, the newest first. */
export function lastTriggered(
  tx: Transaction,
  workspaceId: string,
  workflow: string,
  limit: number,
): Promise<
  { event_id: string; user_id: string; name: string | null; payload: Record<string, never>; actor: string | null }[]
> {
  return tx.rows(sql`
    select r.event_id, r.user_id, t.name, t.payload, t.actor
    from (
      select event_id, user_id, id from runs
      where workspace_id = ${workspaceId} and workflow = ${workflow}
      order by id desc
      limit ${limit}
    ) r
    join triggers t on t.workspace_id = ${workspaceId} and t.id = r.event_id
    order by r.id desc`);
}
