import type { Me } from '@pulsestack/core';
import type { Context, Principal } from '../../kernel/context.ts';
import { fail } from '../../kernel/errors.ts';
import { toMember } from './members.ts';
import { revokeAfterCommit } from './revocation.ts';
import type { Place } from './sessions.ts';
import * as store from './store/accounts.ts';
import { findMember } from './store/members.ts';
import { findWorkspace, listMemberships } from './store/workspaces.ts';
import type { Work } from './work.ts';
import { toWorkspace, toWorkspaceSummary } from './workspaces.ts';

/** The signed-in person behind a request. */
export function signedIn(ctx: Context) {
  if (ctx.principal.kind !== 'member') throw fail('auth.forbidden', 'This is for a signed-in person.');
  return ctx.principal;
}

/** Who is signed in, where, and what they may do there. */
export async function describeMe(ctx: Context): Promise<Me> {
  const { accountId, id } = signedIn(ctx);
  const [account, member, workspace] = [
    await store.findAccount(ctx.tx, accountId),
    await findMember(ctx.tx, ctx.workspaceId, id),
    await findWorkspace(ctx.tx, ctx.workspaceId),
  ];
  if (!account || !member || !workspace) throw fail('auth.invalid', 'This session has ended; sign in again.');
  return {
    account: {
      id: account.id,
      email: account.email,
      name: account.name,
      emailVerified: account.email_verified_at !== null,
    },
    member: toMember(member),
    workspace: toWorkspace(workspace),
    workspaces: (await listMemberships(ctx.tx, accountId)).map(toWorkspaceSummary),
  };
}

/** Changes one's name wherever it is shown. */
export async function rename(ctx: Context, name: string): Promise<Me> {
  await store.renameAccount(ctx.tx, signedIn(ctx).accountId, name, ctx.clock.now());
  revokeAfterCommit(ctx, { forget: [{ kind: 'members' }] });
  return describeMe(ctx);
}

/** Stores a new account; an address can have one. */
export async function createAccount(
  work: Work,
  person: { email: string; name: string; passwordHash: string; verified: boolean },
): Promise<string> {
  const id = work.newId('account');
  const now = work.clock.now();
  const made = await store.insertAccount(work.tx, {
    ...person,
    id,
    verifiedAt: person.verified ? now : null,
    createdAt: now,
  });
  if (!made)
    throw fail('resource.exists', 'There is an account with this e-mail address; sign in, or reset its password.');
  return id;
}

/** The context of a person who has just shown who they are, so that the audit log names them. */
export function actingAs(ctx: Context, place: Place, name: string): Context {
  const principal: Principal = {
    kind: 'member',
    id: place.memberId,
    name,
    accountId: '',
    sessionId: '',
    role: '',
    permissions: new Set(),
    expiresAtMs: 0,
    workspaceId: place.workspaceId,
  };
  return { ...ctx, principal };
}
