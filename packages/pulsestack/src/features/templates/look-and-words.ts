import type {
  Branding,
  BrandingInput,
  Layout,
  LayoutInput,
  LookUse,
  PartialInput,
  TemplateFinding,
  TemplatePartial,
  Translations,
} from '@pulsestack/core';
import { audit } from '../../kernel/audit.ts';
import type { Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import type { Inspection, TextKind } from '../../ports/template-engine.ts';
import { invalid } from './compile.ts';
import { CONTENT_SLOT, type Frame } from './layout.ts';
import { problemsOfMessages } from './lint.ts';
import { canonicalLocale } from './locale.ts';
import { withDarkContent } from './look.ts';
import { markdownToHtml } from './markdown.ts';
import { htmlToPlainText } from './plain-text.ts';
import { compileMjml } from './preview.ts';
import { toBranding } from './setting.ts';
import * as store from './store/setting.ts';
import { usesOfLayout, usesOfPartial } from './store/uses.ts';

/** What the workspace adds to all of its messages. Changes show at once: layouts, partials and messages have no versions. */
const MAX_MESSAGES = 20_000;

export async function putLayout(ctx: Context, key: string, input: LayoutInput): Promise<Layout> {
  const { frame, findings } = await compileLayout(ctx, input);
  const now = ctx.clock.now();
  await ctx.db.inWorkspace(ctx.workspaceId, async (tx) => {
    await store.putLayout(tx, ctx.workspaceId, key, input, frame, now);
    await audit({ ...ctx, tx }, { action: 'layout.put', target: key, detail: {} });
  });
  return { key, ...input, updatedAt: now.toISOString(), findings };
}

export async function compileLayout(
  ctx: Context,
  { body }: Pick<LayoutInput, 'body'>,
): Promise<{ frame: Frame; findings: TemplateFinding[] }> {
  const source = body.format === 'mjml' ? body.mjml : body.html;
  const inspection = ctx.templates.inspect({ kind: 'plain', source }, 'body');
  refuse(inspection);
  const { partials } = inspection;
  const slots = source.split(CONTENT_SLOT).length - 1;
  if (slots !== 1) throw layoutError(`a layout has {{ content }} exactly once, this one ${slots} times`);
  const findings: TemplateFinding[] = [];
  let html = source;
  if (body.format === 'mjml') {
    try {
      const compiled = await compileMjml(ctx, source);
      html = compiled.html;
      for (const message of compiled.warnings)
        findings.push({ level: 'warning', code: 'mjml.invalid', message, field: 'body', line: null });
    } catch (error) {
      throw layoutError(error instanceof Error ? error.message : 'the MJML cannot be compiled');
    }
    if (!CONTENT_SLOT.test(html)) throw layoutError('put {{ content }} into an mj-text or an mj-raw');
  }
  refuse(ctx.templates.inspect({ kind: 'html', source: html }, 'body'));
  html = withDarkContent(html);
  const text = htmlToPlainText(html);
  return { frame: { html, text: CONTENT_SLOT.test(text) ? text : `{{ content }}\n\n${text}`, partials }, findings };
}

/** Deletes a layout that nothing names. */
export async function deleteLayout(ctx: Context, key: string): Promise<void> {
  refuseUsed('layout', await usesOfLayout(ctx.tx, ctx.workspaceId, key));
  if (!(await store.deleteLayout(ctx.tx, ctx.workspaceId, key))) throw notFound('layout');
}

/** Deletes a partial that nothing renders. */
export async function deletePartial(ctx: Context, key: string): Promise<void> {
  refuseUsed('partial', await usesOfPartial(ctx.tx, ctx.workspaceId, key));
  if (!(await store.deletePartial(ctx.tx, ctx.workspaceId, key))) throw notFound('partial');
}

const MAX_TOLD = 5;

function refuseUsed(what: string, uses: readonly LookUse[]): void {
  if (uses.length === 0) return;
  const told = uses.slice(0, MAX_TOLD).map(({ kind, key }) => `${kind} ${key}`);
  if (uses.length > MAX_TOLD) told.push('others');
  throw fail('resource.conflict', `The ${what} is used by ${told.join(', ')}; change these first.`);
}

function layoutError(message: string) {
  return invalid([{ level: 'error', code: 'layout.invalid', message, field: 'body', line: null }]);
}

function refuse({ errors }: Inspection): void {
  if (errors.length > 0)
    throw invalid(
      errors.map(({ message, part, line }) => ({ level: 'error', code: 'liquid.syntax', message, field: part, line })),
    );
}

export async function putPartial(ctx: Context, key: string, input: PartialInput): Promise<TemplatePartial> {
  const kinds = kindsOf(input);
  const inspection = ctx.templates.inspect({ kind: 'plain', source: input.source }, 'source');
  refuse(inspection);
  if (kinds.html !== undefined) refuse(ctx.templates.inspect({ kind: 'html', source: kinds.html }, 'source'));
  if (inspection.partials.includes(key))
    throw invalid([
      {
        level: 'error',
        code: 'partial.recursive',
        message: 'a partial cannot render itself',
        field: 'source',
        line: null,
      },
    ]);
  const now = ctx.clock.now();
  const row = {
    key,
    name: input.name,
    format: input.format,
    source: input.source,
    kinds,
    partials: inspection.partials,
    message_keys: inspection.messageKeys,
  };
  await store.putPartial(ctx.tx, ctx.workspaceId, row, now);
  return toPartial({ ...row, updated_at: now });
}

export function kindsOf({
  format,
  source,
}: Pick<PartialInput, 'format' | 'source'>): Partial<Record<TextKind, string>> {
  const common = (plain: string) => ({ plain, line: plain, url: plain });
  switch (format) {
    case 'markdown': {
      const html = markdownToHtml(source);
      return { html, markdown: source, ...common(htmlToPlainText(html)) };
    }
    case 'html': {
      const text = htmlToPlainText(source);
      return { html: source, markdown: text, ...common(text) };
    }
    case 'text':
      return { html: source.replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`), markdown: source, ...common(source) };
  }
}

export function toPartial(row: store.PartialRow): TemplatePartial {
  const { key, name, format, source, updated_at } = row;
  return { key, name, format, source, updatedAt: updated_at.toISOString() };
}

export function toLayout(row: store.LayoutRow): Layout {
  return { key: row.key, name: row.name, body: row.body, updatedAt: row.updated_at.toISOString(), findings: [] };
}

/** All locales with their messages, and what each lacks of the others. */
export async function listTranslations(ctx: Context): Promise<Translations[]> {
  const rows = await store.listLocales(ctx.tx, ctx.workspaceId);
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row.messages)))].sort();
  return rows.map(({ locale, messages, updated_at }) => ({
    locale,
    messages,
    missing: keys.filter((key) => !Object.hasOwn(messages, key)),
    updatedAt: updated_at.toISOString(),
  }));
}

export async function putTranslations(
  ctx: Context,
  given: string,
  messages: Readonly<Record<string, string | null>>,
): Promise<Translations> {
  const locale = canonicalLocale(given) ?? given;
  const problems = problemsOfMessages(locale, messages);
  if (problems.length > 0)
    throw fail('template.invalid', `${problems[0]?.key}: ${problems[0]?.problem}.`, {
      fields: problems.map(({ key, problem }) => ({ in: 'body', field: `/messages/${key}`, message: problem })),
    });
  await store.putMessages(ctx.tx, ctx.workspaceId, locale, messages, ctx.clock.now());
  if ((await store.countMessages(ctx.tx, ctx.workspaceId)) > MAX_MESSAGES)
    throw fail('resource.limit', `A workspace has at most ${MAX_MESSAGES} translated messages.`);
  const known = (await listTranslations(ctx)).find((one) => one.locale === locale);
  return known ?? { locale, messages: {}, missing: [], updatedAt: ctx.clock.now().toISOString() };
}

export async function deleteTranslations(ctx: Context, locale: string): Promise<void> {
  if (!(await store.deleteLocale(ctx.tx, ctx.workspaceId, canonicalLocale(locale) ?? locale))) throw notFound('locale');
}

export async function putBranding(ctx: Context, input: BrandingInput): Promise<Branding> {
  const { name, settings } = await store.getBranding(ctx.tx, ctx.workspaceId);
  // A field left out stays as it is, null removes it.
  const merged = { ...settings, ...input };
  await store.putBranding(ctx.tx, ctx.workspaceId, merged, ctx.clock.now());
  return toBranding(merged, name);
}
