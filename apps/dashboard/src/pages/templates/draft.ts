import type { TemplateContent, TemplateDetail, TemplateInput } from '@pulsestack/core';

/** What the editor holds: texts as they are typed, JSON included, so that half a word is no error yet. */
export interface Draft extends LocalDraft {
  name: string;
  channel: TemplateContent['channel'];
  /** What other languages say themselves. */
  locales: Record<string, LocalDraft>;
  messages: string;
  sample: string;
}

/** The texts of one language. */
export interface LocalDraft {
  format: 'markdown' | 'blocks' | 'mjml' | 'html';
  fields: Record<string, string>;
  /** Fields the editor does not show; they go back as they came. */
  rest: Record<string, unknown>;
}

export interface FieldSpec {
  name: string;
  label: string;
  lines?: number;
  isOptional?: boolean;
  help?: string;
}

export const FIELDS: Record<TemplateContent['channel'], readonly FieldSpec[]> = {
  email: [
    { name: 'subject', label: 'Subject' },
    { name: 'preheader', label: 'Preheader', isOptional: true, help: 'What lists of mails show beside the subject.' },
  ],
  in_app: [
    { name: 'title', label: 'Title' },
    { name: 'body', label: 'Body', lines: 6, isOptional: true, help: 'Markdown; values stay words.' },
    { name: 'link', label: 'Link', isOptional: true },
  ],
  push: [
    { name: 'title', label: 'Title' },
    { name: 'body', label: 'Body', lines: 4 },
    { name: 'link', label: 'Link', isOptional: true },
  ],
  sms: [{ name: 'body', label: 'Text', lines: 5 }],
  whatsapp: [{ name: 'body', label: 'Text', lines: 6 }],
  chat: [{ name: 'body', label: 'Text', lines: 8 }],
};

export const FORMATS = [
  { value: 'markdown', label: 'Markdown' },
  { value: 'blocks', label: 'Blocks' },
  { value: 'mjml', label: 'MJML' },
  { value: 'html', label: 'HTML' },
] as const;

export function toDraft(template: Pick<TemplateDetail, 'name' | 'content' | 'sample'>): Draft {
  const { channel, messages, locales, ...content } = template.content;
  const texts = toTexts(channel, content);
  return {
    ...texts,
    name: template.name,
    channel,
    locales: Object.fromEntries(
      Object.entries(locales ?? {}).map(([locale, own]) => [locale, toTexts(channel, own, texts.format)]),
    ),
    messages: messages ? pretty(messages) : '',
    sample: Object.keys(template.sample).length > 0 ? pretty(template.sample) : '',
  };
}

function toTexts(channel: Draft['channel'], content: object, before: LocalDraft['format'] = 'markdown'): LocalDraft {
  const texts: LocalDraft = { format: before, fields: {}, rest: {} };
  const shown = new Set(FIELDS[channel].map((field) => field.name));
  for (const [name, value] of Object.entries(content)) {
    if (channel === 'email' && name === 'body') {
      const body = value as Body;
      texts.format = body.format;
      texts.fields.body = textOf(body);
    } else if (shown.has(name) && typeof value === 'string') texts.fields[name] = value;
    else texts.rest[name] = value;
  }
  return texts;
}

type Body = Extract<TemplateContent, { channel: 'email' }>['body'];

