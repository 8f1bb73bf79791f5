import type { TemplateContent, TemplateFinding, TemplateVariable } from '@pulsestack/core';
import { fail } from '../../kernel/errors.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { LiquidSyntaxError } from '../../ports/liquid-source.ts';
import type { ProgramPart, TextKind } from '../../ports/template-engine.ts';
import { blocksToHtml, blocksToText } from './blocks.ts';
import { type CompiledContent, digestOf, type Json, kindOfValue, mapLiquid } from './contents.ts';
import { preheaderHtml } from './layout.ts';
import { markdownToHtml } from './markdown.ts';
import { htmlToPlainText } from './plain-text.ts';
import { addVariable } from './variables.ts';
import { inLocale, variantsOf } from './variants.ts';

/** The form of compiled contents. Raise it with every change of what is made of a source: versions in an older form are made again when they are sent. */
export const COMPILER = 2;

/** What the engine parses at most, with room for a layout. */
const MAX_HTML_CHARS = 180_000;

export interface Compilation {
  content: CompiledContent;
  findings: TemplateFinding[];
}

export function invalid(errors: readonly TemplateFinding[], place?: string) {
  const [first] = errors;
  const where = [place, first?.field, first?.line ? `line ${first.line}` : null].filter(Boolean).join(', ');
  return fail('template.invalid', `${where ? `${where}: ` : ''}${first?.message ?? 'it cannot be rendered'}.`, {
    fields: errors.map(({ field, message, line }) => ({
      in: 'body',
      field: `/${field ?? ''}`,
      message: line ? `line ${line}: ${message}` : message,
    })),
  });
}

type WebhookContent = { channel: 'webhook'; body: Json | undefined };
export type AnyContent = (TemplateContent & { attachments?: string[] | undefined }) | WebhookContent;

/** What MJML was compiled to, by its source. */
export type CompiledMjml = ReadonlyMap<string, string>;

/** Checks and prepares content in every locale it is written in. MJML whose HTML is not given is only checked as text. */
export function compileContent(
  runtime: Pick<Runtime, 'templates'>,
  content: AnyContent,
  mjml: CompiledMjml = new Map(),
): Compilation {
  const findings: TemplateFinding[] = [];
  const builder = new Builder(runtime, findings);
  const base = builder.compile(content, mjml);
  const variants: CompiledContent['variants'] = {};
  for (const { locale, own, content: there } of variantsOf(content)) {
    const found: TemplateFinding[] = [];
    const { parts, frame, layout, actions, variables } = builder.next(found).compile(there, mjml);
    variants[locale] = { parts, frame, layout, actions, variables };
    // What is wrong with a field it inherits was said where the field is written.
    findings.push(...inLocale(found, locale, own));
  }
  const compiled = { ...base, ...builder.uses(), variants };
  return { content: { id: digestOf([COMPILER, compiled]), ...compiled }, findings };
}

/** What all locales of one content need together. */
interface Uses {
  partials: Set<string>;
  keys: Set<string>;
  anyKey: boolean;
}

class Builder {
  private readonly runtime: Pick<Runtime, 'templates'>;
  private readonly findings: TemplateFinding[];
  private readonly parts: Record<string, ProgramPart> = {};
  private readonly variables = new Map<string, TemplateVariable>();
  private readonly all: Uses;

  constructor(
    runtime: Pick<Runtime, 'templates'>,
    findings: TemplateFinding[],
    all: Uses = { partials: new Set(), keys: new Set(), anyKey: false },
  ) {
    this.runtime = runtime;
    this.findings = findings;
    this.all = all;
  }

  /** For the same content in another locale. */
  next(findings: TemplateFinding[]): Builder {
    return new Builder(this.runtime, findings, this.all);
  }

  /** What the content needs in any of its locales. */
  uses(): Pick<CompiledContent, 'partials' | 'messageKeys'> {
    const { partials, keys, anyKey } = this.all;
    return {
      partials: [...partials].sort(),
      messageKeys: anyKey ? null : [...keys].sort(),
    };
  }

