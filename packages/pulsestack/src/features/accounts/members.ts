import type { Member, Permission } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { announce } from '../../kernel/event.ts';
import { memberJoined, memberRemoved, memberUpdated } from './events.ts';
import { revokeAfterCommit } from './revocation.ts';
import {
  isBuiltInRole,
  onlyKnown,
  permissionsOf,
  type Refusal,
  refuseRemoval,
  refuseRoleChange,
  type Standing,
} from './rules.ts';
import { permissionsOfLiveKey } from './store/api-keys.ts';
import * as store from './store/members.ts';
import { findRole } from './store/roles.ts';
import { lockWorkspace, type WorkspaceRow } from './store/workspaces.ts';

/** The workspace and its sandbox, whose members and roles are kept in step. */
export interface Estate {
  workspace: WorkspaceRow;
  ids: string[];
}

/** Locks the workspace of the request for a change of members or roles; those of a sandbox are changed in its workspace. */
export async function lockEstate(ctx: Context): Promise<Estate> {
  const workspace = await lockWorkspace(ctx.tx, ctx.workspaceId);
  if (!workspace) throw notFound('workspace');
  if (workspace.parent_id) {
    throw fail('resource.conflict', 'Members and roles of a sandbox follow its workspace; change them there.');
  }
  return { workspace, ids: estateIds(workspace) };
}

export function estateIds(workspace: WorkspaceRow): string[] {
  return workspace.sandbox_id ? [workspace.workspace_id, workspace.sandbox_id] : [workspace.workspace_id];
}

/** What the caller may do at this moment, read under the lock: what was remembered a second ago must not decide what is handed out. */
export async function standingOf(ctx: Context): Promise<Standing> {
  const { principal } = ctx;
  if (principal.kind === 'member') {
    const member = await store.findMember(ctx.tx, ctx.workspaceId, principal.id);
    if (!member) throw fail('auth.invalid', 'You are no longer a member of this workspace.');
    return { memberId: member.id, permissions: new Set(permissionsOf(member.role, member.custom_permissions)) };
  }
  if (principal.kind !== 'key') throw fail('auth.forbidden');
  const permissions = await permissionsOfLiveKey(ctx.tx, ctx.workspaceId, principal.id);
  if (!permissions) throw fail('auth.invalid');
  return { memberId: null, permissions: new Set(onlyKnown(permissions)) };
}

/** Gives a member another role, in the sandbox too. */
export async function changeRole(ctx: Context, memberId: string, role: string): Promise<Member> {
  const estate = await lockEstate(ctx);
  const target = await getMember(ctx, memberId);
  const permissions = await rolePermissions(ctx, role);
  stopIf(
    refuseRoleChange(
      await standingOf(ctx),
      { role: target.role, permissions: permissionsOf(target.role, target.custom_permissions) },
      { role, permissions },
    ),
  );
  const changed = await store.setRole(ctx.tx, estate.ids, target.account_id, role);
  afterChange(ctx, changed);
  await announceEach(ctx, changed, (id) => ({ event: memberUpdated, data: { memberId: id, role }, stream: null }));
  return toMember(await getMember(ctx, memberId));
}

/** Removes a member, or lets one leave; their credentials for this workspace stop with the commit. */
export async function removeMember(ctx: Context, memberId: string): Promise<void> {
  const estate = await lockEstate(ctx);
  const target = await getMember(ctx, memberId);
  stopIf(
    refuseRemoval(await standingOf(ctx), {
      id: target.id,
      role: target.role,
      permissions: permissionsOf(target.role, target.custom_permissions),
    }),
  );
  const removed = await store.deleteMembers(ctx.tx, estate.ids, target.account_id);
  for (const one of removed) await store.forgetUser(ctx.tx, one.workspace_id, one.id);
  afterChange(ctx, removed);
  await announceEach(ctx, removed, (id) => ({ event: memberRemoved, data: { memberId: id }, stream: null }));
}

