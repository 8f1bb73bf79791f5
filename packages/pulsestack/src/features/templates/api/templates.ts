import {
  line,
  PageQuery,
  pageOf,
  Slug,
  TEMPLATE_CHANNELS,
  Template,
  TemplateChange,
  TemplateContent,
  TemplateDetail,
  TemplateInput,
  TemplateVersion,
  TimeZone,
} from '@pulsestack/core';
import { z } from 'zod';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import * as store from '../store/templates.ts';
import {
  diffTemplate,
  getTemplate,
  previewTemplate,
  publishTemplate,
  putTemplate,
  type Revision,
  rollBackTemplate,
  toTemplate,
  toVersion,
  tryContent,
} from '../templates.ts';
import { data, locales, TemplatePreview } from './preview.ts';

const params = z.strictObject({ key: Slug });
const VersionNumber = z.coerce.number().int().min(1).max(1_000_000);
const RevisionName = z
  .union([z.enum(['draft', 'published']), VersionNumber])
  .meta({ description: '`draft`, `published`, or the number of a version' });
const source = z.enum(['draft', 'published']).default('draft');
const EXAMPLE = {
  name: 'Welcome',
  content: {
    channel: 'email' as const,
    subject: 'Welcome, {{ user.name }}',
    preheader: 'Three steps to begin with',
    body: {
      format: 'markdown' as const,
      markdown: '# Hello {{ user.name }}\n\n[Open your workspace]({{ payload.url }})',
    },
  },
  sample: { url: 'https://example.com/start' },
};

