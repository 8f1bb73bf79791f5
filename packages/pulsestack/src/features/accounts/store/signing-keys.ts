import type { JWK } from 'jose';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface SigningKeyRow {
  id: string;
  public_jwk: JWK;
  private_key: Buffer;
  created_at: Date;
  expires_at: Date | null;
}

/** One process at a time decides whether a new key is due. */
export async function lockSigningKeys(tx: Transaction): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtext('pulsestack.signing_keys'))`);
}

/** The newest first. */
export function listTrusted(tx: Transaction, now: Date): Promise<SigningKeyRow[]> {
  return tx.rows(sql`
    select id, public_jwk, private_key, created_at, expires_at
    from signing_keys
    where expires_at is null or expires_at > ${now}
    order by expires_at is not null, created_at desc, id desc`);
}

export async function resealSigningKey(tx: Transaction, id: string, privateKey: Buffer): Promise<void> {
  await tx.run(sql`update signing_keys set private_key = ${privateKey} where id = ${id}`);
}

export async function retireSigningKeys(tx: Transaction, expiresAt: Date): Promise<void> {
  await tx.run(sql`update signing_keys set expires_at = ${expiresAt} where expires_at is null`);
}

export async function insertSigningKey(
  tx: Transaction,
  key: { id: string; publicJwk: JWK; privateKey: Buffer; createdAt: Date },
): Promise<void> {
  await tx.run(sql`
    insert into signing_keys (id, public_jwk, private_key, created_at)
    values (${key.id}, ${JSON.stringify(key.publicJwk)}, ${key.privateKey}, ${key.createdAt})`);
}
