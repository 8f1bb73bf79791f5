import { line, Permission, Role } from '@pulsestack/core';
import { z } from 'zod';
import { operation } from '../../../kernel/operation.ts';
import { createRole, deleteRole, listRoles, updateRole } from '../roles.ts';

const RoleName = line(60);
const Permissions = z.array(Permission).max(Permission.options.length);
// Built-in roles have words for ids; naming one is answered with the reason, not with a complaint about its form.
const RoleParams = z.strictObject({ id: z.string().min(1).max(64) });

export const roleOperations = [
  operation({
    id: 'accounts.listRoles',
    method: 'GET',
    path: '/v1/roles',
    summary: 'The built-in roles and those of the workspace',
    allow: 'members.read',
    output: z.object({ items: z.array(Role) }),
    run: async (ctx) => ({ items: await listRoles(ctx) }),
  }),
  operation({
    id: 'accounts.createRole',
    method: 'POST',
    path: '/v1/roles',
    summary: 'Create a role',
    description: 'A role can hold no permission that you do not have yourself.',
    allow: 'roles.manage',
    body: z.strictObject({ name: RoleName, permissions: Permissions }),
    output: Role,
    status: 201,
    errors: ['resource.exists', 'resource.limit', 'resource.conflict', 'auth.forbidden'],
    example: { name: 'Editor', permissions: ['notifications.create', 'notifications.read'] },
    audit: {
      action: 'role.created',
      target: (_input, role) => role.id,
      detail: ({ body }) => ({ name: body.name, permissions: body.permissions }),
    },
    transaction: 'system',
    run: (ctx, { body }) => createRole(ctx, body),
  }),
  operation({
    id: 'accounts.updateRole',
    method: 'PATCH',
    path: '/v1/roles/{id}',
    summary: 'Change a role for everyone who has it',
    allow: 'roles.manage',
    params: RoleParams,
    body: z.strictObject({ name: RoleName.optional(), permissions: Permissions.optional() }),
    output: Role,
    errors: ['resource.not_found', 'resource.exists', 'resource.conflict', 'auth.forbidden'],
    example: { permissions: ['notifications.create'] },
    audit: { action: 'role.updated', target: ({ params }) => params.id, detail: ({ body }) => ({ ...body }) },
    transaction: 'system',
    run: (ctx, { params, body }) => updateRole(ctx, params.id, body),
  }),
  operation({
    id: 'accounts.deleteRole',
    method: 'DELETE',
    path: '/v1/roles/{id}',
    summary: 'Delete a role that nobody has',
    allow: 'roles.manage',
    params: RoleParams,
    output: null,
    errors: ['resource.not_found', 'resource.conflict', 'auth.forbidden'],
    audit: { action: 'role.deleted', target: ({ params }) => params.id },
    transaction: 'system',
    run: (ctx, { params }) => deleteRole(ctx, params.id),
  }),
];
