import type { JobState } from '@pulsestack/core';
import type { z } from 'zod';
import { sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';

export interface JobRow {
  id: string;
  name: string;
  state: JobState;
  key: string | null;
  data: z.infer<ReturnType<typeof z.json>>;
  attempts: number;
  max_attempts: number;
  run_at: Date;
  created_at: Date;
  leased_until: Date | null;
  error: string | null;
  failures: { attempt: number; at: string; error: string }[];
  progress: { done: number; total: number | null } | null;
  correlation_id: string;
}

/** The newest first; `before` is the last id of the page before. */
export function listJobs(
  tx: Transaction,
  workspaceId: string,
  options: { state: JobState | undefined; name: string | undefined; before: string | null; limit: number },
): Promise<JobRow[]> {
  const { state = null, name = null, before, limit } = options;
  return tx.rows(sql`
    select * from jobs
    where workspace_id = ${workspaceId}
      and (${state}::text is null or state = ${state}) and (${name}::text is null or name = ${name})
      and (${before}::text is null or id < ${before})
    order by id desc
    limit ${limit}`);
}

/** Those that have been given up, by their own index. */
export function listDead(
  tx: Transaction,
  workspaceId: string,
  options: { name: string | undefined; before: string | null; limit: number },
): Promise<JobRow[]> {
  const { name = null, before, limit } = options;
  return tx.rows(sql`
    select * from jobs
    where workspace_id = ${workspaceId} and state = 'dead' and (${name}::text is null or name = ${name})
      and (${before}::text is null or id < ${before})
    order by id desc
    limit ${limit}`);
}

export function findJob(tx: Transaction, workspaceId: string, id: string): Promise<JobRow | undefined> {
  return tx.find(sql`select * from jobs where workspace_id = ${workspaceId} and id = ${id}`);
}

/** Makes a job ready that waits for its time or for a person. False when it is neither. */
export async function redriveJob(tx: Transaction, workspaceId: string, id: string, now: Date | null): Promise<boolean> {
  const redriven = await tx.run(sql`
    update jobs
    set state = 'ready', attempts = case when state = 'dead' then 0 else attempts end,
        key = case when state = 'dead' then null else key end, run_at = coalesce(${now}::timestamptz, clock_timestamp())
    where workspace_id = ${workspaceId} and id = ${id} and state in ('dead', 'scheduled')`);
  return redriven === 1;
}

/** Makes a page of dead jobs ready, in the order of their ids; resolves to those. */
export async function redrivePage(
  tx: Transaction,
  workspaceId: string,
  page: { name: string | undefined; after: string; limit: number },
  now: Date | null,
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    update jobs as job
    set state = 'ready', attempts = 0, key = null, run_at = coalesce(${now}::timestamptz, clock_timestamp())
    from (
      select id from jobs
      where workspace_id = ${workspaceId} and state = 'dead' and id > ${page.after}
        and (${page.name ?? null}::text is null or name = ${page.name ?? null})
      order by id
      limit ${page.limit}
      for update skip locked) as dead
    where job.workspace_id = ${workspaceId} and job.id = dead.id
    returning job.id`);
  return rows.map((row) => row.id).toSorted();
}

/** Deletes a job that nobody works at. */
export async function dropJob(tx: Transaction, workspaceId: string, id: string): Promise<boolean> {
  return (
    (await tx.run(sql`delete from jobs where workspace_id = ${workspaceId} and id = ${id} and state <> 'running'`)) ===
    1
  );
}

/** So many of a state are counted; beyond, the figure is a lower bound. */
export const COUNTED = 10_000;

export interface CountRow {
  state: JobState;
  name: string;
  count: number;
  oldest: Date;
}

/** How many of each state and name, and the earliest instant among them. Reads so many rows of a state at most. */
export function countJobs(tx: Transaction, workspaceId: string): Promise<CountRow[]> {
  return tx.rows(sql`
    select state, name, count(*)::int as count, min(run_at) as oldest
    from (
      (select state, name, run_at from jobs where workspace_id = ${workspaceId} and state = 'scheduled' limit ${COUNTED + 1})
      union all (select state, name, run_at from jobs where workspace_id = ${workspaceId} and state = 'ready' limit ${COUNTED + 1})
      union all (select state, name, run_at from jobs where workspace_id = ${workspaceId} and state = 'running' limit ${COUNTED + 1})
      union all (select state, name, run_at from jobs where workspace_id = ${workspaceId} and state = 'dead' limit ${COUNTED + 1})
    ) as found
    group by state, name
    order by state, name`);
}

/** The same over the installation, for the figures of operators. */
export function measureJobs(tx: Transaction): Promise<{ state: JobState; count: number; oldest: Date }[]> {
  return tx.rows(sql`
    select state, count(*)::int as count, min(run_at) as oldest
    from (
      (select state, run_at from jobs where state = 'scheduled' limit ${COUNTED * 10})
      union all (select state, run_at from jobs where state = 'ready' limit ${COUNTED * 10})
      union all (select state, run_at from jobs where state = 'running' limit ${COUNTED * 10})
      union all (select state, run_at from jobs where state = 'dead' limit ${COUNTED * 10})
    ) as found
    group by state`);
}
