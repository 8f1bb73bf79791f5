import { EmailAddress, line, Password, SessionTokens, WorkspaceId } from '@pulsestack/core';
import { z } from 'zod';
import type { Context } from '../../../kernel/context.ts';
import { operation } from '../../../kernel/operation.ts';
import { signedIn } from '../accounts.ts';
import { mailLink } from '../links.ts';
import { changePassword, forgotPassword, resetPassword, verifyEmail } from '../recovery.ts';
import {
  answerTokens,
  clearCookie,
  endSession,
  moveSession,
  presentedRefreshToken,
  refreshSession,
} from '../sessions.ts';
import { nearestPlace, placeOf, signIn, signUp } from '../sign-in.ts';
import { findAccount } from '../store/accounts.ts';

export const PersonName = line(100).meta({ examples: ['Ada Lovelace'] });
export const LinkToken = z.string().min(16).max(200).meta({ description: 'The token of the mailed link' });
// A password that is only compared has no lower bound: rules change, old passwords stay.
const GivenPassword = z.string().min(1).max(200);

export const authOperations = [
  operation({
    id: 'accounts.signUp',
    method: 'POST',
    path: '/v1/auth/sign-up',
    summary: 'Create an account and sign in',
    description:
      'Makes a workspace too, which the new account owns, unless an invitation leads into an existing one. Mails a link that confirms the address. Where sign-up is by invitation, `invitation` is required. The refresh token is also set as an HttpOnly cookie.',
    allow: 'public',
    limit: 'sign-in',
    body: z.strictObject({
      email: EmailAddress,
      password: Password,
      name: PersonName,
      workspaceName: line(80).optional(),
      invitation: LinkToken.optional(),
    }),
    output: SessionTokens,
    status: 201,
    errors: ['auth.forbidden', 'auth.token_used', 'resource.exists'],
    example: { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada Lovelace' },
    audit: 'own-record',
    transaction: 'none',
    run: async (ctx, { body }, reply) => answerTokens(ctx, reply, await signUp(ctx, body)),
  }),
  operation({
    id: 'accounts.signIn',
    method: 'POST',
    path: '/v1/auth/sign-in',
    summary: 'Sign in with e-mail and password',
    description:
      'An unknown address and a wrong password answer the same. After ten failures an address rests for up to 15 minutes.',
    allow: 'public',
    limit: 'sign-in',
    body: z.strictObject({ email: EmailAddress, password: GivenPassword, workspaceId: WorkspaceId.optional() }),
    output: SessionTokens,
    errors: ['auth.sign_in_failed', 'auth.forbidden', 'resource.not_found'],
    example: { email: 'ada@example.com', password: 'correct horse battery' },
    audit: 'own-record',
    transaction: 'none',
    run: async (ctx, { body }, reply) => answerTokens(ctx, reply, await signIn(ctx, body)),
  }),
  operation({
    id: 'accounts.refresh',
    method: 'POST',
    path: '/v1/auth/refresh',
    summary: 'Exchange a refresh token for new tokens',
    description:
      'Each refresh token works once. Showing an earlier one ends the session, except within ten seconds, when two tabs may have raced. Without a token in the body the cookie is used, from our own pages only.',
    allow: 'public',
    body: z.strictObject({ refreshToken: z.string().min(1).max(200).optional() }),
    output: SessionTokens,
    errors: ['auth.required', 'auth.invalid', 'auth.expired', 'auth.origin_refused'],
    example: {},
    audit: 'own-record',
    transaction: 'none',
    run: async (ctx, { body }, reply) => {
      const token = presentedRefreshToken(ctx, body.refreshToken);
      return answerTokens(ctx, reply, await refreshSession(ctx, token, nearestPlace));
    },
  }),
  operation({
    id: 'accounts.signOut',
    method: 'POST',
    path: '/v1/auth/sign-out',
    summary: 'End this session',
    allow: 'account',
    output: null,
    audit: { action: 'session.ended' },
    transaction: 'system',
    run: async (ctx, _input, reply) => {
      const { accountId, sessionId } = signedIn(ctx);
      await endSession(ctx, accountId, sessionId);
      clearCookie(ctx, reply);
    },
  }),
  operation({
    id: 'accounts.switch',
    method: 'POST',
    path: '/v1/auth/switch',
    summary: 'Go to another workspace in the same session',
    allow: 'account',
    body: z.strictObject({ workspaceId: WorkspaceId }),
    output: SessionTokens,
    errors: ['resource.not_found'],
    example: { workspaceId: 'wsp_01jd0c5m8xk7q2w9v4t6r3n1ab' },
    audit: 'own-record',
    transaction: 'none',
    run: async (ctx, { body }, reply) => {
      const { accountId, sessionId } = signedIn(ctx);
      const state = await ctx.db.inSystem(async (tx) => {
        const work: Context = { ...ctx, tx };
        return moveSession(work, sessionId, await placeOf(work, accountId, body.workspaceId));
      });
      return answerTokens(ctx, reply, state);
    },
  }),
  operation({
    id: 'accounts.forgotPassword',
    method: 'POST',
    path: '/v1/auth/password/forgot',
    summary: 'Ask for a link to choose a new password',
    description: 'The answer is the same whether there is such an account or not.',
    allow: 'public',
    limit: 'sign-in',
    body: z.strictObject({ email: EmailAddress }),
    output: z.object({}),
    status: 202,
    example: { email: 'ada@example.com' },
    audit: 'own-record',
    transaction: 'system',
    run: async (ctx, { body }) => {
      await forgotPassword(ctx, body.email);
      return {};
    },
  }),
  operation({
    id: 'accounts.resetPassword',
    method: 'POST',
    path: '/v1/auth/password/reset',
    summary: 'Choose a new password by a mailed link',
    description: 'Ends every session of the account.',
    allow: 'public',
    limit: 'sign-in',
    body: z.strictObject({ token: LinkToken, password: Password }),
    output: null,
    errors: ['auth.token_used'],
    example: { token: 'dGhpcyBpcyBub3QgYSByZWFsIHRva2Vu', password: 'correct horse battery' },
    audit: 'own-record',
    transaction: 'none',
    run: async (ctx, { body }, reply) => {
      await resetPassword(ctx, body.token, body.password);
      clearCookie(ctx, reply);
    },
  }),
  operation({
    id: 'accounts.changePassword',
    method: 'POST',
    path: '/v1/auth/password',
    summary: 'Change your password',
    description: 'Ends your other sessions.',
    allow: 'account',
    limit: 'sign-in',
    body: z.strictObject({ currentPassword: GivenPassword, password: Password }),
    output: null,
    errors: ['auth.sign_in_failed'],
    example: { currentPassword: 'correct horse battery', password: 'staple correct horse' },
    audit: 'own-record',
    transaction: 'none',
    run: (ctx, { body }) => changePassword(ctx, body),
  }),
  operation({
    id: 'accounts.verifyEmail',
    method: 'POST',
    path: '/v1/auth/email/verify',
    summary: 'Confirm an address by a mailed link',
    allow: 'public',
    limit: 'sign-in',
    body: z.strictObject({ token: LinkToken }),
    output: null,
    errors: ['auth.token_used'],
    example: { token: 'dGhpcyBpcyBub3QgYSByZWFsIHRva2Vu' },
    audit: 'own-record',
    transaction: 'system',
    run: (ctx, { body }) => verifyEmail(ctx, body.token),
  }),
  operation({
    id: 'accounts.sendVerification',
    method: 'POST',
    path: '/v1/auth/email/verification',
    summary: 'Mail the link that confirms your address again',
    allow: 'account',
    limit: 'sign-in',
    output: z.object({}),
    status: 202,
    audit: 'own-record',
    transaction: 'system',
    run: async (ctx) => {
      const account = await findAccount(ctx.tx, signedIn(ctx).accountId);
      if (account) await mailLink(ctx, account.email, 'verify-email');
      return {};
    },
  }),
];
