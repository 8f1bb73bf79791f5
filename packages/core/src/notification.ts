import { z } from 'zod';
import { TopicKey, UserId } from './audience.ts';
import { NotificationId } from './ids.ts';
import { ImageUrl, Instant, JsonObject, Link, line, Slug, text } from './text.ts';

export const PRIORITIES = ['low', 'normal', 'high', 'critical'] as const;
export const Priority = z.enum(PRIORITIES);
export type Priority = z.infer<typeof Priority>;

/** A button in the notification. With `link` it opens a page; without, its press is recorded and announced. */
export const Action = z.strictObject({
  id: Slug,
  label: line(60),
  link: Link.optional(),
  style: z.enum(['primary', 'secondary', 'danger']).default('secondary'),
});
export type Action = z.infer<typeof Action>;

const content = {
  title: line(200).meta({ description: 'One line', examples: ['Deploy finished'] }),
  body: text(10_000)
    .default('')
    .meta({ description: 'Markdown; raw HTML is shown as text', examples: ['**api** is live in 42 s'] }),
  icon: ImageUrl.optional(),
  image: ImageUrl.optional(),
  link: Link.optional().meta({ description: 'Where a click leads' }),
  actions: z.array(Action).max(3).default([]).refine(hasDistinctIds, 'must have distinct ids'),
  type: Slug.default('message').meta({
    description: 'What kind of thing happened, for filters',
    examples: ['deploy.finished'],
  }),
  category: Slug.default('general'),
  priority: Priority.default('normal'),
  data: JsonObject.default({}).meta({ description: 'Free data for your own interface' }),
  expiresAt: Instant.optional().meta({ description: 'After this instant it leaves every inbox' }),
  collapseKey: text(128, 1).optional().meta({ description: 'Replaces an unread notification with the same key' }),
};

export const NotificationContent = z.strictObject(content);
export type NotificationContent = z.infer<typeof NotificationContent>;

/** The most users one request may name; more belong in a topic. */
export const MAX_NAMED_USERS = 1000;

/** Who gets it: named users, the subscribers of a topic, or everyone in the workspace. */
export const Audience = z.union(
  [
    z.strictObject({ users: z.array(UserId).min(1).max(MAX_NAMED_USERS) }),
    z.strictObject({ topic: TopicKey, except: z.array(UserId).max(100).optional() }),
    z.strictObject({ everyone: z.literal(true) }),
  ],
  { error: 'must be { "users": […] }, { "topic": "…" } or { "everyone": true }' },
);
export type Audience = z.infer<typeof Audience>;

/** Body of `POST /v1/notifications`. */
export const NotificationInput = z.strictObject({ audience: Audience, ...content });
export type NotificationInput = z.infer<typeof NotificationInput>;

/** Body of `POST /v1/notify`: `to` is a user, several users, `{ "topic": … }` or `{ "everyone": true }`. */
export const NotifyInput = z.strictObject({
  to: z.union(
    [
      UserId,
      z.array(UserId).min(1).max(MAX_NAMED_USERS),
      z.strictObject({ topic: TopicKey }),
      z.strictObject({ everyone: z.literal(true) }),
    ],
    { error: 'must be the id of a user, a list of ids, { "topic": "…" } or { "everyone": true }' },
  ),
  ...content,
});
export type NotifyInput = z.infer<typeof NotifyInput>;

/** The answer once the notification is durable. */
export const Accepted = z
  .object({
    id: NotificationId,
    audience: z.enum(['users', 'topic', 'everyone']),
    recipients: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Known for named users; null while a topic or the workspace fans out' }),
  })
  .meta({ id: 'Accepted' });
export type Accepted = z.infer<typeof Accepted>;

/** Who sent it: a member, an API key, or the product itself. */
export const Actor = z.object({
  kind: z.enum(['member', 'key', 'system']),
  id: z.string(),
  name: z.string().nullable(),
});
export type Actor = z.infer<typeof Actor>;

/** How far a notification got. `recipients` of a broadcast counts the users of the workspace when asked. */
export const NotificationStats = z.object({
  recipients: z.number().int(),
  seen: z.number().int(),
  read: z.number().int(),
});
export type NotificationStats = z.infer<typeof NotificationStats>;

/** A notification as its sender sees it. */
export const Notification = z
  .object({
    id: NotificationId,
    title: z.string(),
    body: z.string(),
    bodyHtml: z.string().meta({ description: 'The body rendered to safe HTML' }),
    icon: z.string().nullable(),
    image: z.string().nullable(),
    link: z.string().nullable(),
    actions: z.array(Action),
    type: z.string(),
    category: z.string(),
    priority: Priority,
    data: z.record(z.string(), z.json()),
    expiresAt: Instant.nullable(),
    collapseKey: z.string().nullable(),
    createdAt: Instant,
    audience: Audience,
    actor: Actor,
    state: z.enum(['publishing', 'published', 'retracted']),
    stats: NotificationStats,
    correlationId: z.string(),
  })
  .meta({ id: 'Notification' });
export type Notification = z.infer<typeof Notification>;

/** One user's state of one notification, as the sender may see it. */
export const Receipt = z
  .object({
    userId: UserId,
    deliveredAt: Instant,
    seenAt: Instant.nullable(),
    readAt: Instant.nullable(),
    archivedAt: Instant.nullable(),
    action: z.object({ id: z.string(), at: Instant, result: z.json().nullable() }).nullable(),
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.infer<typeof Receipt>;

function hasDistinctIds(actions: { id: string }[]): boolean {
  return new Set(actions.map((action) => action.id)).size === actions.length;
}
