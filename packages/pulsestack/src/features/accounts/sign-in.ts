import { audit } from '../../kernel/audit.ts';
import type { Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { actingAs, createAccount } from './accounts.ts';
import { admit, takeInvitation } from './invitations.ts';
import { mailLink } from './links.ts';
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts';
import { type Place, type SessionState, startSession } from './sessions.ts';
import * as store from './store/accounts.ts';
import { listMemberships } from './store/workspaces.ts';
import type { Work } from './work.ts';
import { createWorkspace } from './workspaces.ts';

const MAX_ATTEMPTS = 10;
const WINDOW_MS = 15 * 60_000;

export interface SignUp {
  email: string;
  password: string;
  name: string;
  workspaceName?: string | undefined;
  invitation?: string | undefined;
}

/** Makes an account with a workspace of its own, or in the workspace that invited it, and signs it in. */
export async function signUp(ctx: Context, person: SignUp): Promise<SessionState> {
  if (ctx.settings.signUp === 'invited' && person.invitation === undefined) {
    throw fail('auth.forbidden', 'New accounts are by invitation here; ask somebody in the workspace to invite you.');
  }
  const passwordHash = await hashPassword(ctx, person.password);
  return ctx.db.inSystem(async (tx) => {
    const work: Context = { ...ctx, tx };
    const invitation = person.invitation === undefined ? undefined : await takeInvitation(work, person.invitation);
    if (invitation && invitation.email !== person.email)
      throw fail('auth.forbidden', 'This invitation is for another e-mail address.');
    const accountId = await createAccount(work, { ...person, passwordHash, verified: invitation !== undefined });
    const place = invitation
      ? await admit(work, invitation, accountId)
      : await ownWorkspace(work, accountId, person.workspaceName ?? workspaceNameFor(person.name));
    if (!invitation) await mailLink(work, person.email, 'verify-email');
    await audit(actingAs(work, place, person.name), {
      action: 'account.signed_up',
      target: accountId,
      detail: {},
      workspaceId: place.workspaceId,
    });
    return startSession(work, { accountId, ...place, ip: ctx.ip, userAgent: ctx.userAgent });
  });
}

/** Signs in with address and password. A wrong password and an unknown address take as long and answer the same. */
export async function signIn(
  ctx: Context,
  given: { email: string; password: string; workspaceId?: string | undefined },
): Promise<SessionState> {
  const account = await ctx.db.inSystem(async (tx) => {
    await countAttempt({ ...ctx, tx }, given.email);
    return store.findAccountByEmail(tx, given.email);
  });
  if (!(await verifyPassword(ctx, given.password, account?.password_hash)) || !account)
    throw fail('auth.sign_in_failed');
  const renewed = isOutdated(ctx, account.password_hash) ? await hashPassword(ctx, given.password) : undefined;

  return ctx.db.inSystem(async (tx) => {
    const work: Context = { ...ctx, tx };
    const current = await store.findAccount(tx, account.id);
    // Somebody may have changed it while we were hashing.
    if (current?.password_hash !== account.password_hash) throw fail('auth.sign_in_failed');
    await forgetAttempts(work, given.email);
    if (renewed) await store.setPassword(tx, account.id, renewed, work.clock.now());
    const place = await placeOf(work, account.id, given.workspaceId);
    await audit(actingAs(work, place, account.name), {
      action: 'session.started',
      target: account.id,
      detail: {},
      workspaceId: place.workspaceId,
    });
    return startSession(work, { accountId: account.id, ...place, ip: ctx.ip, userAgent: ctx.userAgent });
  });
}

/** Where an account goes: to the workspace it asks for, otherwise to its first; to a new one when it has none and may have one. */
export async function placeOf(work: Work, accountId: string, wanted?: string): Promise<Place> {
  const memberships = await listMemberships(work.tx, accountId);
  const found = wanted === undefined ? memberships[0] : memberships.find((one) => one.workspace_id === wanted);
  if (found) return { workspaceId: found.workspace_id, memberId: found.member_id };
  if (wanted !== undefined) throw notFound('workspace');
  if (work.settings.signUp === 'invited')
    throw fail('auth.forbidden', 'You are in no workspace any more; ask somebody to invite you.');
  const account = await store.findAccount(work.tx, accountId);
  return ownWorkspace(work, accountId, workspaceNameFor(account?.name ?? ''));
}

/** Like `placeOf`, but content with another workspace when the one it was in is gone. */
export async function nearestPlace(work: Work, accountId: string, preferred: string): Promise<Place> {
  const memberships = await listMemberships(work.tx, accountId);
  const same = memberships.find((one) => one.workspace_id === preferred);
  return same ? { workspaceId: same.workspace_id, memberId: same.member_id } : placeOf(work, accountId);
}

/** Counts an attempt before it is made, so that many at once count as many. */
export async function countAttempt(work: Work, email: string): Promise<void> {
  const now = work.clock.now();
  const { attempts, since } = await store.countAttempt(
    work.tx,
    addressDigest(work, email),
    now,
    new Date(now.getTime() - WINDOW_MS),
  );
  if (attempts <= MAX_ATTEMPTS) return;
  const waitSeconds = Math.max(1, Math.ceil((since.getTime() + WINDOW_MS - now.getTime()) / 1000));
  throw fail(
    'request.rate_limited',
    `Too many attempts for this address; try again in ${Math.ceil(waitSeconds / 60)} minutes, or reset the password.`,
    {
      headers: { 'retry-after': String(waitSeconds) },
    },
  );
}

export async function forgetAttempts(work: Work, email: string): Promise<void> {
  await store.forgetAttempts(work.tx, addressDigest(work, email));
}

async function ownWorkspace(work: Work, accountId: string, name: string): Promise<Place> {
  const { workspaceId, memberId } = await createWorkspace(work, { name, ownerAccountId: accountId });
  return { workspaceId, memberId: memberId as string };
}

function workspaceNameFor(name: string): string {
  const first = name.trim().split(/\s+/)[0]?.slice(0, 60);
  return first ? `${first}’s workspace` : 'My workspace';
}

function addressDigest(work: Work, email: string): Buffer {
  return work.seal.digests(email, 'sign-in-address')[0] as Buffer;
}
