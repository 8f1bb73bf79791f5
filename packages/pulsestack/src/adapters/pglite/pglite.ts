import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { Client, type ClientConfig, Pool } from 'pg';
import { type Database, DatabaseUnavailable, IDLE_TRANSACTION_MS } from '../../ports/database.ts';
import { databaseValues } from '../../ports/database-values.ts';
import type { Log } from '../../ports/log.ts';
import { listenOn } from './channels.ts';
import { cloneCluster } from './clone.ts';
import { clusterIn, findMajor, POSTGRES_MAJOR } from './cluster-files.ts';
import { lockDirectory } from './directory-lock.ts';
import { startWorker } from './worker-link.ts';

export interface EmbeddedOptions {
  /** Where the data lives; made when it is missing. Without one the database is in memory and gone with the process. */
  directory?: string;
  log: Log;
  /** How many clients the pool gives out; they take turns on one session. */
  max?: number;
  /** False survives a crash of the process but not of the machine; for tests. */
  durable?: boolean;
  /** A directory this one begins as a copy of, when it is new; closed, and not in use. */
  cloneFrom?: string;
  /** Called once when the database dies under us; nothing but a new process helps. */
  onCrash?: (error: DatabaseUnavailable) => void;
  idleTransactionMs?: number;
  /** How often what was written is checkpointed and vacuumed. */
  maintainEveryMs?: number;
}

export interface EmbeddedDatabase extends Database {
  readonly kind: 'embedded';
  /** Everything as SQL that psql loads into PostgreSQL 15 or later. Nothing else runs meanwhile. */
  dump(): Promise<string>;
  /** Loads what `dump` wrote, whole or not at all; the database must be empty. */
  load(sql: string): Promise<void>;
}

/** Opens PostgreSQL inside this process: PGlite in a thread of its own, behind the ordinary driver. */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const { log, max = 16, durable = true, cloneFrom } = options;
  const directory = options.directory === undefined ? undefined : path.resolve(options.directory);
  const lock = directory === undefined ? undefined : lockDirectory(directory);
  try {
    if (directory !== undefined) {
      if (cloneFrom !== undefined) await cloneCluster(cloneFrom, directory);
      refuseOtherMajor(directory);
    }
    const worker = await startWorker({
      boot: {
        cluster: directory && clusterIn(directory),
        isDurable: durable,
        idleTransactionMs: options.idleTransactionMs ?? IDLE_TRANSACTION_MS,
        maintainEveryMs: options.maintainEveryMs ?? 60_000,
      },
      place: directory ?? 'in memory',
      log,
      onCrash: (error) => {
        log.error({ error }, error.message);
        options.onCrash?.(error);
      },
    });
    return assemble({ worker, max, log, unlock: () => lock?.release() });
  } catch (error) {
    lock?.release();
    throw error;
  }
}

interface Parts {
  worker: Awaited<ReturnType<typeof startWorker>>;
  max: number;
  log: Log;
  unlock(): void;
}

function assemble({ worker, max, log, unlock }: Parts): EmbeddedDatabase {
  const config: ClientConfig = {
    user: 'postgres',
    database: 'postgres',
    host: 'embedded',
    stream: worker.openSocket,
    types: databaseValues,
  };
  // Clients cost nothing while idle, and what they have prepared is worth keeping.
  const pool = new Pool({ ...config, max, idleTimeoutMillis: 0 });
  pool.on('connect', (client) =>
    client.on('error', (error) => log.warn({ error }, 'a connection of the embedded database ended')),
  );
  pool.on('error', () => {});
  const channels = listenOn(() => new Client(config));
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    await channels.close();
    await endWithin(pool, CLOSE_PATIENCE_MS);
    try {
      await worker.close();
    } finally {
      unlock();
    }
  }

  return {
    kind: 'embedded',
    pool,
    listen: channels.listen,
    async health() {
      const begin = performance.now();
      const { rows } = await pool.query<{ server_version: string }>('show server_version');
      return { serverVersion: rows[0]?.server_version ?? '', latencyMs: performance.now() - begin };
    },
    dump: worker.dump,
    load: worker.load,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

const CLOSE_PATIENCE_MS = 10_000;

// A client that is never given back must not keep the database from closing.
async function endWithin(pool: Pool, ms: number): Promise<void> {
  const { promise: outOfPatience, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([pool.end(), outOfPatience]);
  clearTimeout(timer);
}

function refuseOtherMajor(directory: string): void {
  const major = findMajor(clusterIn(directory));
  if (major === undefined || major === POSTGRES_MAJOR) return;
  throw new DatabaseUnavailable(
    `The data directory ${directory} was written by PostgreSQL ${major}, and this version of PulseStack embeds ${POSTGRES_MAJOR}. ` +
      `With the version that wrote it, run "pulsestack db export --file backup.sql"; then move the directory away, and run "pulsestack db import --file backup.sql" with this one.`,
  );
}
