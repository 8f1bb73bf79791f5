import {
  Counts,
  InboxFilter,
  InboxItem,
  InboxPage,
  InboxQuery,
  Instant,
  MarkInput,
  MarkResult,
  NotificationId,
  Slug,
} from '@pulsestack/core';
import { z } from 'zod';
import { fail } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { act, markAll, markOne, markSeveral, undo } from '../marks.ts';
import { inboxCounts, inboxItem, inboxPage } from '../reading.ts';

const params = z.strictObject({ id: NotificationId });

const page = operation({
  id: 'inbox.list',
  method: 'GET',
  path: '/v1/inbox',
  summary: 'Read the inbox, the newest first',
  allow: 'inbox',
  query: InboxQuery,
  output: InboxPage,
  errors: ['request.cursor_invalid'],
  run: (ctx, { query }) => inboxPage(ctx, query),
});

const counts = operation({
  id: 'inbox.counts',
  method: 'GET',
  path: '/v1/inbox/counts',
  summary: 'Count what is unread and unseen, in all and per category',
  allow: 'inbox',
  output: Counts,
  run: (ctx) => inboxCounts(ctx),
});

const get = operation({
  id: 'inbox.get',
  method: 'GET',
  path: '/v1/inbox/{id}',
  summary: 'Get one item of the inbox',
  allow: 'inbox',
  params,
  output: InboxItem,
  errors: ['resource.not_found'],
  run: (ctx, { params }) => inboxItem(ctx, params.id),
});

const MARKS = [
  ['seen', 'markSeen', 'Mark an item seen'],
  ['read', 'markRead', 'Mark an item read, and thereby seen'],
  ['unread', 'markUnread', 'Mark an item unread'],
  ['archive', 'archive', 'Put an item into the archive'],
  ['unarchive', 'unarchive', 'Take an item out of the archive'],
  ['unsnooze', 'unsnooze', 'Bring a snoozed item back now, as it was'],
] as const;

const marks = MARKS.map(([change, verb, summary]) =>
  operation({
    id: `inbox.${verb}`,
    method: 'POST',
    path: `/v1/inbox/{id}/${change}`,
    summary,
    allow: 'inbox',
    params,
    output: MarkResult,
    errors: ['resource.not_found'],
    audit: 'own-record',
    run: (ctx, { params }) => markOne(ctx, params.id, change),
  }),
);

const remove = operation({
  id: 'inbox.delete',
  method: 'DELETE',
  path: '/v1/inbox/{id}',
  summary: 'Delete an item from the inbox',
  allow: 'inbox',
  params,
  output: MarkResult,
  errors: ['resource.not_found'],
  audit: 'own-record',
  run: (ctx, { params }) => markOne(ctx, params.id, 'delete'),
});

const snooze = operation({
  id: 'inbox.snooze',
  method: 'POST',
  path: '/v1/inbox/{id}/snooze',
  summary: 'Hide an item until an instant; then it comes up again as new',
  allow: 'inbox',
  params,
  body: z.strictObject({ until: Instant }),
  output: MarkResult,
  errors: ['resource.not_found'],
  example: { until: '2026-12-01T08:00:00.000Z' },
  audit: 'own-record',
  run: (ctx, { params, body }) => markOne(ctx, params.id, 'snooze', new Date(body.until)),
});

const mark = operation({
  id: 'inbox.mark',
  method: 'POST',
  path: '/v1/inbox/mark',
  summary: 'Mark named items, or everything that fits a filter',
  description:
    'With neither `ids` nor `filter`, the whole active inbox (for `unarchive`, the whole archive). Beyond 10,000 items a job goes on; `changed` counts those of this call.',
  allow: 'inbox',
  body: MarkInput,
  output: MarkResult,
  example: { mark: 'read', filter: { category: 'deploys' } },
  audit: 'own-record',
  async run(ctx, { body }) {
    if (body.ids && body.filter) {
      throw fail('request.invalid', 'Name items or give a filter, not both.', {
        fields: [{ in: 'body', field: '/filter', message: 'must be left out when ids are given' }],
      });
    }
    return body.ids
      ? markSeveral(ctx, body.ids, body.mark)
      : markAll(ctx, body.filter ?? InboxFilter.parse({}), body.mark);
  },
});

const takeBack = operation({
  id: 'inbox.undo',
  method: 'POST',
  path: '/v1/inbox/undo',
  summary: 'Take a change back, once and within the hour',
  allow: 'inbox',
  body: z.strictObject({ undo: z.string().max(64) }),
  output: MarkResult,
  errors: ['resource.not_found'],
  example: { undo: 'und_01jd0c5m8xk7q2w9v4t6r3n1ab' },
  audit: 'own-record',
  run: (ctx, { body }) => undo(ctx, body.undo),
});

const action = operation({
  id: 'inbox.act',
  method: 'POST',
  path: '/v1/inbox/{id}/actions/{actionId}',
  summary: 'Record that an action was pressed, and what came of it',
  description:
    'The first press counts and marks the item read; the same action again changes nothing, another one is a conflict.',
  allow: 'inbox',
  params: z.strictObject({ id: NotificationId, actionId: Slug }),
  body: z.strictObject({ result: z.json().optional() }).default({}),
  output: InboxItem,
  errors: ['resource.not_found', 'resource.conflict'],
  example: { result: { approved: true } },
  audit: 'own-record',
  run: (ctx, { params, body }) => act(ctx, params.id, params.actionId, body.result),
});

export const inboxOperations = [page, counts, get, ...marks, remove, snooze, mark, takeBack, action];
