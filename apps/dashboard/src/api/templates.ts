import type {
  Branding,
  BrandingInput,
  MessageContent,
  Page,
  Template,
  TemplateChange,
  TemplateContent,
  TemplateDetail,
  TemplateFinding,
  TemplateInput,
  TemplateVariable,
  TemplateVersion,
  Translations,
} from '@pulsestack/core';
import type { Query } from './http.ts';
import { call } from './session.ts';

export interface TemplatePreview {
  findings: TemplateFinding[];
  variables: TemplateVariable[];
  missing: string[];
  items: {
    locale: string;
    dir: 'ltr' | 'rtl';
    content: MessageContent | null;
    error: string | null;
    bytes: number;
  }[];
}

export interface PreviewRequest {
  content: TemplateContent;
  data: Record<string, unknown>;
  timeZone: string;
}

const one = (key: string) => `/v1/templates/${encodeURIComponent(key)}`;
const locale = (tag: string) => `/v1/translations/${encodeURIComponent(tag)}`;

export const templates = {
  list: (query: Query) => call<Page<Template>>('GET', '/v1/templates', { query }),
  get: (key: string) => call<TemplateDetail>('GET', one(key)),
  put: (key: string, body: TemplateInput) => call<TemplateDetail>('PUT', one(key), { body }),
  remove: (key: string) => call<void>('DELETE', one(key)),
  publish: (key: string, note: string) =>
    call<TemplateVersion>('POST', `${one(key)}/publish`, { body: note ? { note } : {} }),
  versions: (key: string, query: Query) => call<Page<TemplateVersion>>('GET', `${one(key)}/versions`, { query }),
  diff: (key: string, from: string, to: string) =>
    call<{ changes: TemplateChange[] }>('GET', `${one(key)}/diff`, { query: { from, to } }),
  rollBack: (key: string, version: number) =>
    call<TemplateVersion>('POST', `${one(key)}/rollback`, { body: { version } }),
  test: (key: string, body: { data: Record<string, unknown>; locale?: string }) =>
    call<{ to: string }>('POST', `${one(key)}/test`, { body }),
  preview: (body: PreviewRequest) => call<TemplatePreview>('POST', '/v1/try/template', { body }),

  translations: () => call<{ items: Translations[] }>('GET', '/v1/translations'),
  putTranslations: (tag: string, messages: Record<string, string | null>) =>
    call<Translations>('PUT', locale(tag), { body: { messages } }),
  removeLocale: (tag: string) => call<void>('DELETE', locale(tag)),

  branding: () => call<Branding>('GET', '/v1/branding'),
  putBranding: (body: BrandingInput) => call<Branding>('PUT', '/v1/branding', { body }),
};
