import type { ReasonCode } from '@pulsestack/core';
import type { Claimed } from './store/sending.ts';

/** What this process holds at most: its memory is bounded by it, however long the queue. */
const MAX_HELD = 400;
/** One workspace whose provider is busy leaves room for the others. */
const MAX_HELD_OF_ONE = 200;
/** Calls that take longer than this are slow: they have places of their own, and hold nobody up. */
const SLOW_MS = 1000;
/** What a workspace with slow calls may hold beside them. */
const BESIDE_SLOW = 50;
const MAX_SLOW = 2000;

/** A message that this process has claimed and not given up yet. */
export interface Held {
  message: Claimed;
  lease: string;
  /** Until when nobody else takes it, by the clock of this process; 0 when somebody has. */
  untilMs: number;
  /** Its address has been suppressed since it was queued. */
  unwanted?: ReasonCode | undefined;
  /** Since when a provider is being asked, in the milliseconds of `performance.now`. */
  askedAtMs?: number;
  isSlow?: boolean;
}

/** Knows what is held, for whom there is room, and which leases to keep. */
export interface Holds {
  readonly size: number;
  add(held: Held): void;
  /** True when its workspace may be claimed from again. */
  remove(held: Held): boolean;
  /** How many more may be claimed. */
  room(): number;
  /** Workspaces that hold as much as they may. */
  full(): string[];
  isSlow(held: Held): boolean;
  /** Notices which calls have become slow; true when there are new ones. */
  noticeSlow(): boolean;
  all(): Held[];
}

export function createHolds(): Holds {
  const holds = new Set<Held>();
  const counts = new Map<string, { held: number; slow: number; isFull: boolean }>();
  let slow = 0;

  function limitOf(count: { slow: number }): number {
    return count.slow === 0 ? MAX_HELD_OF_ONE : count.slow + BESIDE_SLOW;
  }

  return {
    get size() {
      return holds.size;
    },
    add(held) {
      holds.add(held);
      const id = held.message.workspace_id;
      let count = counts.get(id);
      if (!count) counts.set(id, (count = { held: 0, slow: 0, isFull: false }));
      count.held++;
      if (count.held >= limitOf(count)) count.isFull = true;
    },
    remove(held) {
      if (!holds.delete(held)) return false;
      const id = held.message.workspace_id;
      const count = counts.get(id);
      if (!count) return false;
      count.held--;
      if (held.isSlow) {
        count.slow--;
        slow--;
      }
      if (count.held === 0) counts.delete(id);
      // Not before half of it is through, so that its next claim is worth the question.
      if (!count.isFull || count.held - count.slow > (limitOf(count) - count.slow) / 2) return false;
      count.isFull = false;
      return true;
    },
    room: () => MAX_HELD - (holds.size - Math.min(slow, MAX_SLOW)),
    full: () => [...counts].flatMap(([id, { isFull }]) => (isFull ? [id] : [])),
    isSlow: (held) => held.isSlow ?? false,
    noticeSlow() {
      const nowMs = performance.now();
      let fresh = 0;
      for (const held of holds) {
        if (held.isSlow || held.askedAtMs === undefined || nowMs - held.askedAtMs < SLOW_MS) continue;
        held.isSlow = true;
        fresh++;
        const count = counts.get(held.message.workspace_id);
        if (!count) continue;
        count.slow++;
        if (count.held >= limitOf(count)) count.isFull = true;
      }
      slow += fresh;
      return fresh > 0;
    },
    all: () => [...holds],
  };
}
