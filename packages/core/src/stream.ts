import { z } from 'zod';
import { NotificationId } from './ids.ts';
import { Counts, InboxItem } from './inbox.ts';

/** The streams of a workspace: everyone's, the operators' (what was sent), and those of a user, a topic, a session. */
export const streams = {
  workspace: 'w',
  operators: 'o',
  user: (userId: string) => `u.${userId}`,
  topic: (key: string) => `t.${key}`,
  session: (id: string) => `s.${id}`,
} as const;

const own = Counts.shape.own;

/** The events a browser receives on `GET /v1/stream` and on Socket.IO, with the data of each. */
export const STREAM_EVENTS = {
  'notification.created': z.object({
    notification: InboxItem,
    own: own.optional().meta({ description: 'Absent for a broadcast: add one to `broadcasts`' }),
    broadcast: z.number().int().optional().meta({ description: 'Number of the broadcast' }),
  }),
  'notification.retracted': z.object({
    id: NotificationId,
    own: own.optional(),
    broadcast: z.number().int().optional(),
  }),
  'receipt.updated': z.object({
    items: z.array(
      z.object({
        id: NotificationId,
        seenAt: z.string().nullable(),
        readAt: z.string().nullable(),
        archivedAt: z.string().nullable(),
        snoozedUntil: z.string().nullable(),
        deletedAt: z.string().nullable(),
        deliveredAt: z.string(),
        category: z.string(),
        action: InboxItem.shape.action,
      }),
    ),
    own,
  }),
  'inbox.changed': z.object({ changed: z.number().int(), own }),
  'preferences.updated': z.object({
    userId: z.string(),
    source: z.string(),
    changed: z.array(z.string()).meta({ description: 'JSON pointers of what changed' }),
  }),
  'notification.published': z.object({
    id: NotificationId,
    title: z.string(),
    audience: z.string(),
    count: z.number().int().meta({ description: 'How many were sent in the same moment; this is the newest of them' }),
  }),
} as const;

export type StreamEventName = keyof typeof STREAM_EVENTS;
export type StreamEvents = { [Name in StreamEventName]: z.infer<(typeof STREAM_EVENTS)[Name]> };
