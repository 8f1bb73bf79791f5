import {
  type InfiniteData,
  InfiniteQueryObserver,
  type InfiniteQueryObserverOptions,
  type QueryClient,
} from '@tanstack/query-core';
import { fits, type Position } from './filter.ts';
import type { Http } from './http.ts';
import type { Memory } from './memory.ts';
import type { InboxItem, ListFilter, Readable, ServerPage } from './types.ts';

/** A page as the query cache keeps it: the items themselves live in the memory that all lists share. */
export interface LoadedPage {
  ids: string[];
  last: Position | null;
  nextCursor: string | null;
  highlights: Record<string, InboxItem['highlight']>;
}

export type ListQueryOptions = InfiniteQueryObserverOptions<
  LoadedPage,
  Error,
  InfiniteData<LoadedPage, string | null>,
  readonly ['inbox', ListFilter],
  string | null
>;

export interface ListSnapshot {
  state: 'loading' | 'ready' | 'failed';
  /** Newest first. */
  items: readonly InboxItem[];
  /** Arrived while the list was held; `showPending()` lets them in. */
  pending: readonly InboxItem[];
  hasMore: boolean;
  isLoadingMore: boolean;
  error: Error | null;
}

/** One endless list of the inbox. Lists with different filters stay consistent with each other. */
export interface InboxList extends Readable<ListSnapshot> {
  readonly filter: ListFilter;
  /** For `useInfiniteQuery(list.query, stack.queries)` of any TanStack Query binding. */
  readonly query: ListQueryOptions;
  /** Like `subscribe`, for those who fetch by `query`. */
  watch(listener: () => void): () => void;
  loadMore(): Promise<void>;
  refetch(): Promise<void>;
  /** While held (the reader has scrolled), arrivals wait in `pending` instead of moving what is being read. */
  hold(isHeld: boolean): void;
  showPending(): void;
}

export interface ListParts {
  http: Http;
  memory: Memory;
  queries: QueryClient;
  /** Keeps the stream open while somebody looks; returns how to let go. */
  retain(): () => void;
  /** Says where a page was read; false when the stream began later, so that the page must be read again. */
  covered(cursor: string): boolean;
  onArrival(listener: (item: InboxItem) => void): () => void;
}

const LOADING: ListSnapshot = {
  state: 'loading',
  items: [],
  pending: [],
  hasMore: false,
  isLoadingMore: false,
  error: null,
};

