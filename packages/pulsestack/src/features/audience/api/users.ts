import { MAX_NAMED_USERS, PageQuery, pageOf, Topic, User, UserId, UserInput } from '@pulsestack/core';
import { z } from 'zod';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { refuseMember, revokeUserTokens } from '../../accounts/index.ts';
import * as store from '../store.ts';
import { importUsers, toTopic, toUser } from '../users.ts';

const params = z.strictObject({ id: UserId });

const putUser = operation({
  id: 'users.put',
  method: 'PUT',
  path: '/v1/users/{id}',
  summary: 'Create or change a user',
  description: 'A field left out stays as it is, null removes it. `attributes` are replaced as a whole.',
  allow: 'users.write',
  params,
  body: UserInput,
  output: User,
  example: { name: 'Ada Lovelace', email: 'ada@example.com', locale: 'en-GB', timeZone: 'Europe/London' },
  audit: {
    action: 'user.put',
    target: ({ params }) => params.id,
    detail: ({ body }) => ({ fields: Object.keys(body) }),
  },
  async run(ctx, { params, body }) {
    const [row] = await store.upsertUsers(ctx.tx, ctx.workspaceId, [{ ...body, id: params.id }], ctx.clock.now());
    if (!row) throw new Error('an upsert answers with its row');
    return toUser(row);
  },
});

const getUser = operation({
  id: 'users.get',
  method: 'GET',
  path: '/v1/users/{id}',
  summary: 'Get a user',
  allow: 'users.read',
  params,
  output: User,
  errors: ['resource.not_found'],
  async run(ctx, { params }) {
    const row = await store.findUser(ctx.tx, ctx.workspaceId, params.id);
    if (!row) throw notFound('user');
    return toUser(row);
  },
});

const deleteUser = operation({
  id: 'users.delete',
  method: 'DELETE',
  path: '/v1/users/{id}',
  summary: 'Delete a user with inbox and subscriptions',
  allow: 'users.write',
  params,
  output: null,
  errors: ['resource.not_found', 'resource.conflict'],
  audit: { action: 'user.deleted', target: ({ params }) => params.id },
  async run(ctx, { params }) {
    await refuseMember(ctx, params.id);
    if (!(await store.deleteUser(ctx.tx, ctx.workspaceId, params.id))) throw notFound('user');
    await revokeUserTokens(ctx, params.id);
  },
});

const listUsers = operation({
  id: 'users.list',
  method: 'GET',
  path: '/v1/users',
  summary: 'List users',
  allow: 'users.read',
  query: z.strictObject({
    ...PageQuery.shape,
    q: z
      .string()
      .min(1)
      .max(254)
      .optional()
      .meta({ description: 'Beginning of the id, the name or the e-mail address' }),
  }),
  output: pageOf(User),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const [after] = query.cursor ? decodeCursor('users', query.cursor, ['string']) : [''];
    const rows = await store.listUsers(ctx.tx, ctx.workspaceId, {
      prefix: query.q,
      after: String(after),
      limit: query.limit + 1,
    });
    return toPage(rows, query.limit, toUser, (row) => encodeCursor('users', [row.id]));
  },
});

const bulk = operation({
  id: 'users.bulk',
  method: 'POST',
  path: '/v1/users/bulk',
  summary: 'Create or change many users',
  description: 'Each entry is the id of a user with the fields of `PUT /v1/users/{id}`. An entry at fault fails alone.',
  allow: 'users.write',
  body: z.strictObject({
    users: z
      .array(z.looseObject({ id: UserId }))
      .min(1)
      .max(MAX_NAMED_USERS),
  }),
  output: z.object({
    results: z.array(
      z.object({ id: z.string(), status: z.enum(['created', 'updated', 'failed']), error: z.string().optional() }),
    ),
  }),
  example: {
    users: [
      { id: 'ada', name: 'Ada Lovelace' },
      { id: 'grace', email: 'grace@example.com' },
    ],
  },
  audit: { action: 'user.bulk', detail: ({ body }) => ({ users: body.users.length }) },
  bodyLimitBytes: 8_000_000,
  run: async (ctx, { body }) => ({ results: await importUsers(ctx, body.users) }),
});

const listTopicsOfUser = operation({
  id: 'users.topics',
  method: 'GET',
  path: '/v1/users/{id}/topics',
  summary: 'List the topics a user is subscribed to',
  allow: 'users.read',
  params,
  query: PageQuery,
  output: pageOf(Topic),
  errors: ['resource.not_found', 'request.cursor_invalid'],
  async run(ctx, { params, query }) {
    const [after] = query.cursor ? decodeCursor('users.topics', query.cursor, ['string']) : [''];
    const rows = await store.topicsOfUser(ctx.tx, ctx.workspaceId, params.id, {
      after: String(after),
      limit: query.limit + 1,
    });
    if (rows.length === 0 && !(await store.findUser(ctx.tx, ctx.workspaceId, params.id))) throw notFound('user');
    return toPage(rows, query.limit, toTopic, (row) => encodeCursor('users.topics', [row.key]));
  },
});

export const userOperations = [putUser, getUser, deleteUser, listUsers, bulk, listTopicsOfUser];
