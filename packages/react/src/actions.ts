import type { Change, InboxFilter, InboxItem } from '@pulsestack/client';
import { useEffect, useState } from 'react';
import { usePulseStack } from './hooks.ts';
import type { Messages } from './messages/messages.ts';

/** What has just happened, and how to take it back. */
export interface Notice {
  kind: keyof Messages['done'] | 'undone' | 'refused';
  undo: (() => void) | null;
}

export interface ItemActions {
  notice: Notice | null;
  dismiss(): void;
  toggleRead(item: InboxItem): void;
  open(item: InboxItem): void;
  toggleArchived(item: InboxItem): void;
  snooze(item: InboxItem, until: Date): void;
  remove(item: InboxItem): void;
  readAll(filter: InboxFilter): void;
  press(item: InboxItem, actionId: string): void;
}

const NOTICE_MS = 7_000;

/** Connects what a person does in the list with the client, and keeps what to say about it. */
export function useItemActions(): ItemActions {
  const stack = usePulseStack();
  const [notice, setNotice] = useState<Notice | null>(null);

  useEffect(() => {
    if (notice === null) return undefined;
    const timer = setTimeout(() => setNotice(null), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice]);

  return {
    notice,
    dismiss: () => setNotice(null),
    toggleRead: (item) => quietly(item.readAt === null ? stack.read(item.id) : stack.unread(item.id)),
    open: (item) => {
      if (item.readAt === null) quietly(stack.read(item.id));
    },
    toggleArchived: (item) =>
      item.archivedAt === null
        ? tellingly('archived', stack.archive(item.id))
        : tellingly('unarchived', stack.unarchive(item.id)),
    snooze: (item, until) => tellingly('snoozed', stack.snooze(item.id, until)),
    remove: (item) => tellingly('deleted', stack.delete(item.id)),
    readAll: (filter) => tellingly('allRead', stack.markAll('read', filter)),
    press: (item, actionId) => quietly(stack.press(item.id, actionId)),
  };

  function quietly(change: Promise<unknown>): void {
    change.catch(refused);
  }

  /** Says at once what is shown at once; an undo asked for before the server has answered waits for it. */
  function tellingly(kind: keyof Messages['done'], change: Promise<Change>): void {
    const undo = () => {
      setNotice({ kind: 'undone', undo: null });
      change.then((done) => done.undo()).catch(refused);
    };
    setNotice({ kind, undo });
    change.catch(refused);
  }

  function refused(): void {
    setNotice({ kind: 'refused', undo: null });
  }
}
