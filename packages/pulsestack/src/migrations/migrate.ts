import { readdirSync, readFileSync } from 'node:fs';
import { type Database, DatabaseUnavailable } from '../ports/database.ts';
import type { Log } from '../ports/log.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
// Any number will do as long as every process of the product uses the same one.
const MIGRATION_LOCK = 7_241_903_355;
const PATIENTLY = 'set local statement_timeout = 0';

interface Migration {
  name: string;
  text: string;
}

/**
 * Brings the database to the newest shape. Migrations only go forward, each in a transaction of its own; two processes
 * that start at once wait for each other. A database newer than this build stops the start instead of being guessed at.
 */
export async function migrate(database: Database, log: Log): Promise<number> {
  const migrations = readMigrations();
  const client = await database.pool.connect();
  let failure: Error | undefined;
  try {
    // Neither another process that migrates nor a large table is bound by the patience of a request.
    await client.query(`begin; ${PATIENTLY}; select pg_advisory_lock(${MIGRATION_LOCK}); commit`);
    await client.query(
      'create table if not exists pulsestack_migrations (name text primary key, applied_at timestamptz not null default clock_timestamp())',
    );
    const { rows } = await client.query<{ name: string }>('select name from pulsestack_migrations order by name');
    const applied = new Set(rows.map((row) => row.name));
    const unknown = rows.find((row) => !migrations.some((migration) => migration.name === row.name));
    if (unknown)
      throw new DatabaseUnavailable(
        `The database was migrated by a newer PulseStack (${unknown.name}); start that version or restore a backup made before the upgrade.`,
      );
    const missing = migrations.filter((migration) => !applied.has(migration.name));
    for (const migration of missing) {
      await client.query(
        `begin; ${PATIENTLY};\n${migration.text}\n;insert into pulsestack_migrations (name) values ('${migration.name}'); commit`,
      );
      log.info({ migration: migration.name }, 'migrated');
    }
    return missing.length;
  } catch (error) {
    failure = error as Error;
    await client.query('rollback').catch(() => undefined);
    throw explain(error);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch((error: Error) => (failure = error));
    client.release(failure);
  }
}

/** Partitions must exist before the first row of their day: yesterday's for late clocks, and a week ahead. */
export async function ensurePartitions(database: Database, today: Date): Promise<void> {
  for (let offset = -1; offset <= 7; offset++) {
    const date = new Date(today.getTime() + offset * DAY_MS).toISOString().slice(0, 10);
    await database.pool.query(
      `select ensure_partition('log_events', $1::date, 1), ensure_partition('stream_deliveries', $1::date, 1), ensure_partition(parent, month, extract(day from month + interval '1 month' - interval '1 day')::int)
       from unnest(array['audit_log', 'messages', 'attempts']) as parent, cast(date_trunc('month', $1::date) as date) as month`,
      [date],
    );
  }
}

/** Drops the partitions that hold nothing younger than their retention. Days are whole, so what goes is at least that old. */
export async function dropOldPartitions(
  database: Database,
  today: Date,
  keepDays: Record<'log_events' | 'stream_deliveries' | 'audit_log' | 'messages' | 'attempts', number>,
): Promise<void> {
  for (const [parent, days] of Object.entries(keepDays)) {
    const { rows } = await database.pool.query<{ name: string; ends: string }>(
      `select child.relname as name, substring(pg_get_expr(child.relpartbound, child.oid) from $$TO \\('(\\d{4}-\\d{2}-\\d{2})$$) as ends
       from pg_inherits join pg_class as child on child.oid = inhrelid
       where inhparent = $1::regclass`,
      [parent],
    );
    const firstKept = new Date(today.getTime() - days * DAY_MS).toISOString().slice(0, 10);
    for (const { name, ends } of rows)
      if (ends <= firstKept) await database.pool.query(`drop table if exists "${name}"`);
  }
}

/** Every migration of this build, in order. They lie beside this file in the sources and in a folder beside the bundle. */
export function readMigrations(): Migration[] {
  const folder = new URL(import.meta.url.endsWith('.ts') ? './' : './migrations/', import.meta.url);
  return readdirSync(folder)
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .sort()
    .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));
}

function explain(error: unknown): unknown {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === '42501') {
    return new DatabaseUnavailable(
      'The database user may not create the roles of PulseStack. As a superuser run: create role pulsestack_app nologin; create role pulsestack_system nologin; grant pulsestack_app, pulsestack_system to <the user in DATABASE_URL>;',
      { cause: error },
    );
  }
  return error;
}
