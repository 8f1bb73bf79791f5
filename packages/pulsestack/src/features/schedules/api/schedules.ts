import {
  PageQuery,
  pageOf,
  Schedule,
  ScheduleFire,
  ScheduleId,
  ScheduleInput,
  UpcomingFire,
  UserId,
} from '@pulsestack/core';
import { z } from 'zod';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { localParts } from '../../../kernel/time/index.ts';
import { createSchedule, getSchedule, replaceSchedule, setState, toFire, toSchedule, upcoming } from '../schedules.ts';
import * as store from '../store.ts';

const params = z.strictObject({ id: ScheduleId });
const example = {
  name: 'Weekly summary',
  when: { every: 'weekly', weekday: 1, at: '08:00' },
  inUserZone: true,
  audience: { topic: 'news' },
  target: { kind: 'notification', notification: { title: 'Your week' } },
} as const;
const errors = ['schedule.invalid', 'auth.forbidden'] as const;

const create = operation({
  id: 'schedules.create',
  method: 'POST',
  path: '/v1/schedules',
  summary: 'Make a schedule',
  description:
    'Once or again and again, by the clock of one zone or of each user. Needs the permission for what it does: `events.create` or `notifications.create`, and `notifications.broadcast` for everyone.',
  allow: 'schedules.write',
  body: ScheduleInput,
  output: Schedule,
  status: 201,
  errors,
  example,
  audit: {
    action: 'schedule.created',
    target: (_input, output) => output.id,
    detail: ({ body }) => ({ name: body.name }),
  },
  run: (ctx, { body }) => createSchedule(ctx, body),
});

const list = operation({
  id: 'schedules.list',
  method: 'GET',
  path: '/v1/schedules',
  summary: 'List schedules, the newest first',
  allow: 'schedules.read',
  query: z.strictObject({ ...PageQuery.shape, state: Schedule.shape.state.optional() }),
  output: pageOf(Schedule),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const before = query.cursor ? String(decodeCursor('schedules', query.cursor, ['string'])[0]) : null;
    const rows = await store.listSchedules(ctx.tx, ctx.workspaceId, {
      state: query.state ?? null,
      before,
      limit: query.limit + 1,
    });
    return toPage(rows, query.limit, toSchedule, (row) => encodeCursor('schedules', [row.id]));
  },
});

const get = operation({
  id: 'schedules.get',
  method: 'GET',
  path: '/v1/schedules/{id}',
  summary: 'Get a schedule',
  allow: 'schedules.read',
  params,
  output: Schedule,
  errors: ['resource.not_found'],
  run: async (ctx, { params }) => toSchedule(await getSchedule(ctx, params.id)),
});

const replace = operation({
  id: 'schedules.replace',
  method: 'PUT',
  path: '/v1/schedules/{id}',
  summary: 'Replace a schedule',
  description: 'What has fired stays fired. A paused one stays paused, one that was done becomes active again.',
  allow: 'schedules.write',
  params,
  body: ScheduleInput,
  output: Schedule,
  errors: ['resource.not_found', 'resource.conflict', ...errors],
  example,
  audit: {
    action: 'schedule.replaced',
    target: ({ params }) => params.id,
    detail: ({ body }) => ({ name: body.name }),
  },
  run: (ctx, { params, body }) => replaceSchedule(ctx, params.id, body),
});

const pause = operation({
  id: 'schedules.pause',
  method: 'POST',
  path: '/v1/schedules/{id}/pause',
  summary: 'Pause a schedule',
  description: 'What would have fired meanwhile is not made up for.',
  allow: 'schedules.write',
  params,
  output: Schedule,
  errors: ['resource.not_found', 'resource.conflict'],
  audit: { action: 'schedule.paused', target: ({ params }) => params.id },
  run: (ctx, { params }) => setState(ctx, params.id, 'paused'),
});

const resume = operation({
  id: 'schedules.resume',
  method: 'POST',
  path: '/v1/schedules/{id}/resume',
  summary: 'Let a paused schedule go on',
  allow: 'schedules.write',
  params,
  output: Schedule,
  errors: ['resource.not_found', 'resource.conflict'],
  audit: { action: 'schedule.resumed', target: ({ params }) => params.id },
  run: (ctx, { params }) => setState(ctx, params.id, 'active'),
});

const cancel = operation({
  id: 'schedules.cancel',
  method: 'DELETE',
  path: '/v1/schedules/{id}',
  summary: 'Cancel a schedule for good',
  description: 'It stays readable with what it has fired.',
  allow: 'schedules.write',
  params,
  output: Schedule,
  errors: ['resource.not_found'],
  audit: { action: 'schedule.cancelled', target: ({ params }) => params.id },
  run: (ctx, { params }) => setState(ctx, params.id, 'cancelled'),
});

const next = operation({
  id: 'schedules.upcoming',
  method: 'GET',
  path: '/v1/schedules/{id}/upcoming',
  summary: 'List the next fires of a schedule',
  allow: 'schedules.read',
  params,
  query: z.strictObject({
    count: z.coerce.number().int().min(1).max(100).default(10),
    userId: UserId.optional().meta({ description: 'By the clock of this user, when the schedule goes by those' }),
  }),
  output: z.object({ items: z.array(UpcomingFire) }),
  errors: ['resource.not_found'],
  async run(ctx, { params, query }) {
    const fires = await upcoming(ctx, params.id, query);
    return {
      items: fires.map(({ at, zone }) => {
        const { date, time } = localParts(at, zone);
        return {
          at: at.toISOString(),
          timeZone: zone,
          local: `${date} ${time}`,
          ...(query.userId ? { userId: query.userId } : {}),
        };
      }),
    };
  },
});

const fires = operation({
  id: 'schedules.fires',
  method: 'GET',
  path: '/v1/schedules/{id}/fires',
  summary: 'List what a schedule has fired, the newest first',
  allow: 'schedules.read',
  params,
  query: PageQuery,
  output: pageOf(ScheduleFire),
  errors: ['resource.not_found', 'request.cursor_invalid'],
  async run(ctx, { params, query }) {
    await getSchedule(ctx, params.id);
    const position = query.cursor ? decodeCursor('schedules.fires', query.cursor, ['instant', 'string']) : null;
    const rows = await store.listFires(ctx.tx, ctx.workspaceId, params.id, {
      before: position && { fireAt: String(position[0]), zone: String(position[1]) },
      limit: query.limit + 1,
    });
    return toPage(rows, query.limit, toFire, (row) =>
      encodeCursor('schedules.fires', [row.fire_at.toISOString(), row.time_zone]),
    );
  },
});

export const operations = [create, list, get, replace, pause, resume, cancel, next, fires];
