import { sql, unsafe } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

/** Removes what has no use any more; each statement has a bound, so no one waits long for it. Returns how many rows went. */
export async function removeOutdated(
  tx: Transaction,
  at: { now: Date; attemptsBefore: Date; keptBefore: Date; cutoffsBefore: Date },
  limit: number,
): Promise<number> {
  return (
    (await tx.run(sql`
      delete from account_tokens where digest in (select digest from account_tokens where expires_at < ${at.keptBefore} limit ${limit})`)) +
    (await tx.run(
      sql`delete from sessions where id in (select id from sessions where expires_at < ${at.keptBefore} limit ${limit})`,
    )) +
    (await tx.run(sql`
      delete from sign_in_attempts
      where address in (select address from sign_in_attempts where since < ${at.attemptsBefore} limit ${limit}) and since < ${at.attemptsBefore}`)) +
    (await tx.run(sql`
      delete from invitations
      where (workspace_id, id) in (select workspace_id, id from invitations where expires_at < ${at.keptBefore} limit ${limit})`)) +
    (await tx.run(sql`
      delete from user_token_cutoffs
      where (workspace_id, user_id) in (select workspace_id, user_id from user_token_cutoffs where not_before < ${at.cutoffsBefore} limit ${limit})
        and not_before < ${at.cutoffsBefore}`)) +
    (await tx.run(sql`delete from signing_keys where expires_at < ${at.keptBefore}`))
  );
}

/** A workspace that was deleted and still has rows, the longest deleted first. */
export async function findDeletedWorkspace(tx: Transaction): Promise<string | undefined> {
  const row = await tx.find<{ workspace_id: string }>(sql`
    select workspace_id from workspaces where deleted_at is not null order by parent_id is null, deleted_at limit 1`);
  return row?.workspace_id;
}

/** Every table that holds rows of workspaces, by the catalogue, so that a room added later is not forgotten. */
export async function listTenantTables(tx: Transaction): Promise<string[]> {
  const rows = await tx.rows<{ name: string }>(sql`
    select c.oid::regclass::text as name
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
    where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace and c.relname not in ('workspaces', 'sessions')
    order by c.relname`);
  return rows.map((row) => row.name);
}

/** Removes up to `limit` rows of a workspace from one table; the name comes from the catalogue. */
export function removeRows(tx: Transaction, table: string, workspaceId: string, limit: number): Promise<number> {
  // Within partitions the same ctid occurs again; the condition on the workspace keeps others' rows out.
  return tx.run(sql`
    delete from ${unsafe(table)}
    where workspace_id = ${workspaceId}
      and ctid = any (array(select ctid from ${unsafe(table)} where workspace_id = ${workspaceId} limit ${limit}))`);
}

export async function removeWorkspace(tx: Transaction, workspaceId: string): Promise<void> {
  await tx.run(sql`delete from workspaces where workspace_id = ${workspaceId} and deleted_at is not null`);
}
