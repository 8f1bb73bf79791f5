import { type CapRule, type Channel, durationMs, PRIORITIES, type Priority } from '@pulsestack/core';

/** What a cap asks of a message. */
export interface Counted {
  userId: string;
  channel: Channel;
  category: string;
}

/** How many messages went out in one slice of a window. */
export type Slice = [slice: number, sends: number];

// A window is counted in so many slices: a row stays small, and a place is free at most a sixtieth of the window late.
const SLICES = 60;

/**
 * What was sent in the window of each cap. `loadCapUsage` reads it and locks it until the transaction ends; `countSend`
 * counts along within a batch, so that two messages decided together do not both take the last place.
 */
export interface CapUsage {
  caps: readonly CapRule[];
  slices: Map<string, Slice[]>;
  /** The suppressed among the addresses of the subjects, by `addressKey`. */
  suppressed: ReadonlyMap<string, SuppressedAddress>;
}

export interface SuppressedAddress {
  reason: 'bounced' | 'complained' | 'manual';
  source: string;
  since: Date;
}

export const noUsage = (caps: readonly CapRule[] = []): CapUsage => ({
  caps,
  slices: new Map(),
  suppressed: new Map(),
});

/** Does this cap count this message? */
export function counts(cap: CapRule, message: Counted): boolean {
  return (
    (cap.channel === undefined || cap.channel === message.channel) &&
    (cap.category === undefined || cap.category === message.category)
  );
}

/** Whom a cap counts: `""` for the whole workspace, the user, or the user and the category. */
export function subjectOf(cap: CapRule, message: Counted): string {
  if (cap.scope === 'workspace') return '';
  return cap.scope === 'user' ? message.userId : `${message.userId} ${message.category}`;
}

/** The name of a cap's counters. A window of another length counts in other slices, so it begins anew. */
export function counterOf(cap: CapRule): string {
  return `${cap.key}/${cap.window}`;
}

export function usageKey(cap: CapRule, subject: string): string {
  return `${counterOf(cap)} ${subject}`;
}

export interface Full {
  cap: CapRule;
  used: number;
  /** When a place is free. */
  freeAt: Date;
}

/** The cap that leaves no place for a message at this moment; of several the one that frees a place last. */
export function fullCap(usage: CapUsage, message: Counted, at: Date): Full | null {
  let tightest: Full | null = null;
  for (const cap of usage.caps) {
    if (!counts(cap, message)) continue;
    const slices = usage.slices.get(usageKey(cap, subjectOf(cap, message))) ?? [];
    const full = fullness(cap, slices, at);
    if (full && (!tightest || full.freeAt > tightest.freeAt)) tightest = full;
  }
  return tightest;
}

function fullness(cap: CapRule, slices: readonly Slice[], at: Date): Full | null {
  const counted = living(cap, slices, at);
  const used = counted.reduce((sum, [, sends]) => sum + sends, 0);
  if (used < cap.limit) return null;
  let left = used;
  for (const [slice, sends] of counted) {
    left -= sends;
    if (left < cap.limit) return { cap, used, freeAt: new Date(endOf(cap, slice)) };
  }
  throw new Error('a window without sends is not full');
}

/** Counts a message in memory, for every cap it belongs to. What was let through without asking counts as well. */
export function countSend(usage: CapUsage, message: Counted, at: Date): void {
  for (const cap of usage.caps) {
    if (!counts(cap, message)) continue;
    const key = usageKey(cap, subjectOf(cap, message));
    usage.slices.set(key, addSend(cap, usage.slices.get(key) ?? [], at));
  }
}

/** The slices of a window with one more send, without those that are over. */
export function addSend(cap: CapRule, slices: readonly Slice[], at: Date): Slice[] {
  const current = Math.floor(at.getTime() / sliceMs(cap));
  const kept = living(cap, slices, at).map(([slice, sends]): Slice => [slice, sends]);
  const same = kept.find(([slice]) => slice === current);
  if (same) same[1]++;
  else kept.push([current, 1]);
  return kept.sort(([a], [b]) => a - b);
}

/** When the last of these slices leaves the window. */
export function staleAt(cap: CapRule, slices: readonly Slice[]): Date {
  return new Date(Math.max(0, ...slices.map(([slice]) => endOf(cap, slice))));
}

function living(cap: CapRule, slices: readonly Slice[], at: Date): readonly Slice[] {
  return slices.filter(([slice]) => endOf(cap, slice) > at.getTime());
}

// A slice counts until its last moment is a whole window ago: rather a little late than one too many.
function endOf(cap: CapRule, slice: number): number {
  return (slice + 1) * sliceMs(cap) + durationMs(cap.window);
}

function sliceMs(cap: CapRule): number {
  return durationMs(cap.window) / SLICES;
}

/**
 * The attention budget: who gets the places that a window has freed. The most important first, of equals the oldest; the
 * rest joins the digest.
 */
export function chooseWinners<Pending extends { priority: Priority; createdAt: Date }>(
  pending: readonly Pending[],
  places: number,
): { winners: Pending[]; rest: Pending[] } {
  const ranked = [...pending].sort(
    (a, b) =>
      PRIORITIES.indexOf(b.priority) - PRIORITIES.indexOf(a.priority) || a.createdAt.getTime() - b.createdAt.getTime(),
  );
  return { winners: ranked.slice(0, Math.max(0, places)), rest: ranked.slice(Math.max(0, places)) };
}
