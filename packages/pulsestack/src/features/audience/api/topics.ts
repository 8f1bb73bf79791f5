import { MAX_NAMED_USERS, PageQuery, pageOf, Topic, TopicKey, TopicSubscription, UserId } from '@pulsestack/core';
import { z } from 'zod';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import * as store from '../store.ts';
import { tellUnsubscribed } from '../unsubscribed.ts';
import { toTopic } from '../users.ts';

const params = z.strictObject({ key: TopicKey });
const named = z.strictObject({ users: z.array(UserId).min(1).max(MAX_NAMED_USERS) });

const putTopic = operation({
  id: 'topics.put',
  method: 'PUT',
  path: '/v1/topics/{key}',
  summary: 'Create or rename a topic',
  allow: 'topics.write',
  params,
  body: z.strictObject({ name: z.string().min(1).max(200).nullish() }),
  output: Topic,
  example: { name: 'Deploys of the API' },
  audit: { action: 'topic.put', target: ({ params }) => params.key },
  run: async (ctx, { params, body }) =>
    toTopic(await store.putTopic(ctx.tx, ctx.workspaceId, params.key, body.name, ctx.clock.now())),
});

const listTopics = operation({
  id: 'topics.list',
  method: 'GET',
  path: '/v1/topics',
  summary: 'List topics',
  allow: 'topics.read',
  query: PageQuery,
  output: pageOf(Topic),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const [after] = query.cursor ? decodeCursor('topics', query.cursor, ['string']) : [''];
    const rows = await store.listTopics(ctx.tx, ctx.workspaceId, { after: String(after), limit: query.limit + 1 });
    return toPage(rows, query.limit, toTopic, (row) => encodeCursor('topics', [row.key]));
  },
});

const getTopic = operation({
  id: 'topics.get',
  method: 'GET',
  path: '/v1/topics/{key}',
  summary: 'Get a topic',
  allow: 'topics.read',
  params,
  output: Topic,
  errors: ['resource.not_found'],
  async run(ctx, { params }) {
    const row = await store.findTopic(ctx.tx, ctx.workspaceId, params.key);
    if (!row) throw notFound('topic');
    return toTopic(row);
  },
});

const deleteTopic = operation({
  id: 'topics.delete',
  method: 'DELETE',
  path: '/v1/topics/{key}',
  summary: 'Delete a topic with its subscriptions',
  allow: 'topics.write',
  params,
  output: null,
  errors: ['resource.not_found'],
  audit: { action: 'topic.deleted', target: ({ params }) => params.key },
  async run(ctx, { params }) {
    if (!(await store.deleteTopic(ctx.tx, ctx.workspaceId, params.key))) throw notFound('topic');
    tellUnsubscribed(ctx, params.key, null);
  },
});

const listSubscribers = operation({
  id: 'topics.subscribers',
  method: 'GET',
  path: '/v1/topics/{key}/subscribers',
  summary: 'List who is subscribed to a topic',
  allow: 'topics.read',
  params,
  query: PageQuery,
  output: pageOf(TopicSubscription),
  errors: ['resource.not_found', 'request.cursor_invalid'],
  async run(ctx, { params, query }) {
    const [after] = query.cursor ? decodeCursor('topics.subscribers', query.cursor, ['string']) : [''];
    const rows = await store.listSubscribers(ctx.tx, ctx.workspaceId, params.key, {
      after: String(after),
      limit: query.limit + 1,
    });
    if (rows.length === 0 && !(await store.findTopic(ctx.tx, ctx.workspaceId, params.key))) throw notFound('topic');
    return toPage(
      rows,
      query.limit,
      (row) => ({ userId: row.user_id, createdAt: row.created_at.toISOString() }),
      (row) => encodeCursor('topics.subscribers', [row.user_id]),
    );
  },
});

const subscribe = operation({
  id: 'topics.subscribe',
  method: 'POST',
  path: '/v1/topics/{key}/subscribers',
  summary: 'Subscribe users to a topic',
  description: 'Creates the topic and the users when they are unknown. Who is subscribed already stays so.',
  allow: 'topics.write',
  params,
  body: named,
  output: z.object({ added: z.number().int() }),
  example: { users: ['ada', 'grace'] },
  audit: {
    action: 'topic.subscribed',
    target: ({ params }) => params.key,
    detail: ({ body }, output) => ({ users: body.users.length, added: output.added }),
  },
  run: async (ctx, { params, body }) => ({
    added: await store.subscribe(ctx.tx, ctx.workspaceId, params.key, body.users, ctx.clock.now()),
  }),
});

const unsubscribe = operation({
  id: 'topics.unsubscribe',
  method: 'POST',
  path: '/v1/topics/{key}/unsubscribe',
  summary: 'Unsubscribe users from a topic',
  allow: 'topics.write',
  params,
  body: named,
  output: z.object({ removed: z.number().int() }),
  errors: ['resource.not_found'],
  example: { users: ['ada'] },
  audit: {
    action: 'topic.unsubscribed',
    target: ({ params }) => params.key,
    detail: ({ body }, output) => ({ users: body.users.length, removed: output.removed }),
  },
  async run(ctx, { params, body }) {
    const removed = await store.unsubscribe(ctx.tx, ctx.workspaceId, params.key, body.users);
    if (removed === undefined) throw notFound('topic');
    tellUnsubscribed(ctx, params.key, body.users);
    return { removed };
  },
});

export const topicOperations = [putTopic, listTopics, getTopic, deleteTopic, listSubscribers, subscribe, unsubscribe];
