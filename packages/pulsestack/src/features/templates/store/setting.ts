import type { BrandingInput, LayoutInput, PartialInput } from '@pulsestack/core';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { TextKind } from '../../../ports/template-engine.ts';
import type { Frame } from '../layout.ts';

export interface LayoutRow {
  key: string;
  name: string;
  body: LayoutInput['body'];
  frame: Frame;
  updated_at: Date;
}

export interface PartialRow {
  key: string;
  name: string;
  format: PartialInput['format'];
  source: string;
  kinds: Partial<Record<TextKind, string>>;
  partials: string[];
  message_keys: string[] | null;
  updated_at: Date;
}

/** The name of the workspace, and the branding if there is one. */
export function getBranding(
  tx: Transaction,
  workspaceId: string,
): Promise<{ name: string; settings: BrandingInput | null }> {
  return tx.get(sql`
    select w.name, b.settings
    from workspaces w left join branding b on b.workspace_id = w.workspace_id
    where w.workspace_id = ${workspaceId}`);
}

export async function putBranding(
  tx: Transaction,
  workspaceId: string,
  settings: BrandingInput,
  now: Date,
): Promise<void> {
  await tx.run(sql`
    insert into branding (workspace_id, settings, updated_at) values (${workspaceId}, ${JSON.stringify(settings)}, ${now})
    on conflict (workspace_id) do update set settings = excluded.settings, updated_at = excluded.updated_at`);
}

export function findLayouts(
  tx: Transaction,
  workspaceId: string,
  keys: readonly string[],
): Promise<{ key: string; frame: Frame }[]> {
  return tx.rows(
    sql`
      select key, '{"partials": []}'::jsonb || frame as frame from template_layouts
      where workspace_id = ${workspaceId} and key = any(${keys}::text[])`,
  );
}

export function findLayout(tx: Transaction, workspaceId: string, key: string): Promise<LayoutRow | undefined> {
  return tx.find(sql`
    select key, name, body, frame, updated_at from template_layouts
    where workspace_id = ${workspaceId} and key = ${key}`);
}

export function listLayouts(
  tx: Transaction,
  workspaceId: string,
  options: { after: string; limit: number },
): Promise<LayoutRow[]> {
  return tx.rows(sql`
    select key, name, body, frame, updated_at from template_layouts
    where workspace_id = ${workspaceId} and key > ${options.after}
    order by key
    limit ${options.limit}`);
}

export async function putLayout(
  tx: Transaction,
  workspaceId: string,
  key: string,
  layout: LayoutInput,
  frame: Frame,
  now: Date,
): Promise<void> {
  await tx.run(sql`
    insert into template_layouts (workspace_id, key, name, body, frame, updated_at)
    values (${workspaceId}, ${key}, ${layout.name}, ${JSON.stringify(layout.body)}, ${JSON.stringify(frame)}, ${now})
    on conflict (workspace_id, key) do update
    set name = excluded.name, body = excluded.body, frame = excluded.frame, updated_at = excluded.updated_at`);
}

export async function deleteLayout(tx: Transaction, workspaceId: string, key: string): Promise<boolean> {
  return (await tx.run(sql`delete from template_layouts where workspace_id = ${workspaceId} and key = ${key}`)) === 1;
}

/** The partials of these names and those they render themselves. */
export function findPartials(tx: Transaction, workspaceId: string, keys: readonly string[]): Promise<PartialRow[]> {
  return tx.rows(sql`
    with recursive wanted as (
      select unnest(${keys}::text[]) as key
      union
      select unnest(p.partials)
      from wanted join template_partials p on p.workspace_id = ${workspaceId} and p.key = wanted.key
    )
    select p.key, p.name, p.format, p.source, p.kinds, p.partials, p.message_keys, p.updated_at
    from template_partials p
    where p.workspace_id = ${workspaceId} and p.key in (select key from wanted)
    order by p.key`);
}

