import { EventName, EventType, EventTypeInput, EventTypeVersion, PageQuery, pageOf } from '@pulsestack/core';
import { toAsyncApi } from 'pushstream/catalogue';
import { z } from 'zod';
import { notFound } from '../../kernel/errors.ts';
import { operation } from '../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../kernel/pagination.ts';
import { asDeclared, declare, toEventType, toVersion } from './catalog.ts';
import * as store from './store.ts';

const params = z.strictObject({ name: EventName });
const MAX_VERSION = 2_147_483_647;
const MAX_EXPORTED = 2000;

const put = operation({
  id: 'catalog.put',
  method: 'PUT',
  path: '/v1/catalog/{name}',
  summary: 'Declare an event, or change its declaration',
  description:
    'From now on events of this name must fit the schema. A change that existing readers may stumble over is refused with 409 unless `allowBreaking` is sent.',
  allow: 'catalog.write',
  params,
  body: EventTypeInput,
  output: EventType,
  errors: ['catalog.breaking', 'resource.limit'],
  example: {
    summary: 'A comment was written',
    schema: { type: 'object', properties: { postId: { type: 'string' } }, required: ['postId'] },
  },
  audit: { action: 'catalog.put', target: ({ params }) => params.name, detail: (_input, { version }) => ({ version }) },
  run: async (ctx, { params, body }) => toEventType(await declare(ctx, params.name, body)),
});

const get = operation({
  id: 'catalog.get',
  method: 'GET',
  path: '/v1/catalog/{name}',
  summary: 'Get a declared event',
  allow: 'catalog.read',
  params,
  output: EventType,
  errors: ['resource.not_found'],
  async run(ctx, { params }) {
    const row = await store.findEventType(ctx.tx, ctx.workspaceId, params.name);
    if (!row) throw notFound('event');
    return toEventType(row);
  },
});

const list = operation({
  id: 'catalog.list',
  method: 'GET',
  path: '/v1/catalog',
  summary: 'List the declared events',
  allow: 'catalog.read',
  query: PageQuery,
  output: pageOf(EventType),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const [after] = query.cursor ? decodeCursor('catalog', query.cursor, ['string']) : [''];
    const rows = await store.listEventTypes(ctx.tx, ctx.workspaceId, { after: String(after), limit: query.limit + 1 });
    return toPage(rows, query.limit, toEventType, (row) => encodeCursor('catalog', [row.name]));
  },
});

const versions = operation({
  id: 'catalog.versions',
  method: 'GET',
  path: '/v1/catalog/{name}/versions',
  summary: 'List the versions of a declared event, with what each changed',
  allow: 'catalog.read',
  params,
  query: PageQuery,
  output: pageOf(EventTypeVersion),
  errors: ['resource.not_found', 'request.cursor_invalid'],
  async run(ctx, { params, query }) {
    const [before] = query.cursor ? decodeCursor('catalog.versions', query.cursor, ['number']) : [MAX_VERSION];
    const rows = await store.listVersions(ctx.tx, ctx.workspaceId, params.name, {
      before: Number(before),
      limit: query.limit + 1,
    });
    if (rows.length === 0 && !(await store.findEventType(ctx.tx, ctx.workspaceId, params.name)))
      throw notFound('event');
    return toPage(rows, query.limit, toVersion, (row) => encodeCursor('catalog.versions', [row.version]));
  },
});

const remove = operation({
  id: 'catalog.delete',
  method: 'DELETE',
  path: '/v1/catalog/{name}',
  summary: 'Withdraw the declaration of an event',
  description: 'Events of this name are no longer checked.',
  allow: 'catalog.write',
  params,
  output: null,
  errors: ['resource.not_found'],
  audit: { action: 'catalog.deleted', target: ({ params }) => params.name },
  async run(ctx, { params }) {
    if (!(await store.deleteEventType(ctx.tx, ctx.workspaceId, params.name))) throw notFound('event');
  },
});

const asyncapi = operation({
  id: 'catalog.asyncapi',
  method: 'GET',
  path: '/v1/catalog.asyncapi.json',
  summary: 'Get the declared events as an AsyncAPI 3.0 document',
  allow: 'catalog.read',
  output: z.record(z.string(), z.json()),
  async run(ctx) {
    const rows = await store.listEventTypes(ctx.tx, ctx.workspaceId, { after: '', limit: MAX_EXPORTED });
    return toAsyncApi(rows.map(asDeclared), {
      title: 'Events of the workspace',
      version: String(rows.reduce((sum, row) => sum + row.version, 0)),
      url: `${ctx.settings.publicUrl}/v1/stream`,
    }) as Record<string, never>;
  },
});

export const catalogOperations = [list, asyncapi, get, put, versions, remove];
