import type { Clock } from './clock.ts';
import type { LogEvent, StreamLog } from './log.ts';
import type { Transport } from './sink.ts';

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
}

/** Where a reader begins, decided before the first byte is sent. */
export type Start =
  | { kind: 'live'; epoch: string; seq: number }
  | { kind: 'replay'; epoch: string; seq: number }
  | { kind: 'reset'; reason: ResetReason };

export interface AttachOptions {
  /** The streams this reader may see, already authorised. */
  streams: readonly string[];
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
  readonly meta: Readonly<Record<string, string>>;
  readonly openedAt: number;
  readonly state: 'opening' | 'live' | 'catchup' | 'closing' | 'closed';
  /** The position up to which everything was handed to the transport. */
  readonly cursor: string | null;
  /** Closes this connection after telling it why (default: `drain`). */
  close(reason?: CloseReason): void;
}

/** `expired`: come back with a new token. `drain`: come back soon. `gone`: no word, just the end. */
export type CloseReason = 'expired' | 'drain' | 'gone';

export interface HubStats {
  connections: number;
  catchupConnections: number;
  groups: number;
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
  resets: Record<ResetReason, number>;
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
  locate(cursor: string | null | undefined): Promise<Start>;
  /** Adds a reader. It hears `ps.open`, then what it missed, then what comes. */
  attach(sink: Transport, options: AttachOptions): Connection;
  /**
   * Closes the connections that match, telling them why (default: `expired`). Once it returns, none of them receives another
   * event. Returns how many there were.
   */
  close(match: (connection: Connection) => boolean, reason?: CloseReason): number;
  /** The cursor to put beside a snapshot: taken before the snapshot is read, nothing falls between. */
  cursor(): Promise<string>;
  /** The connections now open. */
  connections(): IterableIterator<Connection>;
  /** False while draining or full: answer newcomers with `ps.busy`. */
  readonly accepting: boolean;
  /** Refuses newcomers, tells every connection `ps.drain` and ends them, spread over `graceMs`. Resolves when all are gone. */
  drain(graceMs: number): Promise<void>;
  stats(): HubStats;
}