export function findPartial(tx: Transaction, workspaceId: string, key: string): Promise<PartialRow | undefined> {
  return tx.find(sql`select * from template_partials where workspace_id = ${workspaceId} and key = ${key}`);
}

export function listPartials(
  tx: Transaction,
  workspaceId: string,
  options: { after: string; limit: number },
): Promise<PartialRow[]> {
  return tx.rows(sql`
    select * from template_partials
    where workspace_id = ${workspaceId} and key > ${options.after}
    order by key
    limit ${options.limit}`);
}

export async function putPartial(
  tx: Transaction,
  workspaceId: string,
  row: Omit<PartialRow, 'updated_at'>,
  now: Date,
): Promise<void> {
  await tx.run(sql`
    insert into template_partials (workspace_id, key, name, format, source, kinds, partials, message_keys, updated_at)
    values (${workspaceId}, ${row.key}, ${row.name}, ${row.format}, ${row.source}, ${JSON.stringify(row.kinds)},
            ${row.partials}::text[], ${row.message_keys}::text[], ${now})
    on conflict (workspace_id, key) do update
    set name = excluded.name, format = excluded.format, source = excluded.source, kinds = excluded.kinds,
        partials = excluded.partials, message_keys = excluded.message_keys, updated_at = excluded.updated_at`);
}

export async function deletePartial(tx: Transaction, workspaceId: string, key: string): Promise<boolean> {
  return (await tx.run(sql`delete from template_partials where workspace_id = ${workspaceId} and key = ${key}`)) === 1;
}

/** Messages of these keys in every locale; null asks for all of them. */
export function findMessages(
  tx: Transaction,
  workspaceId: string,
  keys: readonly string[] | null,
): Promise<{ locale: string; key: string; message: string }[]> {
  if (keys === null)
    return tx.rows(sql`
      select locale, key, message from translations where workspace_id = ${workspaceId} order by locale, key`);
  return tx.rows(sql`
    select locale, key, message from translations
    where workspace_id = ${workspaceId} and key = any(${keys}::text[])
    order by locale, key`);
}

export function listLocales(
  tx: Transaction,
  workspaceId: string,
): Promise<{ locale: string; messages: Record<string, string>; updated_at: Date }[]> {
  return tx.rows(sql`
    select locale, jsonb_object_agg(key, message) as messages, max(updated_at) as updated_at
    from translations
    where workspace_id = ${workspaceId}
    group by locale
    order by locale`);
}

/** Writes messages of one locale; null removes. */
export async function putMessages(
  tx: Transaction,
  workspaceId: string,
  locale: string,
  messages: Readonly<Record<string, string | null>>,
  now: Date,
): Promise<void> {
  const removed = Object.keys(messages).filter((key) => messages[key] === null);
  const kept = Object.entries(messages).filter((entry): entry is [string, string] => entry[1] !== null);
  if (removed.length > 0)
    await tx.run(sql`
      delete from translations
      where workspace_id = ${workspaceId} and locale = ${locale} and key = any(${removed}::text[])`);
  if (kept.length > 0)
    await tx.run(sql`
      insert into translations (workspace_id, locale, key, message, updated_at)
      select ${workspaceId}, ${locale}, key, message, ${now}
      from unnest(${kept.map(([key]) => key)}::text[], ${kept.map(([, message]) => message)}::text[]) as given (key, message)
      on conflict (workspace_id, locale, key) do update set message = excluded.message, updated_at = excluded.updated_at`);
}

export async function deleteLocale(tx: Transaction, workspaceId: string, locale: string): Promise<boolean> {
  return (await tx.run(sql`delete from translations where workspace_id = ${workspaceId} and locale = ${locale}`)) > 0;
}

export async function countMessages(tx: Transaction, workspaceId: string): Promise<number> {
  const { count } = await tx.get<{ count: number }>(
    sql`select count(*)::int as count from translations where workspace_id = ${workspaceId}`,
  );
  return count;
}
