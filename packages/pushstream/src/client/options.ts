import type { Filter } from '../filter.ts';

/** Event names and the type of their data. */
export type EventMap = Record<string, unknown>;

/**
 * Names the events of an application once, for all streams and hooks:
 * `declare module 'pushstream/client' { interface StreamRegister { events: AppEvents } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be added to
export interface StreamRegister {}

export type RegisteredEvents = StreamRegister extends { events: infer Events extends EventMap } ? Events : EventMap;

export type StreamEventOf<Events extends EventMap> = {
  [Name in keyof Events & string]: { name: Name; data: Events[Name]; cursor: string };
}[keyof Events & string];

/** `waiting`: between two attempts. `closed`: for good, by `close()` or because the server said no. */
export type StreamState = 'connecting' | 'open' | 'waiting' | 'closed';

export interface StreamReset {
  reason: 'expired' | 'limit' | 'epoch' | 'unknown';
  cursor: string;
}

/** How a stream is reached, whatever its events are. */
export interface RequestOptions {
  url: string | URL;
  /** Asked before every connection, with `refresh` after the last one was refused; sent as a bearer token. */
  token?: (refresh: boolean) => Promise<string> | string;
  /** Instead of a token: asked before every connection, sent in the address. */
  ticket?: () => Promise<string> | string;
  /** Only these events; sent as JSON in the address. */
  filter?: Filter;
  /** What this reader calls itself when it acknowledges, unless the server knows its session. */
  client?: string;
  fetch?: typeof globalThis.fetch;
  credentials?: RequestCredentials;
  headers?: Record<string, string>;
}

export interface EventStreamOptions<Events extends EventMap> extends RequestOptions {
  /** Where to begin, as a snapshot or an earlier stream gave it; absent means from now on. */
  cursor?: string | null;
  /**
   * All tabs of this origin with the same address and the same reader use one connection. A string names the reader.
   * `true` takes it from the claims of the token, a JWT; without token and ticket, all tabs are one reader. Where that
   * cannot be told, or the browser lacks Web Locks or BroadcastChannel, the tab has a connection of its own.
   */
  shareTabs?: boolean | string;
  /** Tells the server how far this reader has come, at most once in `everyMs` (1,000 or more) and when the page goes. */
  ack?: AckOptions | true;
  onEvent?: (event: StreamEventOf<Events>) => void;
  /** Events are missing for good: fetch the state anew. The stream itself goes on. */
  onReset?: (reset: StreamReset) => void;
  onState?: (state: StreamState, cause?: Error) => void;
}

export interface AckOptions {
  /** Default: the path of the stream with `/ack` after it. */
  url?: string | URL;
  /** Default: 1,000. */
  everyMs?: number;
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
