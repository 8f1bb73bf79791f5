import {
  addBroadcast,
  type CountsState,
  categoryGap,
  cleared,
  type Gap,
  isCertain,
  isCounted,
  isSameGap,
  moveCategories,
  removeBroadcast,
  renewCounts,
  shifted,
  startCounts,
  takeOwn,
  totals,
} from './counts.ts';
import { byNewest, fits, type Position } from './filter.ts';
import type { Counts, InboxItem, ListFilter, ServerCounts, StreamEvents } from './types.ts';

/**
 * Everything known of the inbox, in two layers: what the server has said, and the changes on their way to it.
 * What is shown is the first seen through the second, so taking a change back is forgetting it, whatever happened meanwhile.
 */
export interface Memory {
  subscribe(listener: () => void): () => void;
  /** Names this moment; give it back with an answer, so that news heard meanwhile is not overwritten. */
  now(): number;
  /** With a range, what is known within it but not on the page is gone from there. */
  takePage(items: readonly InboxItem[], askedAt: number, range?: Range): void;
  /** The server says that there is no such item any more. */
  forget(id: string): void;
  takeCounts(snapshot: ServerCounts, askedAt: number): void;
  hear<Name extends keyof StreamEvents>(name: Name, data: StreamEvents[Name]): Aftermath;
  begin(pending: Pending): void;
  /** The server did it. `after` is what its answer said. */
  settle(pending: Pending, own: Own | null): void;
  /** The server did not. */
  drop(pending: Pending): void;
  find(id: string): InboxItem | null;
  /** The items of a list down to `horizon`; null means that everything is loaded. */
  view(filter: ListFilter, horizon: Position | null): InboxItem[];
  counts(): Counts | null;
  /** Counts that only the server can settle, because an event may or may not have been in them. */
  readonly countsAreDoubtful: boolean;
}

type Own = ServerCounts['own'];

/** A change on its way to the server. */
export interface Pending {
  ids: ReadonlySet<string>;
  /** What an item becomes; null when it goes. Gets null for an item that is gone and may come back. */
  apply(item: InboxItem | null, id: string): InboxItem | null;
  /** What becomes of the counts when more is touched than is loaded here. */
  clears?: { unread: boolean; categories: readonly string[] | null };
}

/** The stretch of a list that a page covers: after one item, down to another. Null is the end of the list. */
export interface Range {
  filter: ListFilter;
  after: Position | null;
  to: Position | null;
}

/** What an event leaves to be asked of the server. */
export interface Aftermath {
  /** Items the event speaks of that are not known here. */
  unknown: readonly StreamEvents['receipt.updated']['items'][number][];
  /** More has changed than the event says. */
  listsChanged: boolean;
}

interface Known {
  item: InboxItem | null;
  heardAt: number;
  version: number;
}

const RACE_MS = 10_000;
const NOTHING: Aftermath = { unknown: [], listsChanged: false };

