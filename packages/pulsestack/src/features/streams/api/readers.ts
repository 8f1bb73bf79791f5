import { Cursor, PageQuery, Presence, pageOf, StreamConnection, StreamDelivery, UserId } from '@pulsestack/core';
import { parseCursor } from 'pushstream';
import { z } from 'zod';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { findUser } from '../../audience/index.ts';
import { cluster } from '../cluster.ts';
import { deliveriesOf, deliveriesTo, toDelivery } from '../deliveries.ts';
import { requestErasure } from '../erase.ts';
import { presenceOf } from '../presence.ts';
import * as store from '../store.ts';

const userParams = z.strictObject({ id: UserId });

const connections = operation({
  id: 'streams.connections',
  method: 'GET',
  path: '/v1/stream/connections',
  summary: 'List who is reading now',
  description:
    'All processes are asked; one that does not answer within half a second is left out. At most 500 of each.',
  allow: 'streams.read',
  output: z.object({ items: z.array(StreamConnection) }),
  transaction: 'none',
  run: async (ctx) => ({ items: await cluster.of(ctx).connections(ctx.workspaceId) }),
});

const disconnect = operation({
  id: 'streams.disconnect',
  method: 'POST',
  path: '/v1/stream/disconnect',
  summary: 'Tell readers to connect anew',
  description: 'They resume where they were. To take a right away, revoke the session, the key or the token instead.',
  allow: 'streams.manage',
  body: z
    .strictObject({
      connection: z.string().max(64).optional(),
      user: UserId.optional(),
      session: z.string().max(64).optional(),
    })
    .refine((whom) => Object.keys(whom).length > 0, 'needs a connection, a user or a session'),
  output: z.object({ asked: z.literal(true) }),
  status: 202,
  example: { user: 'ada' },
  audit: { action: 'stream.disconnected', target: ({ body }) => body.user ?? body.session ?? body.connection ?? null },
  async run(ctx, { body }) {
    const all = cluster.of(ctx);
    ctx.tx.afterCommit(() => {
      all
        .disconnect(ctx.workspaceId, body)
        .catch((error: unknown) =>
          ctx.log.warn({ err: error }, 'readers of other processes were not told to connect anew'),
        );
    });
    return { asked: true as const };
  },
});

const deliveries = operation({
  id: 'streams.deliveries',
  method: 'GET',
  path: '/v1/stream/deliveries',
  summary: 'List who received an event, or what a user received',
  description:
    'Give either `event`, the cursor of an event, or `user`. Kept as long as the events themselves. What was handed over less than a minute ago may still be missing.',
  allow: 'streams.read',
  query: z
    .strictObject({ ...PageQuery.shape, event: Cursor.optional(), user: UserId.optional() })
    .refine((query) => (query.event === undefined) !== (query.user === undefined), 'needs either event or user'),
  output: pageOf(StreamDelivery),
  errors: ['resource.not_found', 'request.cursor_invalid'],
  async run(ctx, { query }) {
    const [position] = query.cursor ? decodeCursor('streams.deliveries', query.cursor, ['number']) : [];
    const page = { limit: query.limit + 1 };
    if (query.user !== undefined) {
      const before = Number(position ?? Number.MAX_SAFE_INTEGER);
      const rows = await deliveriesTo(ctx.tx, ctx.workspaceId, query.user, { ...page, before });
      return toPage(rows, query.limit, toDelivery, (row) => encodeCursor('streams.deliveries', [row.id]));
    }
    const at = parseCursor(query.event ?? '');
    const found = await store.findEvent(ctx.tx, ctx.workspaceId, query.event ?? '');
    if (!at || !found) throw notFound('event');
    const rows = await deliveriesOf(ctx.tx, ctx.workspaceId, at, found, { ...page, after: Number(position ?? 0) });
    return toPage(rows, query.limit, toDelivery, (row) => encodeCursor('streams.deliveries', [row.id]));
  },
});

const presence = operation({
  id: 'users.presence',
  method: 'GET',
  path: '/v1/users/{id}/presence',
  summary: 'Is a user connected now?',
  allow: 'users.read',
  params: userParams,
  output: Presence,
  errors: ['resource.not_found'],
  async run(ctx, { params }) {
    const found = (await presenceOf(ctx.tx, ctx.workspaceId, [params.id], ctx.clock.now())).get(params.id);
    if (!found || (!found.online && !(await findUser(ctx.tx, ctx.workspaceId, params.id)))) throw notFound('user');
    return found;
  },
});

const erase = operation({
  id: 'users.eraseStream',
  method: 'POST',
  path: '/v1/users/{id}/erase-stream',
  summary: 'Empty all events of a user on the log',
  description:
    'Those on their stream and those that name them in `about`: on the log, in memory, and for everyone who resumes. Positions stay, so that nobody misses anything else. Deleting a user does this, too.',
  allow: 'streams.manage',
  params: userParams,
  output: z.object({ asked: z.literal(true) }),
  status: 202,
  errors: ['resource.not_found'],
  audit: { action: 'stream.erased', target: ({ params }) => params.id },
  async run(ctx, { params }) {
    if (!(await findUser(ctx.tx, ctx.workspaceId, params.id))) throw notFound('user');
    await requestErasure(ctx.tx, ctx.workspaceId, params.id);
    return { asked: true as const };
  },
});

export const readerOperations = [connections, disconnect, deliveries, presence, erase];
