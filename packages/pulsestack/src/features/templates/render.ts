import type { Branding, MessageContent } from '@pulsestack/core';
import { type Resource, type Runtime, resource } from '../../kernel/runtime.ts';
import type { Program, ProgramInput, ProgramOutput, ProgramPart } from '../../ports/template-engine.ts';
import { paletteOf } from './colours.ts';
import { type CompiledContent, digestOf, type Json, kindOfValue, mapLiquid, type Setting } from './contents.ts';
import { builtInFrame, CONTENT_SLOT, preheaderHtml } from './layout.ts';
import { directionOf, fallbackChain } from './locale.ts';
import { tidyText } from './plain-text.ts';
import { type PseudoLocale, pretend } from './pseudo.ts';
import { type Voice, voiceOf } from './voice.ts';
import { BUILT_IN_MESSAGES } from './words.ts';

/**
 * One message to make. `data` is what the templates see: `payload`, `user`, `workspace`, `steps`; after a digest
 * `digest.count` and `events` as `[{ id, at, payload }]`; `links` as `{ preferences, unsubscribe }`. `brand`, `locale` and
 * `dir` are added here.
 */
export interface RenderRequest {
  content: CompiledContent;
  data: object;
  /** Of the user; null falls back to that of the workspace. */
  locale: string | null;
  timeZone: string;
  setting: Setting;
  /** Paths to files in the data, which a step adds to the template it names. */
  attachments?: readonly string[] | undefined;
  /** For those who write templates: the text of the workspace's own language in a language nobody speaks. */
  pseudo?: PseudoLocale | undefined;
}

export type RenderResult =
  | { ok: true; content: MessageContent }
  | { ok: false; error: { message: string; field: string | null; line: number | null } };

const MAX_TITLE = 200;
const MAX_BODY = 10_000;
const MAX_LABEL = 60;
const MAX_ATTACHMENT_CHARS = Math.ceil((2 * 1024 * 1024 * 4) / 3) + 4;

/**
 * Makes messages in worker threads; call it outside of transactions. Answers come in the order of the requests, and what
 * fails fails alone. Requests with the same content and setting travel together.
 */
export async function render(runtime: Runtime, requests: readonly RenderRequest[]): Promise<RenderResult[]> {
  const groups = new Map<string, { program: Program; members: number[]; inputs: ProgramInput[] }>();
  const voices = requests.map(({ content, setting, locale }) => voiceOf(content, setting, locale));
  for (const [i, request] of requests.entries()) {
    const voice = voices[i] as Voice;
    const id = `${voice.content.id}.${request.setting.id}`;
    let group = groups.get(id);
    if (!group)
      groups.set(id, (group = { program: programs.of(runtime).get(id, voice, request), members: [], inputs: [] }));
    group.members.push(i);
    group.inputs.push(inputOf(request, voice, runtime.clock.nowMs()));
  }
  const results: RenderResult[] = [];
  await Promise.all(
    [...groups.values()].map(async ({ program, members, inputs }) => {
      const outputs = await runtime.templates.render(program, inputs);
      for (const [n, i] of members.entries())
        results[i] = finish(requests[i] as RenderRequest, (voices[i] as Voice).content, outputs[n] as ProgramOutput);
    }),
  );
  return results;
}

interface Programs {
  get(id: string, voice: Voice, request: RenderRequest): Program;
}
const MAX_PROGRAMS = 500;

const programs: Resource<Programs> = resource(() => {
  const known = new Map<string, Program>();
  return {
    get(id, { content }, { setting }) {
      let program = known.get(id);
      if (program) known.delete(id);
      else program = programOf(id, content, setting);
      // Put back as the youngest; the oldest leaves.
      known.set(id, program);
      if (known.size > MAX_PROGRAMS) known.delete(known.keys().next().value as string);
      return program;
    },
  };
});

/** Puts content and setting together: the layout around the body, the colours of the workspace into both. */
function programOf(id: string, content: CompiledContent, setting: Setting): Program {
  const parts: Record<string, ProgramPart> = { ...content.parts };
  if (content.channel === 'email' && parts.html && parts.text) {
    if (content.frame === 'layout') {
      const frame = setting.layouts[content.layout ?? 'default'] ?? builtInFrame(setting.branding);
      const preheader = parts.preheader ? preheaderHtml(parts.preheader.source) : '';
      parts.html = { kind: 'html', source: fill(frame.html, `${preheader}${parts.html.source}`) };
      parts.text = { kind: 'plain', source: fill(frame.text, parts.text.source) };
    }
    parts.html = { kind: 'html', source: coloured(parts.html.source, setting.branding) };
  }
  return { id, parts, partials: setting.partials, messages: messagesOf(content, setting) };
}

function fill(frame: string, body: string): string {
  return CONTENT_SLOT.test(frame) ? frame.replace(CONTENT_SLOT, () => body) : body;
}

function coloured(html: string, branding: Branding): string {
  const palette: Record<string, string> = { ...paletteOf(branding.colour) };
  return html.replace(/@@(colour|on|link|linkDark)@@/g, (_all, name: string) => palette[name] ?? '');
}

/** The template's own messages before those of the workspace before ours. */
function messagesOf(content: CompiledContent, setting: Setting): Record<string, Record<string, string>> {
  const merged: Record<string, Record<string, string>> = {};
  for (const source of [BUILT_IN_MESSAGES, setting.messages, content.messages])
    for (const [locale, messages] of Object.entries(source)) merged[locale] = { ...merged[locale], ...messages };
  return merged;
}

