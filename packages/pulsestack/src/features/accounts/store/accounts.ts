import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface AccountRow {
  id: string;
  email: string;
  name: string;
  password_hash: string;
  email_verified_at: Date | null;
}

export function findAccount(tx: Transaction, id: string): Promise<AccountRow | undefined> {
  return tx.find(sql`select id, email, name, password_hash, email_verified_at from accounts where id = ${id}`);
}

export function findAccountByEmail(tx: Transaction, email: string): Promise<AccountRow | undefined> {
  return tx.find(sql`select id, email, name, password_hash, email_verified_at from accounts where email = ${email}`);
}

/** False when the address is taken. */
export async function insertAccount(
  tx: Transaction,
  account: { id: string; email: string; name: string; passwordHash: string; verifiedAt: Date | null; createdAt: Date },
): Promise<boolean> {
  const inserted = await tx.run(sql`
    insert into accounts (id, email, name, password_hash, email_verified_at, created_at, updated_at)
    values (${account.id}, ${account.email}, ${account.name}, ${account.passwordHash}, ${account.verifiedAt}, ${account.createdAt}, ${account.createdAt})
    on conflict (email) do nothing`);
  return inserted === 1;
}

export async function setPassword(tx: Transaction, id: string, passwordHash: string, now: Date): Promise<void> {
  await tx.run(sql`update accounts set password_hash = ${passwordHash}, updated_at = ${now} where id = ${id}`);
}

export async function markVerified(tx: Transaction, id: string, now: Date): Promise<void> {
  await tx.run(sql`
    update accounts set email_verified_at = coalesce(email_verified_at, ${now}), updated_at = ${now} where id = ${id}`);
}

/** In every place where the name is shown: the account, its members, and their users. */
export async function renameAccount(tx: Transaction, id: string, name: string, now: Date): Promise<void> {
  await tx.run(sql`
    with account as (update accounts set name = ${name}, updated_at = ${now} where id = ${id}),
         renamed as (update members set name = ${name} where account_id = ${id} returning workspace_id, id)
    update users u set name = ${name}, updated_at = ${now}
    from renamed
    where u.workspace_id = renamed.workspace_id and u.id = renamed.id`);
}

/** Counts an attempt to sign in and returns how many there were in the window, and when it began. */
export function countAttempt(
  tx: Transaction,
  address: Buffer,
  now: Date,
  windowStart: Date,
): Promise<{ attempts: number; since: Date }> {
  return tx.get(sql`
    insert into sign_in_attempts as a (address, attempts, since) values (${address}, 1, ${now})
    on conflict (address) do update
      set attempts = case when a.since <= ${windowStart} then 1 else a.attempts + 1 end,
          since    = case when a.since <= ${windowStart} then ${now} else a.since end
    returning attempts, since`);
}

export async function forgetAttempts(tx: Transaction, address: Buffer): Promise<void> {
  await tx.run(sql`delete from sign_in_attempts where address = ${address}`);
}
