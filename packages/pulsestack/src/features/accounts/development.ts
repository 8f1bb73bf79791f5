import { BUILT_IN_ROLES, type SessionTokens } from '@pulsestack/core';
import type { Runtime } from '../../kernel/runtime.ts';
import { issueApiKey } from './api-keys.ts';
import { keyDigests } from './credentials.ts';
import { revokeAfterCommit } from './revocation.ts';
import { endSessions, startSession, tokensOf } from './sessions.ts';
import * as accounts from './store/accounts.ts';
import * as keys from './store/api-keys.ts';
import { lockDevelopment, reviveKey, revokeDevelopmentKeys } from './store/development.ts';
import { listMemberships } from './store/workspaces.ts';
import type { Work } from './work.ts';
import { createWorkspace } from './workspaces.ts';

const OWNER_EMAIL = 'dev@localhost';
const WORKSPACE_NAME = 'Development';
// No hash ends like this: nobody signs in to the development account with a password.
const NO_PASSWORD = '!';

export interface Development {
  workspaceId: string;
  memberId: string;
  accountId: string;
  ownerEmail: string;
  key: string;
}

/** The development workspace with its owner and its key: made on the first start, found on every later one. */
export async function ensureDevelopment(runtime: Runtime, options: { devKey?: string } = {}): Promise<Development> {
  return runtime.db.inSystem(async (tx) => {
    const work: Work = { ...runtime, tx };
    await lockDevelopment(tx);
    const owner = await ensureOwner(work);
    const key =
      options.devKey === undefined
        ? await ensureKey(work, owner.workspaceId)
        : await ensureGivenKey(work, owner.workspaceId, options.devKey);
    return { ...owner, ownerEmail: OWNER_EMAIL, key };
  });
}

/** Ends what development left in a database that others can reach now: its key, and the sessions nobody needed a password for. */
export async function retireDevelopment(runtime: Runtime): Promise<void> {
  await runtime.db.inSystem(async (tx) => {
    const work: Work = { ...runtime, tx };
    const owner = await accounts.findAccountByEmail(tx, OWNER_EMAIL);
    if (!owner || owner.password_hash !== NO_PASSWORD) return;
    const ended = await revokeDevelopmentKeys(tx, owner.id, work.clock.now());
    for (const { id } of ended) forgetRefusals(work, id);
    await endSessions(work, { accountId: owner.id });
  });
}

/** A fresh session of the development owner. */
export async function signInDevelopmentOwner(
  runtime: Runtime,
  from: { ip?: string | null; userAgent?: string | null } = {},
): Promise<SessionTokens> {
  const session = await runtime.db.inSystem(async (tx) => {
    const work: Work = { ...runtime, tx };
    await lockDevelopment(tx);
    const owner = await ensureOwner(work);
    return startSession(work, { ...owner, ip: from.ip ?? null, userAgent: from.userAgent ?? null });
  });
  return tokensOf(runtime, session);
}

async function ensureOwner(work: Work): Promise<{ accountId: string; workspaceId: string; memberId: string }> {
  const now = work.clock.now();
  const account = await accounts.findAccountByEmail(work.tx, OWNER_EMAIL);
  const accountId = account?.id ?? work.newId('account');
  if (!account) {
    await accounts.insertAccount(work.tx, {
      id: accountId,
      email: OWNER_EMAIL,
      name: 'Developer',
      passwordHash: NO_PASSWORD,
      verifiedAt: now,
      createdAt: now,
    });
  }
  const owned = (await listMemberships(work.tx, accountId)).find(
    (one) => one.role === 'owner' && one.parent_id === null,
  );
  if (owned) return { accountId, workspaceId: owned.workspace_id, memberId: owned.member_id };
  const made = await createWorkspace(work, { name: WORKSPACE_NAME, ownerAccountId: accountId });
  return { accountId, workspaceId: made.workspaceId, memberId: made.memberId as string };
}

async function ensureKey(work: Work, workspaceId: string): Promise<string> {
  const kept = await keys.findShowableKey(work.tx, workspaceId);
  if (kept) {
    try {
      return work.seal.open(kept.secret, 'development-key').toString();
    } catch {
      // The master secret was replaced; a key nobody can be shown is of no use.
      await keys.revokeKey(work.tx, workspaceId, kept.id, work.clock.now());
    }
  }
  return (await issueDevelopmentKey(work, workspaceId)).secret;
}

async function ensureGivenKey(work: Work, workspaceId: string, secret: string): Promise<string> {
  if (!/^sk_[\x21-\x7e]{13,200}$/.test(secret)) {
    throw new Error(
      'PULSESTACK_DEV_KEY must begin with sk_ and have 16 to 200 visible characters; choose another or unset it',
    );
  }
  const existing = await keys.findKeyByDigest(work.tx, keyDigests(work, secret));
  if (!existing) await issueDevelopmentKey(work, workspaceId, secret);
  else if (existing.workspace_id !== workspaceId) {
    throw new Error('PULSESTACK_DEV_KEY is already the key of another workspace; choose another or unset it');
  } else {
    await reviveKey(work.tx, workspaceId, existing.id);
    forgetRefusals(work, existing.id);
  }
  return secret;
}

async function issueDevelopmentKey(work: Work, workspaceId: string, secret?: string) {
  const key = await issueApiKey(work, {
    workspaceId,
    name: 'Development',
    kind: 'dev',
    permissions: BUILT_IN_ROLES.owner.permissions,
    secret,
    showable: secret === undefined,
  });
  forgetRefusals(work, key.id);
  return key;
}

/** A key named by the configuration may have been tried, and refused, a moment before it came into being. */
function forgetRefusals(work: Work, id: string): void {
  revokeAfterCommit(work, { forget: [{ kind: 'key', id }] });
}
