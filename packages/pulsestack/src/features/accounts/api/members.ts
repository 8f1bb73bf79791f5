import {
  EmailAddress,
  Invitation,
  idSchema,
  Member,
  PageQuery,
  Password,
  pageOf,
  SessionTokens,
} from '@pulsestack/core';
import { z } from 'zod';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { accept, inspect, invite, toInvitation, withdraw } from '../invitations.ts';
import { changeRole, removeMember, toMember } from '../members.ts';
import { answerTokens } from '../sessions.ts';
import { listInvitations } from '../store/invitations.ts';
import { listMembers } from '../store/members.ts';
import { LinkToken, PersonName } from './auth.ts';

const MemberParams = z.strictObject({ id: idSchema('member') });
const InvitationParams = z.strictObject({ id: idSchema('invitation') });
const RoleId = z
  .string()
  .min(1)
  .max(64)
  .meta({ description: 'admin, member or the id of a custom role', examples: ['admin'] });

export const memberOperations = [
  operation({
    id: 'accounts.listMembers',
    method: 'GET',
    path: '/v1/members',
    summary: 'Members of the workspace, in the order of joining',
    allow: 'members.read',
    query: PageQuery,
    output: pageOf(Member),
    errors: ['request.cursor_invalid'],
    run: async (ctx, { query }) => {
      const [joinedAt, id] =
        query.cursor === undefined ? [] : decodeCursor('members', query.cursor, ['instant', 'string']);
      const after = joinedAt === undefined ? null : { joinedAt: String(joinedAt), id: String(id) };
      const rows = await listMembers(ctx.tx, ctx.workspaceId, after, query.limit + 1);
      return toPage(rows, query.limit, toMember, (row) =>
        encodeCursor('members', [row.joined_at.toISOString(), row.id]),
      );
    },
  }),
  operation({
    id: 'accounts.updateMember',
    method: 'PATCH',
    path: '/v1/members/{id}',
    summary: 'Give a member another role',
    description: 'You can give no permission that you do not have yourself. The owner changes only by transfer.',
    allow: 'members.manage',
    params: MemberParams,
    body: z.strictObject({ role: RoleId }),
    output: Member,
    errors: ['resource.not_found', 'resource.conflict', 'auth.forbidden'],
    example: { role: 'admin' },
    audit: {
      action: 'member.role_changed',
      target: ({ params }) => params.id,
      detail: ({ body }) => ({ role: body.role }),
    },
    // The sandbox follows in the same transaction.
    transaction: 'system',
    run: (ctx, { params, body }) => changeRole(ctx, params.id, body.role),
  }),
  operation({
    id: 'accounts.removeMember',
    method: 'DELETE',
    path: '/v1/members/{id}',
    summary: 'Remove a member, or leave',
    description: 'Removing somebody else needs `members.manage`; everyone but the owner may leave.',
    allow: 'members.read',
    params: MemberParams,
    output: null,
    errors: ['resource.not_found', 'resource.conflict', 'auth.forbidden'],
    audit: { action: 'member.removed', target: ({ params }) => params.id },
    transaction: 'system',
    run: (ctx, { params }) => removeMember(ctx, params.id),
  }),
  operation({
    id: 'accounts.listInvitations',
    method: 'GET',
    path: '/v1/invitations',
    summary: 'Invitations that were not accepted yet, the newest first',
    allow: 'members.read',
    query: PageQuery,
    output: pageOf(Invitation),
    errors: ['request.cursor_invalid'],
    run: async (ctx, { query }) => {
      const [before] = query.cursor === undefined ? [null] : decodeCursor('invitations', query.cursor, ['string']);
      const rows = await listInvitations(ctx.tx, ctx.workspaceId, before as string | null, query.limit + 1);
      return toPage(rows, query.limit, toInvitation, (row) => encodeCursor('invitations', [row.id]));
    },
  }),
  operation({
    id: 'accounts.invite',
    method: 'POST',
    path: '/v1/invitations',
    summary: 'Invite somebody into the workspace',
    description: 'Mails a link that works once, for 7 days. Inviting the same address again replaces the link.',
    allow: 'members.manage',
    body: z.strictObject({ email: EmailAddress, role: RoleId }),
    output: Invitation,
    status: 201,
    errors: ['resource.exists', 'resource.limit', 'resource.conflict', 'auth.forbidden'],
    example: { email: 'grace@example.com', role: 'member' },
    audit: {
      action: 'invitation.created',
      target: (_input, invitation) => invitation.id,
      detail: ({ body }) => ({ email: body.email, role: body.role }),
    },
    transaction: 'system',
    run: (ctx, { body }) => invite(ctx, body.email, body.role),
  }),
  operation({
    id: 'accounts.withdrawInvitation',
    method: 'DELETE',
    path: '/v1/invitations/{id}',
    summary: 'Withdraw an invitation',
    allow: 'members.manage',
    params: InvitationParams,
    output: null,
    errors: ['resource.not_found'],
    audit: { action: 'invitation.withdrawn', target: ({ params }) => params.id },
    run: (ctx, { params }) => withdraw(ctx, params.id),
  }),
  operation({
    id: 'accounts.inspectInvitation',
    method: 'POST',
    path: '/v1/invitations/inspect',
    summary: 'What an invitation link leads to',
    allow: 'public',
    limit: 'sign-in',
    body: z.strictObject({ token: LinkToken }),
    output: z.object({
      workspaceName: z.string(),
      email: z.string(),
      role: z.string().meta({ description: 'Name of the role' }),
      hasAccount: z.boolean().meta({ description: 'The invited address can sign in already' }),
    }),
    errors: ['auth.token_used'],
    example: { token: 'dGhpcyBpcyBub3QgYSByZWFsIHRva2Vu' },
    audit: 'own-record',
    transaction: 'system',
    run: (ctx, { body }) => inspect(ctx, body.token),
  }),
  operation({
    id: 'accounts.acceptInvitation',
    method: 'POST',
    path: '/v1/invitations/accept',
    summary: 'Accept an invitation',
    description: 'Signed in, you join with your account. Otherwise give a name and a password for a new one.',
    allow: 'public',
    limit: 'sign-in',
    body: z.strictObject({ token: LinkToken, name: PersonName.optional(), password: Password.optional() }),
    output: SessionTokens,
    errors: ['auth.token_used', 'auth.email_unverified', 'resource.exists'],
    example: { token: 'dGhpcyBpcyBub3QgYSByZWFsIHRva2Vu', name: 'Grace Hopper', password: 'correct horse battery' },
    audit: 'own-record',
    transaction: 'none',
    run: async (ctx, { body }, reply) => answerTokens(ctx, reply, await accept(ctx, body)),
  }),
];
