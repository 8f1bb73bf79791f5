import {
  type Actor,
  type Audience,
  type InboxItem,
  type Notification,
  type NotificationContent,
  type OwnCounts,
  PRIORITIES,
  type Priority,
} from '@pulsestack/core';
import { renderBody } from './markdown.ts';
import type { ChangedRow } from './store/change.ts';

/** What of a notification is kept as one piece. */
export interface Content {
  icon: string | null;
  image: string | null;
  link: string | null;
  actions: NotificationContent['actions'];
  data: NotificationContent['data'];
}

export interface ContentRow {
  id: string;
  title: string;
  body: string;
  content: Content;
  type: string;
  category: string;
  priority: number;
  actor: Actor;
  expires_at: Date | null;
}

export interface ItemRow extends ContentRow {
  feed_at: Date;
  broadcast: number | null;
  seen_at: Date | null;
  read_at: Date | null;
  archived_at: Date | null;
  snoozed_until: Date | null;
  action: InboxItem['action'];
  title_marked?: string | null;
  body_marked?: string | null;
}

export interface NotificationRow extends ContentRow {
  audience: Audience;
  state: Notification['state'];
  broadcast: number | null;
  collapse_key: string | null;
  created_at: Date;
  correlation_id: string;
  recipients: number;
  seen: number;
  read: number;
}

export function priorityNumber(priority: Priority): number {
  return PRIORITIES.indexOf(priority);
}

export function priorityName(number: number): Priority {
  return PRIORITIES[number] ?? 'normal';
}

const iso = (at: Date | null): string | null => (at === null ? null : at.toISOString());

/** A notification as it lies in one inbox. */
export function toItem(row: ItemRow): InboxItem {
  return {
    ...contentOf(row),
    broadcast: row.broadcast !== null,
    deliveredAt: row.feed_at.toISOString(),
    seenAt: iso(row.seen_at),
    readAt: iso(row.read_at),
    archivedAt: iso(row.archived_at),
    snoozedUntil: iso(row.snoozed_until),
    action: row.action,
    ...(row.title_marked == null ? {} : { highlight: { title: row.title_marked, body: row.body_marked ?? '' } }),
  };
}

/** A notification as nobody has touched it yet: what is pushed when it arrives. */
export function toFreshItem(row: ContentRow, deliveredAt: Date, broadcast: boolean): InboxItem {
  return {
    ...contentOf(row),
    broadcast,
    deliveredAt: deliveredAt.toISOString(),
    seenAt: null,
    readAt: null,
    archivedAt: null,
    snoozedUntil: null,
    action: null,
  };
}

/** A notification as its sender sees it; `reach` is how many get a broadcast. */
export function toNotification(row: NotificationRow, reach: number | undefined): Notification {
  return {
    ...contentOf(row),
    collapseKey: row.collapse_key,
    createdAt: row.created_at.toISOString(),
    audience: row.audience,
    state: row.state,
    stats: { recipients: reach ?? row.recipients, seen: row.seen, read: row.read },
    correlationId: row.correlation_id,
  };
}

function contentOf(row: ContentRow) {
  const { icon, image, link, actions, data } = row.content;
  return {
    id: row.id,
    title: row.title,
    body: row.body,
    bodyHtml: renderBody(row.body),
    icon,
    image,
    link,
    actions,
    type: row.type,
    category: row.category,
    priority: priorityName(row.priority),
    data,
    actor: row.actor,
    expiresAt: iso(row.expires_at),
  };
}

/** One changed receipt as the user's open tabs learn of it. */
export function toReceiptUpdate(row: ChangedRow) {
  return {
    id: row.notification_id,
    seenAt: iso(row.seen_at),
    readAt: iso(row.read_at),
    archivedAt: iso(row.archived_at),
    snoozedUntil: iso(row.snoozed_until),
    deletedAt: iso(row.deleted_at),
    deliveredAt: row.feed_at.toISOString(),
    category: row.category,
    action: row.action,
  };
}

export function ownOf(row: ChangedRow): OwnCounts {
  return { unread: row.own_unread, unseen: row.own_unseen, handled: row.own_handled, version: row.own_version };
}
