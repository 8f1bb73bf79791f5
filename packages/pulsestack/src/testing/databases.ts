import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbedded } from '../adapters/pglite/index.ts';
import { openServer } from '../adapters/postgres/index.ts';
import { testEnvironment } from '../config.ts';
import { migrate, readMigrations } from '../migrations/migrate.ts';
import type { Database } from '../ports/database.ts';
import { silentLog } from '../ports/log.ts';

export type DatabaseKind = 'embedded' | 'server';

/** The databases every promise is tested on. The server is left out only where none is to be had, and `npm test` says so. */
export const databases: readonly DatabaseKind[] = testEnvironment().databaseUrl ? ['embedded', 'server'] : ['embedded'];

/** A migrated database of one's own, made from a prepared one; closing it removes it. */
export function openTestDatabase(kind: DatabaseKind): Promise<Database> {
  return kind === 'embedded' ? openClone() : openFromTemplate();
}

// A prepared database belongs to one version of the migrations, so that it is never stale.
const fingerprint = createHash('sha256')
  .update(
    readMigrations()
      .map((migration) => migration.text)
      .join('\n'),
  )
  .digest('hex')
  .slice(0, 12);

async function openClone(): Promise<Database> {
  const cache = join(tmpdir(), 'pulsestack-test');
  const template = join(cache, `template-${fingerprint}`);
  if (!existsSync(template)) {
    mkdirSync(cache, { recursive: true });
    const making = mkdtempSync(join(cache, 'making-'));
    const database = await openEmbedded({ directory: making, log: silentLog });
    await migrate(database, silentLog);
    await database.close();
    // Two test files may prepare at once: the first to finish wins.
    try {
      renameSync(making, template);
    } catch {
      rmSync(making, { recursive: true, force: true });
    }
  }
  const directory = mkdtempSync(join(tmpdir(), 'pulsestack-db-'));
  const database = await openEmbedded({ directory, cloneFrom: template, durable: false, log: silentLog });
  return closing(database, async () => rmSync(directory, { recursive: true, force: true }));
}

async function openFromTemplate(): Promise<Database> {
  const base = new URL(testEnvironment().databaseUrl ?? '');
  const template = `pulsestack_template_${fingerprint}`;
  const name = `pulsestack_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
  await administer(base, async (client) => {
    await client.query('select pg_advisory_lock(7241903999)');
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 0) {
      await client.query(`create database ${template}_making`).catch(() => undefined);
      const database = await openServer({ url: withName(base, `${template}_making`), max: 4, log: silentLog });
      await migrate(database, silentLog);
      await database.close();
      await client.query(`alter database ${template}_making rename to ${template}`);
    }
    await client.query(`create database ${name} template ${template}`);
    await client.query('select pg_advisory_unlock(7241903999)');
  });
  const database = await openServer({ url: withName(base, name), max: 8, log: silentLog });
  return closing(database, () =>
    administer(base, async (client) => void (await client.query(`drop database if exists ${name} with (force)`))),
  );
}

async function administer(base: URL, story: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: base.href });
  await client.connect();
  try {
    await story(client);
  } finally {
    await client.end();
  }
}

function withName(base: URL, name: string): string {
  const url = new URL(base);
  url.pathname = `/${name}`;
  return url.href;
}

function closing(database: Database, after: () => Promise<void>): Database {
  return Object.assign(Object.create(database), {
    kind: database.kind,
    pool: database.pool,
    async close() {
      await database.close();
      await after();
    },
  });
}
