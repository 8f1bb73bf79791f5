import { createParser, type ParsedEvent } from './parser.ts';

/** Event names and the type of their data. */
export type EventMap = Record<string, unknown>;

export type StreamEventOf<Events extends EventMap> = {
  [Name in keyof Events & string]: { name: Name; data: Events[Name]; cursor: string };
}[keyof Events & string];

/** `waiting`: between two attempts. `closed`: for good, by `close()` or because the server said no. */
export type StreamState = 'connecting' | 'open' | 'waiting' | 'closed';

export interface StreamReset {
  reason: 'expired' | 'limit' | 'epoch' | 'unknown';
  cursor: string;
}

export interface EventStreamOptions<Events extends EventMap> {
  url: string | URL;
  /** Asked before every connection, with `refresh` after the last one was refused; sent as a bearer token. */
  token?: (refresh: boolean) => Promise<string> | string;
  /** Where to begin, as a snapshot or an earlier stream gave it; absent means from now on. */
  cursor?: string | null;
  onEvent?: (event: StreamEventOf<Events>) => void;
  /** Events are missing for good: fetch the state anew. The stream itself goes on. */
  onReset?: (reset: StreamReset) => void;
  onState?: (state: StreamState, cause?: Error) => void;
  fetch?: typeof globalThis.fetch;
  credentials?: RequestCredentials;
  headers?: Record<string, string>;
}

export interface EventStream<Events extends EventMap> {
  readonly state: StreamState;
  /** Everything up to here was given to the listeners. */
  readonly cursor: string | null;
  /** Listens to one event by name; returns how to stop. */
  on<Name extends keyof Events & string>(
    name: Name,
    listener: (data: Events[Name], cursor: string) => void,
  ): () => void;
  close(): void;
}

/** The server will answer the same again; there is no use in asking. */
export class StreamRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(status === 204 ? 'The server ended this stream.' : `The server refused the stream with ${status}.`);
    this.name = 'StreamRefused';
    this.status = status;
  }
}

const MAX_WAIT_MS = 30_000;

/**
 * Reads events in order, each once, across disconnections, until closed.
 *
 * ```ts
 * const stream = createEventStream<{ 'order.shipped': { id: string } }>({ url: '/events' });
 * stream.on('order.shipped', ({ id }) => show(id));
 * ```
 */
