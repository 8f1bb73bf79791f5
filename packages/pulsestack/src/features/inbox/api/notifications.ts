import {
  Accepted,
  InboxItem,
  Instant,
  Notification,
  NotificationId,
  NotificationInput,
  NotifyInput,
  PageQuery,
  pageOf,
  Receipt,
  Slug,
  text,
} from '@pulsestack/core';
import { z } from 'zod';
import type { Context } from '../../../kernel/context.ts';
import { ProductError } from '../../../kernel/errors.ts';
import { operation, type Reply } from '../../../kernel/operation.ts';
import { type Draft, draft, ofShortForm, preview } from '../publish.ts';
import { publisher } from '../publisher.ts';
import { retract } from '../retract.ts';
import { getNotification, notificationPage, receiptPage } from '../sent.ts';

const params = z.strictObject({ id: NotificationId });
const MAX_BULK = 100;

const notify = operation({
  id: 'notifications.notify',
  method: 'POST',
  path: '/v1/notify',
  summary: 'Notify someone, the short way',
  description:
    'Answers after the commit: what was acknowledged is durable. An unknown user is created. Everyone in the workspace needs `notifications.broadcast` too.',
  allow: 'notifications.create',
  body: NotifyInput,
  output: Accepted,
  status: 202,
  errors: ['auth.forbidden', 'idempotency.mismatch', 'idempotency.invalid'],
  example: { to: 'ada', title: 'Hi', body: 'It works' },
  audit: 'own-record',
  transaction: 'none',
  run: (ctx, { body }, reply) => publishOne(ctx, draft(ctx, ofShortForm(body)), reply),
});

const create = operation({
  id: 'notifications.create',
  method: 'POST',
  path: '/v1/notifications',
  summary: 'Send a notification to users, a topic or everyone',
  description:
    'Answers after the commit: what was acknowledged is durable. Unknown users are created. Everyone in the workspace needs `notifications.broadcast` too.',
  allow: 'notifications.create',
  body: NotificationInput,
  output: Accepted,
  status: 202,
  errors: ['auth.forbidden', 'idempotency.mismatch', 'idempotency.invalid'],
  example: {
    audience: { users: ['ada', 'grace'] },
    title: 'Deploy finished',
    body: '**api** is live in 42 s',
    category: 'deploys',
  },
  audit: 'own-record',
  transaction: 'none',
  run: (ctx, { body }, reply) => publishOne(ctx, draft(ctx, body), reply),
});

const bulk = operation({
  id: 'notifications.bulk',
  method: 'POST',
  path: '/v1/notifications/bulk',
  summary: 'Send up to 100 notifications at once',
  description:
    'Each entry is a body of `POST /v1/notifications` with a result of its own, in the same order. An entry at fault fails alone; the others are stored together.',
  allow: 'notifications.create',
  body: z.strictObject({ notifications: z.array(z.record(z.string(), z.json())).min(1).max(MAX_BULK) }),
  output: z.object({
    results: z.array(
      z.union([
        z.object({ status: z.literal(202), ...Accepted.shape }),
        z.object({
          status: z.number().int(),
          code: z.string(),
          detail: z.string(),
          errors: z.array(z.object({ field: z.string(), message: z.string() })),
        }),
      ]),
    ),
  }),
  status: 202,
  errors: ['idempotency.mismatch', 'idempotency.invalid'],
  example: {
    notifications: [
      { audience: { users: ['ada'] }, title: 'One' },
      { audience: { users: ['grace'] }, title: 'Two' },
    ],
  },
  audit: 'own-record',
  transaction: 'none',
  bodyLimitBytes: 4_000_000,
  async run(ctx, { body }, reply) {
    const entries = body.notifications.map((entry) => draftEntry(ctx, entry));
    const drafts = entries.filter((entry) => 'accepted' in entry);
    const answer = {
      results: entries.map((entry) => ('accepted' in entry ? { status: 202 as const, ...entry.accepted } : entry)),
    };
    return publish(ctx, drafts, answer, reply);
  },
});

