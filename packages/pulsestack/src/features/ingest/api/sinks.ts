import { EventSink, EventSinkInput, EventSinkUpdate, idSchema, PageQuery, pageOf } from '@pulsestack/core';
import { z } from 'zod';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import * as use from '../sinks.ts';
import * as store from '../store/sinks.ts';

const params = z.strictObject({ id: idSchema('eventSink') });

const create = operation({
  id: 'eventSinks.create',
  method: 'POST',
  path: '/v1/event-sinks',
  summary: 'Put the events of the workspace on a topic of the bus',
  description:
    'As CloudEvents 1.0 in structured mode, in the order of the log, at least once: `id` is the cursor of the event, by which a repetition is known. Begins with what is announced from now on.',
  allow: 'integrations.manage',
  body: EventSinkInput,
  output: EventSink,
  status: 201,
  errors: ['request.invalid', 'resource.limit'],
  example: {
    name: 'Warehouse',
    topic: 'wsp_01jd0c5m8xk7q2w9v4t6r3n1ab.notifications',
    events: ['notification.*'],
  },
  audit: {
    action: 'event_sink.created',
    target: (_input, output) => output?.id ?? null,
    detail: ({ body }) => ({ topic: body.topic }),
  },
  run: (ctx, { body }) => use.createSink(ctx, body),
});

const list = operation({
  id: 'eventSinks.list',
  method: 'GET',
  path: '/v1/event-sinks',
  summary: 'List the topics that get events of the workspace',
  allow: 'integrations.manage',
  query: PageQuery,
  output: pageOf(EventSink),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const [after] = query.cursor ? decodeCursor('event-sinks', query.cursor, ['string']) : [''];
    const rows = await store.listSinks(ctx.tx, ctx.workspaceId, {
      id: null,
      after: String(after),
      limit: query.limit + 1,
    });
    return toPage(rows, query.limit, use.toSink, (row) => encodeCursor('event-sinks', [row.id]));
  },
});

const get = operation({
  id: 'eventSinks.get',
  method: 'GET',
  path: '/v1/event-sinks/{id}',
  summary: 'Get a topic that gets events of the workspace, and how far it is',
  allow: 'integrations.manage',
  params,
  output: EventSink,
  errors: ['resource.not_found'],
  run: (ctx, { params }) => use.getSink(ctx, params.id),
});

const update = operation({
  id: 'eventSinks.update',
  method: 'PATCH',
  path: '/v1/event-sinks/{id}',
  summary: 'Pause a sink, let it go on, or change which events it gets',
  description: 'A paused sink goes on where it stopped, as long as the log keeps what happened meanwhile.',
  allow: 'integrations.manage',
  params,
  body: EventSinkUpdate,
  output: EventSink,
  errors: ['resource.not_found'],
  example: { active: false },
  audit: { action: 'event_sink.updated', target: ({ params }) => params.id, detail: ({ body }) => ({ ...body }) },
  run: (ctx, { params, body }) => use.updateSink(ctx, params.id, body),
});

const remove = operation({
  id: 'eventSinks.delete',
  method: 'DELETE',
  path: '/v1/event-sinks/{id}',
  summary: 'Stop putting events on a topic',
  allow: 'integrations.manage',
  params,
  output: null,
  errors: ['resource.not_found'],
  audit: { action: 'event_sink.deleted', target: ({ params }) => params.id },
  run: (ctx, { params }) => use.deleteSink(ctx, params.id),
});

export const sinkOperations = [create, list, get, update, remove];
