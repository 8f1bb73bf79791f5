import {
  type Accepted,
  type Audience,
  type InboxItem,
  type NotificationInput,
  type NotifyInput,
  streams,
} from '@pulsestack/core';
import { actorOf } from '../../kernel/audit.ts';
import { type Context, demand } from '../../kernel/context.ts';
import { fail } from '../../kernel/errors.ts';
import type { Announcement } from '../../kernel/event.ts';
import { countSubscribed, countUsers, findTopic } from '../audience/index.ts';
import { notificationCreated, notificationPublished } from './events.ts';
import { type ContentRow, priorityNumber, toFreshItem } from './items.ts';
import type { Incoming } from './store/deliver.ts';

/** Named users up to this many get their receipts in the transaction that accepts; more, and topics, are fanned out by a job. */
const INLINE_USERS = 100;

/** A notification that was accepted in form and waits for its commit. */
export interface Draft {
  incoming: Incoming;
  broadcast: boolean;
  accepted: Accepted;
}

/** The short form as the long one. */
export function ofShortForm({ to, ...content }: NotifyInput): NotificationInput {
  if (typeof to === 'string') return { audience: { users: [to] }, ...content };
  return { audience: Array.isArray(to) ? { users: to } : to, ...content };
}

/** Decides what a request means: who gets it now, who later, and what is answered. */
export function draft(ctx: Context, input: NotificationInput): Draft {
  const { audience } = input;
  if ('everyone' in audience) demand(ctx, 'notifications.broadcast');
  const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt);
  if (expiresAt && expiresAt.getTime() <= ctx.clock.nowMs()) {
    throw fail('request.invalid', 'A notification cannot expire before it is sent.', {
      fields: [{ in: 'body', field: '/expiresAt', message: 'must be in the future' }],
    });
  }
  const users =
    'users' in audience ? (audience.users.length === 1 ? audience.users : [...new Set(audience.users)]) : [];
  const inline = users.length > 0 && users.length <= INLINE_USERS;
  const id = ctx.newId('notification');
  const { kind, id: actorId, name } = actorOf(ctx);
  return {
    broadcast: 'everyone' in audience,
    incoming: {
      id,
      title: input.title,
      body: input.body,
      content: {
        icon: input.icon ?? null,
        image: input.image ?? null,
        link: input.link ?? null,
        actions: input.actions,
        data: input.data,
      },
      type: input.type,
      category: input.category,
      priority: priorityNumber(input.priority),
      actor: { kind: kind === 'member' || kind === 'key' ? kind : 'system', id: actorId, name },
      audience: 'users' in audience ? { users } : audience,
      state: inline || 'everyone' in audience ? 'published' : 'publishing',
      collapse_key: input.collapseKey ?? null,
      expires_at: expiresAt,
      correlation_id: ctx.requestId,
      users: inline ? users : [],
    },
    accepted: { id, audience: audienceKind(audience), recipients: 'users' in audience ? users.length : null },
  };
}

export function audienceKind(audience: Audience): Accepted['audience'] {
  if ('users' in audience) return 'users';
  return 'topic' in audience ? 'topic' : 'everyone';
}

/** What an inbox will show, and how many get it; nothing is stored. */
export async function preview(
  ctx: Context,
  input: NotificationInput,
): Promise<{ item: InboxItem; recipients: number }> {
  const { incoming, broadcast } = draft(ctx, input);
  return {
    item: toFreshItem(incoming, ctx.clock.now(), broadcast),
    recipients: await countRecipients(ctx, input.audience),
  };
}

async function countRecipients(ctx: Context, audience: Audience): Promise<number> {
  if ('users' in audience) return new Set(audience.users).size;
  if ('everyone' in audience) return countUsers(ctx.tx, ctx.workspaceId);
  const topic = await findTopic(ctx.tx, ctx.workspaceId, audience.topic);
  if (!topic) return 0;
  return topic.subscribers - (await countSubscribed(ctx.tx, ctx.workspaceId, audience.topic, audience.except ?? []));
}

/** One notification into the inboxes of some users, as their open tabs learn of it. */
export function arrivals(
  row: ContentRow,
  owns: ReadonlyMap<string, object>,
  users: Iterable<string>,
  at: Date,
  correlationId: string,
): Announcement[] {
  const notification = toFreshItem(row, at, false);
  const facts: Announcement[] = [];
  for (const user of users) {
    const own = owns.get(user);
    if (own)
      facts.push({
        event: notificationCreated,
        data: { notification, own },
        stream: streams.user(user),
        correlationId,
      });
  }
  return facts;
}

export function broadcastArrival(row: ContentRow, seq: number, at: Date, correlationId: string): Announcement {
  return {
    event: notificationCreated,
    data: { notification: toFreshItem(row, at, true), broadcast: seq },
    stream: streams.workspace,
    correlationId,
  };
}

/** What operators hear: one fact for all that was committed together, because they look at a list and not at each. */
export function publication(published: readonly Incoming[]): Announcement[] {
  const newest = published.at(-1);
  if (!newest) return [];
  const { id, title, audience, correlation_id } = newest;
  return [
    {
      event: notificationPublished,
      data: { id, title, audience: audienceKind(audience), count: published.length },
      stream: streams.operators,
      correlationId: correlation_id,
    },
  ];
}
