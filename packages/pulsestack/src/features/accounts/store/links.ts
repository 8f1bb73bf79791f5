import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

/** False when no account has the address, it needs no verification any more, or there were too many links lately. */
export async function insertLink(
  tx: Transaction,
  link: { email: string; purpose: string; digest: Buffer; now: Date; expiresAt: Date; since: Date; maxSince: number },
): Promise<boolean> {
  const inserted = await tx.run(sql`
    insert into account_tokens (digest, account_id, purpose, email, created_at, expires_at)
    select ${link.digest}, a.id, ${link.purpose}, a.email, ${link.now}, ${link.expiresAt}
    from accounts a
    where a.email = ${link.email}
      and (${link.purpose}::text <> 'verify-email' or a.email_verified_at is null)
      and (select count(*) from account_tokens t
           where t.account_id = a.id and t.purpose = ${link.purpose} and t.created_at > ${link.since}) < ${link.maxSince}`);
  return inserted === 1;
}

/** The account a link of this kind still stands for. */
export async function findLink(
  tx: Transaction,
  digests: Buffer[],
  purpose: string,
  now: Date,
): Promise<string | undefined> {
  const row = await tx.find<{ account_id: string }>(sql`
    select account_id from account_tokens
    where digest = any(${digests}::bytea[]) and purpose = ${purpose} and used_at is null and expires_at > ${now}`);
  return row?.account_id;
}

/** Uses a link up, and with it every other of its kind of the account; of two attempts at once one gets the account. */
export async function useLink(
  tx: Transaction,
  digests: Buffer[],
  purpose: string,
  now: Date,
): Promise<string | undefined> {
  const row = await tx.find<{ account_id: string }>(sql`
    update account_tokens set used_at = ${now}
    where digest = any(${digests}::bytea[]) and purpose = ${purpose} and used_at is null and expires_at > ${now}
    returning account_id`);
  if (!row) return undefined;
  await tx.run(sql`
    update account_tokens set used_at = ${now}
    where account_id = ${row.account_id} and purpose = ${purpose} and used_at is null`);
  return row.account_id;
}
