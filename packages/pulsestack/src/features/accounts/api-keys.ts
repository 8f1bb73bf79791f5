import type { ApiKey, ApiKeyWithSecret, Permission } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { keyDigests } from './credentials.ts';
import { standingOf, stopIf } from './members.ts';
import { revokeAfterCommit } from './revocation.ts';
import { keyPermissions, onlyKnown, refuseGrant } from './rules.ts';
import * as store from './store/api-keys.ts';
import { lockWorkspace } from './store/workspaces.ts';
import type { Work } from './work.ts';

const SECRET_CHARS = 32;
const PREFIX_CHARS = 12;
const MAX_LIVE_KEYS = 200;
// Letters and digits only, so that a double click selects the whole key. 62 is no power of two: bytes beyond 4 × 62 are drawn again.
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FAIR_BYTES = ALPHABET.length * 4;

/** Makes a key; the secret is in this answer and nowhere else. */
export async function issueApiKey(
  work: Work,
  key: {
    workspaceId: string;
    name: string;
    permissions: readonly Permission[];
    kind: 'live' | 'test' | 'dev';
    createdBy?: string | null;
    expiresAt?: Date | null;
    /** A secret chosen elsewhere, as the development key may be. */
    secret?: string;
    /** Keeps the secret, sealed, so that it can be shown again. Only for development. */
    showable?: boolean;
  },
): Promise<ApiKeyWithSecret> {
  const secret = key.secret ?? makeSecret(work, key.kind);
  const [digest] = keyDigests(work, secret);
  const row = await store.insertKey(work.tx, {
    workspaceId: key.workspaceId,
    id: work.newId('apiKey'),
    name: key.name,
    prefix: secret.slice(0, PREFIX_CHARS),
    digest: digest as Buffer,
    secret: key.showable ? work.seal.seal(Buffer.from(secret), 'development-key') : null,
    permissions: onlyKnown(key.permissions),
    createdBy: key.createdBy ?? null,
    createdAt: work.clock.now(),
    expiresAt: key.expiresAt ?? null,
  });
  return { ...toApiKey(row), secret };
}

/** A key for whoever asks, with no more permissions than they have. */
export async function createApiKey(
  ctx: Context,
  wish: { name: string; permissions?: readonly Permission[] | undefined; expiresAt?: string | undefined },
): Promise<ApiKeyWithSecret> {
  const workspace = await lockWorkspace(ctx.tx, ctx.workspaceId);
  if (!workspace) throw notFound('workspace');
  const now = ctx.clock.now();
  const expiresAt = wish.expiresAt === undefined ? null : new Date(wish.expiresAt);
  if (expiresAt && expiresAt <= now) {
    throw fail('request.invalid', undefined, {
      fields: [{ in: 'body', field: '/expiresAt', message: 'must be in the future' }],
    });
  }
  const actor = await standingOf(ctx);
  const permissions = keyPermissions(actor.permissions, wish.permissions);
  stopIf(refuseGrant(actor, permissions));
  if ((await store.countLiveKeys(ctx.tx, ctx.workspaceId, now)) >= MAX_LIVE_KEYS) {
    throw fail('resource.limit', `A workspace has at most ${MAX_LIVE_KEYS} working API keys; revoke some first.`);
  }
  return issueApiKey(ctx, {
    workspaceId: ctx.workspaceId,
    name: wish.name,
    permissions,
    kind: workspace.parent_id === null ? 'live' : 'test',
    createdBy: issuerOf(ctx),
    expiresAt,
  });
}

/** A new secret for the same purpose. The old key works on for the overlap, so that no server has to change at this very moment. */
export async function rotateApiKey(ctx: Context, id: string, overlapMinutes: number): Promise<ApiKeyWithSecret> {
  const workspace = await lockWorkspace(ctx.tx, ctx.workspaceId);
  const old = await store.findKeyForUpdate(ctx.tx, ctx.workspaceId, id);
  if (!workspace || !old) throw notFound('API key');
  const now = ctx.clock.now();
  if (old.revoked_at || (old.expires_at && old.expires_at <= now))
    throw fail('resource.conflict', 'This key no longer works; create a new one.');
  if (old.replaced_by)
    throw fail('resource.conflict', `This key was rotated already; rotate ${old.replaced_by} instead.`);
  const permissions = onlyKnown(old.permissions);
  // The answer holds a secret with these permissions, so it is a grant like any other.
  stopIf(refuseGrant(await standingOf(ctx), permissions));
  const fresh = await issueApiKey(ctx, {
    workspaceId: ctx.workspaceId,
    name: old.name,
    permissions,
    kind: workspace.parent_id === null ? 'live' : 'test',
    createdBy: issuerOf(ctx),
    expiresAt: old.expires_at,
  });
  const expiresAt = new Date(now.getTime() + overlapMinutes * 60_000);
  await store.replaceKey(ctx.tx, { workspaceId: ctx.workspaceId, id, replacedBy: fresh.id, expiresAt });
  revokeAfterCommit(ctx, { forget: [{ kind: 'key', id }] });
  return fresh;
}

/** The key stops with the commit, in every process. */
export async function revokeApiKey(ctx: Context, id: string): Promise<void> {
  const key = await store.findKeyForUpdate(ctx.tx, ctx.workspaceId, id);
  if (!key) throw notFound('API key');
  await store.revokeKey(ctx.tx, ctx.workspaceId, id, ctx.clock.now());
  revokeAfterCommit(ctx, { forget: [{ kind: 'key', id }], close: [{ kind: 'key', id, workspaceId: ctx.workspaceId }] });
}

export function toApiKey(row: store.ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    permissions: onlyKnown(row.permissions),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    replacedBy: row.replaced_by,
  };
}

function issuerOf(ctx: Context): string | null {
  return ctx.principal.kind === 'anonymous' ? null : ctx.principal.id;
}

function makeSecret(work: Work, kind: string): string {
  let random = '';
  while (random.length < SECRET_CHARS) {
    for (const byte of work.randomBytes(SECRET_CHARS)) {
      if (byte < FAIR_BYTES && random.length < SECRET_CHARS) random += ALPHABET[byte % ALPHABET.length];
    }
  }
  return `sk_${kind}_${random}`;
}
