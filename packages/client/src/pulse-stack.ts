import { QueryClient } from '@tanstack/query-core';
import { createChanges } from './changes.ts';
import { PulseStackError } from './error.ts';
import { fits, normalise } from './filter.ts';
import { createHttp } from './http.ts';
import { createInboxList, type InboxList } from './inbox-list.ts';
import { createLive } from './live.ts';
import { type Aftermath, createMemory } from './memory.ts';
import { createPreferences, type PreferenceStore } from './preferences.ts';
import { createSeenTracker } from './seen.ts';
import { createSound, type Sound } from './sound.ts';
import { createTokens, type TokenSource } from './token.ts';
import type {
  Change,
  ConnectionState,
  Counts,
  InboxFilter,
  InboxItem,
  InboxMark,
  Json,
  ListFilter,
  Readable,
  ServerCounts,
  StreamEvents,
} from './types.ts';

export interface PulseStackOptions {
  /** Where the server is, without a slash at the end. Default: the page's own origin. */
  url?: string;
  /** A user token, or a function that fetches one from your server; it is asked again when the token expires. */
  token: TokenSource;
  /** Whether arrivals are heard until the person chooses. Default: false. */
  sound?: boolean;
  fetch?: typeof globalThis.fetch;
}

/** One user's inbox, kept current. Nothing is asked of the server before somebody subscribes. */
export interface PulseStack {
  inbox(filter?: ListFilter): InboxList;
  readonly counts: Readable<Counts | null>;
  readonly connection: Readable<ConnectionState>;
  readonly sound: Sound;
  /** What the user wants to receive, and how. */
  readonly preferences: PreferenceStore;
  /** The cache of the lists, for `useInfiniteQuery(list.query, stack.queries)`. */
  readonly queries: QueryClient;

  read(id: string): Promise<Change>;
  unread(id: string): Promise<Change>;
  archive(id: string): Promise<Change>;
  unarchive(id: string): Promise<Change>;
  delete(id: string): Promise<Change>;
  snooze(id: string, until: Date): Promise<Change>;
  unsnooze(id: string): Promise<Change>;
  /** Marks everything, or everything that fits. */
  markAll(mark: InboxMark, filter?: InboxFilter): Promise<Change>;
  /** Records that an action was pressed; marks read. */
  press(id: string, actionId: string, result?: Json): Promise<InboxItem>;
  /** Was on the screen. Told to the server in batches. */
  seen(ids: readonly string[]): void;
  get(id: string): Promise<InboxItem>;
  /** Calls back for each notification that arrives while the page is open. */
  onArrival(listener: (item: InboxItem) => void): () => void;
  /** Ends every connection and timer, and forgets the lists. Subscribing again begins anew. */
  close(): void;
}

const FRESH_MS = 60_000;
const REPLAY_MS = 1_500;
const RECOUNT_MS = 400;
// A broadcast reaches everyone at once; not everyone should ask at once.
const RECOUNT_SPREAD_MS = 800;
const RECOUNT_AFTER_FAILURE_MS = 15_000;
const MAX_FETCHED_SINGLY = 10;

/**
 * Opens the inbox of the user whose token is given.
 *
 * ```ts
 * const stack = createPulseStack({ url: 'https://notify.example.com', token: () => fetchToken() });
 * stack.counts.subscribe(() => console.log(stack.counts.getSnapshot()?.unread));
 * ```
 */
