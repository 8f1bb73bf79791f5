import type { InboxState } from '@pulsestack/core';
import {
  type Change,
  isActive,
  isUnread,
  isUnseen,
  next,
  type ReceiptState,
  type UserChange,
  undone,
  untouched,
} from '../rules.ts';

interface ModelNotification {
  id: string;
  category: string;
  collapseKey: string | undefined;
  expiresAt: Date | undefined;
  /** The number of a broadcast. */
  seq: number | undefined;
  feedAt: Date;
  gone: boolean;
}

interface ModelUser {
  joinedAfter: number;
  receipts: Map<string, ReceiptState>;
}

interface Note {
  user: string;
  change: UserChange;
  before: Map<string, ReceiptState>;
}

/** The inboxes of a workspace as a person would explain them: no counters, no indexes, everything counted anew. */
export class InboxModel {
  readonly notifications: ModelNotification[] = [];
  readonly users = new Map<string, ModelUser>();
  readonly topics = new Map<string, Set<string>>();
  readonly notes = new Map<string, Note>();
  head = 0;

  join(user: string): void {
    if (!this.users.has(user)) this.users.set(user, { joinedAfter: this.head, receipts: new Map() });
  }

  leave(user: string): void {
    this.users.delete(user);
    for (const subscribers of this.topics.values()) subscribers.delete(user);
  }

  publish(
    notification: { id: string; category: string; collapseKey?: string | undefined; expiresAt?: Date | undefined },
    users: readonly string[],
    now: Date,
  ): void {
    for (const name of users) {
      this.join(name);
      for (const [id, state] of this.receiptsOf(name)) {
        const other = this.find(id);
        const replaced =
          notification.collapseKey !== undefined &&
          other.seq === undefined &&
          other.collapseKey === notification.collapseKey;
        if (replaced && isUnread(state)) this.apply(name, id, { kind: 'withdraw' }, now);
      }
      this.users.get(name)?.receipts.set(notification.id, untouched(now));
    }
    this.notifications.push({
      collapseKey: undefined,
      expiresAt: undefined,
      ...notification,
      seq: undefined,
      feedAt: now,
      gone: false,
    });
  }

  broadcast(
    notification: { id: string; category: string; collapseKey?: string | undefined; expiresAt?: Date | undefined },
    now: Date,
  ): void {
    this.head += 1;
    if (notification.collapseKey !== undefined) {
      for (const other of this.notifications) {
        if (other.seq !== undefined && !other.gone && other.collapseKey === notification.collapseKey)
          this.withdraw(other, now);
      }
    }
    this.notifications.push({
      collapseKey: undefined,
      expiresAt: undefined,
      ...notification,
      seq: this.head,
      feedAt: now,
      gone: false,
    });
  }

  withdraw(notification: ModelNotification, now: Date): void {
    notification.gone = true;
    for (const [name, user] of this.users) {
      if (user.receipts.has(notification.id)) this.apply(name, notification.id, { kind: 'withdraw' }, now);
    }
  }

  /** What the clock brings: snoozed items wake, expired ones go. */
  passTime(now: Date): void {
    for (const [name, user] of this.users) {
      for (const [id, state] of user.receipts) {
        if (state.snoozedUntil && state.snoozedUntil <= now && !state.deletedAt)
          this.apply(name, id, { kind: 'wake' }, now);
      }
    }
    for (const one of this.notifications)
      if (!one.gone && one.expiresAt && one.expiresAt <= now) this.withdraw(one, now);
  }

  /** Returns how many items changed; `note` is the handle to take it back. */
  mark(
    user: string,
    ids: readonly string[],
    change: Change & { kind: UserChange },
    now: Date,
  ): { changed: number; remember(note: string): void } {
    const before = new Map<string, ReceiptState>();
    for (const id of ids) {
      const state = this.visible(user).get(id);
      if (state && this.apply(user, id, change, now)) before.set(id, state);
    }
    return { changed: before.size, remember: (note) => this.notes.set(note, { user, change: change.kind, before }) };
  }

  undo(handle: string): number {
    const note = this.notes.get(handle);
    this.notes.delete(handle);
    const user = note && this.users.get(note.user);
    if (!note || !user) return 0;
    let changed = 0;
    for (const [id, before] of note.before) {
      const state = user.receipts.get(id);
      if (!state) continue;
      const restored = undone(state, before, note.change);
      if (!same(state, restored)) changed += 1;
      user.receipts.set(id, restored);
    }
    return changed;
  }

  /** Everything of an inbox that is not deleted, broadcasts nobody touched included. */
  visible(name: string): Map<string, ReceiptState> {
    const user = this.users.get(name);
    const items = new Map<string, ReceiptState>();
    if (!user) return items;
    for (const one of this.notifications) {
      const state = user.receipts.get(one.id);
      if (state && !state.deletedAt) items.set(one.id, state);
      if (!state && one.seq !== undefined && one.seq > user.joinedAfter && !one.gone)
        items.set(one.id, untouched(one.feedAt));
    }
    return items;
  }

  /** The ids of a list in its order. */
  list(name: string, state: InboxState): string[] {
    return [...this.visible(name)]
      .filter(([, item]) => belongs(item, state))
      .sort(([a, one], [b, other]) => other.feedAt.getTime() - one.feedAt.getTime() || (a < b ? 1 : -1))
      .map(([id]) => id);
  }

  counts(name: string, category?: string): { unread: number; unseen: number } {
    const items = [...this.visible(name)].filter(
      ([id]) => category === undefined || this.find(id).category === category,
    );
    return {
      unread: items.filter(([, item]) => isUnread(item)).length,
      unseen: items.filter(([, item]) => isUnseen(item)).length,
    };
  }

  own(name: string): { unread: number; unseen: number; handled: number } {
    const receipts = [...this.receiptsOf(name)];
    return {
      unread: receipts.filter(([, state]) => isUnread(state)).length,
      unseen: receipts.filter(([, state]) => isUnseen(state)).length,
      handled: receipts.filter(([id, state]) => this.find(id).seq !== undefined && !state.withdrawnAt).length,
    };
  }

  stats(id: string): { seen: number; read: number } {
    const states = [...this.users.values()].flatMap((user) => user.receipts.get(id) ?? []);
    return { seen: states.filter((state) => state.seenAt).length, read: states.filter((state) => state.readAt).length };
  }

  private apply(name: string, id: string, change: Change, now: Date): boolean {
    const user = this.users.get(name);
    const known = user?.receipts.get(id);
    const before = known ?? untouched(this.find(id).feedAt);
    const after = next(before, change, now);
    if (!user || same(before, after)) return false;
    user.receipts.set(id, after);
    return true;
  }

  private receiptsOf(name: string): Map<string, ReceiptState> {
    return this.users.get(name)?.receipts ?? new Map();
  }

  find(id: string): ModelNotification {
    const found = this.notifications.find((one) => one.id === id);
    if (!found) throw new Error(`the model knows no ${id}`);
    return found;
  }
}

function belongs(item: ReceiptState, state: InboxState): boolean {
  switch (state) {
    case 'all':
      return true;
    case 'archived':
      return item.archivedAt !== null;
    case 'snoozed':
      return item.snoozedUntil !== null && item.archivedAt === null;
    case 'active':
      return isActive(item);
    case 'unread':
      return isUnread(item);
    case 'unseen':
      return isUnseen(item);
    case 'read':
      return isActive(item) && item.readAt !== null;
  }
}

function same(a: ReceiptState, b: ReceiptState): boolean {
  return (Object.keys(a) as (keyof ReceiptState)[]).every((field) => a[field]?.getTime() === b[field]?.getTime());
}
