import type { EventTypeChange } from '@pulsestack/core';
import type { z } from 'zod';
import { sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';

export interface EventTypeRow {
  name: string;
  version: number;
  summary: string;
  tags: string[];
  deprecated: string | null;
  schema: Record<string, never>;
  created_at: Date;
  updated_at: Date;
}

export interface VersionRow {
  version: number;
  schema: Record<string, never>;
  changes: z.infer<typeof EventTypeChange>[];
  created_at: Date;
  created_by: string;
}

export async function findEventType(
  tx: Transaction,
  workspaceId: string,
  name: string,
): Promise<EventTypeRow | undefined> {
  return tx.find(sql`
    select name, version, summary, tags, deprecated, schema, created_at, updated_at
    from event_types
    where workspace_id = ${workspaceId} and name = ${name}`);
}

/** The same, kept from changing until the transaction ends. */
export async function lockEventType(
  tx: Transaction,
  workspaceId: string,
  name: string,
): Promise<EventTypeRow | undefined> {
  return tx.find(sql`
    select name, version, summary, tags, deprecated, schema, created_at, updated_at
    from event_types
    where workspace_id = ${workspaceId} and name = ${name}
    for update`);
}

export async function listEventTypes(
  tx: Transaction,
  workspaceId: string,
  { after, limit }: { after: string; limit: number },
): Promise<EventTypeRow[]> {
  return tx.rows(sql`
    select name, version, summary, tags, deprecated, schema, created_at, updated_at
    from event_types
    where workspace_id = ${workspaceId} and name > ${after}
    order by name
    limit ${limit}`);
}

export async function schemasOf(
  tx: Transaction,
  workspaceId: string,
  names: readonly string[],
): Promise<{ name: string; schema: object }[]> {
  return tx.rows(sql`
    select name, schema
    from event_types
    where workspace_id = ${workspaceId} and name = any (${names}::text[])`);
}

export async function saveEventType(tx: Transaction, workspaceId: string, row: EventTypeRow): Promise<EventTypeRow> {
  return tx.get(sql`
    insert into event_types (workspace_id, name, version, summary, tags, deprecated, schema, created_at, updated_at)
    values (${workspaceId}, ${row.name}, ${row.version}, ${row.summary}, ${row.tags}, ${row.deprecated},
            ${JSON.stringify(row.schema)}, ${row.created_at}, ${row.updated_at})
    on conflict (workspace_id, name) do update
    set version = excluded.version, summary = excluded.summary, tags = excluded.tags, deprecated = excluded.deprecated,
        schema = excluded.schema, updated_at = excluded.updated_at
    returning name, version, summary, tags, deprecated, schema, created_at, updated_at`);
}

export async function insertVersion(
  tx: Transaction,
  workspaceId: string,
  name: string,
  row: VersionRow,
): Promise<void> {
  await tx.run(sql`
    insert into event_type_versions (workspace_id, name, version, schema, changes, created_at, created_by)
    values (${workspaceId}, ${name}, ${row.version}, ${JSON.stringify(row.schema)}, ${JSON.stringify(row.changes)},
            ${row.created_at}, ${row.created_by})`);
}

export async function listVersions(
  tx: Transaction,
  workspaceId: string,
  name: string,
  { before, limit }: { before: number; limit: number },
): Promise<VersionRow[]> {
  return tx.rows(sql`
    select version, schema, changes, created_at, created_by
    from event_type_versions
    where workspace_id = ${workspaceId} and name = ${name} and version < ${before}
    order by version desc
    limit ${limit}`);
}

export async function deleteEventType(tx: Transaction, workspaceId: string, name: string): Promise<boolean> {
  return (await tx.run(sql`delete from event_types where workspace_id = ${workspaceId} and name = ${name}`)) > 0;
}

export async function countEventTypes(tx: Transaction, workspaceId: string): Promise<number> {
  const row = await tx.get<{ count: number }>(sql`
    select count(*)::int as count from event_types where workspace_id = ${workspaceId}`);
  return row.count;
}
