import type { Step, TemplateContent, TemplateFinding, TemplateVariable } from '@pulsestack/core';
import { fail } from '../../kernel/errors.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { LiquidSyntaxError } from '../../ports/liquid-source.ts';
import type { ProgramPart, TextKind } from '../../ports/template-engine.ts';
import { blocksToHtml, blocksToText } from './blocks.ts';
import { type CompiledContent, digestOf, type Json, kindOfValue, mapLiquid } from './contents.ts';
import { preheaderHtml } from './layout.ts';
import { markdownToHtml } from './markdown.ts';
import { htmlToPlainText } from './plain-text.ts';

/** The form of compiled contents; a version stored in an older form is compiled again when it is published again. */
export const COMPILER = 1;

/** What the engine parses at most, with room for a layout. */
const MAX_HTML_CHARS = 180_000;

export interface Compilation {
  content: CompiledContent;
  findings: TemplateFinding[];
}

/** Steps whose content is compiled. */
export type ContentStep = Extract<
  Step,
  { type: 'in_app' | 'email' | 'sms' | 'whatsapp' | 'chat' | 'push' | 'webhook' }
>;

/**
 * Checks and prepares the content a step of a workflow brings itself. What is wrong is thrown as `template.invalid` with the
 * field at fault, relative to the step. A step that names a template instead brings nothing to compile.
 */
export function compileStep(runtime: Pick<Runtime, 'templates'>, step: ContentStep): CompiledContent {
  const { content, findings } = compileContent(runtime, contentOfStep(step));
  const errors = findings.filter((finding) => finding.level === 'error');
  if (errors.length > 0) throw invalid(errors, step.id);
  return content;
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

function contentOfStep(step: ContentStep): AnyContent {
  const need = (field: string, value: string | undefined): string => {
    if (value !== undefined && value.trim() !== '') return value;
    throw invalid(
      [{ level: 'error', code: 'content.missing', message: 'write it here, or name a template', field, line: null }],
      step.id,
    );
  };
  switch (step.type) {
    case 'email':
      return {
        channel: 'email',
        subject: need('subject', step.subject),
        body: { format: 'markdown', markdown: need('body', step.body) },
        preheader: step.preheader,
        from: step.from,
        replyTo: step.replyTo,
        layout: step.layout,
        attachments: step.attachments,
      };
    case 'in_app': {
      const { title, body, icon, image, link, actions, data, collapseKey } = step;
      return {
        channel: 'in_app',
        title: need('title', title),
        body: body ?? '',
        icon,
        image,
        link,
        actions,
        data,
        collapseKey,
      };
    }
    case 'push': {
      const { title, body, link, image, data } = step;
      return { channel: 'push', title: need('title', title), body: body ?? '', link, image, data };
    }
    case 'webhook':
      return { channel: 'webhook', body: step.body as Json | undefined };
    default:
      return { channel: step.type, body: need('body', step.body) };
  }
}

/** Checks and prepares content. `html` is what MJML was compiled to; without it, MJML is only checked as text. */
export function compileContent(runtime: Pick<Runtime, 'templates'>, content: AnyContent, html?: string): Compilation {
  const findings: TemplateFinding[] = [];
  const builder = new Builder(runtime, findings);
  const compiled = builder.compile(content, html);
  return { content: compiled, findings };
}

class Builder {
  private readonly runtime: Pick<Runtime, 'templates'>;
  private readonly findings: TemplateFinding[];
  private readonly parts: Record<string, ProgramPart> = {};
  private readonly partials = new Set<string>();
  private readonly keys = new Set<string>();
  private anyKey = false;
  private readonly variables = new Map<string, TemplateVariable>();

  constructor(runtime: Pick<Runtime, 'templates'>, findings: TemplateFinding[]) {
    this.runtime = runtime;
    this.findings = findings;
  }

  compile(content: AnyContent, html: string | undefined): CompiledContent {
    let data: Json | null = null;
    let actions: CompiledContent['actions'] = [];
    let frame: CompiledContent['frame'] = 'own';
    switch (content.channel) {
      case 'email':
        this.line('subject', content.subject);
        this.line('preheader', content.preheader);
        this.line('from', content.from);
        this.line('replyTo', content.replyTo);
        frame = this.emailBody(content, html);
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
    const compiled = {
      channel: content.channel,
      parts: this.parts,
      frame,
      layout: content.channel === 'email' ? (content.layout ?? null) : null,
      partials: [...this.partials].sort(),
      messageKeys: this.anyKey ? null : [...this.keys].sort(),
      messages: content.channel === 'webhook' ? {} : (content.messages ?? {}),
      variables: [...this.variables.values()],
      actions,
      data,
      attachments: ('attachments' in content ? content.attachments : undefined) ?? [],
    };
    return { id: digestOf([COMPILER, compiled]), ...compiled };
  }

  private emailBody(content: AnyContent & { channel: 'email' }, compiledHtml: string | undefined): 'own' | 'layout' {
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
        case 'mjml':
          if (compiledHtml === undefined) return 'own';
          html = this.short(compiledHtml);
          text ??= htmlToPlainText(html);
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
    for (const name of partials) this.partials.add(name);
    if (messageKeys === null) this.anyKey = true;
    for (const key of messageKeys ?? []) this.keys.add(key);
    for (const { path, type, required } of variables) {
      if (/^(brand|locale|dir|links|content)\b/.test(path)) continue;
      const known = this.variables.get(path);
      if (!known) this.variables.set(path, { path, type, required });
      else {
        known.required ||= required;
        if (known.type === 'any' || (known.type === 'string' && type !== 'any')) known.type = type;
      }
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
