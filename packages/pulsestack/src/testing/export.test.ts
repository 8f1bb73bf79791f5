import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { openEmbedded } from '../adapters/pglite/index.ts';
import { migrate } from '../migrations/migrate.ts';
import { silentLog } from '../ports/log.ts';
import { createScratchDatabase } from './scratch-database.ts';

/** What the schema is made of, so that nothing of it gets lost on the way. */
const INVENTORY = `
  select 'tables' as kind, count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
  union all select 'protected', count(*)::int from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity and relforcerowsecurity
  union all select 'policies', count(*)::int from pg_policy
  union all select 'indexes', count(*)::int from pg_indexes where schemaname = 'public'
  union all select 'triggers', count(*)::int from pg_trigger where not tgisinternal
  union all select 'functions', count(*)::int from pg_proc where pronamespace = 'public'::regnamespace
  union all select 'grants', count(*)::int from information_schema.role_table_grants where grantee like 'pulsestack%'
  order by kind`;

describe("the product's own schema, exported", () => {
  it('is whole when psql has loaded it into a PostgreSQL server, and has nothing left to migrate', {
    timeout: 60_000,
  }, async () => {
    const embedded = await openEmbedded({ log: silentLog });
    await migrate(embedded, silentLog);
    const inventory = (await embedded.pool.query(INVENTORY)).rows;
    const applied = (await embedded.pool.query('select name from pulsestack_migrations order by name')).rows;
    const file = path.join(os.tmpdir(), `pulsestack-export-${process.pid}.sql`);
    fs.writeFileSync(file, await embedded.dump());
    await embedded.close();

    const scratch = await createScratchDatabase();
    const server = new Client({ connectionString: scratch.url });
    try {
      await promisify(execFile)('psql', ['-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-d', scratch.url, '-f', file]);
      await server.connect();
      expect((await server.query(INVENTORY)).rows).toEqual(inventory);
      expect(inventory.find(({ kind }) => kind === 'policies').n).toBeGreaterThan(20);
      expect((await server.query('select name from pulsestack_migrations order by name')).rows).toEqual(applied);
    } finally {
      await server.end();
      await scratch.drop();
      fs.rmSync(file);
    }
  });
});
