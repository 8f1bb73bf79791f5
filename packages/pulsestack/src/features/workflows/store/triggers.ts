import { jsonText } from '../../../kernel/json-text.ts';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface FreshTrigger {
  id: string;
  name: string | null;
  workflow: string | null;
  payload: unknown;
  audience: object;
  actor: string | null;
  source: string;
  transaction_id: string | null;
  cancel_key: string | null;
  status: string;
  workflows: readonly string[];
  state: 'done' | 'fanning';
  users: number;
  correlation_id: string;
}

/** Stores what was accepted, in the order given, and returns the ids of those that were new: one transaction id is accepted once. */
export async function insertTriggers(
  tx: Transaction,
  workspaceId: string,
  triggers: readonly FreshTrigger[],
  now: Date,
): Promise<Set<string>> {
  if (triggers.length === 0) return new Set();
  const rows = await tx.rows<{ id: string }>(sql`
    insert into triggers (workspace_id, id, name, workflow, payload, audience, actor, source, transaction_id, cancel_key, status, workflows,
                          state, users, correlation_id, created_at)
    select ${workspaceId}, id, name, workflow, payload, audience, actor, source, transaction_id, cancel_key, status, workflows, state, users,
           correlation_id, ${now}
    from json_to_recordset(${jsonText(triggers.map((trigger, position) => ({ ...trigger, position })))}::json) as t (
      id text, name text, workflow text, payload jsonb, audience jsonb, actor text, source text, transaction_id text, cancel_key text,
      status text, workflows text[], state text, users int, correlation_id text, position int)
    order by position
    on conflict (workspace_id, transaction_id) where transaction_id is not null do nothing
    returning id`);
  return new Set(rows.map((row) => row.id));
}

export interface TriggerRow {
  id: string;
  name: string | null;
  workflow: string | null;
  payload: Record<string, unknown>;
  audience: { users?: string[]; topic?: string; topics?: string[]; everyone?: boolean };
  actor: string | null;
  source: string;
  transaction_id: string | null;
  cancel_key: string | null;
  status: string;
  workflows: string[];
  state: 'done' | 'fanning';
  users: number;
  correlation_id: string;
  created_at: Date;
}

export function findTrigger(tx: Transaction, workspaceId: string, id: string): Promise<TriggerRow | undefined> {
  return tx.find(sql`select * from triggers where workspace_id = ${workspaceId} and id = ${id}`);
}

export function findTransactions(tx: Transaction, workspaceId: string, ids: readonly string[]): Promise<TriggerRow[]> {
  return tx.rows(sql`
    select * from triggers
    where workspace_id = ${workspaceId} and transaction_id is not null and transaction_id = any(${ids}::text[])`);
}

/** Takes note of a page that was reached. */
export async function addReached(
  tx: Transaction,
  workspaceId: string,
  id: string,
  users: number,
  done: boolean,
): Promise<void> {
  await tx.run(sql`
    update triggers set users = users + ${users}, state = case when ${done}::boolean then 'done' else state end
    where workspace_id = ${workspaceId} and id = ${id}`);
}
