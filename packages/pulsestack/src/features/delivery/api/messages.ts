import {
  Channel,
  Instant,
  MESSAGE_STATES,
  Message,
  MessageId,
  MessageStory,
  PageQuery,
  pageOf,
  RunId,
  Slug,
  UserId,
} from '@pulsestack/core';
import { z } from 'zod';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { findUser } from '../../audience/index.ts';
import { cancel, messagePage, messageStory, retry } from '../reading.ts';

const params = z.strictObject({ id: MessageId });
const State = z.enum(MESSAGE_STATES);

const filters = {
  channel: z.union([Channel, z.array(Channel).max(10)]).optional(),
  state: z.union([State, z.array(State).max(10)]).optional(),
  workflow: Slug.optional(),
  category: Slug.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
};

const list = operation({
  id: 'messages.list',
  method: 'GET',
  path: '/v1/messages',
  summary: 'List messages of every channel, sent or not, the newest first',
  allow: 'messages.read',
  query: z.strictObject({ ...PageQuery.shape, user: UserId.optional(), run: RunId.optional(), ...filters }),
  output: pageOf(Message),
  errors: ['request.cursor_invalid'],
  run: (ctx, { query }) => messagePage(ctx, query),
});

const get = operation({
  id: 'messages.get',
  method: 'GET',
  path: '/v1/messages/{id}',
  summary: 'Get a message with what it says, every decision and every try',
  allow: 'messages.read',
  params,
  output: MessageStory,
  errors: ['resource.not_found'],
  run: (ctx, { params }) => messageStory(ctx, params.id),
});

const ofUser = operation({
  id: 'messages.listOfUser',
  method: 'GET',
  path: '/v1/users/{id}/messages',
  summary: 'List what was sent to a user, and with `include=skipped` what was not and why',
  allow: 'messages.read',
  params: z.strictObject({ id: UserId }),
  query: z.strictObject({
    ...PageQuery.shape,
    ...filters,
    include: z.enum(['skipped']).optional().meta({ description: 'Shows skipped messages as well' }),
  }),
  output: pageOf(Message),
  errors: ['resource.not_found', 'request.cursor_invalid'],
  async run(ctx, { params, query }) {
    const { include, ...rest } = query;
    const state = rest.state ?? (include ? undefined : MESSAGE_STATES.filter((one) => one !== 'skipped'));
    const page = await messagePage(ctx, { ...rest, state, user: params.id });
    if (page.items.length === 0 && !(await findUser(ctx.tx, ctx.workspaceId, params.id))) throw notFound('user');
    return page;
  },
});

const again = operation({
  id: 'messages.retry',
  method: 'POST',
  path: '/v1/messages/{id}/retry',
  summary: 'Send a message that has failed again',
  allow: 'integrations.manage',
  params,
  output: MessageStory,
  errors: ['resource.not_found', 'resource.conflict'],
  audit: { action: 'message.retried', target: ({ params }) => params.id },
  run: (ctx, { params }) => retry(ctx, params.id),
});

const drop = operation({
  id: 'messages.cancel',
  method: 'POST',
  path: '/v1/messages/{id}/cancel',
  summary: 'Cancel a message that was not handed over yet',
  allow: 'runs.manage',
  params,
  output: MessageStory,
  errors: ['resource.not_found', 'resource.conflict'],
  audit: { action: 'message.cancelled', target: ({ params }) => params.id },
  run: (ctx, { params }) => cancel(ctx, params.id),
});

export const messageOperations = [list, get, ofUser, again, drop];