export function createEventStream<Events extends EventMap = EventMap>(
  options: EventStreamOptions<Events>,
): EventStream<Events> {
  const fetchEvents = options.fetch ?? globalThis.fetch.bind(globalThis);
  const listeners = new Map<string, Set<(data: never, cursor: string) => void>>();
  let state: StreamState = 'waiting';
  let cursor = options.cursor || null;
  let retryMs = 2_000;
  let heartbeatMs = 15_000;
  // How long the server asked us to stay away this time.
  let toldMs: number | null = null;
  let failures = 0;
  let refresh = false;
  let heardAt = 0;
  let attempt: AbortController | null = null;
  let wake: (() => void) | null = null;

  const unwatch = watchPage(() => {
    if (wake) wake();
    // A laptop that slept may hold a connection that has long been dead.
    else if (state === 'open' && Date.now() - heardAt > 1.5 * heartbeatMs) attempt?.abort();
  });
  void run();

  return {
    get state() {
      return state;
    },
    get cursor() {
      return cursor;
    },
    on(name, listener) {
      let named = listeners.get(name);
      if (!named) listeners.set(name, (named = new Set()));
      named.add(listener);
      return () => named.delete(listener);
    },
    close: () => close(),
  };

  async function run(): Promise<void> {
    while (!isClosed()) {
      turn('connecting');
      let cause: Error | undefined;
      try {
        await readOnce();
      } catch (error) {
        cause = error instanceof Error ? error : new Error(String(error));
        if (error instanceof StreamRefused) return close(error);
      }
      if (isClosed()) return;
      const ms = nextWaitMs();
      turn('waiting', cause);
      if (ms > 0) await wait(ms);
    }
  }

  async function readOnce(): Promise<void> {
    const controller = new AbortController();
    attempt = controller;
    const watch = setInterval(() => {
      if (Date.now() - heardAt > 2 * heartbeatMs + 5_000) controller.abort();
    }, 5_000);
    toldMs = null;
    heardAt = Date.now();
    failures += 1;
    try {
      const token = await options.token?.(refresh);
      const headers: Record<string, string> = { ...options.headers, Accept: 'text/event-stream' };
      if (token) headers.Authorization = `Bearer ${token}`;
      if (cursor) headers['Last-Event-ID'] = cursor;
      const response = await fetchEvents(options.url, {
        headers,
        cache: 'no-store',
        credentials: options.credentials ?? 'same-origin',
        signal: controller.signal,
      });
      judge(response);
      if (response.body) await readBody(response.body.getReader());
    } finally {
      clearInterval(watch);
      controller.abort();
      attempt = null;
    }
  }

  function judge(response: Response): void {
    const { status } = response;
    if (status === 200) {
      refresh = false;
      const type = response.headers.get('content-type') ?? '';
      // A portal or a fallback page answers 200 as well, and may be gone the next time.
      if (!type.startsWith('text/event-stream'))
        throw new Error(`Expected text/event-stream, received ${type || 'no type'}.`);
      return;
    }
    const again = status === 401 && options.token && !refresh;
    if (again) {
      refresh = true;
      toldMs = 0;
    } else if (status < 500 && status !== 408 && status !== 425 && status !== 429) throw new StreamRefused(status);
    const after = Number(response.headers.get('retry-after'));
    if (after > 0) toldMs = after * 1_000;
    throw new Error(`The server answered ${status}.`);
  }

  async function readBody(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const parser = createParser({
      onEvent: (event) => take(event),
      onId: (id) => advance(id),
      onRetry: (ms) => {
        retryMs = ms;
      },
    });
    for (;;) {
      const { done, value } = await reader.read();
      if (done || isClosed()) return;
      heardAt = Date.now();
      parser.push(decoder.decode(value, { stream: true }));
    }
  }

  function take(event: ParsedEvent): void {
    if (isClosed()) return;
    if (event.name.startsWith('ps.')) return control(event);
    opened();
    // A server may send again what we had when the connection broke; the reader sees it once.
    if (event.id && !advance(event.id)) return;
    const data: unknown = parseJson(event.data);
    const at = cursor ?? '';
    call(() => options.onEvent?.({ name: event.name, data, cursor: at } as StreamEventOf<Events>));
    for (const listener of listeners.get(event.name) ?? []) call(() => listener(data as never, at));
  }

  function control(event: ParsedEvent): void {
    const data = (parseJson(event.data) ?? {}) as Record<string, unknown>;
    if (event.name === 'ps.open') {
      if (Number(data.heartbeatMs) > 0) heartbeatMs = Number(data.heartbeatMs);
      advance(event.id);
      opened();
    } else if (event.name === 'ps.reset') {
      cursor = event.id;
      call(() => options.onReset?.({ reason: data.reason as StreamReset['reason'], cursor: event.id }));
    } else {
      advance(event.id);
      if (event.name === 'ps.drain' || event.name === 'ps.busy') toldMs = Number(data.retryMs) || retryMs;
      if (event.name === 'ps.expired') {
        refresh = true;
        toldMs = 0;
      }
    }
  }

  function opened(): void {
    failures = 0;
    turn('open');
  }

  /** Moves forward; false when the position is one we have passed. */
  function advance(id: string): boolean {
    if (!id || !isAfter(id, cursor)) return false;
    cursor = id;
    return true;
  }

  function nextWaitMs(): number {
    // What the server tells us is already spread over its readers.
    if (toldMs !== null) return toldMs;
    const baseMs = failures > 1 ? Math.max(retryMs, 250) : retryMs;
    return Math.min(MAX_WAIT_MS, baseMs * 2 ** Math.max(0, failures - 1)) * (0.5 + Math.random() / 2);
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      wake = done;
      function done() {
        clearTimeout(timer);
        wake = null;
        resolve();
      }
    });
  }

  function turn(next: StreamState, cause?: Error): void {
    if (state === next) return;
    state = next;
    call(() => options.onState?.(next, cause));
  }

  function isClosed(): boolean {
    return state === 'closed';
  }

  function close(cause?: Error): void {
    if (isClosed()) return;
    turn('closed', cause);
    unwatch();
    attempt?.abort();
    wake?.();
  }
}

/** Calls back at moments when a new attempt is likely to succeed. */
function watchPage(hopeful: () => void): () => void {
  if (typeof document === 'undefined' || typeof addEventListener === 'undefined') return () => {};
  const visible = () => {
    if (document.visibilityState === 'visible') hopeful();
  };
  addEventListener('online', hopeful);
  document.addEventListener('visibilitychange', visible);
  return () => {
    removeEventListener('online', hopeful);
    document.removeEventListener('visibilitychange', visible);
  };
}

function isAfter(id: string, than: string | null): boolean {
  const [epoch, seq] = split(id);
  const [thanEpoch, thanSeq] = split(than ?? '');
  return epoch !== thanEpoch || !(seq <= thanSeq);
}

function split(cursor: string): [string, number] {
  const dot = cursor.indexOf('.');
  return dot < 0 ? [cursor, Number.NaN] : [cursor.slice(0, dot), Number.parseInt(cursor.slice(dot + 1), 36)];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A listener's error is the page's to report, and no reason to lose the events after it. */
function call(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
