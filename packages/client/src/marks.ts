import type { InboxItem, MarkName } from './types.ts';

export interface Mark {
  name: MarkName;
  /** For `snooze`: when it comes back. */
  until?: string;
}

/** The item after a mark, as the server will have it; null when it is gone. */
export function applyMark(item: InboxItem, mark: Mark, at: string): InboxItem | null {
  switch (mark.name) {
    case 'seen':
      return item.seenAt === null ? { ...item, seenAt: at } : item;
    case 'read':
      return item.readAt === null ? { ...item, readAt: at, seenAt: item.seenAt ?? at } : item;
    case 'unread':
      return item.readAt === null ? item : { ...item, readAt: null };
    case 'archive':
      return { ...item, archivedAt: item.archivedAt ?? at, snoozedUntil: null };
    case 'unarchive':
      return { ...item, archivedAt: null };
    case 'snooze':
      return { ...item, snoozedUntil: mark.until ?? null, archivedAt: null };
    case 'unsnooze':
      return { ...item, snoozedUntil: null };
    case 'delete':
      return null;
  }
}