  compile(
    content: AnyContent,
    mjml: CompiledMjml,
  ): Omit<CompiledContent, 'id' | 'variants' | 'partials' | 'messageKeys'> {
    let data: Json | null = null;
    let actions: CompiledContent['actions'] = [];
    let frame: CompiledContent['frame'] = 'own';
    switch (content.channel) {
      case 'email':
        this.line('subject', content.subject);
        this.line('preheader', content.preheader);
        this.line('from', content.from);
        this.line('replyTo', content.replyTo);
        frame = this.emailBody(content, mjml);
        break;
      case 'in_app':
        this.line('title', content.title);
        this.add('body', 'markdown', content.body);
        this.add('icon', 'url', content.icon);
        this.add('image', 'url', content.image);
        this.add('link', 'url', content.link);
        this.line('collapseKey', content.collapseKey);
        actions = (content.actions ?? []).map((action, i) => {
          this.line(`actions.${i}.label`, action.label);
          this.add(`actions.${i}.link`, 'url', action.link);
          return { id: action.id, style: action.style ?? null };
        });
        data = this.json(content.data as Json | undefined);
        break;
      case 'push':
        this.line('title', content.title);
        this.add('body', 'plain', content.body);
        this.add('link', 'url', content.link);
        this.add('image', 'url', content.image);
        data = this.json(content.data as Json | undefined);
        break;
      case 'webhook':
        data = this.json(content.body);
        break;
      default:
        this.add('body', 'plain', content.body);
    }
    return {
      channel: content.channel,
      parts: this.parts,
      frame,
      layout: content.channel === 'email' ? (content.layout ?? null) : null,
      messages: content.channel === 'webhook' ? {} : (content.messages ?? {}),
      variables: [...this.variables.values()],
      actions,
      data,
      attachments: ('attachments' in content ? content.attachments : undefined) ?? [],
    };
  }

  private emailBody(content: AnyContent & { channel: 'email' }, mjml: CompiledMjml): 'own' | 'layout' {
    const { body } = content;
    let html: string | undefined;
    let text = content.text;
    // The author's own text is checked first: there the lines of what is wrong are hers.
    const source = sourceOf(body);
    if (source !== undefined && !this.inspect('body', { kind: 'plain', source })) return 'own';
    try {
      switch (body.format) {
        case 'markdown':
          html = this.short(markdownToHtml(body.markdown));
          text ??= htmlToPlainText(html);
          break;
        case 'blocks':
          html = this.short(blocksToHtml(body.blocks));
          text ??= blocksToText(body.blocks);
          break;
        case 'html':
          html = body.html;
          text ??= htmlToPlainText(html);
          break;
        case 'mjml': {
          const compiled = mjml.get(body.mjml);
          if (compiled === undefined) return 'own';
          html = this.short(compiled);
          text ??= htmlToPlainText(html);
        }
      }
    } catch (error) {
      const line = error instanceof LiquidSyntaxError ? error.line : null;
      this.report('liquid.syntax', error instanceof Error ? error.message : 'the body cannot be read', 'body', line);
      return 'own';
    }
    const isDocument = body.format === 'mjml' || /<(!doctype|html)\b/i.test(html.slice(0, 2000));
    if (isDocument && content.preheader && body.format === 'html')
      html = html.replace(/<body\b[^>]*>/i, (tag) => `${tag}${preheaderHtml(content.preheader ?? '')}`);
    this.add('html', 'html', html, 'body');
    this.add('text', 'plain', text, content.text === undefined ? 'body' : 'text');
    return isDocument ? 'own' : 'layout';
  }

  /** Markup that grew beyond what is parsed is not worth the time of making text from it. */
  private short(html: string): string {
    if (html.length > MAX_HTML_CHARS) throw new Error('the body is too long');
    return html;
  }

  private json(value: Json | undefined): Json | null {
    if (value === undefined) return null;
    let n = 0;
    mapLiquid(value, (source) => {
      this.add(`data.${n++}`, kindOfValue(source), source, 'data');
      return null;
    });
    return value;
  }

  private line(name: string, source: string | undefined): void {
    this.add(name, 'line', source);
  }

  private add(name: string, kind: TextKind, source: string | undefined, field = name): void {
    if (source === undefined) return;
    if (this.inspect(field, { kind, source })) this.parts[name] = { kind, source };
  }

  private inspect(field: string, part: ProgramPart): boolean {
    const { errors, variables, partials, messageKeys } = this.runtime.templates.inspect(part, field);
    for (const { message, line } of errors) this.report('liquid.syntax', message, field, line);
    for (const name of partials) this.all.partials.add(name);
    if (messageKeys === null) this.all.anyKey = true;
    for (const key of messageKeys ?? []) this.all.keys.add(key);
    for (const { path, type, required } of variables) {
      if (/^(brand|locale|dir|links|content)\b/.test(path)) continue;
      addVariable(this.variables, { path, type, required });
    }
    return errors.length === 0;
  }

  private report(code: string, message: string, field: string, line: number | null): void {
    // HTML made from the body repeats what the body's own check has said.
    const known = this.findings.some((one) => one.field === field && one.message === message);
    if (!known) this.findings.push({ level: 'error', code, message, field, line });
  }
}

function sourceOf(body: (AnyContent & { channel: 'email' })['body']): string | undefined {
  if (body.format === 'markdown') return body.markdown;
  if (body.format === 'html') return body.html;
  return body.format === 'mjml' ? body.mjml : undefined;
}
