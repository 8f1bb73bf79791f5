import type {
  Branding,
  BrandingInput,
  Layout,
  LayoutInput,
  LookUse,
  MessageContent,
  Page,
  PartialInput,
  Template,
  TemplateChange,
  TemplateContent,
  TemplateDetail,
  TemplateFinding,
  TemplateInput,
  TemplatePartial,
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
    /** The language whose own texts these are; null is the content itself. */
    variant: string | null;
    dir: 'ltr' | 'rtl';
    content: MessageContent | null;
    error: string | null;
    missing: string[];
    bytes: number;
  }[];
}

export interface PreviewRequest {
  content: TemplateContent;
  data: Record<string, unknown>;
  timeZone: string;
  locales?: string[];
}

type TryRequest = Omit<PreviewRequest, 'content'>;

const layout = (key: string) => `/v1/layouts/${encodeURIComponent(key)}`;
const partial = (key: string) => `/v1/partials/${encodeURIComponent(key)}`;
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
    call<{ messageId: string; to: string }>('POST', `${one(key)}/test`, { body }),
  preview: (body: PreviewRequest) => call<TemplatePreview>('POST', '/v1/try/template', { body }),

  layouts: (query: Query) => call<Page<Layout>>('GET', '/v1/layouts', { query }),
  layout: (key: string) => call<Layout>('GET', layout(key)),
  putLayout: (key: string, body: LayoutInput) => call<Layout>('PUT', layout(key), { body }),
  removeLayout: (key: string) => call<void>('DELETE', layout(key)),
  usesOfLayout: (key: string) => call<{ items: LookUse[] }>('GET', `${layout(key)}/uses`),
  tryLayout: (body: { body: LayoutInput['body'] } & TryRequest) =>
    call<TemplatePreview>('POST', '/v1/try/layout', { body }),

  partials: (query: Query) => call<Page<TemplatePartial>>('GET', '/v1/partials', { query }),
  partial: (key: string) => call<TemplatePartial>('GET', partial(key)),
  putPartial: (key: string, body: PartialInput) => call<TemplatePartial>('PUT', partial(key), { body }),
  removePartial: (key: string) => call<void>('DELETE', partial(key)),
  usesOfPartial: (key: string) => call<{ items: LookUse[] }>('GET', `${partial(key)}/uses`),
  tryPartial: (body: Pick<PartialInput, 'format' | 'source'> & TryRequest) =>
    call<TemplatePreview>('POST', '/v1/try/partial', { body }),

  translations: () => call<{ items: Translations[] }>('GET', '/v1/translations'),
  putTranslations: (tag: string, messages: Record<string, string | null>) =>
    call<Translations>('PUT', locale(tag), { body: { messages } }),
  removeLocale: (tag: string) => call<void>('DELETE', locale(tag)),

  branding: () => call<Branding>('GET', '/v1/branding'),
  putBranding: (body: BrandingInput) => call<Branding>('PUT', '/v1/branding', { body }),
};
