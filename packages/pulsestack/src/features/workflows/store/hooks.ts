import type { HookMapping, HookSignature } from '@pulsestack/core';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface HookRow {
  workspace_id: string;
  id: string;
  name: string;
  token_hint: string;
  mapping: HookMapping;
  signature: HookSignature | null;
  secret: Buffer | null;
  enabled: boolean;
  received: number;
  last_at: Date | null;
  last_error: string | null;
  created_at: Date;
}

export async function insertHook(
  tx: Transaction,
  hook: {
    workspaceId: string;
    id: string;
    name: string;
    tokenHash: string;
    hint: string;
    mapping: object;
    signature: object | null;
    secret: Buffer | null;
    enabled: boolean;
  },
  now: Date,
): Promise<void> {
  await tx.run(sql`
    insert into inbound_hooks (workspace_id, id, name, token_hash, token_hint, mapping, signature, secret, enabled, created_at)
    values (${hook.workspaceId}, ${hook.id}, ${hook.name}, ${hook.tokenHash}, ${hook.hint}, ${JSON.stringify(hook.mapping)},
            ${hook.signature && JSON.stringify(hook.signature)}, ${hook.secret}, ${hook.enabled}, ${now})`);
}

/** Changes a hook; its address stays. */
export async function updateHook(
  tx: Transaction,
  workspaceId: string,
  id: string,
  hook: { name: string; mapping: object; signature: object | null; secret: Buffer | null; enabled: boolean },
): Promise<boolean> {
  const changed = await tx.run(sql`
    update inbound_hooks
    set name = ${hook.name}, mapping = ${JSON.stringify(hook.mapping)}, signature = ${hook.signature && JSON.stringify(hook.signature)},
        secret = ${hook.secret}, enabled = ${hook.enabled}
    where workspace_id = ${workspaceId} and id = ${id}`);
  return changed === 1;
}

export function findHook(tx: Transaction, workspaceId: string, id: string): Promise<HookRow | undefined> {
  return tx.find(sql`select * from inbound_hooks where workspace_id = ${workspaceId} and id = ${id}`);
}

/** By its address. Needs a system transaction: who posts to it says no workspace. */
export function findHookByToken(tx: Transaction, tokenHash: string): Promise<HookRow | undefined> {
  return tx.find(sql`select * from inbound_hooks where token_hash = ${tokenHash}`);
}

export function listHooks(
  tx: Transaction,
  workspaceId: string,
  options: { after: string; limit: number },
): Promise<HookRow[]> {
  return tx.rows(sql`
    select * from inbound_hooks where workspace_id = ${workspaceId} and id > ${options.after} order by id limit ${options.limit}`);
}

export async function deleteHook(tx: Transaction, workspaceId: string, id: string): Promise<boolean> {
  return (await tx.run(sql`delete from inbound_hooks where workspace_id = ${workspaceId} and id = ${id}`)) === 1;
}

export async function noteReceived(
  tx: Transaction,
  workspaceId: string,
  id: string,
  error: string | null,
  now: Date,
): Promise<void> {
  await tx.run(sql`
    update inbound_hooks set received = received + 1, last_at = ${now}, last_error = ${error}
    where workspace_id = ${workspaceId} and id = ${id}`);
}
