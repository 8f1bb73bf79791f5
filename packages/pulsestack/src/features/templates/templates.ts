import {
  type Actor,
  type Template,
  type TemplateChange,
  type TemplateContent,
  type TemplateDetail,
  type TemplateInput,
  type TemplateVersion,
} from '@pulsestack/core';
import { actorOf, audit } from '../../kernel/audit.ts';
import type { Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { COMPILER, compileContent, invalid } from './compile.ts';
import type { Json } from './contents.ts';
import { diffContents } from './diff.ts';
import { lint } from './lint.ts';
import { compileTemplate, localesOf, type Preview, previewContent } from './preview.ts';
import { loadSetting } from './setting.ts';
import * as store from './store/templates.ts';
import { allVariables, payloadSchema } from './variables.ts';

/** Writes the draft as a whole, right or wrong: what is wrong with it comes back as findings, and stops it from being published. */
export async function putTemplate(ctx: Context, key: string, input: TemplateInput): Promise<TemplateDetail> {
  const known = await store.lockTemplate(ctx.tx, ctx.workspaceId, key);
  if (known && known.channel !== input.content.channel)
    throw fail('resource.conflict', `The template "${key}" is for ${known.channel}; a template keeps its channel.`);
  const live = known?.published_version
    ? await store.findVersion(ctx.tx, ctx.workspaceId, key, known.published_version)
    : undefined;
  const draft = {
    name: input.name ?? known?.name ?? key,
    description: input.description ?? known?.description ?? null,
    content: input.content,
    sample: (input.sample ?? known?.sample ?? {}) as Record<string, Json>,
    changed: !live || diffContents(live.content as Json, input.content as Json).length > 0,
  };
  await store.putDraft(ctx.tx, ctx.workspaceId, key, draft, ctx.clock.now());
  return getTemplate(ctx, key);
}

export async function getTemplate(ctx: Context, key: string): Promise<TemplateDetail> {
  const row = await store.findTemplate(ctx.tx, ctx.workspaceId, key);
  if (!row) throw notFound('template');
  const { content, findings } = compileContent(ctx, row.draft);
  const setting = await loadSetting(ctx.tx, ctx.workspaceId, [content]);
  const variables = allVariables(content);
  return {
    ...toTemplate(row),
    content: row.draft,
    sample: row.sample,
    variables,
    schema: payloadSchema(variables),
    findings: [...findings, ...lint(row.draft, content, setting)],
  };
}

/**
 * Compiles the draft and makes it what is sent. Compiling happens outside of the transaction; a draft that was changed
 * meanwhile is refused, so that nothing is published that nobody looked at.
 */
export async function publishTemplate(ctx: Context, key: string, note: string | null): Promise<TemplateVersion> {
  const draft = await ctx.db.inWorkspace(ctx.workspaceId, async (tx) => {
    const row = await store.findTemplate(tx, ctx.workspaceId, key);
    if (!row) throw notFound('template');
    return row.draft;
  });
  return addVersion(ctx, key, draft, { note, action: 'template.published', expects: draft });
}

/** Publishes an earlier version again, as a new one: history only grows. */
export async function rollBackTemplate(ctx: Context, key: string, version: number): Promise<TemplateVersion> {
  const content = await ctx.db.inWorkspace(ctx.workspaceId, async (tx) => {
    const row = await store.findVersion(tx, ctx.workspaceId, key, version);
    if (!row) throw notFound('version');
    return row.content;
  });
  return addVersion(ctx, key, content, { note: `Back to version ${version}`, action: 'template.rolled_back' });
}

async function addVersion(
  ctx: Context,
  key: string,
  content: TemplateContent,
  how: { note: string | null; action: string; expects?: TemplateContent },
): Promise<TemplateVersion> {
  const compilation = await compileTemplate(ctx, content);
  return ctx.db.inWorkspace(ctx.workspaceId, async (tx) => {
    const row = await store.lockTemplate(tx, ctx.workspaceId, key);
    if (!row) throw notFound('template');
    if (how.expects && diffContents(how.expects as Json, row.draft as Json).length > 0)
      throw fail(
        'resource.conflict',
        'The draft was changed while it was being published; look at it and publish again.',
      );
    const setting = await loadSetting(tx, ctx.workspaceId, [compilation.content]);
    const errors = [...compilation.findings, ...lint(content, compilation.content, setting)].filter(
      (finding) => finding.level === 'error',
    );
    if (errors.length > 0) throw invalid(errors);
    const at = ctx.clock.now();
    const by = toActor(ctx);
    const version = await store.addVersion(tx, ctx.workspaceId, key, {
      content,
      compiled: compilation.content,
      compiler: COMPILER,
      note: how.note,
      by,
      at,
    });
    await audit({ ...ctx, tx }, { action: how.action, target: key, detail: { version } });
    return { version, note: how.note, publishedAt: at.toISOString(), publishedBy: by, live: true };
  });
}

/** Draft, live version or a version by its number. */
export type Revision = 'draft' | 'published' | number;

export async function diffTemplate(ctx: Context, key: string, from: Revision, to: Revision): Promise<TemplateChange[]> {
  const row = await store.findTemplate(ctx.tx, ctx.workspaceId, key);
  if (!row) throw notFound('template');
  const read = async (revision: Revision): Promise<Json> => {
    if (revision === 'draft') return row.draft as Json;
    const number = revision === 'published' ? row.published_version : revision;
    if (number === null) return {};
    const version = await store.findVersion(ctx.tx, ctx.workspaceId, key, number);
    if (!version) throw notFound('version');
    return version.content as Json;
  };
  return diffContents(await read(from), await read(to));
}

export interface PreviewRequest {
  data?: Record<string, Json> | undefined;
  locales?: string[] | undefined;
  timeZone?: string | undefined;
}

export async function previewTemplate(
  ctx: Context,
  key: string,
  request: PreviewRequest & { revision: 'draft' | 'published' },
): Promise<Preview> {
  const { content, sample } = await ctx.db.inWorkspace(ctx.workspaceId, async (tx) => {
    const row = await store.findTemplate(tx, ctx.workspaceId, key);
    if (!row) throw notFound('template');
    if (request.revision === 'draft' || row.published_version === null)
      return { content: row.draft, sample: row.sample };
    const version = await store.findVersion(tx, ctx.workspaceId, key, row.published_version);
    return { content: version?.content ?? row.draft, sample: row.sample };
  });
  return tryContent(ctx, content, { ...request, data: request.data ?? dataOfSample(sample) });
}

/** Renders content that is stored nowhere, with the look of the workspace. */
export async function tryContent(ctx: Context, content: TemplateContent, request: PreviewRequest): Promise<Preview> {
  const { content: compiled, findings } = await compileTemplate(ctx, content);
  const setting = await ctx.db.inWorkspace(ctx.workspaceId, (tx) => loadSetting(tx, ctx.workspaceId, [compiled]));
  return previewContent(ctx, { content, compiled, findings }, setting, {
    data: request.data ?? {},
    locales: request.locales ?? localesOf(compiled, setting),
    timeZone: request.timeZone ?? 'UTC',
  });
}

/** A sample is the payload, unless it says itself what everything is. */
function dataOfSample(sample: Record<string, Json>): Record<string, Json> {
  return 'payload' in sample ? sample : { payload: sample };
}

export function toTemplate(row: store.TemplateRow): Template {
  return {
    key: row.key,
    name: row.name,
    description: row.description,
    channel: row.channel,
    published:
      row.published_version !== null && row.published_at
        ? { version: row.published_version, at: row.published_at.toISOString() }
        : null,
    changed: row.changed,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export function toVersion(row: store.VersionRow, live: number | null): TemplateVersion {
  return {
    version: row.version,
    note: row.note,
    publishedAt: row.published_at.toISOString(),
    publishedBy: row.published_by,
    live: row.version === live,
  };
}

function toActor(ctx: Context): Actor {
  const { kind, id, name } = actorOf(ctx);
  return { kind: kind === 'user' ? 'system' : kind, id, name };
}
