import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface RoleRow {
  id: string;
  name: string;
  permissions: string[];
}

export function listRoles(tx: Transaction, workspaceId: string): Promise<RoleRow[]> {
  return tx.rows(
    sql`select id, name, permissions from roles where workspace_id = ${workspaceId} order by lower(name), id`,
  );
}

export function findRole(tx: Transaction, workspaceId: string, id: string): Promise<RoleRow | undefined> {
  return tx.find(sql`select id, name, permissions from roles where workspace_id = ${workspaceId} and id = ${id}`);
}

/** How many members have each role. */
export function countByRole(tx: Transaction, workspaceId: string): Promise<{ role: string; members: number }[]> {
  return tx.rows(
    sql`select role, count(*)::int as members from members where workspace_id = ${workspaceId} group by role`,
  );
}

export async function isNameTaken(
  tx: Transaction,
  workspaceId: string,
  name: string,
  exceptId: string,
): Promise<boolean> {
  const row = await tx.find(sql`
    select from roles where workspace_id = ${workspaceId} and lower(name) = lower(${name}) and id <> ${exceptId}`);
  return row !== undefined;
}

/** In the workspace and its sandbox, under one id. */
export async function insertRole(
  tx: Transaction,
  workspaceIds: readonly string[],
  role: { id: string; name: string; permissions: readonly string[]; createdAt: Date },
): Promise<void> {
  await tx.run(sql`
    insert into roles (workspace_id, id, name, permissions, created_at)
    select workspace_id, ${role.id}, ${role.name}, ${role.permissions}::text[], ${role.createdAt}
    from unnest(${workspaceIds}::text[]) as workspace_id`);
}

export async function updateRole(tx: Transaction, workspaceIds: readonly string[], role: RoleRow): Promise<void> {
  await tx.run(sql`
    update roles set name = ${role.name}, permissions = ${role.permissions}
    where workspace_id = any(${workspaceIds}::text[]) and id = ${role.id}`);
}

export async function deleteRole(tx: Transaction, workspaceIds: readonly string[], id: string): Promise<void> {
  await tx.run(sql`delete from roles where workspace_id = any(${workspaceIds}::text[]) and id = ${id}`);
}

/** A new sandbox begins with the roles of its workspace. */
export async function copyRoles(tx: Transaction, fromId: string, toId: string): Promise<void> {
  await tx.run(sql`
    insert into roles (workspace_id, id, name, permissions, created_at)
    select ${toId}, id, name, permissions, created_at from roles where workspace_id = ${fromId}`);
}

/** Members and open invitations that have this role. */
export async function countUses(
  tx: Transaction,
  workspaceId: string,
  id: string,
): Promise<{ members: number; invitations: number }> {
  return tx.get(sql`
    select (select count(*)::int from members where workspace_id = ${workspaceId} and role = ${id}) as members,
           (select count(*)::int from invitations where workspace_id = ${workspaceId} and role = ${id}) as invitations`);
}
