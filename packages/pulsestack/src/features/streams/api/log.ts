import { Cursor, EventName, Instant, LoggedEvent, LogPage, pageOf, StreamEventInput } from '@pulsestack/core';
import { type LogEvent, parseCursor } from 'pushstream';
import { z } from 'zod';
import { formatCursor } from '../../../kernel/cursor.ts';
import { fail, notFound } from '../../../kernel/errors.ts';
import { announce, event } from '../../../kernel/event.ts';
import { operation } from '../../../kernel/operation.ts';
import { publishEvent } from '../publish.ts';
import * as store from '../store.ts';

const publish = operation({
  id: 'streams.publish',
  method: 'POST',
  path: '/v1/stream/events',
  summary: 'Send an event to those who are reading',
  description:
    'Not a notification: nothing is put into an inbox. Whoever reads the stream of a target receives it, now or when they resume. An event that the catalogue declares must fit its schema.',
  allow: 'streams.manage',
  body: StreamEventInput,
  output: z.object({ streams: z.number().int().meta({ description: 'On how many streams it was put' }) }),
  status: 202,
  errors: ['event.invalid', 'request.too_large'],
  example: { to: { user: 'ada' }, name: 'order.shipped', data: { id: '7' } },
  audit: { action: 'stream.published', detail: ({ body }) => ({ name: body.name }) },
  bodyLimitBytes: 2_000_000,
  run: async (ctx, { body }) => ({ streams: await publishEvent(ctx, body) }),
});

const list = operation({
  id: 'streams.events',
  method: 'GET',
  path: '/v1/stream/events',
  summary: 'List what is on the log, the newest first',
  allow: 'streams.read',
  query: z.strictObject({
    limit: z.coerce.number().int().min(1).max(100).default(25),
    cursor: Cursor.optional().meta({ description: 'The `nextCursor` of the page before' }),
    stream: z
      .string()
      .min(1)
      .max(160)
      .optional()
      .meta({ description: 'w (everyone), o (operators), u.<user>, t.<topic>' }),
    name: EventName.optional(),
    since: Instant.optional(),
  }),
  output: pageOf(LoggedEvent),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const head = await store.readHead(ctx.tx, ctx.workspaceId);
    const before = query.cursor ? parseCursor(query.cursor) : { epoch: head?.epoch ?? '', seq: (head?.head ?? 0) + 1 };
    if (!head || !before || before.epoch !== head.epoch) throw fail('request.cursor_invalid');
    const { events, nextBefore } = await store.searchEvents(ctx.tx, ctx.workspaceId, {
      before: before.seq,
      limit: query.limit,
      stream: query.stream ?? null,
      name: query.name ?? null,
      since: query.since ? new Date(query.since) : null,
    });
    return {
      items: events.map((one) => toLogged(one, head.epoch)),
      nextCursor: nextBefore === null ? null : formatCursor(head.epoch, nextBefore),
    };
  },
});

const get = operation({
  id: 'streams.event',
  method: 'GET',
  path: '/v1/stream/events/{cursor}',
  summary: 'Get an event of the log by its cursor',
  allow: 'streams.read',
  params: z.strictObject({ cursor: Cursor }),
  output: LoggedEvent,
  errors: ['resource.not_found'],
  async run(ctx, { params }) {
    const found = await store.findEvent(ctx.tx, ctx.workspaceId, params.cursor);
    if (!found?.stream) throw notFound('event');
    const { stream, name, data, tags, at } = found;
    return {
      cursor: params.cursor,
      stream,
      name,
      data: JSON.parse(data) as never,
      tags: tags ?? {},
      at: at.toISOString(),
    };
  },
});

const replay = operation({
  id: 'streams.replay',
  method: 'POST',
  path: '/v1/stream/events/{cursor}/replay',
  summary: 'Send an event of the log once more',
  description: 'To those who read its stream now, as a new event with the same data.',
  allow: 'streams.manage',
  params: z.strictObject({ cursor: Cursor }),
  output: z.object({ name: z.string(), stream: z.string() }),
  status: 202,
  errors: ['resource.not_found'],
  audit: { action: 'stream.replayed', target: ({ params }) => params.cursor },
  async run(ctx, { params }) {
    const found = await store.findEvent(ctx.tx, ctx.workspaceId, params.cursor);
    if (!found?.stream) throw notFound('event');
    const again = {
      event: event(found.name, z.unknown(), { summary: 'An event sent once more' }),
      data: {},
      verbatim: found.data,
      stream: found.stream,
      ...(found.tags ? { tags: found.tags } : {}),
      ...(found.about ? { about: found.about } : {}),
    };
    await announce(ctx, ctx.tx, ctx.workspaceId, [again], ctx.requestId, { groupCommit: true });
    return { name: found.name, stream: found.stream };
  },
});

const MAX_RELAYED = 1000;

const relay = operation({
  id: 'streams.log',
  method: 'GET',
  path: '/v1/stream/log',
  summary: 'Read a stretch of the log as it is, for relays',
  allow: 'streams.read',
  query: z.strictObject({
    after: z.coerce.number().int().min(0).optional().meta({ description: 'Without it only the head is told' }),
    limit: z.coerce.number().int().min(1).max(MAX_RELAYED).default(200),
  }),
  output: LogPage,
  async run(ctx, { query }) {
    const head = await store.readHead(ctx.tx, ctx.workspaceId);
    if (!head) throw notFound('log');
    const events =
      query.after === undefined ? [] : await store.readEvents(ctx.tx, ctx.workspaceId, query.after, query.limit);
    return { ...head, events: events.map(toRelayed) };
  },
});

function toRelayed({ tags, about, ...event }: LogEvent) {
  return { ...event, ...(tags ? { tags: { ...tags } } : {}), ...(about ? { about: [...about] } : {}) };
}

function toLogged(one: Awaited<ReturnType<typeof store.readEvents>>[number], epoch: string): LoggedEvent {
  return {
    cursor: formatCursor(epoch, one.seq),
    stream: one.stream,
    name: one.name,
    data: JSON.parse(one.data) as never,
    tags: { ...one.tags },
    at: new Date(one.time).toISOString(),
  };
}

export const logOperations = [list, get, publish, replay, relay];
