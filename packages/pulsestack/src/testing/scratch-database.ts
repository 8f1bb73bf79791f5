import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { testEnvironment } from '../config.ts';

export interface ScratchDatabase {
  url: string;
  disconnectEverybody(): Promise<void>;
  drop(): Promise<void>;
}

/** An empty database of one's own on the server the tests were given. */
export async function createScratchDatabase(): Promise<ScratchDatabase> {
  const base = new URL(testEnvironment().databaseUrl ?? 'postgres://postgres@127.0.0.1:5432/postgres');
  const name = `pulsestack_scratch_${randomBytes(6).toString('hex')}`;
  await administer(base, `create database ${name}`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    disconnectEverybody: () =>
      administer(base, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`),
    drop: () => administer(base, `drop database ${name} with (force)`),
  };
}

async function administer(base: URL, statement: string): Promise<void> {
  const client = new Client({ connectionString: base.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
