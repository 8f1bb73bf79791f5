import { createEventStream } from './event-stream.ts';
import type { EventMap, EventStream, EventStreamOptions, StreamReset, StreamState } from './options.ts';

/** A stream that is open while somebody holds it, and keeps its place and its listeners in between. */
export interface HeldStream<Events extends EventMap> {
  readonly state: StreamState;
  readonly cursor: string | null;
  /** Why the server ended it for good, or what is wrong while it waits. */
  readonly error: Error | null;
  /** What the next connection is made with. */
  use(options: HeldStreamOptions): void;
  /** Returns how to let go. */
  hold(): () => void;
  /** Calls back when the state has changed. */
  watch(listener: () => void): () => void;
  on<Name extends keyof Events & string>(
    name: Name,
    listener: (data: Events[Name], cursor: string) => void,
  ): () => void;
  onReset(listener: (reset: StreamReset) => void): () => void;
}

export interface HeldStreamOptions extends Omit<EventStreamOptions<EventMap>, 'onEvent' | 'onReset' | 'onState'> {
  /**
   * What uses the same key shares the connection. Default: the address, the filter, and the reader named by `client` or
   * `shareTabs`. Where another person may sign in without the page being loaded anew, name the person in one of them.
   */
  key?: string;
}

// Effects that run twice, and a page that follows another, should not cost a connection.
const LINGER_MS = 1_000;

const known = new Map<string, WeakRef<HeldStream<EventMap>>>();

export function keyOf({ key, url, filter, client, shareTabs }: HeldStreamOptions): string {
  return key ?? JSON.stringify([String(url), filter ?? null, client ?? null, shareTabs ?? null]);
}

/** The stream of a key; on a server, where nothing is ever opened, one that nobody else sees. */
export function heldStream<Events extends EventMap>(options: HeldStreamOptions): HeldStream<Events> {
  const key = keyOf(options);
  const isServer = typeof window === 'undefined';
  let stream = isServer ? undefined : known.get(key)?.deref();
  if (!stream) {
    stream = createHeldStream(options);
    if (!isServer) {
      for (const [name, reference] of known) if (!reference.deref()) known.delete(name);
      known.set(key, new WeakRef(stream));
    }
  }
  return stream as HeldStream<Events>;
}

function createHeldStream(first: HeldStreamOptions): HeldStream<EventMap> {
  let options = first;
  let stream: EventStream<EventMap> | null = null;
  let cursor = first.cursor ?? null;
  let state: StreamState = 'connecting';
  let error: Error | null = null;
  let holders = 0;
  let linger: ReturnType<typeof setTimeout> | undefined;
  const watchers = new Set<() => void>();
  const named = new Map<string, Set<(data: never, cursor: string) => void>>();
  const resets = new Set<(reset: StreamReset) => void>();

  return {
    get state() {
      return state;
    },
    get cursor() {
      return stream?.cursor ?? cursor;
    },
    get error() {
      return error;
    },
    use(next) {
      options = next;
    },
    hold() {
      holders += 1;
      clearTimeout(linger);
      if (!stream) open();
      let isHeld = true;
      return () => {
        if (isHeld) holders -= 1;
        if (isHeld && holders === 0) linger = setTimeout(close, LINGER_MS);
        isHeld = false;
      };
    },
    watch: (listener) => add(watchers, listener),
    onReset: (listener) => add(resets, listener),
    on(name, listener) {
      let listeners = named.get(name);
      if (!listeners) named.set(name, (listeners = new Set()));
      return add(listeners, listener);
    },
  };

  function open(): void {
    stream = createEventStream<EventMap>({
      ...options,
      cursor,
      token: options.token && ((refresh) => options.token?.(refresh) ?? ''),
      ticket: options.ticket && (() => options.ticket?.() ?? ''),
      onEvent({ name, data, cursor: at }) {
        for (const listener of named.get(name) ?? []) report(() => listener(data as never, at));
      },
      onReset(reset) {
        for (const listener of resets) report(() => listener(reset));
      },
      onState(next, cause) {
        error = cause ?? (next === 'open' ? null : error);
        turn(next);
      },
    });
  }

  function close(): void {
    cursor = stream?.cursor ?? cursor;
    stream?.close();
    stream = null;
    turn('connecting');
  }

  function turn(next: StreamState): void {
    state = next;
    for (const watcher of watchers) watcher();
  }
}

function add<Item>(to: Set<Item>, item: Item): () => void {
  to.add(item);
  return () => to.delete(item);
}

/** One listener's error is no reason for the others to miss the event. */
function report(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
