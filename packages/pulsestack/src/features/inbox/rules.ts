import type { InboxMark } from '@pulsestack/core';

/** What a user has done with one notification. */
export interface ReceiptState {
  feedAt: Date;
  seenAt: Date | null;
  readAt: Date | null;
  archivedAt: Date | null;
  snoozedUntil: Date | null;
  deletedAt: Date | null;
  /** Set when the sender, the expiry or a newer one with the same collapse key took it back. */
  withdrawnAt: Date | null;
}

export type Change = { kind: InboxMark | 'unsnooze' | 'wake' | 'withdraw' } | { kind: 'snooze'; until: Date };

/** A notification nobody has touched yet. */
export function untouched(feedAt: Date): ReceiptState {
  return {
    feedAt,
    seenAt: null,
    readAt: null,
    archivedAt: null,
    snoozedUntil: null,
    deletedAt: null,
    withdrawnAt: null,
  };
}

export function isActive(state: ReceiptState): boolean {
  return state.archivedAt === null && state.deletedAt === null && state.snoozedUntil === null;
}

/** What the badge counts. */
export function isUnread(state: ReceiptState): boolean {
  return state.readAt === null && isActive(state);
}

export function isUnseen(state: ReceiptState): boolean {
  return state.seenAt === null && isActive(state);
}

/** The state after a change. What is deleted stays as it is, and doing a thing twice changes nothing. */
export function next(state: ReceiptState, change: Change, now: Date): ReceiptState {
  if (change.kind === 'withdraw') {
    return { ...state, deletedAt: state.deletedAt ?? now, withdrawnAt: state.withdrawnAt ?? now };
  }
  if (state.deletedAt) return state;
  switch (change.kind) {
    case 'seen':
      return { ...state, seenAt: state.seenAt ?? now };
    case 'read':
      return { ...state, seenAt: state.seenAt ?? now, readAt: state.readAt ?? now };
    case 'unread':
      return { ...state, readAt: null };
    case 'archive':
      return { ...state, archivedAt: state.archivedAt ?? now, snoozedUntil: null };
    case 'unarchive':
      return { ...state, archivedAt: null };
    case 'delete':
      return { ...state, deletedAt: now };
    case 'snooze':
      return { ...state, snoozedUntil: change.until, archivedAt: null };
    case 'unsnooze':
      return { ...state, snoozedUntil: null };
    case 'wake':
      // It comes up again as if it had just arrived.
      return { ...state, feedAt: now, seenAt: null, readAt: null, snoozedUntil: null };
  }
}

/** The fields a change may touch: exactly these are put back when it is taken back. */
export const TOUCHES = {
  seen: ['seenAt'],
  read: ['seenAt', 'readAt'],
  unread: ['readAt'],
  archive: ['archivedAt', 'snoozedUntil'],
  unarchive: ['archivedAt'],
  delete: ['deletedAt'],
  snooze: ['snoozedUntil', 'archivedAt'],
  unsnooze: ['snoozedUntil'],
} as const satisfies Record<string, readonly (keyof ReceiptState)[]>;

/** A change a user makes and may take back. */
export type UserChange = keyof typeof TOUCHES;

/** Takes a change back, as far as later changes left it: what was withdrawn, or deleted otherwise, stays away. */
export function undone(state: ReceiptState, before: ReceiptState, change: UserChange): ReceiptState {
  if (state.withdrawnAt || (state.deletedAt && change !== 'delete')) return state;
  const restored = { ...state };
  for (const field of TOUCHES[change]) Object.assign(restored, { [field]: before[field] });
  return restored;
}
