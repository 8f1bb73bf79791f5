import type { Principal } from '../../kernel/context.ts';
import { fail } from '../../kernel/errors.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { BoundedMap } from './cache.ts';
import { lastUse } from './last-use.ts';
import { forgetHere, INVALIDATE_CHANNEL, type Invalidation, onInvalidated, revokeAfterCommit } from './revocation.ts';
import { onlyKnown, permissionsOf } from './rules.ts';
import * as store from './store/credentials.ts';
import { type Claims, readToken } from './tokens.ts';
import type { Work } from './work.ts';

const KEY_PURPOSE = 'api-key';
const MAX_KEY_CHARS = 256;
const FRESH_MS = 5_000;
// Short and in a map of its own: a flood of made-up keys neither reaches the database each time nor pushes out real ones.
const REFUSED_MS = 2_000;
const MAX_ENTRIES = 50_000;
const MAX_REFUSED = 10_000;

const ANONYMOUS: Principal = { kind: 'anonymous' };

type KeyPrincipal = Extract<Principal, { kind: 'key' }>;
type MemberPrincipal = Extract<Principal, { kind: 'member' }>;
/** A member behind whichever of their tokens; each token has its own end. */
type Member = Omit<MemberPrincipal, 'expiresAtMs'>;

interface KnownKey {
  principal: KeyPrincipal;
  freshUntilMs: number;
  expiresAtMs: number;
}

interface KnownMember {
  principal: Member;
  freshUntilMs: number;
}

interface KnownUser {
  workspaceId: string;
  userId: string;
  notBeforeMs: number;
  freshUntilMs: number;
}

const known = resource((runtime) => {
  const all = {
    keys: new BoundedMap<KnownKey>(MAX_ENTRIES),
    refusedKeys: new BoundedMap<number>(MAX_REFUSED),
    members: new BoundedMap<KnownMember>(MAX_ENTRIES),
    users: new BoundedMap<KnownUser>(MAX_ENTRIES),
    /** Grows with every invalidation: what was read before one must not be remembered after it. */
    generation: 0,
  };
  onInvalidated(runtime, (news) => {
    all.generation++;
    if (news.kind === 'key') all.keys.deleteWhere((one) => one.principal.id === news.id);
    if (news.kind === 'members') all.members.clear();
    if (news.kind === 'user') all.users.delete(userKey(news.workspaceId, news.id));
    if (news.kind === 'workspace') {
      all.keys.deleteWhere((one) => one.principal.workspaceId === news.id);
      all.members.clear();
      all.users.deleteWhere((one) => one.workspaceId === news.id);
    }
    // A key made a moment after it was refused (the development key, say) must work at once.
    if (news.kind === 'key') all.refusedKeys.clear();
  });
  return all;
});

/** Listens to what other processes revoke. */
export async function listenForInvalidations(runtime: Runtime): Promise<void> {
  await runtime.pubsub.subscribe(INVALIDATE_CHANNEL, (message) =>
    forgetHere(runtime, JSON.parse(message) as Invalidation),
  );
}

/**
 * Who holds this bearer value: an API key (`sk_…`), a member's access token or a user token; without one, anonymous.
 * Throws `auth.invalid` or `auth.expired`. A value seen within seconds costs microseconds. Call it outside of transactions.
 */
export async function authenticate(runtime: Runtime, credential: string | undefined): Promise<Principal> {
  if (credential === undefined) return ANONYMOUS;
  if (credential.startsWith('sk_')) return keyPrincipal(runtime, credential);
  return principalOf(runtime, await readToken(runtime, credential));
}

/** Who a token that says this speaks for; throws `auth.invalid` when the right behind it has ended. Call it outside of transactions. */
export async function principalOf(runtime: Runtime, claims: Claims): Promise<Principal> {
  return claims.audience === 'member' ? memberPrincipal(runtime, claims) : userPrincipal(runtime, claims);
}

/** The digests a key may be stored under. */
export function keyDigests(runtime: Runtime, secret: string): Buffer[] {
  return runtime.seal.digests(secret, KEY_PURPOSE);
}

async function keyPrincipal(runtime: Runtime, secret: string): Promise<KeyPrincipal> {
  const cache = known.of(runtime);
  const nowMs = runtime.clock.nowMs();
  let entry = cache.keys.get(secret);
  if (!entry || entry.freshUntilMs <= nowMs) entry = await readKey(runtime, secret);
  if (entry.expiresAtMs <= nowMs) throw fail('auth.expired', 'This API key has expired; create or rotate one.');
  lastUse.of(runtime).note(entry.principal, nowMs);
  return entry.principal;
}

