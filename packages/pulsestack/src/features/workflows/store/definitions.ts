import type { WorkflowDefinition, WorkflowOrigin } from '@pulsestack/core';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface WorkflowRow {
  key: string;
  name: string;
  origin: WorkflowOrigin | null;
  draft: WorkflowDefinition;
  draft_hash: string;
  published: number | null;
  published_hash: string | null;
  published_at: Date | null;
  active: boolean;
  archived_at: Date | null;
  created_at: Date;
  updated_at: Date;
  updated_by: { kind: string; id: string; name: string | null };
}

export interface VersionRow {
  key: string;
  version: number;
  hash: string;
  definition: WorkflowDefinition;
  note: string | null;
  published_at: Date;
  published_by: { kind: string; id: string; name: string | null };
}

/** A number that grows with every change of what is published; 0 before the first. */
export async function readRevision(tx: Transaction, workspaceId: string): Promise<number> {
  const row = await tx.find<{ revision: number }>(
    sql`select revision from workflow_heads where workspace_id = ${workspaceId}`,
  );
  return row?.revision ?? 0;
}

/** What is published changes in this transaction. Takes a lock until its end, so that two changes are one after the other. */
export async function advanceRevision(tx: Transaction, workspaceId: string): Promise<void> {
  await tx.run(sql`
    insert into workflow_heads as h (workspace_id, revision) values (${workspaceId}, 1)
    on conflict (workspace_id) do update set revision = h.revision + 1`);
}

export function publishedVersions(
  tx: Transaction,
  workspaceId: string,
): Promise<{ key: string; active: boolean; version: number | null; definition: WorkflowDefinition | null }[]> {
  return tx.rows(sql`
    select w.key, w.active and w.archived_at is null as active, v.version, v.definition
    from workflows w
    left join workflow_versions v on v.workspace_id = w.workspace_id and v.key = w.key and v.version = w.published
    where w.workspace_id = ${workspaceId}`);
}

export function findVersions(
  tx: Transaction,
  workspaceId: string,
  wanted: readonly { key: string; version: number }[],
): Promise<VersionRow[]> {
  return tx.rows(sql`
    select v.* from unnest(${wanted.map((one) => one.key)}::text[], ${wanted.map((one) => one.version)}::int[]) as w (key, version)
    join workflow_versions v on v.workspace_id = ${workspaceId} and v.key = w.key and v.version = w.version`);
}

export function listVersions(
  tx: Transaction,
  workspaceId: string,
  key: string,
  before: number,
  limit: number,
): Promise<VersionRow[]> {
  return tx.rows(sql`
    select * from workflow_versions
    where workspace_id = ${workspaceId} and key = ${key} and version < ${before}
    order by version desc
    limit ${limit}`);
}

export function findWorkflow(tx: Transaction, workspaceId: string, key: string): Promise<WorkflowRow | undefined> {
  return tx.find(sql`
    select w.*, v.hash as published_hash, v.published_at
    from workflows w
    left join workflow_versions v on v.workspace_id = w.workspace_id and v.key = w.key and v.version = w.published
    where w.workspace_id = ${workspaceId} and w.key = ${key}`);
}

export function lockWorkflow(tx: Transaction, workspaceId: string, key: string): Promise<{ key: string } | undefined> {
  return tx.find(sql`select key from workflows where workspace_id = ${workspaceId} and key = ${key} for update`);
}

export function listWorkflows(
  tx: Transaction,
  workspaceId: string,
  options: { after: string; limit: number; archived: boolean; words: string | null; status: string | null },
): Promise<WorkflowRow[]> {
  return tx.rows(sql`
    select w.*, v.hash as published_hash, v.published_at
    from workflows w
    left join workflow_versions v on v.workspace_id = w.workspace_id and v.key = w.key and v.version = w.published
    where w.workspace_id = ${workspaceId} and w.key > ${options.after} and (w.archived_at is not null) = ${options.archived}
      and (${options.words}::text is null
        or strpos(lower(w.name), lower(${options.words})) > 0 or strpos(w.key, lower(${options.words})) > 0)
      and (${options.status}::text is null
        or ${options.status} = case when w.published is null then 'draft' when w.active then 'published' else 'off' end)
    order by w.key
    limit ${options.limit}`);
}

