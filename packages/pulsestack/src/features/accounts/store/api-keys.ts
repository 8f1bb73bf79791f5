import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface ApiKeyRow {
  workspace_id: string;
  id: string;
  name: string;
  prefix: string;
  permissions: string[];
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
  replaced_by: string | null;
}

export function insertKey(
  tx: Transaction,
  key: {
    workspaceId: string;
    id: string;
    name: string;
    prefix: string;
    digest: Buffer;
    secret: Buffer | null;
    permissions: readonly string[];
    createdBy: string | null;
    createdAt: Date;
    expiresAt: Date | null;
  },
): Promise<ApiKeyRow> {
  return tx.get(sql`
    insert into api_keys (workspace_id, id, name, prefix, digest, secret, permissions, created_by, created_at, expires_at)
    values (${key.workspaceId}, ${key.id}, ${key.name}, ${key.prefix}, ${key.digest}, ${key.secret}, ${key.permissions},
            ${key.createdBy}, ${key.createdAt}, ${key.expiresAt})
    returning workspace_id, id, name, prefix, permissions, created_at, expires_at, last_used_at, revoked_at, replaced_by`);
}

/** The newest first, from before the key of the cursor. */
export function listKeys(
  tx: Transaction,
  workspaceId: string,
  before: string | null,
  limit: number,
): Promise<ApiKeyRow[]> {
  return tx.rows(sql`
    select workspace_id, id, name, prefix, permissions, created_at, expires_at, last_used_at, revoked_at, replaced_by
    from api_keys
    where workspace_id = ${workspaceId} and (${before}::text is null or id < ${before})
    order by id desc
    limit ${limit}`);
}

export function findKeyForUpdate(tx: Transaction, workspaceId: string, id: string): Promise<ApiKeyRow | undefined> {
  return tx.find(sql`
    select workspace_id, id, name, prefix, permissions, created_at, expires_at, last_used_at, revoked_at, replaced_by
    from api_keys
    where workspace_id = ${workspaceId} and id = ${id}
    for update`);
}

export async function countLiveKeys(tx: Transaction, workspaceId: string, now: Date): Promise<number> {
  const row = await tx.get<{ live: number }>(sql`
    select count(*)::int as live
    from api_keys
    where workspace_id = ${workspaceId} and revoked_at is null and (expires_at is null or expires_at > ${now})`);
  return row.live;
}

export async function replaceKey(
  tx: Transaction,
  key: { workspaceId: string; id: string; replacedBy: string; expiresAt: Date },
): Promise<void> {
  await tx.run(sql`
    update api_keys set replaced_by = ${key.replacedBy}, expires_at = least(expires_at, ${key.expiresAt})
    where workspace_id = ${key.workspaceId} and id = ${key.id}`);
}

export async function revokeKey(tx: Transaction, workspaceId: string, id: string, now: Date): Promise<void> {
  await tx.run(sql`
    update api_keys set revoked_at = coalesce(revoked_at, ${now}), secret = null
    where workspace_id = ${workspaceId} and id = ${id}`);
}

/** The key of this secret wherever it is, revoked or not. */
export function findKeyByDigest(tx: Transaction, digests: Buffer[]): Promise<ApiKeyRow | undefined> {
  return tx.find(sql`
    select workspace_id, id, name, prefix, permissions, created_at, expires_at, last_used_at, revoked_at, replaced_by
    from api_keys
    where digest = any(${digests}::bytea[])`);
}

/** The key whose secret is kept: the development key. */
export function findShowableKey(
  tx: Transaction,
  workspaceId: string,
): Promise<{ id: string; secret: Buffer } | undefined> {
  return tx.find(sql`
    select id, secret
    from api_keys
    where workspace_id = ${workspaceId} and secret is not null and revoked_at is null and expires_at is null
    order by id desc
    limit 1`);
}

export async function permissionsOfLiveKey(
  tx: Transaction,
  workspaceId: string,
  id: string,
): Promise<string[] | undefined> {
  const row = await tx.find<{ permissions: string[] }>(sql`
    select permissions from api_keys where workspace_id = ${workspaceId} and id = ${id} and revoked_at is null`);
  return row?.permissions;
}
