import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../ports/log.ts';
import { createScratchDatabase } from '../../testing/scratch-database.ts';
import { type EmbeddedDatabase, openEmbedded } from './index.ts';

const TRICKY = `it's "ä" \\ $1 🎉\nSET transaction_timeout = 0;\nCOMMENT ON EXTENSION x IS 'y';\ttab`;

describe('the dump of an embedded database', () => {
  let embedded: EmbeddedDatabase;
  let dump: string;

  beforeAll(async () => {
    embedded = await openEmbedded({ log: silentLog });
    await embedded.pool.query(`
      create role dump_test_reader nologin;
      create extension pg_trgm;
      create table pages (workspace_id text, id bigint generated always as identity, title text not null, data jsonb, at timestamptz,
        words tsvector generated always as (to_tsvector('simple', title)) stored, primary key (workspace_id, id, at)) partition by range (at);
      create table pages_2026 partition of pages for values from ('2026-01-01') to ('2027-01-01');
      create index pages_words on pages using gin (words);
      alter table pages enable row level security;
      alter table pages force row level security;
      create policy tenant on pages to dump_test_reader using (workspace_id = current_setting('pulsestack.workspace_id', true));
      grant select on pages to dump_test_reader;
      create function shout(text) returns text language sql immutable as $$ select upper($1) $$;
      insert into pages (workspace_id, title, data, at) select 'w' || n % 3, 'page ' || n, jsonb_build_object('n', n), timestamptz '2026-05-01Z' + n * interval '1 s' from generate_series(1, 5000) n`);
    await embedded.pool.query({
      name: 'keep',
      text: 'insert into pages (workspace_id, title, at) values ($1, $2, $3)',
      values: ['w', TRICKY, new Date(1_790_000_000_000)],
    });
    dump = await embedded.dump();
  });
  afterAll(() => embedded.close());

  it('loads with psql into a PostgreSQL server: rows, policies, grants, sequences and functions', async () => {
    const scratch = await createScratchDatabase();
    const file = path.join(os.tmpdir(), `pulsestack-dump-${process.pid}.sql`);
    fs.writeFileSync(file, dump);
    const server = new Client({ connectionString: scratch.url });
    try {
      await promisify(execFile)('psql', ['-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-d', scratch.url, '-f', file]);
      await server.connect();
      expect((await server.query('select count(*)::int as n from pages')).rows).toEqual([{ n: 5001 }]);
      expect((await server.query(`select title from pages where workspace_id = 'w'`)).rows).toEqual([
        { title: TRICKY },
      ]);
      expect((await server.query(`select polname from pg_policy where polrelid = 'pages'::regclass`)).rows).toEqual([
        { polname: 'tenant' },
      ]);
      expect(
        (await server.query(`select relrowsecurity, relforcerowsecurity from pg_class where relname = 'pages'`)).rows,
      ).toEqual([{ relrowsecurity: true, relforcerowsecurity: true }]);
      await server.query(`begin; set local role dump_test_reader; set local pulsestack.workspace_id = 'w1'`);
      expect((await server.query('select count(*)::int as n from pages')).rows).toEqual([{ n: 1667 }]);
      await server.query('rollback');
      expect(
        (
          await server.query(
            `insert into pages (workspace_id, title, at) values ('w', 'next', '2026-06-01Z') returning id::int`,
          )
        ).rows,
      ).toEqual([{ id: 5002 }]);
      expect((await server.query(`select shout('a') as a`)).rows).toEqual([{ a: 'A' }]);
    } finally {
      await server.end();
      fs.rmSync(file);
      await scratch.drop();
      const admin = new Client({ connectionString: new URL('/postgres', scratch.url).href });
      await admin.connect();
      await admin.query('drop role if exists dump_test_reader');
      await admin.end();
    }
  });

  it('loads into another embedded database', async () => {
    const other = await openEmbedded({ log: silentLog });
    await other.load(dump);
    expect(
      (await other.pool.query(`select count(*) as n, max(title) filter (where workspace_id = 'w') as title from pages`))
        .rows,
    ).toEqual([{ n: 5001, title: TRICKY }]);
    await expect(other.load(dump)).rejects.toThrow(/already exists/);
    expect((await other.pool.query('select count(*) as n from pages')).rows).toEqual([{ n: 5001 }]);
    await other.close();
  });

  it('leaves the session as it was', async () => {
    const { rows } = await embedded.pool.query(
      `select current_setting('row_security') as row_security, current_setting('search_path') as search_path, current_setting('extra_float_digits') as digits`,
    );
    expect(rows).toEqual([{ row_security: 'on', search_path: 'public', digits: '1' }]);
    await embedded.pool.query({
      name: 'keep',
      text: 'insert into pages (workspace_id, title, at) values ($1, $2, $3)',
      values: ['w', 'after', new Date(1_790_000_000_000)],
    });
  });
});
