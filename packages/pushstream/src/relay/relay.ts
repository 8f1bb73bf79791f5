import { createParser } from '../client/parser.ts';
import type { Hub } from '../contract.ts';
import type { LogEvent, LogHead, StreamLog } from '../log.ts';
import type { FeedControl } from './feed.ts';

const TIMEOUT_MS = 10_000;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;
// Three heartbeats of a feed.
const SILENCE_MS = 35_000;

export interface RelayOptions {
  /** Where stretches of the upstream log are read: `GET <log>?after=&limit=` answers `{ epoch, head, oldest, events }`. */
  log: string | URL;
  /** Where the upstream tells what is new, as `writeFeed` writes it. */
  feed: string | URL;
  headers?: Readonly<Record<string, string>>;
  /** Whether the one connection upstream stands. */
  onState?: (connected: boolean, cause?: Error) => void;
  onControl?: (control: FeedControl) => void;
  fetch?: typeof globalThis.fetch;
}

export interface Relay {
  /** The upstream log, for the hub that serves it here. */
  readonly log: StreamLog;
  readonly connected: boolean;
  /** Keeps a hub up to date over one connection, until closed. While it is down the hub goes on with what it has. */
  follow(hub: Hub): void;
  close(): void;
}

/** The upstream refused; asking again will not help. */
export class RelayRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The upstream refused with ${status}.`);
    this.name = 'RelayRefused';
    this.status = status;
  }
}

/**
 * Serves the log of another server: however many readers come, the upstream sees one connection. Cursors are the same, so a
 * reader may go from one to the other.
 */
export function createRelay(options: RelayOptions): Relay {
  const fetchUpstream = options.fetch ?? globalThis.fetch.bind(globalThis);
  const ending = new AbortController();
  let connected = false;

  async function readLog(query: Record<string, string>): Promise<LogHead & { events: LogEvent[] }> {
    const url = new URL(options.log);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const response = await fetchUpstream(url, {
      headers: { ...options.headers },
      signal: AbortSignal.any([ending.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (!response.ok) throw new Error(`The upstream answered ${response.status} when asked for its log.`);
    return (await response.json()) as LogHead & { events: LogEvent[] };
  }

  async function listen(hub: Hub): Promise<void> {
    const attempt = new AbortController();
    let heardAt = Date.now();
    const watch = setInterval(() => {
      if (Date.now() - heardAt > SILENCE_MS) attempt.abort(new Error('The upstream fell silent.'));
    }, 1_000);
    try {
      const response = await fetchUpstream(options.feed, {
        headers: { ...options.headers, Accept: 'text/event-stream' },
        signal: AbortSignal.any([ending.signal, attempt.signal]),
      });
      if (response.status === 401 || response.status === 403) throw new RelayRefused(response.status);
      if (!response.ok || !response.body) throw new Error(`The upstream answered ${response.status}.`);
      const parser = createParser({ onEvent: ({ name, data }) => take(hub, name, data) });
      const decoder = new TextDecoder();
      for await (const bytes of response.body) {
        heardAt = Date.now();
        turn(true);
        parser.push(decoder.decode(bytes, { stream: true }));
      }
      throw new Error('The upstream ended the feed.');
    } finally {
      clearInterval(watch);
      attempt.abort();
    }
  }

  function take(hub: Hub, name: string, text: string): void {
    const data: unknown = JSON.parse(text);
    // What a hub cannot apply yet it reads from the log, and goes on trying.
    if (name === 'events') {
      const { epoch, events } = data as { epoch: string; events: LogEvent[] };
      void hub.apply(events);
      void hub.headIs(events.at(-1)?.seq ?? 0, epoch).catch(() => undefined);
    } else if (name === 'head') {
      const { epoch, head } = data as { epoch: string; head: number };
      void hub.headIs(head, epoch).catch(() => undefined);
    } else if (name === 'control') options.onControl?.(data as FeedControl);
  }

  function turn(next: boolean, cause?: Error): void {
    if (connected === next && !cause) return;
    connected = next;
    options.onState?.(next, cause);
  }

  async function run(hub: Hub): Promise<void> {
    let pauseMs = RETRY_MIN_MS;
    while (!ending.signal.aborted) {
      try {
        await listen(hub);
      } catch (error) {
        if (ending.signal.aborted) return;
        if (connected) pauseMs = RETRY_MIN_MS;
        turn(false, error instanceof Error ? error : new Error(String(error)));
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random() / 2)));
      pauseMs = Math.min(2 * pauseMs, RETRY_MAX_MS);
    }
  }

  return {
    log: {
      head: () => readLog({}),
      read: async (after, limit) => (await readLog({ after: String(after), limit: String(limit) })).events,
    },
    get connected() {
      return connected;
    },
    follow: (hub) => void run(hub),
    close: () => ending.abort(),
  };
}
