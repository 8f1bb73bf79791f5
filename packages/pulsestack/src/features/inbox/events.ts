import { NotificationId, STREAM_EVENTS, UserId } from '@pulsestack/core';
import { z } from 'zod';
import { event } from '../../kernel/event.ts';

export const notificationCreated = event('notification.created', STREAM_EVENTS['notification.created'], {
  summary: 'A notification entered an inbox, or everyone’s',
});

export const notificationRetracted = event('notification.retracted', STREAM_EVENTS['notification.retracted'], {
  summary: 'A notification left an inbox: its sender took it back, it expired, or a newer one replaced it',
});

export const receiptUpdated = event('receipt.updated', STREAM_EVENTS['receipt.updated'], {
  summary: 'A user marked notifications, or one came back from a snooze',
});

export const inboxChanged = event('inbox.changed', STREAM_EVENTS['inbox.changed'], {
  summary: 'Many notifications of a user changed at once; read the page again',
});

export const notificationPublished = event('notification.published', STREAM_EVENTS['notification.published'], {
  summary: 'Something was sent',
});

export const notificationActed = event(
  'notification.acted',
  z.object({
    id: NotificationId,
    userId: UserId,
    action: z.object({ id: z.string(), at: z.string(), result: z.json().nullable() }),
  }),
  { summary: 'A user pressed an action of a notification', public: false },
);

/** How the statistics of notifications move. Internal: the sequencer sums them up, so that no row of a notification is hot. */
export const receiptsCounted = event(
  'receipts.counted',
  z.object({ deltas: z.array(z.object({ id: NotificationId, seen: z.number().int(), read: z.number().int() })) }),
  { summary: 'Receipts were seen or read', public: false, transient: true },
);

export const events = [
  notificationCreated,
  notificationRetracted,
  receiptUpdated,
  inboxChanged,
  notificationPublished,
  notificationActed,
  receiptsCounted,
];
