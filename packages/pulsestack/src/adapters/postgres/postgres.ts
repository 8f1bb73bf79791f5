import { performance } from 'node:perf_hooks';
import { Client, type ClientConfig, Pool } from 'pg';
import { type Database, DatabaseUnavailable, IDLE_TRANSACTION_MS } from '../../ports/database.ts';
import { databaseValues } from '../../ports/database-values.ts';
import type { Log } from '../../ports/log.ts';
import { openListener } from './listener.ts';
import { explainRefusal, withoutPassword } from './refusals.ts';

export interface ServerOptions {
  /** `postgres://user:password@host:port/database`; PostgreSQL 15 or later. */
  url: string;
  log: Log;
  /** Connections this process holds at most, the listening one not counted. */
  max?: number;
  statementTimeoutMs?: number;
  idleTransactionMs?: number;
}

const OLDEST_VERSION = 150_000;
const CONNECT_TIMEOUT_MS = 5_000;
// Longer than any statement of a request, shorter than the patience of who waits for a lock it holds.
const STATEMENT_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_AFTER_MS = 10_000;
const IDLE_CLIENT_MS = 60_000;
const CLOSE_PATIENCE_MS = 10_000;

/** Opens a PostgreSQL server; refuses with a sentence when it cannot be used. */
export async function openServer(options: ServerOptions): Promise<Database> {
  const {
    url,
    log,
    max = 16,
    statementTimeoutMs = STATEMENT_TIMEOUT_MS,
    idleTransactionMs = IDLE_TRANSACTION_MS,
  } = options;
  const place = withoutPassword(url);
  const config: ClientConfig = {
    connectionString: url,
    application_name: 'pulsestack',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleTransactionMs,
    types: databaseValues,
  };
  await refuseUnusable(config, place);

  const pool = new Pool({ ...config, max, idleTimeoutMillis: IDLE_CLIENT_MS });
  // A connection that breaks while it is idle, or between two statements, has nobody to tell; the next statement reports it.
  pool.on('error', () => {});
  pool.on('connect', (client) =>
    client.on('error', (error) => log.warn({ error }, `a connection to ${place} was lost`)),
  );
  const listener = openListener({ createClient: () => new Client({ ...config, statement_timeout: 0 }), place, log });
  let closing: Promise<void> | undefined;

  return {
    kind: 'server',
    pool,
    listen: listener.listen,
    async health() {
      const begin = performance.now();
      const { rows } = await pool.query<{ server_version: string }>('show server_version');
      return { serverVersion: rows[0]?.server_version.split(' ')[0] ?? '', latencyMs: performance.now() - begin };
    },
    close() {
      closing ??= Promise.all([listener.close(), endWithin(pool, CLOSE_PATIENCE_MS)]).then(() => {});
      return closing;
    },
  };
}

// A client that is never given back must not keep the process from stopping; the server rolls its transaction back.
async function endWithin(pool: Pool, ms: number): Promise<void> {
  const { promise: outOfPatience, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([pool.end(), outOfPatience]);
  clearTimeout(timer);
}

async function refuseUnusable(config: ClientConfig, place: string): Promise<void> {
  const client = new Client(config);
  client.on('error', () => {});
  let version: number;
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
    version = Number(rows[0]?.server_version_num);
  } catch (cause) {
    throw new DatabaseUnavailable(explainRefusal(cause, place), { cause });
  } finally {
    await client.end().catch(() => {});
  }
  if (version >= OLDEST_VERSION) return;
  throw new DatabaseUnavailable(
    `${place} is PostgreSQL ${Math.floor(version / 10_000)}; PulseStack needs 15 or later. Upgrade the server, or unset DATABASE_URL to use the embedded database.`,
  );
}
