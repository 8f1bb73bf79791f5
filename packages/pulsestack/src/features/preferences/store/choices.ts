import type { PreferenceChange, UserChoices } from '@pulsestack/core';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

/** The choices of a user, locked until the transaction ends so that two patches do not undo each other. */
export async function lockChoices(
  tx: Transaction,
  workspaceId: string,
  userId: string,
  now: Date,
): Promise<UserChoices> {
  await tx.run(sql`
    insert into user_preferences (workspace_id, user_id, choices, updated_at)
    values (${workspaceId}, ${userId}, '{}', ${now})
    on conflict do nothing`);
  const { choices } = await tx.get<{ choices: UserChoices }>(
    sql`select choices from user_preferences where workspace_id = ${workspaceId} and user_id = ${userId} for update`,
  );
  return choices;
}

export interface ChangeRow {
  id: string;
  at: Date;
  actor_kind: PreferenceChange['actor']['kind'];
  actor_id: string;
  source: PreferenceChange['source'];
  changes: PreferenceChange['changes'];
}

/** Writes the choices and the line of their history. */
export async function writeChoices(
  tx: Transaction,
  workspaceId: string,
  userId: string,
  choices: UserChoices,
  change: ChangeRow,
): Promise<void> {
  await tx.run(sql`
    with changed as (
      update user_preferences set choices = ${JSON.stringify(choices)}, updated_at = ${change.at}
      where workspace_id = ${workspaceId} and user_id = ${userId}
    )
    insert into preference_changes (workspace_id, user_id, id, at, actor_kind, actor_id, source, changes)
    values (${workspaceId}, ${userId}, ${change.id}, ${change.at}, ${change.actor_kind}, ${change.actor_id},
            ${change.source}, ${JSON.stringify(change.changes)})`);
}

/** The newest first. */
export function listChanges(
  tx: Transaction,
  workspaceId: string,
  userId: string,
  options: { before: string | null; limit: number },
): Promise<ChangeRow[]> {
  return tx.rows(sql`
    select id, at, actor_kind, actor_id, source, changes
    from preference_changes
    where workspace_id = ${workspaceId} and user_id = ${userId} and (${options.before}::text is null or id < ${options.before})
    order by id desc
    limit ${options.limit}`);
}
