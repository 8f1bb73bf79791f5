import type { AckStore } from './acks.ts';
import type { Audit } from './audit.ts';
import type { Clock } from './clock.ts';
import type { Filter } from './filter.ts';
import type { LogEvent, StreamLog } from './log.ts';
import type { Transport } from './sink.ts';
import type { Whose } from './whose.ts';

/** Why a reader was told that events are missing: it should fetch its state anew, then go on from the cursor it was given. */
export type ResetReason = 'expired' | 'limit' | 'epoch' | 'unknown';

export interface HubLimits {
  /** Connections at once; beyond it newcomers are told `ps.busy`. Default: 100,000. */
  connections: number;
  /** Events kept in memory for replay. Default: 10,000. */
  ringEvents: number;
  /** Bytes kept in memory for replay. Default: 16 MiB. */
  ringBytes: number;
  /** A reader further behind than this gets `ps.reset` with reason `limit`. Default: 10,000. */
  replayEvents: number;
  /** Events read from the log at once. Default: 200. */
  pageEvents: number;
  /** Bytes given to a transport in one write. Default: 32 KiB. */
  chunkBytes: number;
}

export interface HubOptions {
  log: StreamLog;
  /** Silence after which a connection hears a heartbeat. Default: 15,000. */
  heartbeatMs?: number;
  /** What readers are told to wait before they reconnect. Default: 2,000. */
  retryMs?: number;
  /** A connection that takes nothing for this long is cut; it resumes by its cursor. Default: 90,000. */
  stallMs?: number;
  /** A connection ends after 80 to 100 % of this, so that load balancers can even out. 0 means never. Default: 1,800,000. */
  lifetimeMs?: number;
  limits?: Partial<HubLimits>;
  clock?: Clock;
  /** Called once for each event and group of equal readers, after it was handed to `connections` transports. */
  onDeliver?: (event: LogEvent, connections: number) => void;
  /** Called when the log cannot be read; the hub goes on trying. */
  onError?: (error: unknown) => void;
  /** Where it is kept what clients have acknowledged; without it nothing is. */
  acks?: AckStore;
  /** Called at the heartbeat of a connection whose client has not acknowledged everything: `unacknowledged` positions are open. */
  onLag?: (connection: Connection, unacknowledged: number) => void;
  /** Told in batches which part of the log was handed to whom. */
  audit?: Audit;
}

/** Where a reader begins, decided before the first byte is sent. */
export type Start =
  | { kind: 'live'; epoch: string; seq: number }
  | { kind: 'replay'; epoch: string; seq: number }
  /** Without `from`, it goes on from now. */
  | { kind: 'reset'; reason: ResetReason; from?: { epoch: string; seq: number } };

/** Where to begin when there is no cursor. */
export interface StartHints {
  /** The client that acknowledges under this name begins after what it acknowledged last. */
  client?: string;
  /** With what happened at or after this time, in milliseconds since 1970. */
  since?: number;
}

export interface AttachOptions extends StartHints {
  /** The streams this reader may see, already authorised. */
  streams: readonly string[];
  /** Which of their events it receives; the others only advance its cursor. `hub.attach` throws a `FilterError` when it cannot be used. */
  filter?: Filter;
  /** Where to resume, as the reader sent it; absent or empty means from now on. */
  cursor?: string | null;
  /** The answer of `hub.locate`, when the caller has asked already. */
  start?: Start;
  /** When its right ends, in milliseconds since 1970: it hears `ps.expired` and is closed. */
  expiresAt?: number;
  /** Who it is, for `hub.close` and dashboards: for example user, session, address. */
  meta?: Readonly<Record<string, string>>;
}

export interface Connection {
  readonly id: string;
  readonly streams: readonly string[];
  readonly filter: Filter | null;
  /** Under which name it acknowledges, or null. */
  readonly client: string | null;
  readonly meta: Readonly<Record<string, string>>;
  readonly openedAt: number;
  readonly state: 'opening' | 'live' | 'catchup' | 'closing' | 'closed';
  /** The position up to which everything was handed to the transport. */
  readonly cursor: string | null;
  /** Events handed to the transport, and their bytes; the engine's own words are not counted. */
  readonly eventsSent: number;
  readonly bytesSent: number;
  /** Positions of the log it is behind. */
  readonly lag: number;
  /** Positions of the log its client has not acknowledged; null when it does not acknowledge. */
  readonly unacknowledged: number | null;
  /** Whether this event is for it, by stream and filter. */
  receives(event: LogEvent): boolean;
  /** Closes this connection after telling it why (default: `drain`). */
  close(reason?: CloseReason): void;
}