export const templateOperations = [
  operation({
    id: 'templates.list',
    method: 'GET',
    path: '/v1/templates',
    summary: 'List templates',
    allow: 'templates.read',
    query: PageQuery.extend({ channel: z.enum(TEMPLATE_CHANNELS).optional() }),
    output: pageOf(Template),
    errors: ['request.cursor_invalid'],
    async run(ctx, { query }) {
      const [after] = query.cursor ? decodeCursor('templates', query.cursor, ['string']) : [''];
      const rows = await store.listTemplates(ctx.tx, ctx.workspaceId, {
        channel: query.channel,
        after: String(after),
        limit: query.limit + 1,
      });
      return toPage(rows, query.limit, toTemplate, (row) => encodeCursor('templates', [row.key]));
    },
  }),
  operation({
    id: 'templates.put',
    method: 'PUT',
    path: '/v1/templates/{key}',
    summary: 'Create a template or change its draft',
    description:
      'The draft is kept right or wrong; what is wrong with it is among the findings and must be gone before publishing.',
    allow: 'templates.write',
    params,
    body: TemplateInput,
    output: TemplateDetail,
    errors: ['resource.conflict'],
    example: EXAMPLE,
    audit: { action: 'template.put', target: ({ params }) => params.key },
    run: (ctx, { params, body }) => putTemplate(ctx, params.key, body),
  }),
  operation({
    id: 'templates.get',
    method: 'GET',
    path: '/v1/templates/{key}',
    summary: 'Get a template with its draft, variables and findings',
    allow: 'templates.read',
    params,
    output: TemplateDetail,
    errors: ['resource.not_found'],
    run: (ctx, { params }) => getTemplate(ctx, params.key),
  }),
  operation({
    id: 'templates.delete',
    method: 'DELETE',
    path: '/v1/templates/{key}',
    summary: 'Delete a template with its versions',
    description: 'Workflows that name it skip the messages they would have sent, and say why.',
    allow: 'templates.write',
    params,
    output: null,
    errors: ['resource.not_found'],
    audit: { action: 'template.deleted', target: ({ params }) => params.key },
    async run(ctx, { params }) {
      if (!(await store.deleteTemplate(ctx.tx, ctx.workspaceId, params.key))) throw notFound('template');
    },
  }),
  operation({
    id: 'templates.publish',
    method: 'POST',
    path: '/v1/templates/{key}/publish',
    summary: 'Publish the draft as the next version',
    description: 'MJML and blocks are compiled now, once. Running workflows send the new version from here on.',
    allow: 'workflows.publish',
    params,
    body: z.strictObject({ note: line(200).optional() }),
    output: TemplateVersion,
    status: 201,
    errors: ['resource.not_found', 'resource.conflict', 'template.invalid'],
    transaction: 'none',
    example: { note: 'Friendlier subject' },
    audit: 'own-record',
    run: (ctx, { params, body }) => publishTemplate(ctx, params.key, body.note ?? null),
  }),
  operation({
    id: 'templates.versions',
    method: 'GET',
    path: '/v1/templates/{key}/versions',
    summary: 'List the versions of a template, the newest first',
    allow: 'templates.read',
    params,
    query: PageQuery,
    output: pageOf(TemplateVersion),
    errors: ['resource.not_found', 'request.cursor_invalid'],
    async run(ctx, { params, query }) {
      const template = await store.findTemplate(ctx.tx, ctx.workspaceId, params.key);
      if (!template) throw notFound('template');
      const [before] = query.cursor ? decodeCursor('templates.versions', query.cursor, ['number']) : [2_000_000_000];
      const rows = await store.listVersions(ctx.tx, ctx.workspaceId, params.key, {
        before: Number(before),
        limit: query.limit + 1,
      });
      return toPage(
        rows,
        query.limit,
        (row) => toVersion(row, template.published_version),
        (row) => encodeCursor('templates.versions', [row.version]),
      );
    },
  }),
  operation({
    id: 'templates.version',
    method: 'GET',
    path: '/v1/templates/{key}/versions/{version}',
    summary: 'Get one version of a template with its content',
    allow: 'templates.read',
    params: z.strictObject({ key: Slug, version: VersionNumber }),
    output: TemplateVersion.extend({ content: TemplateContent }).meta({ id: 'TemplateVersionDetail' }),
    errors: ['resource.not_found'],
    async run(ctx, { params }) {
      const template = await store.findTemplate(ctx.tx, ctx.workspaceId, params.key);
      const row = template && (await store.findVersion(ctx.tx, ctx.workspaceId, params.key, params.version));
      if (!row) throw notFound('version');
      return { ...toVersion(row, template.published_version), content: row.content };
    },
  }),
  operation({
    id: 'templates.diff',
    method: 'GET',
    path: '/v1/templates/{key}/diff',
    summary: 'Compare two revisions of a template, field by field',
    allow: 'templates.read',
    params,
    query: z.strictObject({ from: RevisionName.default('published'), to: RevisionName.default('draft') }),
    output: z.object({ changes: z.array(TemplateChange) }),
    errors: ['resource.not_found'],
    run: async (ctx, { params, query }) => ({
      changes: await diffTemplate(ctx, params.key, query.from as Revision, query.to as Revision),
    }),
  }),
  operation({
    id: 'templates.rollBack',
    method: 'POST',
    path: '/v1/templates/{key}/rollback',
    summary: 'Publish an earlier version again',
    description: 'It becomes the newest version and the draft; history only grows.',
    allow: 'workflows.publish',
    params,
    body: z.strictObject({ version: z.number().int().min(1).max(1_000_000) }),
    output: TemplateVersion,
    status: 201,
    errors: ['resource.not_found', 'template.invalid'],
    transaction: 'none',
    example: { version: 1 },
    audit: 'own-record',
    run: (ctx, { params, body }) => rollBackTemplate(ctx, params.key, body.version),
  }),
  operation({
    id: 'templates.preview',
    method: 'POST',
    path: '/v1/templates/{key}/preview',
    summary: 'Render a template with sample data, in every locale',
    allow: 'templates.read',
    params,
    body: z.strictObject({ source, data, locales, timeZone: TimeZone.default('UTC') }),
    output: TemplatePreview,
    errors: ['resource.not_found'],
    transaction: 'none',
    example: { data: { payload: { url: 'https://example.com/start' } }, locales: ['en', 'de'] },
    run: (ctx, { params, body: { source, data, locales, timeZone } }) =>
      previewTemplate(ctx, params.key, { revision: source, data, locales, timeZone }),
  }),
  operation({
    id: 'templates.try',
    method: 'POST',
    path: '/v1/try/template',
    summary: 'Render content that is stored nowhere',
    description: 'With the branding, layouts, partials and translations of the workspace. Changes and sends nothing.',
    allow: 'templates.read',
    body: z.strictObject({ content: TemplateContent, data, locales, timeZone: TimeZone.default('UTC') }),
    output: TemplatePreview,
    transaction: 'none',
    example: {
      content: {
        channel: 'sms',
        body: '{{ payload.n | plural: "one new reply", "new replies" }} in {{ payload.room }}',
      },
      data: { payload: { n: 1, room: 'General' } },
      locales: ['en'],
    },
    run: (ctx, { body }) => tryContent(ctx, body.content, body),
  }),
];
