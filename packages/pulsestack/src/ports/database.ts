import type pg from 'pg';

/**
 * The product's one store: PostgreSQL, spoken through the ordinary `pg` driver whether it runs inside this process
 * or on a server. What callers may rely on:
 *
 * - A statement that answered outside a transaction, and a transaction whose commit answered, survive `kill -9` and power loss.
 * - A transaction is one client taken from the pool; nobody else sees its changes before its commit.
 * - A client that is released with an error, destroyed, or disconnects inside a transaction leaves nothing behind.
 * - A transaction that does nothing for ten seconds is rolled back, its connection ends, and its next statement rejects.
 * - A refused statement rejects with the SQLSTATE in `code` and leaves the connection usable.
 * - Prepared statements belong to the connection that named them, and so does what it listens to.
 * - `int8` arrives as a number and is refused when it does not fit one; `timestamptz` arrives as a `Date`.
 *
 * Callers keep to what both kinds can do: settings only by `set local`, no temporary tables, no `copy` through the
 * connection, no session advisory locks to keep two parts of one process apart, no SQL newer than PostgreSQL 15.
 */
export interface Database {
  readonly kind: 'embedded' | 'server';

  /** Statements and transactions. Embedded, its clients share one session and take turns: a transaction over several awaits keeps the others waiting. */
  readonly pool: pg.Pool;

  /**
   * Calls back for every `notify` on the channel that commits after this resolves, in commit order, the payload as sent.
   * The listener survives a lost connection; what was sent meanwhile is gone, and `onGap` is called once it listens again.
   * Resolves to a function that stops the calls.
   */
  listen(channel: string, onPayload: (payload: string) => void, onGap?: () => void): Promise<() => Promise<void>>;

  /** Asks the database something trivial; rejects with the reason when it does not answer. */
  health(): Promise<DatabaseHealth>;

  /** Lets running statements finish, then closes for good; everything acknowledged is durable. Closing twice is closing once. */
  close(): Promise<void>;
}

export interface DatabaseHealth {
  /** Such as `18.6`. */
  serverVersion: string;
  latencyMs: number;
}

/** How long a transaction may do nothing before it is rolled back: long enough for a slow step, short enough for those who wait. */
export const IDLE_TRANSACTION_MS = 10_000;

/** A database that cannot be opened or has gone: the message says which one, what is wrong and what to do next. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable';
}
