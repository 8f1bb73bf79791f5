import type { Workspace } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { lockEstate } from './members.ts';
import { revokeAfterCommit } from './revocation.ts';
import * as members from './store/members.ts';
import { copyRoles } from './store/roles.ts';
import * as store from './store/workspaces.ts';
import type { Work } from './work.ts';

const EPOCH_CHARS = 8;
const MAX_OWNED = 50;

/** Makes a workspace with its log and, when an owner is named, its first member. Needs a system transaction. */
export async function createWorkspace(
  work: Work,
  workspace: { name: string; ownerAccountId?: string; parentId?: string },
): Promise<{ workspaceId: string; memberId?: string }> {
  const workspaceId = work.newId('workspace');
  const now = work.clock.now();
  await store.insertWorkspace(work.tx, {
    id: workspaceId,
    name: workspace.name,
    parentId: workspace.parentId ?? null,
    epoch: work.randomBytes(EPOCH_CHARS).toString('hex').slice(0, EPOCH_CHARS),
    createdAt: now,
  });
  if (!workspace.ownerAccountId) return { workspaceId };
  const memberId = work.newId('member');
  await members.insertMember(work.tx, {
    workspaceId,
    id: memberId,
    accountId: workspace.ownerAccountId,
    role: 'owner',
    joinedAt: now,
  });
  return { workspaceId, memberId };
}

/** One more workspace of a person, who owns it. */
export async function foundWorkspace(ctx: Context, accountId: string, name: string): Promise<Workspace> {
  if ((await store.countOwned(ctx.tx, accountId)) >= MAX_OWNED) {
    throw fail('resource.limit', `A person owns at most ${MAX_OWNED} workspaces; transfer or delete one first.`);
  }
  const { workspaceId } = await createWorkspace(ctx, { name, ownerAccountId: accountId });
  return getWorkspace({ ...ctx, workspaceId });
}

export async function getWorkspace(ctx: Context): Promise<Workspace> {
  const row = await store.findWorkspace(ctx.tx, ctx.workspaceId);
  if (!row) throw notFound('workspace');
  return toWorkspace(row);
}

/** Makes the sandbox of a workspace: a workspace of its own with the same roles and the same members. */
export async function createSandbox(ctx: Context): Promise<Workspace> {
  const { workspace } = await lockEstate(ctx);
  if (workspace.sandbox_id) throw fail('resource.exists', 'This workspace has a sandbox already.');
  const { workspaceId } = await createWorkspace(ctx, {
    name: `${workspace.name} (sandbox)`.slice(0, 100),
    parentId: ctx.workspaceId,
  });
  await copyRoles(ctx.tx, ctx.workspaceId, workspaceId);
  const joinedAt = ctx.clock.now();
  for (const { account_id: accountId, role } of await members.listAllMembers(ctx.tx, ctx.workspaceId)) {
    await members.insertMember(ctx.tx, { workspaceId, id: ctx.newId('member'), accountId, role, joinedAt });
  }
  return getWorkspace({ ...ctx, workspaceId });
}

/** Deletes a workspace with its sandbox: every credential stops with the commit, the rows follow in the background. */
export async function deleteWorkspace(ctx: Context, confirm: string): Promise<void> {
  const workspace = await store.lockWorkspace(ctx.tx, ctx.workspaceId);
  if (!workspace) throw notFound('workspace');
  if (workspace.name !== confirm) {
    throw fail('request.invalid', 'Type the name of the workspace to confirm.', {
      fields: [{ in: 'body', field: '/confirm', message: 'must be the name of the workspace' }],
    });
  }
  const deleted = await store.markDeleted(ctx.tx, ctx.workspaceId, ctx.clock.now());
  revokeAfterCommit(ctx, {
    forget: deleted.map((id) => ({ kind: 'workspace', id })),
    close: deleted.map((id) => ({ kind: 'workspace', id, workspaceId: id })),
  });
}

export function toWorkspace(row: store.WorkspaceRow): Workspace {
  return {
    id: row.workspace_id,
    name: row.name,
    kind: kindOf(row),
    parentId: row.parent_id,
    sandboxId: row.sandbox_id,
    createdAt: row.created_at.toISOString(),
  };
}

export function toWorkspaceSummary(row: store.MembershipRow) {
  return { id: row.workspace_id, name: row.name, kind: kindOf(row), role: row.role };
}

function kindOf(row: { parent_id: string | null }): Workspace['kind'] {
  return row.parent_id === null ? 'production' : 'sandbox';
}