/** `expired`: come back with a new token. `drain`: come back soon. `gone`: no word, just the end. */
export type CloseReason = 'expired' | 'drain' | 'gone';

/** Why a connection ended: a `CloseReason`, `client` (it left), `busy` (refused), `stalled`, `error` (its transport broke). */
export type EndReason = CloseReason | 'client' | 'busy' | 'stalled' | 'error';

export interface HubStats {
  connections: number;
  catchupConnections: number;
  /** Connections whose transport takes nothing more for now. */
  backpressuredConnections: number;
  /** Positions the hindmost connection is behind. */
  cursorLag: number;
  /** Positions the hindmost connected client has not acknowledged. */
  acknowledgementLag: number;
  groups: number;
  /** Different filters in use. */
  filters: number;
  head: number;
  ringEvents: number;
  ringBytes: number;
  connected: number;
  disconnected: number;
  refused: number;
  applied: number;
  duplicates: number;
  gaps: number;
  repaired: number;
  /** Time spent until what was missing had been read, in all. */
  repairMs: number;
  logErrors: number;
  delivered: number;
  bytes: number;
  heartbeats: number;
  demoted: number;
  stalled: number;
  expired: number;
  replays: number;
  replayedFromRing: number;
  replayedFromLog: number;
  /** Readers that came back with a cursor, by where the first missing event was found. */
  replayRequests: { ring: number; log: number; reset: number };
  resets: Record<ResetReason, number>;
  ended: Record<EndReason, number>;
  /** How often a filter was asked, and how often it said no. */
  filterEvals: number;
  filterDropped: number;
  acknowledgements: number;
  erased: number;
  /** How long the last drain took; 0 before. */
  drainMs: number;
}

export interface Hub {
  /**
   * Takes committed events, ascending. Duplicates are dropped; what is missing before them is read from the log first.
   * Contiguous events are applied before the call returns; the promise resolves when all given events are.
   */
  apply(events: readonly LogEvent[]): Promise<void>;
  /** Tells what the log's head is; call it about every second to close the loss of a last wake-up. Resolves when caught up. */
  headIs(seq: number, epoch: string): Promise<void>;
  /** Decides where a reader with this cursor begins. Rejects when the log cannot be read. */
  locate(cursor: string | null | undefined, hints?: StartHints): Promise<Start>;
  /** Adds a reader. It hears `ps.open`, then what it missed, then what comes. */
  attach(sink: Transport, options: AttachOptions): Connection;
  /**
   * Closes the connections whose `meta` has all of these, or that match, telling them why (default: `expired`). Once it
   * returns, none of them receives another event. Returns how many there were. By `meta` it costs what is closed, however
   * many others there are.
   */
  close(whose: Whose | ((connection: Connection) => boolean), reason?: CloseReason): number;
  /** The cursor to put beside a snapshot: taken before the snapshot is read, nothing falls between. */
  cursor(): Promise<string>;
  /** The connections now open. */
  connections(): IterableIterator<Connection>;
  /**
   * Remembers that a client has everything up to this cursor. `old` when it had said more already, `foreign` when the cursor
   * is none of this log. Rejects when the log or the store cannot be asked.
   */
  acknowledge(client: string, cursor: string): Promise<'advanced' | 'old' | 'foreign'>;
  /**
   * Empties the events of a stream, or those that match, in all this hub keeps in memory. To be called after they are erased
   * from the log, with the log's head as `upTo`: events up to there that still come as they were are emptied, too. Every hub on
   * that log needs to be told. Returns how many were held for replay.
   */
  forget(match: string | ((event: LogEvent) => boolean), upTo?: number): number;
  /** Hears every event as it is applied, until the returned function is called. */
  onEvent(listener: (event: LogEvent, cursor: string) => void): () => void;
  /** Hears of connections that come and go, until the returned function is called. */
  onConnection(listener: (connection: Connection, change: 'opened' | 'closed') => void): () => void;
  /** False while draining or full: answer newcomers with `ps.busy`. */
  readonly accepting: boolean;
  /** Refuses newcomers, tells every connection `ps.drain` and ends them, spread over `graceMs`. Resolves when all are gone. */
  drain(graceMs: number): Promise<void>;
  stats(): HubStats;
}
