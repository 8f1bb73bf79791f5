import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

/** Two processes may start at once; one makes the development workspace. */
export async function lockDevelopment(tx: Transaction): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtext('pulsestack.development'))`);
}

/** A key named by the configuration works, whatever happened to it before. */
export async function reviveKey(tx: Transaction, workspaceId: string, id: string): Promise<void> {
  await tx.run(sql`
    update api_keys set revoked_at = null, expires_at = null, replaced_by = null
    where workspace_id = ${workspaceId} and id = ${id}`);
}

/** Keys that no member and no other key made are those of development; answers which of them ended. */
export function revokeDevelopmentKeys(tx: Transaction, accountId: string, now: Date): Promise<{ id: string }[]> {
  return tx.rows(sql`
    update api_keys k set revoked_at = ${now}
    from members m
    where m.account_id = ${accountId} and m.role = 'owner' and k.workspace_id = m.workspace_id
      and k.created_by is null and k.revoked_at is null
    returning k.id`);
}
