import { z } from 'zod';
import { NotificationId } from './ids.ts';
import { Action, Actor, Priority } from './notification.ts';
import { PageQuery } from './page.ts';
import { Instant, Slug, text } from './text.ts';

/** A notification as its receiver sees it: the content and this user's own state. */
export const InboxItem = z
  .object({
    id: NotificationId,
    title: z.string(),
    body: z.string(),
    bodyHtml: z.string(),
    icon: z.string().nullable(),
    image: z.string().nullable(),
    link: z.string().nullable(),
    actions: z.array(Action),
    type: z.string(),
    category: z.string(),
    priority: Priority,
    data: z.record(z.string(), z.json()),
    actor: Actor,
    broadcast: z.boolean(),
    deliveredAt: Instant.meta({ description: 'When it entered the inbox, or came back from a snooze' }),
    expiresAt: Instant.nullable(),
    seenAt: Instant.nullable(),
    readAt: Instant.nullable(),
    archivedAt: Instant.nullable(),
    snoozedUntil: Instant.nullable(),
    action: z.object({ id: z.string(), at: Instant, result: z.json().nullable() }).nullable(),
    highlight: z
      .object({ title: z.string(), body: z.string() })
      .optional()
      .meta({ description: 'Matches of a search wrapped in <mark>, otherwise escaped' }),
  })
  .meta({ id: 'InboxItem' });
export type InboxItem = z.infer<typeof InboxItem>;

/** What part of the inbox to look at. `active` is everything not archived, snoozed or deleted. */
export const InboxState = z.enum(['active', 'unread', 'read', 'unseen', 'archived', 'snoozed', 'all']);
export type InboxState = z.infer<typeof InboxState>;

const filter = {
  category: z.union([Slug, z.array(Slug).max(20)]).optional(),
  priority: z.union([Priority, z.array(Priority)]).optional(),
  type: z.union([Slug, z.array(Slug).max(20)]).optional(),
  from: Instant.optional().meta({ description: 'Delivered at or after' }),
  to: Instant.optional().meta({ description: 'Delivered before' }),
};

/** Query of `GET /v1/inbox`; repeat a name to give several values. */
export const InboxQuery = z.strictObject({
  ...PageQuery.shape,
  ...filter,
  state: InboxState.default('active'),
  q: text(200, 1).optional().meta({ description: 'Full-text search: words, "phrases", -without' }),
});
export type InboxQuery = z.infer<typeof InboxQuery>;

/** Which items a mark-all touches; without fields, the whole active inbox. */
export const InboxFilter = z.strictObject({ ...filter, state: InboxState.optional() });
export type InboxFilter = z.infer<typeof InboxFilter>;

/**
 * How many there are. A client keeps these exact without asking again:
 * `unread = own.unread + broadcasts − own.handled`, where `own` arrives whole in events (take it when `version` is not older)
 * and `broadcasts` moves by one with each broadcast or retraction on the stream.
 */
export const Counts = z
  .object({
    unread: z.number().int(),
    unseen: z.number().int(),
    categories: z.record(z.string(), z.object({ unread: z.number().int(), unseen: z.number().int() })),
    own: z.object({
      unread: z.number().int(),
      unseen: z.number().int(),
      handled: z.number().int().meta({ description: 'Broadcasts that have a receipt of this user' }),
      version: z.number().int(),
    }),
    broadcasts: z.number().int().meta({ description: 'Live broadcasts since this user joined' }),
    joinedAfter: z.number().int().meta({ description: 'The last broadcast number before this user joined' }),
    lastBroadcast: z.number().int().meta({
      description: 'The last broadcast number these counts know; an event of one up to it is counted already',
    }),
    cursor: z
      .string()
      .meta({ description: 'Stream position read before these counts: resume from it and nothing is missed' }),
  })
  .meta({ id: 'Counts' });
export type Counts = z.infer<typeof Counts>;
export type OwnCounts = Counts['own'];

/** One page of the inbox. */
export const InboxPage = z.object({
  items: z.array(InboxItem),
  nextCursor: z.string().nullable(),
  cursor: z
    .string()
    .meta({ description: 'Stream position read before this page: resume from it and nothing is missed' }),
});
export type InboxPage = z.infer<typeof InboxPage>;

export const INBOX_MARKS = ['seen', 'read', 'unread', 'archive', 'unarchive', 'delete'] as const;
export const InboxMark = z.enum(INBOX_MARKS);
export type InboxMark = z.infer<typeof InboxMark>;

/** Body of `POST /v1/inbox/mark`: named items, or all that fit a filter. */
export const MarkInput = z.strictObject({
  mark: InboxMark,
  ids: z.array(NotificationId).min(1).max(100).optional(),
  filter: InboxFilter.optional(),
});
export type MarkInput = z.infer<typeof MarkInput>;

/** What a change did, and the handle that takes it back for an hour. */
export const MarkResult = z
  .object({
    changed: z.number().int(),
    undo: z.string().nullable().meta({ description: 'Give it to POST /v1/inbox/undo; null when nothing changed' }),
    own: Counts.shape.own,
  })
  .meta({ id: 'MarkResult' });
export type MarkResult = z.infer<typeof MarkResult>;
