import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface KeyCredentialRow {
  workspace_id: string;
  id: string;
  name: string;
  digest: Buffer;
  permissions: string[];
  expires_at: Date | null;
}

/** A key of a living workspace that was not revoked; whether it has expired is for the caller to say. */
export function findKey(tx: Transaction, digests: Buffer[]): Promise<KeyCredentialRow | undefined> {
  return tx.find(sql`
    select k.workspace_id, k.id, k.name, k.digest, k.permissions, k.expires_at
    from api_keys k
    join workspaces w on w.workspace_id = k.workspace_id and w.deleted_at is null
    where k.digest = any(${digests}::bytea[]) and k.revoked_at is null`);
}

/** Keeps a key under the digest of the newest master secret, so that the older one can be given up. */
export async function redigestKey(
  tx: Transaction,
  key: { workspaceId: string; id: string; digest: Buffer },
): Promise<void> {
  await tx.run(
    sql`update api_keys set digest = ${key.digest} where workspace_id = ${key.workspaceId} and id = ${key.id}`,
  );
}

export interface MemberCredentialRow {
  name: string;
  account_id: string;
  role: string;
  custom_permissions: string[] | null;
}

/** The member behind a session that still runs, in a living workspace. */
export function findMember(
  tx: Transaction,
  of: { workspaceId: string; memberId: string; sessionId: string; now: Date },
): Promise<MemberCredentialRow | undefined> {
  return tx.find(sql`
    select m.name, m.account_id, m.role, r.permissions as custom_permissions
    from members m
    join workspaces w on w.workspace_id = m.workspace_id and w.deleted_at is null
    join sessions s on s.id = ${of.sessionId} and s.account_id = m.account_id and s.revoked_at is null and s.expires_at > ${of.now}
    left join roles r on r.workspace_id = m.workspace_id and r.id = m.role
    where m.workspace_id = ${of.workspaceId} and m.id = ${of.memberId}`);
}

/** Since when tokens of this user count; null for always, undefined when the workspace is gone. */
export async function findUserTokenCutoff(
  tx: Transaction,
  workspaceId: string,
  userId: string,
): Promise<Date | null | undefined> {
  const row = await tx.find<{ not_before: Date | null }>(sql`
    select c.not_before
    from workspaces w
    left join user_token_cutoffs c on c.workspace_id = w.workspace_id and c.user_id = ${userId}
    where w.workspace_id = ${workspaceId} and w.deleted_at is null`);
  return row === undefined ? undefined : row.not_before;
}

/** Moves the cutoffs of users to now, never back. */
export async function cutUserTokens(
  tx: Transaction,
  workspaceId: string,
  userIds: readonly string[],
  now: Date,
): Promise<void> {
  await tx.run(sql`
    insert into user_token_cutoffs (workspace_id, user_id, not_before)
    select ${workspaceId}, id, ${now} from unnest(${userIds}::text[]) as id
    on conflict (workspace_id, user_id) do update set not_before = greatest(user_token_cutoffs.not_before, excluded.not_before)`);
}

export async function touchKeys(
  tx: Transaction,
  uses: readonly { id: string; workspaceId: string; at: Date }[],
): Promise<void> {
  await tx.run(sql`
    update api_keys k set last_used_at = greatest(k.last_used_at, used.at)
    from unnest(${uses.map((one) => one.workspaceId)}::text[], ${uses.map((one) => one.id)}::text[],
                ${uses.map((one) => one.at)}::timestamptz[]) as used (workspace_id, id, at)
    where k.workspace_id = used.workspace_id and k.id = used.id`);
}
