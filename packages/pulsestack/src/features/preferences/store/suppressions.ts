import type { Channel, Suppression } from '@pulsestack/core';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface SuppressionRow {
  channel: Channel;
  address: string;
  reason: Suppression['reason'];
  source: string;
  evidence: Suppression['evidence'];
  created_at: Date;
}

interface Address {
  channel: Channel;
  address: string;
}

export function findSuppressed(
  tx: Transaction,
  workspaceId: string,
  addresses: readonly Address[],
): Promise<SuppressionRow[]> {
  return tx.rows(sql`
    select s.channel, s.address, s.reason, s.source, s.evidence, s.created_at
    from unnest(${addresses.map((one) => one.channel)}::text[], ${addresses.map((one) => one.address)}::text[]) as asked (channel, address)
    join suppressions s on s.workspace_id = ${workspaceId} and s.channel = asked.channel and s.address = asked.address`);
}

/** Adds addresses; a complaint replaces a lesser reason. Returns those that were not listed before. */
export async function insertSuppressions(
  tx: Transaction,
  workspaceId: string,
  entries: readonly (Address & { reason: Suppression['reason'] })[],
  source: string,
  evidence: Suppression['evidence'],
  now: Date,
): Promise<Address[]> {
  const rows = await tx.rows<Address & { fresh: boolean }>(sql`
    insert into suppressions as s (workspace_id, channel, address, reason, source, evidence, created_at)
    select ${workspaceId}, channel, address, reason, ${source}, ${JSON.stringify(evidence)}, ${now}
    from unnest(${entries.map((one) => one.channel)}::text[], ${entries.map((one) => one.address)}::text[],
                ${entries.map((one) => one.reason)}::text[]) as given (channel, address, reason)
    order by channel, address
    on conflict (workspace_id, channel, address) do update
    set reason = excluded.reason, source = excluded.source, evidence = excluded.evidence
    where excluded.reason = 'complained' and s.reason <> 'complained'
    returning s.channel, s.address, s.xmax = 0 as fresh`);
  return rows.filter((row) => row.fresh);
}

export async function deleteSuppression(
  tx: Transaction,
  workspaceId: string,
  { channel, address }: Address,
): Promise<boolean> {
  return (
    (await tx.run(
      sql`delete from suppressions where workspace_id = ${workspaceId} and channel = ${channel} and address = ${address}`,
    )) === 1
  );
}

export function listSuppressions(
  tx: Transaction,
  workspaceId: string,
  options: { prefix: string | undefined; after: { channel: string; address: string }; limit: number },
): Promise<SuppressionRow[]> {
  const pattern = options.prefix === undefined ? null : `${options.prefix.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return tx.rows(sql`
    select channel, address, reason, source, evidence, created_at
    from suppressions
    where workspace_id = ${workspaceId}
      and (channel, address) > (${options.after.channel}, ${options.after.address})
      and (${pattern}::text is null or address like ${pattern})
    order by channel, address
    limit ${options.limit}`);
}
