import { type Part, sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

/** So many rows that never failed, or so many of those that did. */
export interface Page {
  limit: number;
  failedBefore: boolean;
}

/** As long as no more rows than this are due, the workspaces are read off the oldest of them. */
const GLANCE = 1000;

/**
 * Which workspaces have rows that are due, in no order. With a backlog, which may be all of one workspace, every workspace
 * that has such rows is asked by itself: one step in the index for each.
 */
export async function workspacesWithDue(
  tx: Transaction,
  { table, when, only }: { table: Part; when: Part; only: Part },
  now: Date,
  limit: number,
): Promise<string[]> {
  const rows = await tx.rows<{ workspace_id: string }>(sql`
    with recursive glance as materialized (
      select workspace_id from ${table} where ${only} and ${when} <= ${now} order by ${when} limit ${GLANCE}
    ),
    spaces (workspace_id) as (
      (select workspace_id from ${table} where ${only} and (select count(*) from glance) = ${GLANCE} order by workspace_id limit 1)
      union all
      select (select t.workspace_id from ${table} t where ${only} and t.workspace_id > spaces.workspace_id order by t.workspace_id limit 1)
      from spaces
      where spaces.workspace_id is not null
    ),
    found as (
      select distinct workspace_id from glance
      union
      select s.workspace_id from spaces s
      where exists (select from ${table} t where ${only} and t.workspace_id = s.workspace_id and ${when} <= ${now})
    )
    select workspace_id from found order by random() limit ${limit}`);
  return rows.map((row) => row.workspace_id);
}
