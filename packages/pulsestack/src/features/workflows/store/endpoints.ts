import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface EndpointRow {
  key: string;
  url: string;
  secret: Buffer;
  secret_hint: string;
  former_secret: Buffer | null;
  former_until: Date | null;
  synced_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

/** False when there is one with this key. */
export async function insertEndpoint(
  tx: Transaction,
  workspaceId: string,
  endpoint: { key: string; url: string; secret: Buffer; hint: string },
  now: Date,
): Promise<boolean> {
  const made = await tx.run(sql`
    insert into workflow_endpoints (workspace_id, key, url, secret, secret_hint, created_at, updated_at)
    values (${workspaceId}, ${endpoint.key}, ${endpoint.url}, ${endpoint.secret}, ${endpoint.hint}, ${now}, ${now})
    on conflict do nothing`);
  return made === 1;
}

export function findEndpoint(tx: Transaction, workspaceId: string, key: string): Promise<EndpointRow | undefined> {
  return tx.find(sql`select * from workflow_endpoints where workspace_id = ${workspaceId} and key = ${key}`);
}

export function listEndpoints(
  tx: Transaction,
  workspaceId: string,
  options: { after: string; limit: number },
): Promise<EndpointRow[]> {
  return tx.rows(sql`
    select * from workflow_endpoints
    where workspace_id = ${workspaceId} and key > ${options.after}
    order by key
    limit ${options.limit}`);
}

/** Which of these keys name an endpoint. */
export async function knownEndpoints(
  tx: Transaction,
  workspaceId: string,
  keys: readonly string[],
): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const rows = await tx.rows<{ key: string }>(
    sql`select key from workflow_endpoints where workspace_id = ${workspaceId} and key = any(${keys}::text[])`,
  );
  return new Set(rows.map((row) => row.key));
}

export async function moveEndpoint(
  tx: Transaction,
  workspaceId: string,
  key: string,
  url: string,
  now: Date,
): Promise<boolean> {
  const moved = await tx.run(sql`
    update workflow_endpoints set url = ${url}, updated_at = ${now} where workspace_id = ${workspaceId} and key = ${key}`);
  return moved === 1;
}

/** The secret that signed until now signs as well until an instant. */
export async function rotateEndpoint(
  tx: Transaction,
  workspaceId: string,
  key: string,
  fresh: { secret: Buffer; hint: string; formerUntil: Date },
  now: Date,
): Promise<boolean> {
  const rotated = await tx.run(sql`
    update workflow_endpoints
    set former_secret = secret, former_until = ${fresh.formerUntil}, secret = ${fresh.secret}, secret_hint = ${fresh.hint},
        updated_at = ${now}
    where workspace_id = ${workspaceId} and key = ${key}`);
  return rotated === 1;
}

export async function noteSynced(tx: Transaction, workspaceId: string, key: string, now: Date): Promise<void> {
  await tx.run(sql`
    update workflow_endpoints set synced_at = ${now} where workspace_id = ${workspaceId} and key = ${key}`);
}

/** What came from its code stays and can be edited from now on. */
export async function deleteEndpoint(tx: Transaction, workspaceId: string, key: string): Promise<boolean> {
  await tx.run(sql`
    update workflows set origin = null
    where workspace_id = ${workspaceId} and origin ->> 'kind' = 'code' and origin ->> 'endpoint' = ${key}`);
  const gone = await tx.run(sql`delete from workflow_endpoints where workspace_id = ${workspaceId} and key = ${key}`);
  return gone === 1;
}

/** The keys of the workflows that come from the code behind an endpoint and are not put away. */
export async function keysFrom(tx: Transaction, workspaceId: string, endpoint: string): Promise<string[]> {
  const rows = await tx.rows<{ key: string }>(sql`
    select key from workflows
    where workspace_id = ${workspaceId} and origin ->> 'kind' = 'code' and origin ->> 'endpoint' = ${endpoint} and archived_at is null
    order by key`);
  return rows.map((row) => row.key);
}