function inputOf({ data, timeZone, setting, pseudo }: RenderRequest, { language }: Voice, nowMs: number): ProgramInput {
  const { branding } = setting;
  const locale = pseudo ?? language;
  return {
    data: { links: {}, ...data, brand: brandOf(branding), locale, dir: directionOf(locale) },
    // One message speaks one language: what we say ourselves follows what the template says.
    locales: fallbackChain(language, branding.locale),
    locale: language,
    timeZone,
    nowMs,
  };
}

const brands = new WeakMap<Branding, object>();
function brandOf(branding: Branding): object {
  let brand = brands.get(branding);
  if (!brand) brands.set(branding, (brand = { ...branding, ...paletteOf(branding.colour) }));
  return brand;
}

function finish(request: RenderRequest, content: CompiledContent, output: ProgramOutput): RenderResult {
  if (!output.ok) {
    const { message, part, line } = output.error;
    return { ok: false, error: { message, field: part, line } };
  }
  const result = toMessage(request, content, output.parts);
  return result.ok && request.pseudo ? done(pretend(result.content, request.pseudo)) : result;
}

function toMessage(request: RenderRequest, content: CompiledContent, parts: Record<string, string>): RenderResult {
  const { data } = request;
  switch (content.channel) {
    case 'email': {
      const attachments = attachmentsOf([...content.attachments, ...(request.attachments ?? [])], data);
      if (typeof attachments === 'string') return failed(attachments, 'attachments');
      return done({
        channel: 'email',
        subject: parts.subject ?? '',
        html: parts.html ?? '',
        text: tidyText(parts.text ?? ''),
        ...(parts.preheader ? { preheader: parts.preheader } : {}),
        from: parts.from || null,
        replyTo: parts.replyTo || null,
        ...(attachments.length > 0 ? { attachments } : {}),
      });
    }
    case 'in_app':
      if (!parts.title) return failed('the title is empty', 'title');
      return done({
        channel: 'in_app',
        title: cut(parts.title, MAX_TITLE),
        body: cut(parts.body ?? '', MAX_BODY),
        icon: parts.icon || null,
        image: parts.image || null,
        link: parts.link || null,
        actions: content.actions.map(({ id, style }, i) => {
          const link = parts[`actions.${i}.link`];
          return {
            id,
            label: cut(parts[`actions.${i}.label`] || id, MAX_LABEL),
            ...(link ? { link } : {}),
            style: style ?? 'secondary',
          };
        }),
        ...dataOf(content, parts),
        collapseKey: parts.collapseKey || null,
      });
    case 'push':
      if (!parts.title) return failed('the title is empty', 'title');
      return done({
        channel: 'push',
        title: cut(parts.title, MAX_TITLE),
        body: parts.body ?? '',
        link: parts.link || null,
        image: parts.image || null,
        ...dataOf(content, parts),
      });
    case 'webhook':
      return done({
        channel: 'webhook',
        body: content.data === null ? ((data as { payload?: Json }).payload ?? {}) : fillJson(content.data, parts),
      });
    default:
      return done({ channel: content.channel, body: parts.body ?? '' });
  }
}

const done = (content: MessageContent): RenderResult => ({ ok: true, content });
const failed = (message: string, field: string): RenderResult => ({ ok: false, error: { message, field, line: null } });

function dataOf(content: CompiledContent, parts: Record<string, string>): { data?: Record<string, Json> } {
  if (content.data === null) return {};
  return { data: fillJson(content.data, parts) as Record<string, Json> };
}

function fillJson(value: Json, parts: Record<string, string>): Json {
  let n = 0;
  return mapLiquid(value, (source) => {
    const text = parts[`data.${n++}`] ?? '';
    return kindOfValue(source) === 'json' ? (JSON.parse(text || 'null') as Json) : text;
  });
}

function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text
    .slice(0, max - 1)
    .toWellFormed()
    .replace(/\uFFFD$/, '')}…`;
}

type Attachments = NonNullable<(MessageContent & { channel: 'email' })['attachments']>;

/** The files at these paths, or what is wrong with one of them. */
function attachmentsOf(paths: readonly string[], data: object): Attachments | string {
  const files: Attachments = [];
  for (const path of paths) {
    const found = path.split('.').reduce<unknown>((value, key) => valueAt(value, key), data);
    if (found === undefined || found === null) continue;
    for (const one of Array.isArray(found) ? found : [found]) {
      const [filename, contentType, content] = ['filename', 'contentType', 'content'].map((key) => valueAt(one, key));
      if (typeof filename !== 'string' || typeof content !== 'string')
        return `${path} is no file: it needs filename and content`;
      if (content.length > MAX_ATTACHMENT_CHARS) return `${filename} is larger than 2 MB`;
      if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content)) return `the content of ${filename} is not Base64`;
      files.push({
        filename: filename.replace(/[\p{Cc}/\\]+/gu, '_').slice(0, 200),
        contentType:
          typeof contentType === 'string' && /^[\w.+-]+\/[\w.+-]+$/.test(contentType)
            ? contentType
            : 'application/octet-stream',
        content,
      });
    }
  }
  return files;
}

function valueAt(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** A setting of nobody in particular: the built-in look. */
export function plainSetting(branding: Branding): Setting {
  const setting = { branding, layouts: {}, partials: {}, messages: {} };
  return { id: digestOf(setting), ...setting };
}
