import { streamAddress } from './address.ts';
import { type RequestOptions, StreamRefused, type StreamState } from './options.ts';
import { createParser, type ParsedEvent } from './parser.ts';

export interface ConnectionOptions {
  request: RequestOptions;
  /** Where to resume; asked before every attempt. */
  cursor(): string | null;
  /** Events, controls of the stream, and positions alone, which have no name. */
  onMessage(message: ParsedEvent): void;
  onState(state: StreamState, cause?: Error): void;
  /** The server gave a sign of life. */
  onAlive?(heartbeatMs: number): void;
  /** What the next attempt is made with. */
  onToken?(token: string | undefined): void;
}

export interface Connection {
  readonly state: StreamState;
  /** Ends without another word. */
  close(): void;
}

const MAX_WAIT_MS = 30_000;

/** Reads a stream, and connects again whenever it ends, until closed or refused. */
export function connect({ request, ...to }: ConnectionOptions): Connection {
  const fetchEvents = request.fetch ?? globalThis.fetch.bind(globalThis);
  let state: StreamState = 'waiting';
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
    close,
  };

  async function run(): Promise<void> {
    while (!isClosed()) {
      turn('connecting');
      let cause: Error | undefined;
      try {
        await readOnce();
      } catch (error) {
        cause = error instanceof Error ? error : new Error(String(error));
        if (error instanceof StreamRefused && !isClosed()) {
          turn('closed', error);
          return close();
        }
      }
      if (isClosed()) return;
      const ms = nextWaitMs();
      turn('waiting', cause);
      if (ms > 0 && !isClosed()) await wait(ms);
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
      const token = await request.token?.(refresh);
      const ticket = await request.ticket?.();
      to.onToken?.(token);
      const headers: Record<string, string> = { ...request.headers, Accept: 'text/event-stream' };
      if (token) headers.Authorization = `Bearer ${token}`;
      const cursor = to.cursor();
      if (cursor) headers['Last-Event-ID'] = cursor;
      const response = await fetchEvents(
        streamAddress(request.url, { filter: request.filter, client: request.client, ticket }),
        {
          headers,
          cache: 'no-store',
          credentials: request.credentials ?? 'same-origin',
          signal: controller.signal,
        },
      );
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
    const again = status === 401 && (request.token || request.ticket) && !refresh;
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
      onId: (id) => take({ name: '', data: '', id }),
      onRetry: (ms) => {
        retryMs = ms;
      },
    });
    for (;;) {
      const { done, value } = await reader.read();
      if (done || isClosed()) return;
      heardAt = Date.now();
      parser.push(decoder.decode(value, { stream: true }));
      to.onAlive?.(heartbeatMs);
    }
  }

  function take(message: ParsedEvent): void {
    if (isClosed()) return;
    const { name } = message;
    if (name.startsWith('ps.')) {
      const data = (parseJson(message.data) ?? {}) as Record<string, unknown>;
      if (name === 'ps.open' && Number(data.heartbeatMs) > 0) heartbeatMs = Number(data.heartbeatMs);
      if (name === 'ps.drain' || name === 'ps.busy') toldMs = Number(data.retryMs) || retryMs;
      if (name === 'ps.expired') {
        refresh = true;
        toldMs = 0;
      }
    }
    if (name && !name.startsWith('ps.')) opened();
    to.onMessage(message);
    if (name === 'ps.open' && !isClosed()) opened();
  }

  function opened(): void {
    failures = 0;
    turn('open');
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
    to.onState(next, cause);
  }

  function isClosed(): boolean {
    return state === 'closed';
  }

  function close(): void {
    state = 'closed';
    unwatch();
    attempt?.abort();
    wake?.();
  }
}

/** Data is JSON by our convention, but need not be. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
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
