import type { MessageContent, TemplateContent, TemplateFinding, TemplateVariable } from '@pulsestack/core';
import type { Runtime } from '../../kernel/runtime.ts';
import { compileContent } from './compile.ts';
import type { CompiledContent, Json, Setting } from './contents.ts';
import { CLIPPED_BYTES, lint } from './lint.ts';
import { directionOf, fallbackChain, languageOfText } from './locale.ts';
import { protect } from './protect.ts';
import { render } from './render.ts';
import { missingVariables } from './variables.ts';

/** Compiles content of any kind, MJML included. Takes a second the first time; call it outside of transactions. */
export async function compileTemplate(
  runtime: Runtime,
  content: TemplateContent,
): Promise<{ content: CompiledContent; findings: TemplateFinding[] }> {
  if (content.channel !== 'email' || content.body.format !== 'mjml') return compileContent(runtime, content);
  // What is wrong with its Liquid is said before MJML sees it.
  const checked = compileContent(runtime, content);
  if (checked.findings.length > 0) return checked;
  try {
    const { html, warnings } = await compileMjml(runtime, content.body.mjml);
    const compiled = compileContent(runtime, content, html);
    for (const message of warnings)
      compiled.findings.push({ level: 'warning', code: 'mjml.invalid', message, field: 'body', line: null });
    return compiled;
  } catch (error) {
    const message = error instanceof Error ? error.message : 'the MJML cannot be compiled';
    return { ...checked, findings: [{ level: 'error', code: 'mjml.syntax', message, field: 'body', line: null }] };
  }
}

/** MJML with Liquid as HTML with Liquid. Tags between its elements go into `mj-raw`, where MJML lets text stand. */
export async function compileMjml(runtime: Runtime, source: string): Promise<{ html: string; warnings: string[] }> {
  const safe = protect(source);
  const { html, warnings } = await runtime.mailCompiler.compile(withRawTags(safe.text));
  return { html: safe.restore(html), warnings };
}

const HOLD_TEXT =
  /^mj-(text|button|table|raw|style|title|preview|navbar-link|social-element|accordion-title|accordion-text)$/;

function withRawTags(mjml: string): string {
  let inside = '';
  return mjml.replace(
    /<(\/?)([\w-]+)(?:"[^"]*"|'[^']*'|[^>"'])*?(\/?)>|(?:zLq\d+qLz\s*)+/g,
    (match, closing: string, name: string, selfClosing: string) => {
      if (name === undefined) return inside ? match : `<mj-raw>${match}</mj-raw>`;
      if (closing && name === inside) inside = '';
      else if (!closing && !selfClosing && !inside && HOLD_TEXT.test(name)) inside = name;
      return match;
    },
  );
}

export interface Preview {
  findings: TemplateFinding[];
  variables: TemplateVariable[];
  missing: string[];
  items: PreviewItem[];
}

export interface PreviewItem {
  locale: string;
  dir: 'ltr' | 'rtl';
  content: MessageContent | null;
  error: string | null;
  bytes: number;
}

/** Renders content with sample data in several locales, and says what is missing. */
export async function previewContent(
  runtime: Runtime,
  given: { content: TemplateContent; compiled: CompiledContent; findings: TemplateFinding[] },
  setting: Setting,
  how: { data: Record<string, Json>; locales: readonly string[]; timeZone: string },
): Promise<Preview> {
  const { content, compiled } = given;
  const findings = [...given.findings, ...lint(content, compiled, setting)];
  const isBroken = given.findings.some((finding) => finding.level === 'error');
  const data = { ...SAMPLE_DATA, ...how.data };
  const results = isBroken
    ? []
    : await render(
        runtime,
        how.locales.map((locale) => ({ content: compiled, data, locale, timeZone: how.timeZone, setting })),
      );
  const items = results.map((result, i): PreviewItem => {
    const locale = how.locales[i] as string;
    const language = languageOf(locale, compiled, setting);
    const bytes = result.ok && result.content.channel === 'email' ? Buffer.byteLength(result.content.html) : 0;
    if (bytes > CLIPPED_BYTES && !findings.some((one) => one.code === 'email.clipped'))
      findings.push({
        level: 'warning',
        code: 'email.clipped',
        message: `with this data it has ${Math.ceil(bytes / 1024)} kB; Gmail shows 102`,
        field: 'body',
        line: null,
      });
    return {
      locale,
      dir: directionOf(language),
      content: result.ok ? result.content : null,
      error: result.ok
        ? null
        : [result.error.field, result.error.line && `line ${result.error.line}`, result.error.message]
            .filter(Boolean)
            .join(', '),
      bytes,
    };
  });
  return { findings, variables: compiled.variables, missing: missingVariables(compiled.variables, data), items };
}

function languageOf(locale: string, compiled: CompiledContent, setting: Setting): string {
  const translated = new Set([...Object.keys(compiled.messages), ...Object.keys(setting.messages)]);
  return languageOfText(fallbackChain(locale, setting.branding.locale), locale, translated);
}

/** Locales worth looking at: that of the workspace, and every one that something is translated into. */
export function localesOf(compiled: CompiledContent, setting: Setting): string[] {
  const known = [setting.branding.locale, ...Object.keys(compiled.messages), ...Object.keys(setting.messages)];
  return [...new Set(known)].slice(0, 30);
}

const SAMPLE_DATA = {
  user: { id: 'ada', name: 'Ada Lovelace', email: 'ada@example.com', locale: null, timeZone: 'UTC', attributes: {} },
  workspace: { id: 'wsp_preview' },
  steps: {},
  events: [],
  digest: { count: 0 },
  links: {
    preferences: 'https://example.com/preferences',
    unsubscribe: 'https://example.com/unsubscribe',
  },
};
