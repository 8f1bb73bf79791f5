import { audit } from '../../kernel/audit.ts';
import type { Context } from '../../kernel/context.ts';
import { fail } from '../../kernel/errors.ts';
import { actingAs, signedIn } from './accounts.ts';
import { linkDigests, mailLink } from './links.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { endSessions } from './sessions.ts';
import { countAttempt, forgetAttempts } from './sign-in.ts';
import * as accounts from './store/accounts.ts';
import * as links from './store/links.ts';
import { listMemberships } from './store/workspaces.ts';

/** Mails a link to choose a new password. The answer is the same whether the address is known or not. */
export async function forgotPassword(ctx: Context, email: string): Promise<void> {
  await mailLink(ctx, email, 'reset-password');
}

/** Sets a password by a mailed link, which proves the address too. Every session of the account ends. */
export async function resetPassword(ctx: Context, token: string, password: string): Promise<void> {
  const digests = linkDigests(ctx, token, 'reset-password');
  const good = await ctx.db.inSystem((tx) => links.findLink(tx, digests, 'reset-password', ctx.clock.now()));
  // Hashing is dear; made-up tokens do not get so far.
  if (good === undefined) throw fail('auth.token_used');
  const passwordHash = await hashPassword(ctx, password);
  await ctx.db.inSystem(async (tx) => {
    const work: Context = { ...ctx, tx };
    const now = work.clock.now();
    const accountId = await links.useLink(tx, digests, 'reset-password', now);
    if (accountId === undefined) throw fail('auth.token_used');
    await accounts.setPassword(tx, accountId, passwordHash, now);
    await accounts.markVerified(tx, accountId, now);
    const account = await accounts.findAccount(tx, accountId);
    if (!account) return;
    await forgetAttempts(work, account.email);
    await endSessions(work, { accountId });
    for (const { workspace_id: workspaceId, member_id: memberId } of await listMemberships(tx, accountId)) {
      await audit(actingAs(work, { workspaceId, memberId }, account.name), {
        action: 'account.password_reset',
        target: accountId,
        detail: {},
        workspaceId,
      });
    }
  });
}

/** Changes one's own password; the other sessions of the account end. */
export async function changePassword(
  ctx: Context,
  given: { currentPassword: string; password: string },
): Promise<void> {
  const { accountId, sessionId } = signedIn(ctx);
  const account = await ctx.db.inSystem(async (tx) => {
    const found = await accounts.findAccount(tx, accountId);
    if (found) await countAttempt({ ...ctx, tx }, found.email);
    return found;
  });
  if (!(await verifyPassword(ctx, given.currentPassword, account?.password_hash)) || !account) {
    throw fail('auth.sign_in_failed', 'The current password is wrong.');
  }
  const passwordHash = await hashPassword(ctx, given.password);
  await ctx.db.inSystem(async (tx) => {
    const work: Context = { ...ctx, tx };
    await accounts.setPassword(tx, accountId, passwordHash, work.clock.now());
    await forgetAttempts(work, account.email);
    await endSessions(work, { accountId, except: sessionId });
    await audit(work, { action: 'account.password_changed', target: accountId, detail: {} });
  });
}

/** Confirms an address by a mailed link. */
export async function verifyEmail(ctx: Context, token: string): Promise<void> {
  const now = ctx.clock.now();
  const accountId = await links.useLink(ctx.tx, linkDigests(ctx, token, 'verify-email'), 'verify-email', now);
  if (accountId === undefined) throw fail('auth.token_used');
  await accounts.markVerified(ctx.tx, accountId, now);
}