const list = operation({
  id: 'notifications.list',
  method: 'GET',
  path: '/v1/notifications',
  summary: 'List what was sent, the newest first',
  allow: 'notifications.read',
  query: z.strictObject({
    ...PageQuery.shape,
    category: z.union([Slug, z.array(Slug).max(20)]).optional(),
    type: z.union([Slug, z.array(Slug).max(20)]).optional(),
    state: Notification.shape.state.optional(),
    from: Instant.optional(),
    to: Instant.optional(),
    q: text(200, 1).optional().meta({ description: 'Full-text search: words, "phrases", -without' }),
  }),
  output: pageOf(Notification),
  errors: ['request.cursor_invalid'],
  run: (ctx, { query }) => notificationPage(ctx, query),
});

const get = operation({
  id: 'notifications.get',
  method: 'GET',
  path: '/v1/notifications/{id}',
  summary: 'Get a notification as its sender sees it',
  allow: 'notifications.read',
  params,
  output: Notification,
  errors: ['resource.not_found'],
  run: (ctx, { params }) => getNotification(ctx, params.id),
});

const remove = operation({
  id: 'notifications.retract',
  method: 'DELETE',
  path: '/v1/notifications/{id}',
  summary: 'Take a notification back from every inbox',
  allow: 'notifications.delete',
  params,
  output: null,
  errors: ['resource.not_found'],
  audit: { action: 'notification.retracted', target: ({ params }) => params.id },
  run: (ctx, { params }) => retract(ctx, params.id),
});

const receipts = operation({
  id: 'notifications.receipts',
  method: 'GET',
  path: '/v1/notifications/{id}/receipts',
  summary: 'List who has got, seen or read a notification',
  description: 'Of a broadcast, those who have touched it: nothing is stored for the others.',
  allow: 'notifications.read',
  params,
  query: z.strictObject({ ...PageQuery.shape, state: z.enum(['delivered', 'seen', 'read']).default('delivered') }),
  output: pageOf(Receipt),
  errors: ['resource.not_found', 'request.cursor_invalid'],
  run: (ctx, { params, query }) => receiptPage(ctx, params.id, query),
});

const previewed = operation({
  id: 'notifications.preview',
  method: 'POST',
  path: '/v1/notifications/preview',
  summary: 'See what a notification will look like and how many get it; nothing is sent',
  allow: 'notifications.create',
  body: NotificationInput,
  output: z.object({ item: InboxItem, recipients: z.number().int() }),
  example: { audience: { everyone: true }, title: 'Maintenance tonight' },
  // It changes nothing; the method is POST for the sake of its body.
  audit: 'own-record',
  run: (ctx, { body }) => preview(ctx, body),
});

export const notificationOperations = [notify, create, bulk, list, get, remove, receipts, previewed];

async function publishOne(ctx: Context, draft: Draft, reply: Reply): Promise<Accepted> {
  return publish(ctx, [draft], draft.accepted, reply);
}

/** Waits for the commit; a repeated request gets the first one's answer and says so. */
async function publish<Body>(ctx: Context, drafts: Draft[], body: Body, reply: Reply): Promise<Body> {
  const key =
    ctx.idempotencyKey === undefined ? undefined : { key: ctx.idempotencyKey, fingerprint: ctx.fingerprint(), body };
  const published = await publisher.of(ctx).publish(key ? { ctx, drafts, key } : { ctx, drafts });
  if (published.replayed) reply.headers['idempotency-replay'] = 'true';
  return (published.body ?? body) as Body;
}

/** One entry of a bulk: its draft, or what is wrong with it. */
function draftEntry(ctx: Context, entry: unknown) {
  const parsed = NotificationInput.safeParse(entry);
  if (!parsed.success) {
    const errors = parsed.error.issues.map((issue) => ({ field: `/${issue.path.join('/')}`, message: issue.message }));
    return { status: 400, code: 'request.invalid', detail: 'The notification does not fit its description', errors };
  }
  try {
    return draft(ctx, parsed.data);
  } catch (error) {
    if (!(error instanceof ProductError)) throw error;
    return { status: error.status, code: error.code, detail: error.message, errors: error.fields ?? [] };
  }
}
