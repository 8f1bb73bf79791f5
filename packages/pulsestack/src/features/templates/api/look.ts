import {
  Branding,
  BrandingInput,
  Layout,
  LayoutInput,
  Locale,
  LookUse,
  PageQuery,
  PartialInput,
  pageOf,
  Slug,
  TemplatePartial,
  TimeZone,
  Translations,
  TranslationsInput,
} from '@pulsestack/core';
import { z } from 'zod';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import {
  deleteLayout,
  deletePartial,
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
import { usesOfLayout, usesOfPartial } from '../store/uses.ts';
import { tryLayout, tryPartial } from '../try-look.ts';
import { data, locales, TemplatePreview } from './preview.ts';

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
    description: 'Refused while a template or a workflow names it.',
    allow: 'templates.write',
    params,
    output: null,
    errors: ['resource.not_found', 'resource.conflict'],
    audit: { action: 'layout.deleted', target: ({ params }) => params.key },
    run: (ctx, { params }) => deleteLayout(ctx, params.key),
  }),
  operation({
    id: 'layouts.uses',
    method: 'GET',
    path: '/v1/layouts/{key}/uses',
    summary: 'Where a layout is used',
    allow: 'templates.read',
    params,
    output: z.object({ items: z.array(LookUse) }),
    errors: ['resource.not_found'],
    async run(ctx, { params }) {
      if (!(await store.findLayout(ctx.tx, ctx.workspaceId, params.key))) throw notFound('layout');
      return { items: await usesOfLayout(ctx.tx, ctx.workspaceId, params.key) };
    },
  }),
  operation({
    id: 'layouts.try',
    method: 'POST',
    path: '/v1/try/layout',
    summary: 'Show an ordinary mail in a layout that is stored nowhere',
    allow: 'templates.read',
    body: z.strictObject({ body: LayoutInput.shape.body, data, locales, timeZone: TimeZone.default('UTC') }),
    output: TemplatePreview,
    errors: ['template.invalid'],
    transaction: 'none',
    example: { body: { format: 'html', html: '<!doctype html><html><body>{{ content }}</body></html>' } },
    run: (ctx, { body }) => tryLayout(ctx, body, body),
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
    description: 'Refused while a template, a layout, a workflow or another partial renders it.',
    allow: 'templates.write',
    params,
    output: null,
    errors: ['resource.not_found', 'resource.conflict'],
    audit: { action: 'partial.deleted', target: ({ params }) => params.key },
    run: (ctx, { params }) => deletePartial(ctx, params.key),
  }),
  operation({
    id: 'partials.uses',
    method: 'GET',
    path: '/v1/partials/{key}/uses',
    summary: 'Where a partial is used',
    allow: 'templates.read',
    params,
    output: z.object({ items: z.array(LookUse) }),
    errors: ['resource.not_found'],
    async run(ctx, { params }) {
      if (!(await store.findPartial(ctx.tx, ctx.workspaceId, params.key))) throw notFound('partial');
      return { items: await usesOfPartial(ctx.tx, ctx.workspaceId, params.key) };
    },
  }),
  operation({
    id: 'partials.try',
    method: 'POST',
    path: '/v1/try/partial',
    summary: 'Show a partial that is stored nowhere, alone in a mail',
    allow: 'templates.read',
    body: z.strictObject({
      format: PartialInput.shape.format,
      source: PartialInput.shape.source,
      data,
      locales,
      timeZone: TimeZone.default('UTC'),
    }),
    output: TemplatePreview,
    errors: ['template.invalid'],
    transaction: 'none',
    example: { format: 'markdown', source: 'Best wishes,\n**{{ brand.name }}**' },
    run: (ctx, { body }) => tryPartial(ctx, body, body),
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
