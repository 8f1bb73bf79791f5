import { idSchema, Me, PERMISSIONS, Permission, Session } from '@pulsestack/core';
import { z } from 'zod';
import { operation } from '../../../kernel/operation.ts';
import { describeMe, rename, signedIn } from '../accounts.ts';
import { endSession, endSessions } from '../sessions.ts';
import { listSessions } from '../store/sessions.ts';
import { PersonName } from './auth.ts';

const permissions = (Object.keys(PERMISSIONS) as Permission[]).map((permission) => ({
  permission,
  description: PERMISSIONS[permission],
}));

export const meOperations = [
  operation({
    id: 'accounts.getMe',
    method: 'GET',
    path: '/v1/me',
    summary: 'Who is signed in, where, and what they may do',
    allow: 'account',
    output: Me,
    transaction: 'system',
    run: describeMe,
  }),
  operation({
    id: 'accounts.updateMe',
    method: 'PATCH',
    path: '/v1/me',
    summary: 'Change your name',
    allow: 'account',
    body: z.strictObject({ name: PersonName }),
    output: Me,
    example: { name: 'Ada King' },
    audit: { action: 'account.updated', target: (_input, me) => me.account.id },
    transaction: 'system',
    run: (ctx, { body }) => rename(ctx, body.name),
  }),
  operation({
    id: 'accounts.listSessions',
    method: 'GET',
    path: '/v1/sessions',
    summary: 'Where you are signed in',
    allow: 'account',
    output: z.object({ items: z.array(Session) }),
    transaction: 'system',
    run: async (ctx) => {
      const { accountId, sessionId } = signedIn(ctx);
      const rows = await listSessions(ctx.tx, accountId, ctx.clock.now());
      return {
        items: rows.map((row) => ({
          id: row.id,
          current: row.id === sessionId,
          ip: row.ip,
          userAgent: row.user_agent,
          createdAt: row.created_at.toISOString(),
          lastUsedAt: row.last_used_at.toISOString(),
          expiresAt: row.expires_at.toISOString(),
        })),
      };
    },
  }),
  operation({
    id: 'accounts.endSession',
    method: 'DELETE',
    path: '/v1/sessions/{id}',
    summary: 'Sign out elsewhere',
    description: 'The id of a session, or `others` for all but this one. Their tokens and connections stop at once.',
    allow: 'account',
    params: z.strictObject({ id: z.union([idSchema('session'), z.literal('others')]) }),
    output: null,
    errors: ['resource.not_found'],
    audit: { action: 'session.ended', target: ({ params }) => params.id },
    transaction: 'system',
    run: async (ctx, { params }) => {
      const { accountId, sessionId } = signedIn(ctx);
      if (params.id === 'others') await endSessions(ctx, { accountId, except: sessionId });
      else await endSession(ctx, accountId, params.id);
    },
  }),
  operation({
    id: 'accounts.listPermissions',
    method: 'GET',
    path: '/v1/permissions',
    summary: 'Everything a role or an API key can be allowed to do',
    allow: 'account',
    output: z.object({ items: z.array(z.object({ permission: Permission, description: z.string() })) }),
    transaction: 'none',
    run: async () => ({ items: permissions }),
  }),
];
