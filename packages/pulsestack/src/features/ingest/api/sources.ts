import {
  BusStatus,
  EventRefusal,
  EventSource,
  EventSourceInput,
  EventSourceUpdate,
  idSchema,
  PageQuery,
  pageOf,
} from '@pulsestack/core';
import { z } from 'zod';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { topicsOf } from '../rules.ts';
import * as use from '../sources.ts';
import * as store from '../store/sources.ts';

const params = z.strictObject({ id: idSchema('eventSource') });

const status = operation({
  id: 'bus.get',
  method: 'GET',
  path: '/v1/bus',
  summary: 'Get what carries topics here, and which of them this workspace may use',
  allow: 'integrations.manage',
  output: BusStatus,
  async run({ bus, settings, workspaceId }) {
    return { kind: bus.kind, healthy: bus.healthy, topics: topicsOf(workspaceId, settings.bus.allowedTopics) };
  },
});

const create = operation({
  id: 'eventSources.create',
  method: 'POST',
  path: '/v1/event-sources',
  summary: 'Listen to a topic of the bus, whose messages become events',
  description:
    'A message does what `POST /v1/events` does, once however often it is delivered: a CloudEvent is known by `source` and `id`, any other message by what the mapping names or by its place in the topic. What makes no event is listed with the reason and put on `<topic>.dead`. Needs `events.create` too. The operator decides which topics a workspace may use.',
  allow: 'integrations.manage',
  body: EventSourceInput,
  output: EventSource,
  status: 201,
  errors: ['request.invalid', 'auth.forbidden', 'resource.limit'],
  example: {
    name: 'Orders',
    topic: 'wsp_01jd0c5m8xk7q2w9v4t6r3n1ab.orders',
    mapping: { name: { path: 'body.type' }, prefix: 'order', to: { path: 'body.customer' }, payload: 'body' },
  },
  audit: {
    action: 'event_source.created',
    target: (_input, output) => output?.id ?? null,
    detail: ({ body }) => ({ topic: body.topic }),
  },
  run: (ctx, { body }) => use.createSource(ctx, body),
});

const list = operation({
  id: 'eventSources.list',
  method: 'GET',
  path: '/v1/event-sources',
  summary: 'List the topics whose messages become events',
  allow: 'integrations.manage',
  query: PageQuery,
  output: pageOf(EventSource),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const [after] = query.cursor ? decodeCursor('event-sources', query.cursor, ['string']) : [''];
    const rows = await store.listSources(ctx.tx, ctx.workspaceId, { after: String(after), limit: query.limit + 1 });
    return toPage(rows, query.limit, use.toSource, (row) => encodeCursor('event-sources', [row.id]));
  },
});

const get = operation({
  id: 'eventSources.get',
  method: 'GET',
  path: '/v1/event-sources/{id}',
  summary: 'Get a topic whose messages become events, and how far it is',
  allow: 'integrations.manage',
  params,
  output: EventSource,
  errors: ['resource.not_found'],
  run: (ctx, { params }) => use.getSource(ctx, params.id),
});

const update = operation({
  id: 'eventSources.update',
  method: 'PATCH',
  path: '/v1/event-sources/{id}',
  summary: 'Pause a source, let it go on, or change what its messages mean',
  description: 'A paused source goes on where it stopped, as long as the broker keeps what came meanwhile.',
  allow: 'integrations.manage',
  params,
  body: EventSourceUpdate,
  output: EventSource,
  errors: ['resource.not_found', 'auth.forbidden'],
  example: { active: false },
  audit: { action: 'event_source.updated', target: ({ params }) => params.id, detail: ({ body }) => ({ ...body }) },
  run: (ctx, { params, body }) => use.updateSource(ctx, params.id, body),
});

const remove = operation({
  id: 'eventSources.delete',
  method: 'DELETE',
  path: '/v1/event-sources/{id}',
  summary: 'Stop listening to a topic',
  allow: 'integrations.manage',
  params,
  output: null,
  errors: ['resource.not_found'],
  audit: { action: 'event_source.deleted', target: ({ params }) => params.id },
  run: (ctx, { params }) => use.deleteSource(ctx, params.id),
});

const refusals = operation({
  id: 'eventSources.refusals',
  method: 'GET',
  path: '/v1/event-sources/{id}/refusals',
  summary: 'List the messages that made no event, the newest first',
  allow: 'integrations.manage',
  params,
  query: PageQuery,
  output: pageOf(EventRefusal),
  errors: ['resource.not_found', 'request.cursor_invalid'],
  async run(ctx, { params, query }) {
    await use.getSource(ctx, params.id);
    const position = query.cursor ? decodeCursor('event-refusals', query.cursor, ['instant', 'string']) : null;
    const rows = await store.listRefusals(ctx.tx, ctx.workspaceId, params.id, {
      before: position && { at: String(position[0]), position: String(position[1]) },
      limit: query.limit + 1,
    });
    return toPage(rows, query.limit, use.toRefusal, (row) =>
      encodeCursor('event-refusals', [row.refused_at.toISOString(), row.position]),
    );
  },
});

export const sourceOperations = [status, create, list, get, update, remove, refusals];
