import type { CapRule, Category, CategoryInput, PreferenceDefaults, WorkflowRule } from '@pulsestack/core';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export async function putCategory(
  tx: Transaction,
  workspaceId: string,
  key: string,
  category: CategoryInput,
  now: Date,
): Promise<void> {
  await tx.run(sql`
    insert into preference_categories
      (workspace_id, key, name, description, defaults, forced, critical, digestible, cadence, consent, created_at)
    values (${workspaceId}, ${key}, ${category.name}, ${category.description}, ${JSON.stringify(category.defaults)},
            ${JSON.stringify(category.forced)}, ${category.critical}, ${category.digestible},
            ${category.cadence ? JSON.stringify(category.cadence) : null}::jsonb, ${category.consent ?? null}, ${now})
    on conflict (workspace_id, key) do update
    set name = excluded.name, description = excluded.description, defaults = excluded.defaults, forced = excluded.forced,
        critical = excluded.critical, digestible = excluded.digestible, cadence = excluded.cadence, consent = excluded.consent`);
}

/** Makes the category when it is new; what somebody has described stays as it is. */
export async function addCategory(
  tx: Transaction,
  workspaceId: string,
  key: string,
  name: string,
  now: Date,
): Promise<void> {
  await tx.run(sql`
    insert into preference_categories (workspace_id, key, name, created_at)
    values (${workspaceId}, ${key}, ${name}, ${now})
    on conflict do nothing`);
}

export async function deleteCategory(tx: Transaction, workspaceId: string, key: string): Promise<boolean> {
  return (
    (await tx.run(sql`delete from preference_categories where workspace_id = ${workspaceId} and key = ${key}`)) === 1
  );
}

export async function putWorkflow(
  tx: Transaction,
  workspaceId: string,
  rule: Pick<WorkflowRule, 'workflow' | 'name' | 'category' | 'critical'>,
): Promise<void> {
  await tx.run(sql`
    insert into preference_workflows (workspace_id, workflow, name, category, critical)
    values (${workspaceId}, ${rule.workflow}, ${rule.name}, ${rule.category}, ${rule.critical})
    on conflict (workspace_id, workflow) do update
    set name = excluded.name, category = excluded.category, critical = excluded.critical`);
}

export async function putWorkflowRule(
  tx: Transaction,
  workspaceId: string,
  workflow: string,
  rule: Pick<WorkflowRule, 'defaults' | 'forced'>,
): Promise<WorkflowRule | undefined> {
  return tx.find(sql`
    update preference_workflows
    set defaults = ${JSON.stringify(rule.defaults)}, forced = ${JSON.stringify(rule.forced)}
    where workspace_id = ${workspaceId} and workflow = ${workflow}
    returning workflow, name, category, critical, defaults, forced`);
}

export async function putDefaults(
  tx: Transaction,
  workspaceId: string,
  defaults: PreferenceDefaults,
  now: Date,
): Promise<void> {
  await tx.run(sql`
    insert into preference_defaults (workspace_id, defaults, updated_at)
    values (${workspaceId}, ${JSON.stringify(defaults)}, ${now})
    on conflict (workspace_id) do update set defaults = excluded.defaults, updated_at = excluded.updated_at`);
}

export async function putCaps(
  tx: Transaction,
  workspaceId: string,
  caps: readonly CapRule[],
  now: Date,
): Promise<void> {
  await tx.run(sql`
    insert into preference_defaults (workspace_id, caps, updated_at)
    values (${workspaceId}, ${JSON.stringify(caps)}, ${now})
    on conflict (workspace_id) do update set caps = excluded.caps, updated_at = excluded.updated_at`);
}

/** Categories with their keys in order, for lists. */
export function listCategories(
  tx: Transaction,
  workspaceId: string,
  options: { after: string; limit: number },
): Promise<Category[]> {
  return tx.rows(sql`
    select key, name, description, defaults, forced, critical, digestible,
           coalesce(cadence, '{"every":"instant"}') as cadence, consent
    from preference_categories
    where workspace_id = ${workspaceId} and key > ${options.after}
    order by key
    limit ${options.limit}`);
}
