import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface WorkspaceRow {
  workspace_id: string;
  name: string;
  parent_id: string | null;
  sandbox_id: string | null;
  created_at: Date;
}

/** With the heads of its log and of its broadcasts, without which nothing can be published in it. */
export async function insertWorkspace(
  tx: Transaction,
  workspace: { id: string; name: string; parentId: string | null; epoch: string; createdAt: Date },
): Promise<void> {
  await tx.run(sql`
    with head as (insert into log_heads (workspace_id, epoch) values (${workspace.id}, ${workspace.epoch})),
         broadcast_head as (insert into broadcast_heads (workspace_id) values (${workspace.id}))
    insert into workspaces (workspace_id, name, parent_id, created_at)
    values (${workspace.id}, ${workspace.name}, ${workspace.parentId}, ${workspace.createdAt})`);
}

export function findWorkspace(tx: Transaction, workspaceId: string): Promise<WorkspaceRow | undefined> {
  return tx.find(sql`
    select w.workspace_id, w.name, w.parent_id, s.workspace_id as sandbox_id, w.created_at
    from workspaces w
    left join workspaces s on s.parent_id = w.workspace_id and s.deleted_at is null
    where w.workspace_id = ${workspaceId} and w.deleted_at is null`);
}

/** Whoever changes members, roles or invitations of a workspace holds this lock, so that the rules see one state at a time. */
export function lockWorkspace(tx: Transaction, workspaceId: string): Promise<WorkspaceRow | undefined> {
  return tx.find(sql`
    with locked as (select * from workspaces where workspace_id = ${workspaceId} and deleted_at is null for update)
    select w.workspace_id, w.name, w.parent_id, s.workspace_id as sandbox_id, w.created_at
    from locked w
    left join workspaces s on s.parent_id = w.workspace_id and s.deleted_at is null`);
}

export async function renameWorkspace(tx: Transaction, workspaceId: string, name: string): Promise<void> {
  await tx.run(sql`update workspaces set name = ${name} where workspace_id = ${workspaceId}`);
}

/** With its sandbox; returns the ids of what is gone now. */
export async function markDeleted(tx: Transaction, workspaceId: string, now: Date): Promise<string[]> {
  const rows = await tx.rows<{ workspace_id: string }>(sql`
    update workspaces set deleted_at = ${now}
    where (workspace_id = ${workspaceId} or parent_id = ${workspaceId}) and deleted_at is null
    returning workspace_id`);
  return rows.map((row) => row.workspace_id);
}

export interface MembershipRow {
  workspace_id: string;
  member_id: string;
  name: string;
  parent_id: string | null;
  role: string;
}

/** Where this account is a member, in the order of joining; sandboxes come last. */
export function listMemberships(tx: Transaction, accountId: string): Promise<MembershipRow[]> {
  return tx.rows(sql`
    select w.workspace_id, m.id as member_id, w.name, w.parent_id, m.role
    from members m
    join workspaces w on w.workspace_id = m.workspace_id and w.deleted_at is null
    where m.account_id = ${accountId}
    order by w.parent_id is not null, m.joined_at, m.id`);
}

export async function countOwned(tx: Transaction, accountId: string): Promise<number> {
  const row = await tx.get<{ owned: number }>(sql`
    select count(*)::int as owned
    from members m
    join workspaces w on w.workspace_id = m.workspace_id and w.deleted_at is null and w.parent_id is null
    where m.account_id = ${accountId} and m.role = 'owner'`);
  return row.owned;
}