async function readKey(runtime: Runtime, secret: string): Promise<KnownKey> {
  const cache = known.of(runtime);
  const nowMs = runtime.clock.nowMs();
  if (secret.length > MAX_KEY_CHARS || (cache.refusedKeys.get(secret) ?? 0) > nowMs) throw fail('auth.invalid');
  const { generation } = cache;
  const row = await runtime.db.inSystem((tx) => findKey(tx, keyDigests(runtime, secret)));
  const current = generation === cache.generation;
  if (!row) {
    cache.keys.delete(secret);
    if (current) cache.refusedKeys.set(secret, nowMs + REFUSED_MS);
    throw fail('auth.invalid');
  }
  const entry: KnownKey = {
    principal: {
      kind: 'key',
      id: row.id,
      name: row.name,
      workspaceId: row.workspace_id,
      permissions: new Set(onlyKnown(row.permissions)),
    },
    freshUntilMs: nowMs + FRESH_MS,
    expiresAtMs: row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY,
  };
  if (current) cache.keys.set(secret, entry);
  return entry;
}

async function findKey(tx: Transaction, digests: Buffer[]): Promise<store.KeyCredentialRow | undefined> {
  const row = await store.findKey(tx, digests);
  const [newest] = digests;
  if (row && newest && !row.digest.equals(newest)) {
    await store.redigestKey(tx, { workspaceId: row.workspace_id, id: row.id, digest: newest });
  }
  return row;
}

async function memberPrincipal(
  runtime: Runtime,
  claims: Extract<Claims, { audience: 'member' }>,
): Promise<MemberPrincipal> {
  const cache = known.of(runtime);
  const now = runtime.clock.now();
  const { workspaceId, memberId, sessionId } = claims;
  const key = `${sessionId} ${memberId}`;
  const entry = cache.members.get(key);
  const { expiresAtMs } = claims;
  if (entry && entry.freshUntilMs > now.getTime()) return { ...entry.principal, expiresAtMs };
  const { generation } = cache;
  const row = await runtime.db.inSystem((tx) => store.findMember(tx, { workspaceId, memberId, sessionId, now }));
  if (!row) {
    cache.members.delete(key);
    throw fail('auth.invalid', 'This session has ended; sign in again.');
  }
  const principal: Member = {
    kind: 'member',
    id: memberId,
    name: row.name,
    accountId: row.account_id,
    sessionId,
    workspaceId,
    role: row.role,
    permissions: new Set(permissionsOf(row.role, row.custom_permissions)),
  };
  if (generation === cache.generation) cache.members.set(key, { principal, freshUntilMs: now.getTime() + FRESH_MS });
  return { ...principal, expiresAtMs };
}

async function userPrincipal(runtime: Runtime, claims: Extract<Claims, { audience: 'user' }>): Promise<Principal> {
  const cache = known.of(runtime);
  const nowMs = runtime.clock.nowMs();
  const { workspaceId, userId } = claims;
  let entry = cache.users.get(userKey(workspaceId, userId));
  if (!entry || entry.freshUntilMs <= nowMs) {
    const { generation } = cache;
    const cutoff = await runtime.db.inSystem((tx) => store.findUserTokenCutoff(tx, workspaceId, userId));
    if (cutoff === undefined) throw fail('auth.invalid');
    entry = { workspaceId, userId, notBeforeMs: cutoff?.getTime() ?? 0, freshUntilMs: nowMs + FRESH_MS };
    if (generation === cache.generation) cache.users.set(userKey(workspaceId, userId), entry);
  }
  if (claims.issuedAtMs <= entry.notBeforeMs) throw fail('auth.invalid', 'This token was withdrawn; mint a new one.');
  return { kind: 'user', id: userId, workspaceId, expiresAtMs: claims.expiresAtMs };
}

/** Withdraws every user token minted so far for these users, in the transaction that deletes them, and closes their connections. */
export async function revokeUserTokens(ctx: Work & { workspaceId: string }, ...userIds: string[]): Promise<void> {
  const { workspaceId } = ctx;
  await store.cutUserTokens(ctx.tx, workspaceId, userIds, ctx.clock.now());
  revokeAfterCommit(ctx, {
    forget: userIds.map((id) => ({ kind: 'user', workspaceId, id })),
    close: userIds.map((id) => ({ kind: 'user', workspaceId, id })),
  });
}

function userKey(workspaceId: string, userId: string): string {
  return `${workspaceId} ${userId}`;
}
