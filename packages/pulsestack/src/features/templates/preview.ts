import type { MessageContent, TemplateContent, TemplateFinding, TemplateVariable } from '@pulsestack/core';
import type { Runtime } from '../../kernel/runtime.ts';
import { compileContent } from './compile.ts';
import type { CompiledContent, Json, Setting } from './contents.ts';
import { CLIPPED_BYTES, lint } from './lint.ts';
import { directionOf } from './locale.ts';
import { protect } from './protect.ts';
import { pseudoOf } from './pseudo.ts';
import { render } from './render.ts';
import { allVariables, missingVariables } from './variables.ts';
import { voiceOf } from './voice.ts';

/** Compiles content of any kind, MJML included. Takes a second the first time; call it outside of transactions. */
export async function compileTemplate(
  runtime: Runtime,
  content: TemplateContent,
): Promise<{ content: CompiledContent; findings: TemplateFinding[] }> {
  const checked = compileContent(runtime, content);
  const sources = mjmlOf(content);
  // What is wrong with its Liquid is said before MJML sees it.
  if (sources.size === 0 || checked.findings.length > 0) return checked;
  const htmlOf = new Map<string, string>();
  const findings: TemplateFinding[] = [];
  for (const [field, source] of sources) {
    try {
      const { html, warnings } = await compileMjml(runtime, source);
      htmlOf.set(source, html);
      for (const message of warnings)
        findings.push({ level: 'warning', code: 'mjml.invalid', message, field, line: null });
    } catch (error) {
      const message = error instanceof Error ? error.message : 'the MJML cannot be compiled';
      findings.push({ level: 'error', code: 'mjml.syntax', message, field, line: null });
    }
  }
  const compiled = compileContent(runtime, content, htmlOf);
  return { content: compiled.content, findings: [...compiled.findings, ...findings] };
}

/** The MJML a content is written in, by its field. */
function mjmlOf(content: TemplateContent): Map<string, string> {
  const sources = new Map<string, string>();
  if (content.channel !== 'email') return sources;
  if (content.body.format === 'mjml') sources.set('body', content.body.mjml);
  for (const [locale, { body }] of Object.entries(content.locales ?? {}))
    if (body?.format === 'mjml') sources.set(`locales/${locale}/body`, body.mjml);
  return sources;
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
  /** The locale whose own content it is; null is the content itself. */
  variant: string | null;
  dir: 'ltr' | 'rtl';
  content: MessageContent | null;
  error: string | null;
  /** Required variables of this locale that the data does not fill. */
  missing: string[];
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
  const requests = how.locales.map((locale) => {
    const pseudo = pseudoOf(locale);
    const base = { content: compiled, data, timeZone: how.timeZone, setting };
    return pseudo ? { ...base, locale: null, pseudo } : { ...base, locale };
  });
  const results = isBroken ? [] : await render(runtime, requests);
  const items = results.map((result, i): PreviewItem => {
    const locale = how.locales[i] as string;
    const voice = voiceOf(compiled, setting, requests[i]?.locale ?? null);
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
      variant: voice.variant,
      dir: directionOf(pseudoOf(locale) ?? voice.language),
      content: result.ok ? result.content : null,
      error: result.ok
        ? null
        : [result.error.field, result.error.line && `line ${result.error.line}`, result.error.message]
            .filter(Boolean)
            .join(', '),
      missing: missingVariables(voice.content.variables, data),
      bytes,
    };
  });
  const variables = allVariables(compiled);
  return { findings, variables, missing: missingVariables(variables, data), items };
}

/** Locales worth looking at: that of the workspace, and every one that something is written in. */
export function localesOf(compiled: CompiledContent, setting: Setting): string[] {
  const known = [compiled.variants, compiled.messages, setting.messages].flatMap((all) => Object.keys(all));
  known.unshift(setting.branding.locale);
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