export function createPulseStack(options: PulseStackOptions): PulseStack {
  const url = (options.url ?? '').replace(/\/+$/, '');
  const fetch = options.fetch ?? ((input: RequestInfo | URL, init?: RequestInit) => globalThis.fetch(input, init));
  const tokens = createTokens(options.token);
  const http = createHttp({ url, tokens, fetch });
  const memory = createMemory();
  const queries = new QueryClient();
  const sound = createSound(options.sound ?? false);
  const arrivals = new Set<(item: InboxItem) => void>();
  const freshArrivals = new Set<(item: InboxItem) => void>();
  const lists = new Map<string, InboxList>();
  const live = createLive({ url, tokens, fetch, onEvent: hear, onReset: startOver, onStart: start });
  const listParts = { http, memory, queries, retain: live.retain, covered: live.covered, onArrival: onAnyArrival };
  const changes = createChanges({ http, memory, refetch });
  const preferences = createPreferences({ http, retain: live.retain });
  const seen = createSeenTracker({
    tell: (ids) => changes.seen(ids),
    tellAndForget: (ids) => http.sendAndForget('/v1/inbox/mark', { mark: 'seen', ids }),
  });
  let recountTimer: ReturnType<typeof setTimeout> | undefined;
  let recounting: Promise<void> | null = null;

  return {
    queries,
    sound,
    preferences,
    connection: {
      getSnapshot: live.getSnapshot,
      subscribe: (listener) => both(live.subscribe(listener), live.retain()),
    },
    counts: {
      getSnapshot: memory.counts,
      subscribe(listener) {
        let shown = memory.counts();
        const stop = memory.subscribe(() => {
          const next = memory.counts();
          if (isSameCounts(shown, next)) return;
          shown = next;
          listener();
        });
        return both(stop, live.retain());
      },
    },
    inbox(given = {}) {
      const filter = normalise(given);
      const key = JSON.stringify(filter);
      let list = lists.get(key);
      if (!list) lists.set(key, (list = createInboxList(listParts, filter)));
      return list;
    },
    read: (id) => changes.mark(id, { name: 'read' }),
    unread: (id) => changes.mark(id, { name: 'unread' }),
    archive: (id) => changes.mark(id, { name: 'archive' }),
    unarchive: (id) => changes.mark(id, { name: 'unarchive' }),
    delete: (id) => changes.mark(id, { name: 'delete' }),
    snooze: (id, until) => changes.mark(id, { name: 'snooze', until: until.toISOString() }),
    unsnooze: (id) => changes.mark(id, { name: 'unsnooze' }),
    markAll: changes.markAll,
    press: changes.press,
    seen(ids) {
      seen.add(ids.filter((id) => memory.find(id)?.seenAt === null));
    },
    async get(id) {
      const askedAt = memory.now();
      const item = await http.get<InboxItem>(`/v1/inbox/${encodeURIComponent(id)}`);
      memory.takePage([item], askedAt);
      return item;
    },
    onArrival(listener) {
      freshArrivals.add(listener);
      return both(() => freshArrivals.delete(listener), live.retain());
    },
    close() {
      clearTimeout(recountTimer);
      seen.flushAndForget();
      seen.close();
      live.close();
      sound.close();
      queries.clear();
      if (typeof removeEventListener !== 'undefined') removeEventListener('pagehide', seen.flushAndForget);
    },
  };

  function start(): void {
    if (typeof addEventListener !== 'undefined') addEventListener('pagehide', seen.flushAndForget);
    void recount();
  }

  function hear<Name extends keyof StreamEvents>(name: Name, data: StreamEvents[Name]): void {
    if (name === 'preferences.updated') preferences.hear();
    if (name === 'notification.created') announce((data as StreamEvents['notification.created']).notification);
    const aftermath = memory.hear(name, data);
    if (aftermath.listsChanged) refetch();
    if (aftermath.unknown.length > 0) void fetchUnknown(aftermath.unknown);
    recountIfDoubtful();
  }

  function announce(item: InboxItem): void {
    if (memory.find(item.id) !== null) return;
    for (const listener of arrivals) listener(item);
    if (!isFresh(item)) return;
    for (const listener of freshArrivals) listener(item);
    sound.announce(item.id);
  }

  /** What was missed while the stream was away belongs into the list, not into a toast. */
  function isFresh(item: InboxItem): boolean {
    const isPastReplay = live.liveForMs() > REPLAY_MS;
    return isPastReplay || Math.abs(Date.now() - Date.parse(item.deliveredAt)) < FRESH_MS;
  }

  function onAnyArrival(listener: (item: InboxItem) => void): () => void {
    arrivals.add(listener);
    return () => arrivals.delete(listener);
  }

  /** Items that changed elsewhere and may now belong into a list that is loaded here. */
  async function fetchUnknown(unknown: Aftermath['unknown']): Promise<void> {
    const wanted = unknown.filter((receipt) =>
      [...lists.values()].some((list) => isLoaded(list) && fits(receipt, list.filter)),
    );
    if (wanted.length > MAX_FETCHED_SINGLY) return refetch();
    const askedAt = memory.now();
    const answers = await Promise.allSettled(
      wanted.map(({ id }) => http.get<InboxItem>(`/v1/inbox/${encodeURIComponent(id)}`)),
    );
    const items = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    if (items.length > 0) memory.takePage(items, askedAt);
  }

  function isLoaded(list: InboxList): boolean {
    return queries.getQueryData(list.query.queryKey) !== undefined;
  }

  function refetch(): void {
    void queries.invalidateQueries({ queryKey: ['inbox'] });
  }

  function startOver(): void {
    refetch();
    void recount();
  }

  function recountIfDoubtful(): void {
    if (memory.countsAreDoubtful) recountIn(RECOUNT_MS + Math.random() * RECOUNT_SPREAD_MS);
  }

  function recountIn(ms: number): void {
    recountTimer ??= setTimeout(() => {
      recountTimer = undefined;
      if (memory.countsAreDoubtful || memory.counts() === null) void recount();
    }, ms);
  }

  function recount(): Promise<void> {
    recounting ??= readCounts()
      .then(recountIfDoubtful, (error: unknown) => {
        if (mayPass(error)) recountIn(RECOUNT_AFTER_FAILURE_MS);
      })
      .finally(() => {
        recounting = null;
      });
    return recounting;
  }

  async function readCounts(): Promise<void> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const askedAt = memory.now();
      const snapshot = await http.get<ServerCounts>('/v1/inbox/counts');
      const { cursor } = snapshot;
      memory.takeCounts(snapshot, askedAt);
      if (live.covered(cursor)) return;
    }
  }
}

function mayPass(error: unknown): boolean {
  return (
    error instanceof PulseStackError &&
    (error.status === 0 || error.status === 429 || error.status >= 500) &&
    error.code !== 'client.secret_key'
  );
}

function both(first: () => void, second: () => void): () => void {
  return () => {
    first();
    second();
  };
}

function isSameCounts(a: Counts | null, b: Counts | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.unread === b.unread && a.unseen === b.unseen && JSON.stringify(a.categories) === JSON.stringify(b.categories)
  );
}