/** Which of these keys are taken, by archived workflows as well. */
export async function takenKeys(tx: Transaction, workspaceId: string, keys: readonly string[]): Promise<Set<string>> {
  const rows = await tx.rows<{ key: string }>(sql`
    select key from workflows where workspace_id = ${workspaceId} and key = any(${keys}::text[])`);
  return new Set(rows.map((row) => row.key));
}

/** Writes a draft; true when the workflow is new. Saving one that was archived brings it back. */
export async function saveDraft(
  tx: Transaction,
  workspaceId: string,
  draft: { key: string; name: string; definition: WorkflowDefinition; hash: string; by: object },
  now: Date,
): Promise<boolean> {
  const { created } = await tx.get<{ created: boolean }>(sql`
    insert into workflows as w (workspace_id, key, name, draft, draft_hash, created_at, updated_at, updated_by)
    values (${workspaceId}, ${draft.key}, ${draft.name}, ${JSON.stringify(draft.definition)}, ${draft.hash}, ${now}, ${now}, ${JSON.stringify(draft.by)})
    on conflict (workspace_id, key) do update
    set name = excluded.name, draft = excluded.draft, draft_hash = excluded.draft_hash, updated_at = excluded.updated_at,
        updated_by = excluded.updated_by
    returning xmax = 0 as created`);
  return created;
}

/** Keeps a version and makes it the one that runs. */
export async function addVersion(
  tx: Transaction,
  workspaceId: string,
  version: { key: string; definition: WorkflowDefinition; hash: string; note: string | null; by: object },
  now: Date,
): Promise<number> {
  const row = await tx.get<{ version: number }>(sql`
    with made as (
      insert into workflow_versions (workspace_id, key, version, hash, definition, note, published_at, published_by)
      select ${workspaceId}, ${version.key}, coalesce(max(version), 0) + 1, ${version.hash}, ${JSON.stringify(version.definition)}, ${version.note},
             ${now}, ${JSON.stringify(version.by)}
      from workflow_versions where workspace_id = ${workspaceId} and key = ${version.key}
      returning version
    )
    update workflows set published = made.version, archived_at = null from made
    where workspace_id = ${workspaceId} and key = ${version.key}
    returning made.version`);
  return row.version;
}

export async function addAwaited(tx: Transaction, workspaceId: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await tx.run(sql`
    insert into awaited_events (workspace_id, name) select ${workspaceId}, unnest(${names}::text[]) on conflict do nothing`);
}

/** The names of events that some version waits for, old ones included, because their runs go on. */
export async function awaitedNames(tx: Transaction, workspaceId: string): Promise<Set<string>> {
  const rows = await tx.rows<{ name: string }>(
    sql`select name from awaited_events where workspace_id = ${workspaceId}`,
  );
  return new Set(rows.map((row) => row.name));
}

/** Where the workflow is kept from now on; null when it is edited here. */
export async function setOrigin(
  tx: Transaction,
  workspaceId: string,
  key: string,
  origin: WorkflowOrigin | null,
): Promise<void> {
  await tx.run(sql`
    update workflows set origin = ${origin && JSON.stringify(origin)} where workspace_id = ${workspaceId} and key = ${key}`);
}

export async function setActive(
  tx: Transaction,
  workspaceId: string,
  key: string,
  active: boolean,
  now: Date,
): Promise<void> {
  await tx.run(sql`
    update workflows set active = ${active}, updated_at = ${now} where workspace_id = ${workspaceId} and key = ${key}`);
}

export async function setArchived(tx: Transaction, workspaceId: string, key: string, at: Date | null): Promise<void> {
  await tx.run(sql`update workflows set archived_at = ${at} where workspace_id = ${workspaceId} and key = ${key}`);
}

/** The sandbox of a workspace. Needs a system transaction, because each workspace sees only itself. */
export async function sandboxOf(tx: Transaction, workspaceId: string): Promise<string | undefined> {
  const row = await tx.find<{ workspace_id: string }>(
    sql`select workspace_id from workspaces where parent_id = ${workspaceId} and deleted_at is null`,
  );
  return row?.workspace_id;
}
