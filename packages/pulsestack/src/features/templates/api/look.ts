import {
  Branding,
  BrandingInput,
  Layout,
  LayoutInput,
  Locale,
  PageQuery,
  PartialInput,
  pageOf,
  Slug,
  TemplatePartial,
  Translations,
  TranslationsInput,
} from '@pulsestack/core';
import { z } from 'zod';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import {
  deleteTranslations,
  listTranslations,
  putBranding,
  putLayout,
  putPartial,
  putTranslations,
  toLayout,
  toPartial,
} from '../look-and-words.ts';
import { loadBranding } from '../setting.ts';
import * as store from '../store/setting.ts';

const params = z.strictObject({ key: Slug });
const localeParams = z.strictObject({ locale: Locale });

export const lookOperations = [
  operation({
    id: 'layouts.list',
    method: 'GET',
    path: '/v1/layouts',
    summary: 'List layouts',
    allow: 'templates.read',
    query: PageQuery,
    output: pageOf(Layout),
    errors: ['request.cursor_invalid'],
    async run(ctx, { query }) {
      const [after] = query.cursor ? decodeCursor('layouts', query.cursor, ['string']) : [''];
      const rows = await store.listLayouts(ctx.tx, ctx.workspaceId, { after: String(after), limit: query.limit + 1 });
      return toPage(rows, query.limit, toLayout, (row) => encodeCursor('layouts', [row.key]));
    },
  }),
  operation({
    id: 'layouts.put',
    method: 'PUT',
    path: '/v1/layouts/{key}',
    summary: 'Create or change a layout',
    description:
      'MJML or HTML with `{{ content }}` exactly once. The layout with the key `default` frames every e-mail that names none. A change shows in the next message.',
    allow: 'templates.write',
    params,
    body: LayoutInput,
    output: Layout,
    errors: ['template.invalid'],
    transaction: 'none',
    example: {
      name: 'Letter',
      body: {
        format: 'html',
        html: '<!doctype html><html lang="{{ locale }}" dir="{{ dir }}"><body>{{ content }}</body></html>',
      },
    },
    audit: 'own-record',
    run: (ctx, { params, body }) => putLayout(ctx, params.key, body),
  }),
  operation({
    id: 'layouts.get',
    method: 'GET',
    path: '/v1/layouts/{key}',
    summary: 'Get a layout',
    allow: 'templates.read',
    params,
    output: Layout,
    errors: ['resource.not_found'],
    async run(ctx, { params }) {
      const row = await store.findLayout(ctx.tx, ctx.workspaceId, params.key);
      if (!row) throw notFound('layout');
      return toLayout(row);
    },
  }),
  operation({
    id: 'layouts.delete',
    method: 'DELETE',
    path: '/v1/layouts/{key}',
    summary: 'Delete a layout',
    description: 'Messages that name it are framed by the built-in layout.',
    allow: 'templates.write',
    params,
    output: null,
    errors: ['resource.not_found'],
    audit: { action: 'layout.deleted', target: ({ params }) => params.key },
    async run(ctx, { params }) {
      if (!(await store.deleteLayout(ctx.tx, ctx.workspaceId, params.key))) throw notFound('layout');
    },
  }),
  operation({
    id: 'partials.list',
    method: 'GET',
    path: '/v1/partials',
    summary: 'List partials',
    allow: 'templates.read',
    query: PageQuery,
    output: pageOf(TemplatePartial),
    errors: ['request.cursor_invalid'],
    async run(ctx, { query }) {
      const [after] = query.cursor ? decodeCursor('partials', query.cursor, ['string']) : [''];
      const rows = await store.listPartials(ctx.tx, ctx.workspaceId, { after: String(after), limit: query.limit + 1 });
      return toPage(rows, query.limit, toPartial, (row) => encodeCursor('partials', [row.key]));
    },
  }),
  operation({
    id: 'partials.put',
    method: 'PUT',
    path: '/v1/partials/{key}',
    summary: 'Create or change a partial',
    description: 'Templates use it as `{% render "key" %}`. A change shows in the next message.',
    allow: 'templates.write',
    params,
    body: PartialInput,
    output: TemplatePartial,
    errors: ['template.invalid'],
    example: { name: 'Signature', format: 'markdown', source: 'Best wishes,\n**{{ brand.name }}**' },
    audit: { action: 'partial.put', target: ({ params }) => params.key },
    run: (ctx, { params, body }) => putPartial(ctx, params.key, body),
  }),
  operation({
    id: 'partials.get',
    method: 'GET',
    path: '/v1/partials/{key}',
    summary: 'Get a partial',
    allow: 'templates.read',
    params,
    output: TemplatePartial,
    errors: ['resource.not_found'],
    async run(ctx, { params }) {
      const row = await store.findPartial(ctx.tx, ctx.workspaceId, params.key);
      if (!row) throw notFound('partial');
      return toPartial(row);
    },
  }),
  operation({
    id: 'partials.delete',
    method: 'DELETE',
    path: '/v1/partials/{key}',
    summary: 'Delete a partial',
    description: 'Messages that use it cannot be rendered until it exists again.',
    allow: 'templates.write',
    params,
    output: null,
    errors: ['resource.not_found'],
    audit: { action: 'partial.deleted', target: ({ params }) => params.key },
    async run(ctx, { params }) {
      if (!(await store.deletePartial(ctx.tx, ctx.workspaceId, params.key))) throw notFound('partial');
    },
  }),
  operation({
    id: 'translations.list',
    method: 'GET',
    path: '/v1/translations',
    summary: 'All locales with their messages, and what each lacks of the others',
    allow: 'templates.read',
    output: z.object({ items: z.array(Translations) }),
    run: async (ctx) => ({ items: await listTranslations(ctx) }),
  }),
  operation({
    id: 'translations.put',
    method: 'PUT',
    path: '/v1/translations/{locale}',
    summary: 'Write messages of a locale',
    description: 'In ICU syntax. Keys left out stay as they are, null removes a key.',
    allow: 'templates.write',
    params: localeParams,
    body: TranslationsInput,
    output: Translations,
    errors: ['template.invalid', 'resource.limit'],
    example: {
      messages: { 'greeting.hello': 'Hallo {name}', replies: '{n, plural, one {# Antwort} other {# Antworten}}' },
    },
    audit: {
      action: 'translations.put',
      target: ({ params }) => params.locale,
      detail: ({ body }) => ({ keys: Object.keys(body.messages).length }),
    },
    run: (ctx, { params, body }) => putTranslations(ctx, params.locale, body.messages),
  }),
  operation({
    id: 'translations.delete',
    method: 'DELETE',
    path: '/v1/translations/{locale}',
    summary: 'Delete every message of a locale',
    allow: 'templates.write',
    params: localeParams,
    output: null,
    errors: ['resource.not_found'],
    audit: { action: 'translations.deleted', target: ({ params }) => params.locale },
    run: (ctx, { params }) => deleteTranslations(ctx, params.locale),
  }),
  operation({
    id: 'branding.get',
    method: 'GET',
    path: '/v1/branding',
    summary: 'How the messages of the workspace look',
    allow: 'templates.read',
    output: Branding,
    run: (ctx) => loadBranding(ctx.tx, ctx.workspaceId),
  }),
  operation({
    id: 'branding.put',
    method: 'PUT',
    path: '/v1/branding',
    summary: 'Change how the messages of the workspace look',
    description: 'A field left out stays as it is, null removes it. A change shows in the next message.',
    allow: 'templates.write',
    body: BrandingInput,
    output: Branding,
    example: { name: 'Acme', colour: '#0f766e', address: 'Acme GmbH, Ring 1, 1010 Wien' },
    audit: { action: 'branding.put' },
    run: (ctx, { body }) => putBranding(ctx, body),
  }),
];
