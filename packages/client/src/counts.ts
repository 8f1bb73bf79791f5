import { isActive, type Placed } from './filter.ts';
import type { Counts, ServerCounts } from './types.ts';

type Own = ServerCounts['own'];

/**
 * The server's counts and what has happened since. `own` arrives whole in events and carries a version;
 * broadcasts only move by one, so each is remembered by its number to be counted once.
 */
export interface CountsState {
  own: Own;
  broadcasts: number;
  joinedAfter: number;
  categories: Record<string, { unread: number; unseen: number }>;
  /** The last broadcast the snapshot knew. */
  lastBroadcast: number;
  /** Broadcasts counted since the snapshot. */
  heard: ReadonlySet<number>;
  /** Broadcasts whose retraction was heard, lest a repetition takes away twice. */
  retracted: ReadonlySet<number>;
}

export function startCounts(snapshot: ServerCounts): CountsState {
  return {
    own: snapshot.own,
    broadcasts: snapshot.broadcasts,
    joinedAfter: snapshot.joinedAfter,
    categories: snapshot.categories,
    lastBroadcast: snapshot.lastBroadcast,
    heard: new Set(),
    retracted: new Set(),
  };
}

/** A newer snapshot, read while events went on: what it did not know yet stays counted. */
export function renewCounts(state: CountsState, snapshot: ServerCounts): CountsState {
  const later = [...state.heard].filter((number) => number > snapshot.lastBroadcast && !state.retracted.has(number));
  return {
    ...startCounts(snapshot),
    own: newer(state.own, snapshot.own),
    broadcasts: snapshot.broadcasts + later.length,
    heard: state.heard,
    retracted: state.retracted,
  };
}

/** `own` as an event or an answer brought it; an older version is no news. */
export function takeOwn(state: CountsState, own: Own): CountsState {
  const next = newer(state.own, own);
  return next === state.own ? state : { ...state, own: next };
}

export function addBroadcast(state: CountsState, number: number): CountsState {
  if (isCounted(state, number)) return state;
  return { ...state, broadcasts: state.broadcasts + 1, heard: new Set(state.heard).add(number) };
}

/** A retraction that the snapshot may or may not have known is for the server to settle: see `isCertain`. */
export function removeBroadcast(state: CountsState, number: number): CountsState {
  if (!isCounted(state, number) || number <= state.joinedAfter || state.retracted.has(number)) return state;
  return { ...state, broadcasts: Math.max(0, state.broadcasts - 1), retracted: new Set(state.retracted).add(number) };
}

/** Whether it is known what the retraction of a broadcast changes: it was counted after the snapshot, or not at all. */
export function isCertain(state: CountsState, number: number): boolean {
  return number <= state.joinedAfter || state.heard.has(number) || state.retracted.has(number);
}

export function isCounted(state: CountsState, number: number): boolean {
  return number <= state.joinedAfter || number <= state.lastBroadcast || state.heard.has(number);
}

/** Moves the count of a category when an item comes, goes or changes. */
export function moveCategories(state: CountsState, before: Placed | null, after: Placed | null): CountsState {
  return { ...state, categories: moved(state.categories, before, after) };
}

/** The numbers to show. */
export function totals(state: CountsState): Counts {
  const unhandled = state.broadcasts - state.own.handled;
  return {
    unread: Math.max(0, state.own.unread + unhandled),
    unseen: Math.max(0, state.own.unseen + unhandled),
    categories: state.categories,
  };
}

/** What the categories lack to make up the whole. */
export interface Gap {
  unread: number;
  unseen: number;
}

/** Categories are followed as far as items are known here; when this changes, only the server can tell. */
export function categoryGap(counts: Counts): Gap {
  const gap = { unread: counts.unread, unseen: counts.unseen };
  for (const category of Object.values(counts.categories)) {
    gap.unread -= category.unread;
    gap.unseen -= category.unseen;
  }
  return gap;
}

export function isSameGap(a: Gap, b: Gap): boolean {
  return a.unread === b.unread && a.unseen === b.unseen;
}

/** The counts if an item changed from `before` to `after`. */
export function shifted(counts: Counts, before: Placed | null, after: Placed | null): Counts {
  const gone = weight(before);
  const come = weight(after);
  if (gone.unread === come.unread && gone.unseen === come.unseen) return counts;
  return {
    unread: Math.max(0, counts.unread - gone.unread + come.unread),
    unseen: Math.max(0, counts.unseen - gone.unseen + come.unseen),
    categories: moved(counts.categories, before, after),
  };
}

/** The counts after everything, or everything of some categories, was marked. */
export function cleared(counts: Counts, what: { unread: boolean }, categories: readonly string[] | null): Counts {
  let { unread, unseen } = counts;
  const left = { ...counts.categories };
  for (const name of categories ?? Object.keys(left)) {
    const category = left[name] ?? { unread: 0, unseen: 0 };
    unread -= what.unread ? category.unread : 0;
    unseen -= category.unseen;
    left[name] = { unread: what.unread ? 0 : category.unread, unseen: 0 };
  }
  if (categories === null) return { unread: what.unread ? 0 : counts.unread, unseen: 0, categories: left };
  return { unread: Math.max(0, unread), unseen: Math.max(0, unseen), categories: left };
}

function newer(known: Own, other: Own): Own {
  return other.version >= known.version ? other : known;
}

function weight(item: Placed | null): { unread: number; unseen: number } {
  if (item === null || !isActive(item)) return { unread: 0, unseen: 0 };
  return { unread: item.readAt === null ? 1 : 0, unseen: item.seenAt === null ? 1 : 0 };
}

function moved(
  categories: Counts['categories'],
  before: Placed | null,
  after: Placed | null,
): CountsState['categories'] {
  const next = { ...categories };
  for (const [item, sign] of [
    [before, -1],
    [after, 1],
  ] as const) {
    if (item === null) continue;
    const { unread, unseen } = weight(item);
    const known = next[item.category] ?? { unread: 0, unseen: 0 };
    next[item.category] = {
      unread: Math.max(0, known.unread + sign * unread),
      unseen: Math.max(0, known.unseen + sign * unseen),
    };
  }
  return next;
}
