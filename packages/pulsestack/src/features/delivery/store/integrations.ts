import type { Channel } from '@pulsestack/core';
import type { Context } from '../../../kernel/context.ts';
import { jsonText } from '../../../kernel/json-text.ts';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface IntegrationRow {
  workspace_id: string;
  id: string;
  channel: Channel;
  provider: string;
  name: string;
  credentials: Buffer;
  hints: Record<string, string>;
  settings: Record<string, never>;
  position: number;
  enabled: boolean;
  failures: number;
  out_until: Date | null;
  last_error: string | null;
  created_at: Date;
  updated_at: Date;
}

/** The channels a message can take: the inbox always, the others when a provider is connected. */
export async function connectedChannels(
  ctx: Pick<Context, 'tx' | 'workspaceId' | 'providers' | 'standIns'>,
): Promise<Set<Channel>> {
  const rows = await ctx.tx.rows<{ channel: Channel }>(sql`
    select distinct channel from integrations where workspace_id = ${ctx.workspaceId} and enabled`);
  const standIns = ctx.standIns.flatMap(
    ({ provider }) => ctx.providers.find(({ id }) => id === provider)?.channel ?? [],
  );
  return new Set<Channel>(['in_app', ...standIns, ...rows.map((row) => row.channel)]);
}

export function listIntegrations(tx: Transaction, workspaceId: string): Promise<IntegrationRow[]> {
  return tx.rows(sql`
    select * from integrations where workspace_id = ${workspaceId} order by channel, position, id`);
}

/** The integrations of several workspaces that may be used, in the order in which they are tried. */
export function usableIntegrations(tx: Transaction, workspaceIds: readonly string[]): Promise<IntegrationRow[]> {
  return tx.rows(sql`
    select * from integrations
    where workspace_id = any(${workspaceIds}::text[]) and enabled
    order by workspace_id, channel, position, id`);
}

export function findIntegration(tx: Transaction, workspaceId: string, id: string): Promise<IntegrationRow | undefined> {
  return tx.find(sql`select * from integrations where workspace_id = ${workspaceId} and id = ${id}`);
}

/** Adds one behind the others of its channel. */
export function insertIntegration(
  tx: Transaction,
  row: Pick<
    IntegrationRow,
    'workspace_id' | 'id' | 'channel' | 'provider' | 'name' | 'credentials' | 'hints' | 'enabled'
  > & { settings: object },
  now: Date,
): Promise<IntegrationRow> {
  return tx.get(sql`
    insert into integrations (workspace_id, id, channel, provider, name, credentials, hints, settings, position, enabled, created_at, updated_at)
    select ${row.workspace_id}, ${row.id}, ${row.channel}, ${row.provider}, ${row.name}, ${row.credentials}, ${JSON.stringify(row.hints)}::jsonb,
           ${JSON.stringify(row.settings)}::jsonb, coalesce(max(position), 0) + 1, ${row.enabled}, ${now}, ${now}
    from integrations
    where workspace_id = ${row.workspace_id} and channel = ${row.channel}
    returning *`);
}

/** Changes what is given; an integration that was changed is thought to work again. */
export function updateIntegration(
  tx: Transaction,
  workspaceId: string,
  id: string,
  change: {
    name: string | null;
    credentials: Buffer | null;
    hints: Record<string, string> | null;
    settings: object | null;
    enabled: boolean | null;
  },
  now: Date,
): Promise<IntegrationRow | undefined> {
  return tx.find(sql`
    update integrations
    set name = coalesce(${change.name}, name), credentials = coalesce(${change.credentials}::bytea, credentials),
        hints = coalesce(${change.hints && JSON.stringify(change.hints)}::jsonb, hints),
        settings = coalesce(${change.settings && JSON.stringify(change.settings)}::jsonb, settings),
        enabled = coalesce(${change.enabled}::boolean, enabled), failures = 0, out_until = null, last_error = null, updated_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id}
    returning *`);
}

export async function deleteIntegration(tx: Transaction, workspaceId: string, id: string): Promise<boolean> {
  return (await tx.run(sql`delete from integrations where workspace_id = ${workspaceId} and id = ${id}`)) === 1;
}

/** Puts those of one channel into the order given. */
export async function orderIntegrations(
  tx: Transaction,
  workspaceId: string,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  await tx.run(sql`
    update integrations i
    set position = asked.position, updated_at = ${now}
    from unnest(${ids}::text[]) with ordinality as asked (id, position)
    where i.workspace_id = ${workspaceId} and i.id = asked.id`);
}

/** Notes how integrations are doing, for people and for the other processes. */
export async function noteHealth(
  tx: Transaction,
  health: readonly {
    workspaceId: string;
    id: string;
    failures: number;
    outUntil: Date | null;
    lastError: string | null;
    enabled: boolean;
  }[],
): Promise<void> {
  if (health.length === 0) return;
  await tx.run(sql`
    update integrations i
    set failures = h.failures, out_until = h."outUntil", last_error = coalesce(h."lastError", i.last_error), enabled = i.enabled and h.enabled
    from json_to_recordset(${jsonText(health)}::json) as h (
      "workspaceId" text, id text, failures int, "outUntil" timestamptz, "lastError" text, enabled boolean)
    where i.workspace_id = h."workspaceId" and i.id = h.id`);
}
