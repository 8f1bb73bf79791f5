import type { Actor, TemplateContent } from '@pulsestack/core';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { CompiledContent, Json } from '../contents.ts';

export interface TemplateRow {
  key: string;
  channel: TemplateContent['channel'];
  name: string;
  description: string | null;
  draft: TemplateContent;
  sample: Record<string, Json>;
  published_version: number | null;
  published_at: Date | null;
  changed: boolean;
  created_at: Date;
  updated_at: Date;
}

export interface VersionRow {
  version: number;
  content: TemplateContent;
  note: string | null;
  published_at: Date;
  published_by: Actor;
}

export function findTemplate(tx: Transaction, workspaceId: string, key: string): Promise<TemplateRow | undefined> {
  return tx.find(sql`
    select t.*, v.published_at
    from templates t
    left join template_versions v on v.workspace_id = t.workspace_id and v.key = t.key and v.version = t.published_version
    where t.workspace_id = ${workspaceId} and t.key = ${key}`);
}

/** As `findTemplate`, and nobody else changes or publishes it until the transaction ends. */
export async function lockTemplate(
  tx: Transaction,
  workspaceId: string,
  key: string,
): Promise<TemplateRow | undefined> {
  const locked = await tx.find(
    sql`select key from templates where workspace_id = ${workspaceId} and key = ${key} for update`,
  );
  return locked ? findTemplate(tx, workspaceId, key) : undefined;
}

export function listTemplates(
  tx: Transaction,
  workspaceId: string,
  options: { channel: string | undefined; after: string; limit: number },
): Promise<TemplateRow[]> {
  return tx.rows(sql`
    select t.key, t.channel, t.name, t.description, t.published_version, t.changed, t.created_at, t.updated_at, v.published_at
    from templates t
    left join template_versions v on v.workspace_id = t.workspace_id and v.key = t.key and v.version = t.published_version
    where t.workspace_id = ${workspaceId} and t.key > ${options.after}
      and (${options.channel ?? null}::text is null or t.channel = ${options.channel ?? null})
    order by t.key
    limit ${options.limit}`);
}

export async function putDraft(
  tx: Transaction,
  workspaceId: string,
  key: string,
  draft: {
    name: string;
    description: string | null;
    content: TemplateContent;
    sample: Record<string, Json>;
    changed: boolean;
  },
  now: Date,
): Promise<void> {
  await tx.run(sql`
    insert into templates (workspace_id, key, channel, name, description, draft, sample, changed, created_at, updated_at)
    values (${workspaceId}, ${key}, ${draft.content.channel}, ${draft.name}, ${draft.description},
            ${JSON.stringify(draft.content)}, ${JSON.stringify(draft.sample)}, ${draft.changed}, ${now}, ${now})
    on conflict (workspace_id, key) do update
    set name = excluded.name, description = excluded.description, draft = excluded.draft, sample = excluded.sample,
        changed = excluded.changed, updated_at = excluded.updated_at`);
}

export async function deleteTemplate(tx: Transaction, workspaceId: string, key: string): Promise<boolean> {
  return (await tx.run(sql`delete from templates where workspace_id = ${workspaceId} and key = ${key}`)) === 1;
}

/** Adds the next version and makes it the one that is sent. The row of the template must be locked. */
export async function addVersion(
  tx: Transaction,
  workspaceId: string,
  key: string,
  version: {
    content: TemplateContent;
    compiled: CompiledContent;
    compiler: number;
    note: string | null;
    by: Actor;
    at: Date;
  },
): Promise<number> {
  const { number } = await tx.get<{ number: number }>(sql`
    with next as (
      select coalesce(max(version), 0) + 1 as number from template_versions
      where workspace_id = ${workspaceId} and key = ${key}
    ), added as (
      insert into template_versions (workspace_id, key, version, content, compiled, compiler, note, published_at, published_by)
      select ${workspaceId}, ${key}, number, ${JSON.stringify(version.content)}::jsonb, ${JSON.stringify(version.compiled)}::jsonb,
             ${version.compiler}::int, ${version.note}, ${version.at}::timestamptz, ${JSON.stringify(version.by)}::jsonb
      from next
    ), live as (
      update templates
      set published_version = next.number, changed = false, draft = ${JSON.stringify(version.content)}::jsonb, updated_at = ${version.at}::timestamptz
      from next
      where workspace_id = ${workspaceId} and key = ${key}
    )
    select number from next`);
  return number;
}

export function findVersion(
  tx: Transaction,
  workspaceId: string,
  key: string,
  version: number,
): Promise<(VersionRow & { compiled: CompiledContent }) | undefined> {
  return tx.find(sql`
    select version, content, compiled, note, published_at, published_by from template_versions
    where workspace_id = ${workspaceId} and key = ${key} and version = ${version}`);
}

export function listVersions(
  tx: Transaction,
  workspaceId: string,
  key: string,
  options: { before: number; limit: number },
): Promise<VersionRow[]> {
  return tx.rows(sql`
    select version, note, published_at, published_by from template_versions
    where workspace_id = ${workspaceId} and key = ${key} and version < ${options.before}
    order by version desc
    limit ${options.limit}`);
}

/** The published versions of these templates, compiled. */
export function findPublished(
  tx: Transaction,
  workspaceId: string,
  keys: readonly string[],
): Promise<{ key: string; version: number; content: TemplateContent; compiled: CompiledContent; compiler: number }[]> {
  return tx.rows(sql`
    select t.key, v.version, v.content, v.compiled, v.compiler
    from templates t
    join template_versions v on v.workspace_id = t.workspace_id and v.key = t.key and v.version = t.published_version
    where t.workspace_id = ${workspaceId} and t.key = any(${keys}::text[])`);
}

/** Keeps what a newer compiler has made of a version; null leaves it as it was. */
export async function replaceCompiled(
  tx: Transaction,
  workspaceId: string,
  version: { key: string; version: number; compiled: CompiledContent | null; compiler: number },
): Promise<void> {
  await tx.run(sql`
    update template_versions
    set compiled = coalesce(${version.compiled && JSON.stringify(version.compiled)}::jsonb, compiled), compiler = ${version.compiler}
    where workspace_id = ${workspaceId} and key = ${version.key} and version = ${version.version}
      and compiler < ${version.compiler}`);
}
