import { idSchema, Workspace, WorkspaceId, WorkspaceName } from '@pulsestack/core';
import { z } from 'zod';
import { audit } from '../../../kernel/audit.ts';
import { operation } from '../../../kernel/operation.ts';
import { signedIn } from '../accounts.ts';
import { transferOwnership } from '../members.ts';
import { listMemberships, renameWorkspace } from '../store/workspaces.ts';
import { createSandbox, deleteWorkspace, foundWorkspace, getWorkspace, toWorkspaceSummary } from '../workspaces.ts';

export const workspaceOperations = [
  operation({
    id: 'accounts.listWorkspaces',
    method: 'GET',
    path: '/v1/workspaces',
    summary: 'The workspaces you are a member of',
    allow: 'account',
    output: z.object({
      items: z.array(
        z.object({ id: WorkspaceId, name: z.string(), kind: z.enum(['production', 'sandbox']), role: z.string() }),
      ),
    }),
    transaction: 'system',
    run: async (ctx) => ({ items: (await listMemberships(ctx.tx, signedIn(ctx).accountId)).map(toWorkspaceSummary) }),
  }),
  operation({
    id: 'accounts.createWorkspace',
    method: 'POST',
    path: '/v1/workspaces',
    summary: 'Create a workspace, which you will own',
    allow: 'account',
    body: z.strictObject({ name: WorkspaceName }),
    output: Workspace,
    status: 201,
    errors: ['resource.limit'],
    example: { name: 'Analytical Engines' },
    audit: 'own-record',
    transaction: 'system',
    run: async (ctx, { body }) => {
      const workspace = await foundWorkspace(ctx, signedIn(ctx).accountId, body.name);
      await audit(ctx, {
        action: 'workspace.created',
        target: workspace.id,
        detail: { name: body.name },
        workspaceId: workspace.id,
      });
      return workspace;
    },
  }),
  operation({
    id: 'accounts.getWorkspace',
    method: 'GET',
    path: '/v1/workspace',
    summary: 'The workspace of these credentials',
    allow: 'members.read',
    output: Workspace,
    // A workspace cannot see its sandbox, which is another one.
    transaction: 'system',
    run: (ctx) => getWorkspace(ctx),
  }),
  operation({
    id: 'accounts.updateWorkspace',
    method: 'PATCH',
    path: '/v1/workspace',
    summary: 'Rename the workspace',
    allow: 'workspace.manage',
    body: z.strictObject({ name: WorkspaceName }),
    output: Workspace,
    example: { name: 'Analytical Engines' },
    audit: {
      action: 'workspace.renamed',
      target: (_input, workspace) => workspace.id,
      detail: ({ body }) => ({ name: body.name }),
    },
    transaction: 'system',
    run: async (ctx, { body }) => {
      await renameWorkspace(ctx.tx, ctx.workspaceId, body.name);
      return getWorkspace(ctx);
    },
  }),
  operation({
    id: 'accounts.deleteWorkspace',
    method: 'DELETE',
    path: '/v1/workspace',
    summary: 'Delete the workspace and everything in it',
    description:
      'With its sandbox. All credentials stop at once; the data is removed soon after and cannot be brought back.',
    allow: 'owner',
    body: z.strictObject({ confirm: z.string().max(200).meta({ description: 'The name of the workspace' }) }),
    output: null,
    example: { confirm: 'Analytical Engines' },
    audit: { action: 'workspace.deleted' },
    transaction: 'system',
    run: (ctx, { body }) => deleteWorkspace(ctx, body.confirm),
  }),
  operation({
    id: 'accounts.createSandbox',
    method: 'POST',
    path: '/v1/workspace/sandbox',
    summary: 'Create the sandbox of the workspace',
    description: 'A workspace of its own for development, with the same roles and members.',
    allow: 'workspace.manage',
    output: Workspace,
    status: 201,
    errors: ['resource.exists', 'resource.conflict'],
    audit: { action: 'workspace.sandbox_created', target: (_input, sandbox) => sandbox.id },
    transaction: 'system',
    run: (ctx) => createSandbox(ctx),
  }),
  operation({
    id: 'accounts.transferWorkspace',
    method: 'POST',
    path: '/v1/workspace/transfer',
    summary: 'Hand the workspace to another member',
    description: 'You become an admin.',
    allow: 'owner',
    body: z.strictObject({ memberId: idSchema('member') }),
    output: null,
    errors: ['resource.not_found', 'resource.conflict'],
    example: { memberId: 'mem_01jd0c5m8xk7q2w9v4t6r3n1ab' },
    audit: { action: 'workspace.transferred', target: ({ body }) => body.memberId },
    transaction: 'system',
    run: (ctx, { body }) => transferOwnership(ctx, body.memberId),
  }),
];
