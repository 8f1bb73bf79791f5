import type { CapRule, Category, PreferenceDefaults, UserChoices, WorkflowRule } from '@pulsestack/core';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface RulesRow {
  defaults: PreferenceDefaults | null;
  caps: CapRule[] | null;
  categories: Category[];
  workflows: WorkflowRule[];
}

/** Everything a workspace has said about preferences, in one answer. */
export function readRules(tx: Transaction, workspaceId: string): Promise<RulesRow> {
  return tx.get(sql`
    select
      (select defaults from preference_defaults where workspace_id = ${workspaceId}) as defaults,
      (select caps from preference_defaults where workspace_id = ${workspaceId}) as caps,
      (select coalesce(jsonb_agg(jsonb_build_object('key', key, 'name', name, 'description', description,
                'defaults', defaults, 'forced', forced, 'critical', critical, 'digestible', digestible,
                'cadence', coalesce(cadence, '{"every":"instant"}'), 'consent', consent) order by created_at, key), '[]')
         from preference_categories where workspace_id = ${workspaceId}) as categories,
      (select coalesce(jsonb_agg(jsonb_build_object('workflow', workflow, 'name', name, 'category', category,
                'critical', critical, 'defaults', defaults, 'forced', forced) order by workflow), '[]')
         from preference_workflows where workspace_id = ${workspaceId}) as workflows`);
}

export async function readCaps(tx: Transaction, workspaceId: string): Promise<CapRule[] | null> {
  const row = await tx.find<{ caps: CapRule[] | null }>(
    sql`select caps from preference_defaults where workspace_id = ${workspaceId}`,
  );
  return row?.caps ?? null;
}

export interface UserRow {
  id: string;
  locale: string | null;
  time_zone: string | null;
  choices: UserChoices | null;
  updated_at: Date | null;
}

export function readUsers(tx: Transaction, workspaceId: string, ids: readonly string[]): Promise<UserRow[]> {
  return tx.rows(sql`
    select u.id, u.locale, u.time_zone, p.choices, p.updated_at
    from users u
    left join user_preferences p on p.workspace_id = u.workspace_id and p.user_id = u.id
    where u.workspace_id = ${workspaceId} and u.id = any(${ids}::text[])`);
}