export function createMemory(clock: () => number = Date.now): Memory {
  const known = new Map<string, Known>();
  const listeners = new Set<() => void>();
  let pendings: readonly Pending[] = [];
  const landed = new WeakSet<Pending>();
  let state: CountsState | null = null;
  let shownCounts: Counts | null = null;
  let moment = 0;
  let isDoubtful = false;
  let gap: Gap = { unread: 0, unseen: 0 };
  let retractionHeardAt = 0;
  let countedAtMs = 0;

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    now: () => moment,
    takePage(items, askedAt, range) {
      if (range) forgetMissing(new Set(items.map((item) => item.id)), askedAt, range);
      for (const item of items) {
        const before = known.get(item.id);
        if (before && before.heardAt > askedAt) continue;
        known.set(item.id, { item, heardAt: before?.heardAt ?? 0, version: before?.version ?? 0 });
      }
      changed();
    },
    forget(id) {
      remember(id, null, 0);
      changed();
    },
    takeCounts(snapshot, askedAt) {
      state = state ? renewCounts(state, snapshot) : startCounts(snapshot);
      // A retraction heard while these counts were read may be in them already.
      if (retractionHeardAt <= askedAt) isDoubtful = false;
      gap = categoryGap(totals(startCounts(snapshot)));
      countedAtMs = clock();
      changed();
    },
    hear(name, data) {
      moment += 1;
      const aftermath = hear(name, data);
      changed();
      return aftermath;
    },
    begin(pending) {
      pendings = [...pendings, pending];
      changed();
    },
    settle(pending, own) {
      moment += 1;
      for (const id of pending.ids) {
        const before = known.get(id);
        // An event that is later than this answer has already said how things stand.
        if (before && own && before.version > own.version) continue;
        const item = pending.apply(before?.item ?? null, id);
        if (own && isNewer(own)) moveCategory(before?.item ?? null, item);
        remember(id, item, own?.version ?? 0);
      }
      if (pending.clears && state && !landed.has(pending)) {
        state = { ...state, categories: cleared(totals(state), pending.clears, pending.clears.categories).categories };
      }
      if (own && state) state = takeOwn(state, own);
      forgetPending(pending);
    },
    drop: forgetPending,
    find: (id) => shown(id, pendings),
    view(filter, horizon) {
      const items: InboxItem[] = [];
      for (const id of known.keys()) {
        const item = shown(id, pendings);
        if (item !== null && fits(item, filter) && (horizon === null || byNewest(item, horizon) <= 0)) items.push(item);
      }
      return items.sort(byNewest);
    },
    counts() {
      shownCounts ??= state && countsThroughPendings(totals(state));
      return shownCounts;
    },
    get countsAreDoubtful() {
      return state !== null && (isDoubtful || !isSameGap(categoryGap(totals(state)), gap));
    },
  };

  function forgetMissing(present: ReadonlySet<string>, askedAt: number, { filter, after, to }: Range): void {
    for (const [id, { item, heardAt }] of known) {
      if (item === null || heardAt > askedAt || present.has(id) || !fits(item, filter)) continue;
      if ((after === null || byNewest(item, after) > 0) && (to === null || byNewest(item, to) <= 0)) known.delete(id);
    }
  }

  function hear<Name extends keyof StreamEvents>(name: Name, data: StreamEvents[Name]): Aftermath {
    switch (name) {
      case 'notification.created':
        return created(data as StreamEvents['notification.created']);
      case 'notification.retracted':
        return retracted(data as StreamEvents['notification.retracted']);
      case 'receipt.updated':
        return updated(data as StreamEvents['receipt.updated']);
      case 'inbox.changed':
        return muchChanged(data as StreamEvents['inbox.changed']);
      default:
        return NOTHING;
    }
  }

  function created({ notification, own, broadcast }: StreamEvents['notification.created']): Aftermath {
    if (broadcast !== undefined && state && broadcast <= state.joinedAfter) return NOTHING;
    const isNews = own ? isNewer(own) : broadcast !== undefined && state !== null && !isCounted(state, broadcast);
    // A page may have brought it already, and knows more of it than its beginning.
    if (!known.has(notification.id)) remember(notification.id, notification, own?.version ?? 0);
    if (isNews) moveCategory(null, known.get(notification.id)?.item ?? null);
    if (state && own) state = takeOwn(state, own);
    if (state && broadcast !== undefined) state = addBroadcast(state, broadcast);
    return NOTHING;
  }

  function retracted({ id, own, broadcast }: StreamEvents['notification.retracted']): Aftermath {
    const before = known.get(id)?.item ?? null;
    if (!own || isNewer(own)) moveCategory(before, null);
    remember(id, null, own?.version ?? 0);
    if (own && state) state = takeOwn(state, own);
    if (broadcast !== undefined && state) {
      retractionHeardAt = moment;
      // Heard this soon, it may be in the snapshot already.
      if (!isCertain(state, broadcast) && clock() - countedAtMs < RACE_MS) isDoubtful = true;
      state = removeBroadcast(state, broadcast);
    }
    return NOTHING;
  }

  function updated({ items, own }: StreamEvents['receipt.updated']): Aftermath {
    const unknown: StreamEvents['receipt.updated']['items'] = [];
    const isNews = isNewer(own);
    for (const update of items) {
      const { id, deletedAt, ...receipt } = update;
      const before = known.get(id);
      if (before && before.version > own.version) continue;
      if (deletedAt === null && !before?.item) {
        unknown.push(update);
        continue;
      }
      const item = deletedAt === null && before?.item ? { ...before.item, ...receipt } : null;
      if (isNews) moveCategory(before?.item ?? null, item);
      remember(id, item, own.version);
    }
    if (state) state = takeOwn(state, own);
    return { unknown, listsChanged: false };
  }

  function muchChanged({ own }: StreamEvents['inbox.changed']): Aftermath {
    for (const pending of pendings) if (pending.clears) landed.add(pending);
    if (state) state = takeOwn(state, own);
    return { unknown: [], listsChanged: true };
  }

  /** What an answer or a snapshot has told already moves nothing a second time. */
  function isNewer(own: Own): boolean {
    return state !== null && own.version > state.own.version;
  }

  function remember(id: string, item: InboxItem | null, version: number): void {
    known.set(id, { item, heardAt: moment, version: Math.max(version, known.get(id)?.version ?? 0) });
  }

  function moveCategory(before: InboxItem | null, after: InboxItem | null): void {
    if (state) state = moveCategories(state, before, after);
  }

  function shown(id: string, through: readonly Pending[]): InboxItem | null {
    let item = known.get(id)?.item ?? null;
    for (const pending of through) if (pending.ids.has(id)) item = pending.apply(item, id);
    return item;
  }

  function countsThroughPendings(counts: Counts): Counts {
    let result = counts;
    for (const [index, pending] of pendings.entries()) {
      if (pending.clears) {
        if (!landed.has(pending)) result = cleared(result, pending.clears, pending.clears.categories);
        continue;
      }
      const earlier = pendings.slice(0, index);
      for (const id of pending.ids) {
        const before = shown(id, earlier);
        result = shifted(result, before, pending.apply(before, id));
      }
    }
    return result;
  }

  function forgetPending(pending: Pending): void {
    pendings = pendings.filter((one) => one !== pending);
    changed();
  }

  function changed(): void {
    shownCounts = null;
    for (const listener of listeners) listener();
  }
}