/** Hands the workspace to another member; who had it becomes an admin. */
export async function transferOwnership(ctx: Context, memberId: string): Promise<void> {
  const estate = await lockEstate(ctx);
  const { principal } = ctx;
  const owner = principal.kind === 'member' ? await store.findMember(ctx.tx, ctx.workspaceId, principal.id) : undefined;
  if (owner?.role !== 'owner') throw fail('auth.forbidden', 'This is for the owner of the workspace.');
  const heir = await getMember(ctx, memberId);
  if (heir.id === owner.id) throw fail('resource.conflict', 'This member is the owner already.');
  const before = await store.setRole(ctx.tx, estate.ids, owner.account_id, 'admin');
  const after = await store.setRole(ctx.tx, estate.ids, heir.account_id, 'owner');
  afterChange(ctx, [...before, ...after]);
  await announceEach(ctx, before, (id) => ({
    event: memberUpdated,
    data: { memberId: id, role: 'admin' },
    stream: null,
  }));
  await announceEach(ctx, after, (id) => ({
    event: memberUpdated,
    data: { memberId: id, role: 'owner' },
    stream: null,
  }));
}

/** Makes an account a member of a workspace and of its sandbox; returns the member in the workspace. */
export async function addMember(
  ctx: Context,
  workspace: WorkspaceRow,
  accountId: string,
  role: string,
): Promise<string> {
  const joinedAt = ctx.clock.now();
  const added = estateIds(workspace).map((workspaceId) => ({ workspace_id: workspaceId, id: ctx.newId('member') }));
  for (const one of added) {
    await store.insertMember(ctx.tx, { workspaceId: one.workspace_id, id: one.id, accountId, role, joinedAt });
  }
  await announceEach(ctx, added, (id) => ({ event: memberJoined, data: { memberId: id, role }, stream: null }));
  return added[0]?.id as string;
}

/** Stops whoever would delete the user of a member: that goes by removing the member. */
export async function refuseMember(ctx: Pick<Context, 'tx' | 'workspaceId'>, userId: string): Promise<void> {
  if (await store.findMember(ctx.tx, ctx.workspaceId, userId)) {
    throw fail('resource.conflict', 'This user is a member of the workspace; remove the member instead.');
  }
}

/** What a role of this workspace allows; a role that does not exist is the caller's mistake. */
export async function rolePermissions(ctx: Context, role: string): Promise<Permission[]> {
  if (isBuiltInRole(role)) return permissionsOf(role, null);
  const row = await findRole(ctx.tx, ctx.workspaceId, role);
  if (!row) {
    throw fail('request.invalid', 'There is no such role in this workspace.', {
      fields: [
        { in: 'body', field: '/role', message: 'must be owner, admin, member or the id of a role of this workspace' },
      ],
    });
  }
  return onlyKnown(row.permissions);
}

export function toMember(row: store.MemberRow): Member {
  return {
    id: row.id,
    userId: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    permissions: permissionsOf(row.role, row.custom_permissions),
    joinedAt: row.joined_at.toISOString(),
  };
}

export function stopIf(refusal: Refusal | null): void {
  if (refusal) throw fail(refusal.code, refusal.sentence);
}

/** What these members could do is forgotten everywhere, and their connections begin anew with what they may now. */
export function afterChange(ctx: Context, members: readonly { workspace_id: string; id: string }[]): void {
  revokeAfterCommit(ctx, {
    forget: [{ kind: 'members' }],
    close: members.map((one) => ({ kind: 'user', id: one.id, workspaceId: one.workspace_id })),
  });
}

async function getMember(ctx: Context, id: string): Promise<store.MemberRow> {
  const member = await store.findMember(ctx.tx, ctx.workspaceId, id);
  if (!member) throw notFound('member');
  return member;
}

async function announceEach(
  ctx: Context,
  members: readonly { workspace_id: string; id: string }[],
  say: (memberId: string) => Parameters<typeof announce>[3][number],
): Promise<void> {
  for (const one of members) await announce(ctx, ctx.tx, one.workspace_id, [say(one.id)], ctx.requestId);
}
