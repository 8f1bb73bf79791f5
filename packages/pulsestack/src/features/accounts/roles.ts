import { BUILT_IN_ROLES, type BuiltInRole, type Permission, type Role } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { afterChange, lockEstate, standingOf, stopIf } from './members.ts';
import { difference, isBuiltInRole, onlyKnown, refuseGrant } from './rules.ts';
import { listMembersWithRole } from './store/members.ts';
import * as store from './store/roles.ts';

const MAX_ROLES = 50;

/** The built-in roles, then those of the workspace. */
export async function listRoles(ctx: Context): Promise<Role[]> {
  const counts = new Map((await store.countByRole(ctx.tx, ctx.workspaceId)).map((one) => [one.role, one.members]));
  const builtIn = (Object.keys(BUILT_IN_ROLES) as BuiltInRole[]).map((id) => ({
    id,
    name: BUILT_IN_ROLES[id].name,
    builtIn: true,
    permissions: [...BUILT_IN_ROLES[id].permissions],
    members: counts.get(id) ?? 0,
  }));
  const custom = (await store.listRoles(ctx.tx, ctx.workspaceId)).map((row) => toRole(row, counts.get(row.id) ?? 0));
  return [...builtIn, ...custom];
}

export async function createRole(
  ctx: Context,
  wish: { name: string; permissions: readonly Permission[] },
): Promise<Role> {
  const estate = await lockEstate(ctx);
  const permissions = onlyKnown(wish.permissions);
  stopIf(refuseGrant(await standingOf(ctx), permissions));
  const id = ctx.newId('role');
  await refuseTakenName(ctx, wish.name, id);
  if ((await store.listRoles(ctx.tx, ctx.workspaceId)).length >= MAX_ROLES) {
    throw fail('resource.limit', `A workspace has at most ${MAX_ROLES} roles of its own.`);
  }
  await store.insertRole(ctx.tx, estate.ids, { id, name: wish.name, permissions, createdAt: ctx.clock.now() });
  return toRole({ id, name: wish.name, permissions }, 0);
}

/** Changes a role for everyone who has it, at once. Only what the caller may do themselves can be added or taken away. */
export async function updateRole(
  ctx: Context,
  id: string,
  wish: { name?: string | undefined; permissions?: readonly Permission[] | undefined },
): Promise<Role> {
  const estate = await lockEstate(ctx);
  const role = await getOwnRole(ctx, id);
  const before = onlyKnown(role.permissions);
  const after = wish.permissions ? onlyKnown(wish.permissions) : before;
  stopIf(refuseGrant(await standingOf(ctx), difference(before, after)));
  const name = wish.name ?? role.name;
  await refuseTakenName(ctx, name, id);
  await store.updateRole(ctx.tx, estate.ids, { id, name, permissions: after });
  const holders = await listMembersWithRole(ctx.tx, estate.ids, id);
  afterChange(ctx, holders);
  return toRole({ id, name, permissions: after }, holders.filter((one) => one.workspace_id === ctx.workspaceId).length);
}

/** A role that somebody has, or is invited with, stays. */
export async function deleteRole(ctx: Context, id: string): Promise<void> {
  const estate = await lockEstate(ctx);
  const role = await getOwnRole(ctx, id);
  stopIf(refuseGrant(await standingOf(ctx), onlyKnown(role.permissions)));
  const uses = await store.countUses(ctx.tx, ctx.workspaceId, id);
  if (uses.members + uses.invitations > 0) {
    throw fail(
      'resource.conflict',
      `${uses.members} members and ${uses.invitations} invitations have this role; give them another one first.`,
    );
  }
  await store.deleteRole(ctx.tx, estate.ids, id);
}

async function getOwnRole(ctx: Context, id: string): Promise<store.RoleRow> {
  if (isBuiltInRole(id))
    throw fail('resource.conflict', 'The built-in roles cannot be changed; create a role of your own.');
  const role = await store.findRole(ctx.tx, ctx.workspaceId, id);
  if (!role) throw notFound('role');
  return role;
}

async function refuseTakenName(ctx: Context, name: string, exceptId: string): Promise<void> {
  const builtIn = Object.values(BUILT_IN_ROLES).some((one) => one.name.toLowerCase() === name.toLowerCase());
  if (builtIn || (await store.isNameTaken(ctx.tx, ctx.workspaceId, name, exceptId))) {
    throw fail('resource.exists', `There is a role named "${name}" already.`);
  }
}

function toRole(row: store.RoleRow, members: number): Role {
  return { id: row.id, name: row.name, builtIn: false, permissions: onlyKnown(row.permissions), members };
}