function textOf(body: Body): string {
  switch (body.format) {
    case 'markdown':
      return body.markdown;
    case 'mjml':
      return body.mjml;
    case 'html':
      return body.html;
    case 'blocks':
      return pretty(body.blocks);
  }
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

export type Reading =
  | { ok: true; input: TemplateInput; sample: Record<string, unknown> }
  | { ok: false; field: string; problem: string };

/** The request the draft stands for, or the field whose JSON cannot be read yet. */
export function readDraft(draft: Draft): Reading {
  const sample = readJson(draft.sample, 'sample');
  if (!sample.ok) return sample;
  const messages = readJson(draft.messages, 'messages');
  if (!messages.ok) return messages;
  const own = readTexts(draft.channel, draft, 'body');
  if (!own.ok) return own;
  const content: Record<string, unknown> = { channel: draft.channel, ...own.value };
  if (draft.channel === 'email') {
    content.subject ??= '';
    content.body ??= { format: 'markdown', markdown: '' };
  }
  const locales: Record<string, unknown> = {};
  for (const [locale, texts] of Object.entries(draft.locales)) {
    const there = readTexts(draft.channel, texts, `locales/${locale}/body`);
    if (!there.ok) return there;
    locales[locale] = there.value;
  }
  if (Object.keys(locales).length > 0) content.locales = locales;
  if (Object.keys(messages.value).length > 0) content.messages = messages.value;
  return {
    ok: true,
    sample: sample.value,
    // The server checks it field by field and says where it does not fit.
    input: {
      name: draft.name,
      content: content as unknown as TemplateContent,
      sample: sample.value as TemplateInput['sample'],
    },
  };
}

/** What one language says; a text that is empty is left out, and falls back. */
function readTexts(
  channel: Draft['channel'],
  { format, fields, rest }: LocalDraft,
  place: string,
): { ok: true; value: Record<string, unknown> } | { ok: false; field: string; problem: string } {
  const value: Record<string, unknown> = { ...rest };
  for (const { name } of FIELDS[channel]) if (fields[name]) value[name] = fields[name];
  const text = fields.body ?? '';
  if (channel !== 'email' || text.trim() === '') return { ok: true, value };
  if (format === 'blocks') {
    const blocks = readJson(text, place);
    if (!blocks.ok) return blocks;
    value.body = { format, blocks: blocks.value };
  } else value.body = { format, [format]: text };
  return { ok: true, value };
}

/** What a language falls back to for a field it leaves empty: its parents (de-AT → de), then the content itself. */
export function inherited(draft: Draft, locale: string, name: string): { from: string | null; text: string } {
  const parts = locale.split('-');
  for (let length = parts.length - 1; length > 0; length--) {
    const parent = parts.slice(0, length).join('-');
    const text = draft.locales[parent]?.fields[name];
    if (text) return { from: parent, text };
  }
  return { from: null, text: draft.fields[name] ?? '' };
}

/** The language as its speakers write it, such as de-AT; undefined when there is none of that name. */
export function canonical(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale.trim().replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

export function languageName(locale: string): string {
  return PSEUDO[locale] ?? new Intl.DisplayNames(['en'], { type: 'language' }).of(locale) ?? locale;
}

/** Languages nobody speaks, to see what breaks before translators come. */
export const PSEUDO: Readonly<Record<string, string>> = {
  'en-XA': 'Longer and accented',
  'ar-XB': 'From right to left',
};

export function readJson(
  text: string,
  field: string,
): { ok: true; value: Record<string, unknown> } | { ok: false; field: string; problem: string } {
  if (text.trim() === '') return { ok: true, value: {} };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return { ok: false, field, problem: 'Write an object: { … }' };
    return { ok: true, value: value as Record<string, unknown> };
  } catch (error) {
    return { ok: false, field, problem: `This is no JSON yet: ${error instanceof Error ? error.message : ''}` };
  }
}

/** What templates see: a sample is the payload, unless it says itself what everything is. */
export function dataOf(sample: Record<string, unknown>): Record<string, unknown> {
  return 'payload' in sample ? sample : { payload: sample };
}

const STARTERS: Record<TemplateContent['channel'], TemplateContent> = {
  email: {
    channel: 'email',
    subject: 'Hello {{ user.name | default: "there" }}',
    preheader: 'What this mail is about, in one line',
    body: {
      format: 'markdown',
      markdown:
        '# Hello {{ user.name | default: "there" }}\n\nSay what happened, and what to do next.\n\n[Open it]({{ payload.url }})\n',
    },
  },
  in_app: { channel: 'in_app', title: '{{ payload.title }}', body: 'Say what happened.', link: '{{ payload.url }}' },
  push: { channel: 'push', title: '{{ payload.title }}', body: 'Say what happened.' },
  sms: { channel: 'sms', body: '{{ brand.name }}: {{ payload.text }}' },
  whatsapp: { channel: 'whatsapp', body: '{{ payload.text }}' },
  chat: { channel: 'chat', body: '{{ payload.text }}' },
};

/** Something to change is easier than nothing to begin with. */
export function starter(channel: TemplateContent['channel']): TemplateInput {
  const sample = { title: 'Deploy finished', text: 'The deploy finished.', url: 'https://example.com' };
  return { content: STARTERS[channel], sample };
}
