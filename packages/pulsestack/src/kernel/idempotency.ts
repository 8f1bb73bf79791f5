import { createHash } from 'node:crypto';
import type { Principal } from './context.ts';
import { fail } from './errors.ts';
import { sql } from './sql.ts';
import type { Transaction } from './tenancy.ts';

const TTL_MS = 24 * 60 * 60 * 1000;
const MAX_KEY_CHARS = 255;

/** What was answered to a key before. */
export interface Remembered {
  status: number;
  body: unknown;
}

/** Checks the header: 1–255 printable ASCII characters. */
export function parseIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (
    typeof header !== 'string' ||
    header.length === 0 ||
    header.length > MAX_KEY_CHARS ||
    !/^[\x21-\x7e]+$/.test(header)
  ) {
    throw fail('idempotency.invalid', `Idempotency-Key must be 1–${MAX_KEY_CHARS} printable ASCII characters.`, {
      fields: [{ in: 'header', field: '/idempotency-key', message: 'is not valid' }],
    });
  }
  return header;
}

/**
 * The key as it is kept. The API keys of a workspace share theirs, so that a retry may come from another server or with a
 * rotated key; each person has their own, so that nobody is given the answer of somebody else. The space keeps the two
 * apart, because no key that is sent contains one.
 */
export function scopeKey(principal: Principal, key: string | undefined): string | undefined {
  if (key === undefined || principal.kind === 'key' || principal.kind === 'anonymous') return key;
  return `${principal.id} ${key}`;
}

/** What makes two requests the same: operation, path and body. */
export function fingerprint(operationId: string, url: string, body: unknown): string {
  return createHash('sha256')
    .update(`${operationId}\n${url}\n${JSON.stringify(body ?? null)}`)
    .digest('base64url');
}

/**
 * Claims a key inside the transaction of the change, or returns what was answered before.
 * A second request with the same key waits here for the first one's commit, so it gets the same answer and never runs twice.
 */
export async function claimKey(
  tx: Transaction,
  workspaceId: string,
  key: string,
  print: string,
): Promise<Remembered | undefined> {
  const claimed = await tx.run(sql`
    insert into idempotency_keys (workspace_id, key, fingerprint) values (${workspaceId}, ${key}, ${print})
    on conflict do nothing`);
  if (claimed === 1) return undefined;
  const row = await tx.get<{ fingerprint: string; status: number; body: unknown }>(sql`
    select fingerprint, status, body from idempotency_keys where workspace_id = ${workspaceId} and key = ${key}`);
  if (row.fingerprint !== print) throw fail('idempotency.mismatch');
  return { status: row.status, body: row.body };
}

/** Keeps the answer with the change that it reports. */
export async function rememberAnswer(
  tx: Transaction,
  workspaceId: string,
  key: string,
  answer: Remembered,
): Promise<void> {
  await tx.run(sql`
    update idempotency_keys set status = ${answer.status}, body = ${JSON.stringify(answer.body ?? null)}
    where workspace_id = ${workspaceId} and key = ${key}`);
}

/** Forgets keys that are older than a day, a page at a time; true when more is waiting. */
export async function forgetOldKeys(tx: Transaction, now: Date): Promise<boolean> {
  const PAGE = 5000;
  const forgotten = await tx.run(sql`
    delete from idempotency_keys
    where ctid = any (array(select ctid from idempotency_keys where created_at < ${new Date(now.getTime() - TTL_MS)} limit ${PAGE}))`);
  return forgotten === PAGE;
}