/** Makes the list of a normalised filter. */
export function createInboxList(parts: ListParts, filter: ListFilter): InboxList {
  const { memory, queries } = parts;
  const { q: words, ...placement } = filter;
  const query: ListQueryOptions = {
    queryKey: ['inbox', filter],
    queryFn: ({ pageParam, signal }) => readPage(pageParam, signal),
    initialPageParam: null,
    getNextPageParam: (page) => page.nextCursor,
    // The stream keeps what is loaded current; asking again on focus or on a timer would tell nothing new. A search is the exception.
    staleTime: words === undefined ? Number.POSITIVE_INFINITY : 0,
    gcTime: 5 * 60_000,
    retry: false,
    networkMode: 'always',
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  };
  // The end of a loaded page by the cursor that continues after it: where the next page begins.
  const ends = new Map<string, Position>();
  const held = new Set<string>();
  const listeners = new Set<() => void>();
  let isHeld = false;
  let snapshot: ListSnapshot | null = null;
  let stop: (() => void) | null = null;

  const list: InboxList = {
    filter,
    query,
    getSnapshot() {
      // While nobody watches, nothing keeps the snapshot current.
      if (snapshot === null || stop === null) snapshot = unlessSame(snapshot, draw());
      return snapshot;
    },
    watch,
    subscribe(listener) {
      const observer = new InfiniteQueryObserver(queries, query);
      const unwatch = watch(listener);
      const unobserve = observer.subscribe(() => {});
      return () => {
        unobserve();
        observer.destroy();
        unwatch();
      };
    },
    async loadMore() {
      const { hasMore, isLoadingMore } = list.getSnapshot();
      if (!hasMore || isLoadingMore) return;
      const observer = new InfiniteQueryObserver(queries, { ...query, enabled: false });
      await observer.fetchNextPage();
      observer.destroy();
    },
    refetch: () => queries.refetchQueries({ queryKey: query.queryKey, exact: true }),
    hold(next) {
      isHeld = next;
    },
    showPending() {
      held.clear();
      redraw();
    },
  };
  return list;

  async function readPage(cursor: string | null, signal: AbortSignal): Promise<LoadedPage> {
    for (let attempt = 0; ; attempt += 1) {
      const askedAt = memory.now();
      const page = await parts.http.get<ServerPage>('/v1/inbox', {
        query: { ...filter, cursor: cursor ?? undefined },
        signal,
      });
      // Between a page read before the stream began and the stream, something could have been missed. It was a matter of milliseconds; once is enough.
      if (!parts.covered(page.cursor) && attempt === 0) continue;
      return keep(page, askedAt, cursor);
    }
  }

  function keep({ items, nextCursor }: ServerPage, askedAt: number, cursor: string | null): LoadedPage {
    const last = items.at(-1);
    const end = last ? { deliveredAt: last.deliveredAt, id: last.id } : null;
    if (end && nextCursor) ends.set(nextCursor, end);
    const after = cursor === null ? null : (ends.get(cursor) ?? null);
    const knowsWhere = words === undefined && (cursor === null || after !== null);
    const plain = items.map((item) => ({ ...item, highlight: undefined }));
    memory.takePage(
      plain,
      askedAt,
      knowsWhere ? { filter: placement, after, to: nextCursor === null ? null : end } : undefined,
    );
    const highlights = Object.fromEntries(
      items.filter((item) => item.highlight).map((item) => [item.id, item.highlight]),
    );
    return { ids: items.map((item) => item.id), last: end, nextCursor, highlights };
  }

  function watch(listener: () => void): () => void {
    listeners.add(listener);
    stop ??= start();
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      stop?.();
      stop = null;
    };
  }

  function start(): () => void {
    const release = parts.retain();
    const stopMemory = memory.subscribe(redraw);
    const stopQueries = queries.getQueryCache().subscribe((event) => {
      if (event.query.queryHash === hash()) redraw();
    });
    const stopArrivals = parts.onArrival((item) => {
      if (isHeld && fits(item, placement)) held.add(item.id);
    });
    redraw();
    return () => {
      release();
      stopMemory();
      stopQueries();
      stopArrivals();
      held.clear();
      isHeld = false;
    };
  }

  function hash(): string | undefined {
    return queries.getQueryCache().find({ queryKey: query.queryKey })?.queryHash;
  }

  function redraw(): void {
    const next = unlessSame(snapshot, draw());
    if (snapshot === next) return;
    snapshot = next;
    for (const listener of listeners) listener();
  }

  function draw(): ListSnapshot {
    const state = queries.getQueryState<InfiniteData<LoadedPage, string | null>>(query.queryKey);
    const pages = state?.data?.pages;
    if (!pages) return state?.status === 'error' ? { ...LOADING, state: 'failed', error: state.error } : LOADING;
    const last = pages.at(-1);
    const hasMore = last !== undefined && last.nextCursor !== null;
    const all = words === undefined ? memory.view(placement, hasMore ? last.last : null) : found(pages);
    const direction = (state.fetchMeta as { fetchMore?: { direction?: string } } | null)?.fetchMore?.direction;
    return {
      state: 'ready',
      items: held.size === 0 ? all : all.filter((item) => !held.has(item.id)),
      pending: held.size === 0 ? [] : all.filter((item) => held.has(item.id)),
      hasMore,
      isLoadingMore: state.fetchStatus === 'fetching' && direction === 'forward',
      error: state.error,
    };
  }

  function found(pages: readonly LoadedPage[]): InboxItem[] {
    const items: InboxItem[] = [];
    for (const page of pages) {
      for (const id of page.ids) {
        const item = memory.find(id);
        if (item && fits(item, placement))
          items.push(page.highlights[id] ? { ...item, highlight: page.highlights[id] } : item);
      }
    }
    return items;
  }
}

function unlessSame(known: ListSnapshot | null, next: ListSnapshot): ListSnapshot {
  return known !== null && isSame(known, next) ? known : next;
}

function isSame(a: ListSnapshot, b: ListSnapshot): boolean {
  return (
    a.state === b.state &&
    a.hasMore === b.hasMore &&
    a.isLoadingMore === b.isLoadingMore &&
    a.error === b.error &&
    isSameList(a.items, b.items) &&
    isSameList(a.pending, b.pending)
  );
}

function isSameList(a: readonly InboxItem[], b: readonly InboxItem[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}
