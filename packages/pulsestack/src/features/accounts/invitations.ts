import type { Invitation } from '@pulsestack/core';
import { BUILT_IN_ROLES } from '@pulsestack/core';
import { audit } from '../../kernel/audit.ts';
import type { Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { actingAs, createAccount } from './accounts.ts';
import { linkDigests, makeLinkSecret } from './links.ts';
import { invitationMail, mailAfterCommit } from './mails.ts';
import { addMember, lockEstate, rolePermissions, standingOf, stopIf } from './members.ts';
import { hashPassword } from './passwords.ts';
import { isBuiltInRole, refuseInvitation } from './rules.ts';
import { moveSession, type Place, type SessionState, startSession } from './sessions.ts';
import * as accounts from './store/accounts.ts';
import * as store from './store/invitations.ts';
import { findMemberOfAccount, hasMemberWithEmail } from './store/members.ts';
import { lockWorkspace } from './store/workspaces.ts';

const LIFE_MS = 7 * 24 * 3_600_000;
const MAX_OPEN = 500;
const PURPOSE = 'invitation';

/** Invites an address into the workspace; inviting it again replaces the link. */
export async function invite(ctx: Context, email: string, role: string): Promise<Invitation> {
  const { workspace } = await lockEstate(ctx);
  stopIf(refuseInvitation(await standingOf(ctx), { role, permissions: await rolePermissions(ctx, role) }));
  if (await hasMemberWithEmail(ctx.tx, ctx.workspaceId, email))
    throw fail('resource.exists', 'This person is a member already.');
  if ((await store.countInvitations(ctx.tx, ctx.workspaceId)) >= MAX_OPEN) {
    throw fail('resource.limit', `A workspace has at most ${MAX_OPEN} open invitations; remove some first.`);
  }
  const now = ctx.clock.now();
  const { principal } = ctx;
  const { token, digest } = makeLinkSecret(ctx, PURPOSE);
  const row = await store.putInvitation(ctx.tx, {
    workspaceId: ctx.workspaceId,
    id: ctx.newId('invitation'),
    email,
    role,
    digest,
    invitedBy: principal.kind === 'member' ? principal.id : null,
    createdAt: now,
    expiresAt: new Date(now.getTime() + LIFE_MS),
  });
  const inviter = principal.kind === 'member' ? principal.name : null;
  mailAfterCommit(ctx, invitationMail(ctx, { to: email, workspace: workspace.name, inviter, token }));
  return toInvitation(row);
}

export async function withdraw(ctx: Context, id: string): Promise<void> {
  if (!(await store.deleteInvitation(ctx.tx, ctx.workspaceId, id))) throw notFound('invitation');
}

/** What whoever holds the link may know before accepting. */
export async function inspect(ctx: Context, token: string) {
  const found = await store.findInvitation(ctx.tx, linkDigests(ctx, token, PURPOSE), ctx.clock.now());
  if (!found) throw fail('auth.token_used');
  const role = isBuiltInRole(found.role) ? BUILT_IN_ROLES[found.role].name : (found.role_name ?? found.role);
  return { workspaceName: found.workspace_name, email: found.email, role, hasAccount: found.has_account };
}

/** Accepts an invitation: whoever is signed in joins, a newcomer gets an account. The link has proved the address. */
export async function accept(
  ctx: Context,
  given: { token: string; name?: string | undefined; password?: string | undefined },
): Promise<SessionState> {
  return ctx.principal.kind === 'member'
    ? acceptSignedIn(ctx, given.token, ctx.principal)
    : acceptAsNewcomer(ctx, given);
}

/** Takes an invitation for good; of two attempts at once one gets it. */
export async function takeInvitation(ctx: Context, token: string): Promise<store.InvitationRow> {
  const taken = await store.takeInvitation(ctx.tx, linkDigests(ctx, token, PURPOSE), ctx.clock.now());
  if (!taken) throw fail('auth.token_used');
  return taken;
}

/** Makes the account what the invitation says; a member stays what they are. */
export async function admit(ctx: Context, invitation: store.InvitationRow, accountId: string): Promise<Place> {
  const workspace = await lockWorkspace(ctx.tx, invitation.workspace_id);
  if (!workspace) throw fail('auth.token_used');
  const { workspace_id: workspaceId } = invitation;
  const existing = await findMemberOfAccount(ctx.tx, workspaceId, accountId);
  if (existing) return { workspaceId, memberId: existing.id };
  return { workspaceId, memberId: await addMember(ctx, workspace, accountId, invitation.role) };
}

async function acceptSignedIn(
  ctx: Context,
  token: string,
  person: { accountId: string; sessionId: string; name: string },
): Promise<SessionState> {
  return ctx.db.inSystem(async (tx) => {
    const work: Context = { ...ctx, tx };
    const invitation = await takeInvitation(work, token);
    const account = await accounts.findAccount(tx, person.accountId);
    if (!account) throw fail('auth.invalid');
    const sameAddress = account.email === invitation.email;
    if (!sameAddress && !account.email_verified_at) {
      throw fail(
        'auth.email_unverified',
        'This invitation is for another address; verify yours first, or sign in with the invited one.',
      );
    }
    if (sameAddress) await accounts.markVerified(tx, account.id, work.clock.now());
    const place = await admit(work, invitation, account.id);
    await auditAcceptance(work, invitation, place, person.name);
    return moveSession(work, person.sessionId, place);
  });
}

async function acceptAsNewcomer(
  ctx: Context,
  given: { token: string; name?: string | undefined; password?: string | undefined },
): Promise<SessionState> {
  const open = await ctx.db.inSystem((tx) => inspect({ ...ctx, tx }, given.token));
  if (open.hasAccount)
    throw fail('resource.exists', 'There is an account with the invited address; sign in, then accept the invitation.');
  const { name, password } = given;
  if (name === undefined || password === undefined) {
    const missing = [...(name === undefined ? ['name'] : []), ...(password === undefined ? ['password'] : [])];
    throw fail('request.invalid', 'A new account needs a name and a password.', {
      fields: missing.map((field) => ({ in: 'body', field: `/${field}`, message: 'is required for a new account' })),
    });
  }
  const passwordHash = await hashPassword(ctx, password);
  return ctx.db.inSystem(async (tx) => {
    const work: Context = { ...ctx, tx };
    const invitation = await takeInvitation(work, given.token);
    const accountId = await createAccount(work, { email: invitation.email, name, passwordHash, verified: true });
    const place = await admit(work, invitation, accountId);
    await auditAcceptance(work, invitation, place, name);
    return startSession(work, { accountId, ...place, ip: ctx.ip, userAgent: ctx.userAgent });
  });
}

async function auditAcceptance(
  ctx: Context,
  invitation: store.InvitationRow,
  place: Place,
  name: string,
): Promise<void> {
  await audit(actingAs(ctx, place, name), {
    action: 'invitation.accepted',
    target: invitation.id,
    detail: { memberId: place.memberId, role: invitation.role },
    workspaceId: place.workspaceId,
  });
}

export function toInvitation(row: store.InvitationRow): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    invitedBy: row.invited_by,
    expiresAt: row.expires_at.toISOString(),
    createdAt: row.created_at.toISOString(),
  };
}
