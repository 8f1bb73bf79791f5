import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer } from '../adapters/postgres/index.ts';
import { sql } from '../kernel/sql.ts';
import { createTenantDatabase } from '../kernel/tenancy.ts';
import type { Database } from '../ports/database.ts';
import { silentLog } from '../ports/log.ts';
import { openTestDatabase } from '../testing/databases.ts';
import { databases } from '../testing/index.ts';
import { createScratchDatabase } from '../testing/scratch-database.ts';
import { ensurePartitions, migrate } from './migrate.ts';

/** Tables of the installation itself; everything else belongs to a workspace. */
const INSTALLATION = ['account_tokens', 'accounts', 'sessions', 'sign_in_attempts', 'signing_keys'];

describe.each(databases)('the %s database after the migrations', (kind) => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase(kind);
    await ensurePartitions(database, new Date('2026-06-15T00:00:00Z'));
  });
  afterAll(() => database.close());

  interface Table {
    name: string;
    secured: boolean;
    forced: boolean;
    policies: string[] | null;
    firstKey: string | null;
    partition: boolean;
    appMay: boolean;
  }

  const scan = async (): Promise<Table[]> =>
    (
      await database.pool.query<Table>(`
        select c.relname as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced, c.relispartition as partition,
               (select array_agg(polname::text order by polname) from pg_policy where polrelid = c.oid) as policies,
               (select attname from pg_index join pg_attribute on attrelid = indrelid and attnum = indkey[0] where indrelid = c.oid and indisprimary) as "firstKey",
               has_table_privilege('pulsestack_app', c.oid, 'select, insert, update, delete') as "appMay"
        from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'pulsestack_migrations'
        order by 1`)
    ).rows;

  it('has row-level security enabled and forced on every table', async () => {
    const tables = await scan();
    expect(tables.length).toBeGreaterThan(20);
    expect(
      tables
        .filter((table) => !table.secured || !table.forced || !table.policies?.includes('system'))
        .map((table) => table.name),
    ).toEqual([]);
  });

  it('lets requests see tenant tables by their workspace only, partitions and the installation not at all', async () => {
    for (const table of await scan()) {
      const isTenant = !table.partition && !INSTALLATION.includes(table.name);
      expect([table.name, table.policies?.includes('tenant') ?? false]).toEqual([table.name, isTenant]);
      expect([table.name, table.appMay]).toEqual([table.name, isTenant]);
      if (isTenant) expect([table.name, table.firstKey]).toEqual([table.name, 'workspace_id']);
    }
  });

  it('finds a table that somebody forgot to protect', async () => {
    await database.pool.query('create table forgotten (workspace_id text primary key)');
    expect((await scan()).filter((table) => !table.secured).map((table) => table.name)).toEqual(['forgotten']);
    await database.pool.query('drop table forgotten');
  });

  it('shows a transaction of one workspace nothing of another, and lets it write nothing there', async () => {
    const db = createTenantDatabase(database);
    const [mine, theirs] = ['wsp_01jd0c5m8xk7q2w9v4t6r3n1aa', 'wsp_01jd0c5m8xk7q2w9v4t6r3n1bb'];
    for (const id of [mine, theirs]) {
      await db.inWorkspace(id, (tx) =>
        tx.run(sql`insert into users (workspace_id, id, created_at, updated_at) values (${id}, 'ada', now(), now())`),
      );
    }
    expect(await db.inWorkspace(mine, (tx) => tx.rows(sql`select workspace_id from users`))).toEqual([
      { workspace_id: mine },
    ]);
    expect(await db.inWorkspace(mine, (tx) => tx.run(sql`delete from users where workspace_id = ${theirs}`))).toBe(0);
    await expect(
      db.inWorkspace(mine, (tx) =>
        tx.run(
          sql`insert into users (workspace_id, id, created_at, updated_at) values (${theirs}, 'eve', now(), now())`,
        ),
      ),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(db.inWorkspace(mine, (tx) => tx.run(sql`select * from accounts`))).rejects.toMatchObject({
      code: '42501',
    });
    expect(await db.inSystem((tx) => tx.get<{ n: number }>(sql`select count(*) as n from users`))).toEqual({ n: 2 });
  });

  it('keeps transactions of different scopes apart and rolls back as a whole', async () => {
    const db = createTenantDatabase(database);
    const id = 'wsp_01jd0c5m8xk7q2w9v4t6r3n1cc';
    await expect(db.inWorkspace(id, () => db.inSystem(async () => 1))).rejects.toThrow(
      'inside a workspace transaction',
    );
    const failing = db.inWorkspace(id, async (tx) => {
      await tx.run(
        sql`insert into users (workspace_id, id, created_at, updated_at) values (${id}, 'half', now(), now())`,
      );
      await db.inWorkspace(id, (inner) => inner.run(sql`select 1 / 0`));
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    expect(await db.inWorkspace(id, (tx) => tx.rows(sql`select id from users`))).toEqual([]);
  });

  it('acknowledges nothing when a statement has failed, even if the story went on', async () => {
    const db = createTenantDatabase(database);
    const id = 'wsp_01jd0c5m8xk7q2w9v4t6r3n1dd';
    const careless = db.inWorkspace(id, async (tx) => {
      await tx.run(
        sql`insert into users (workspace_id, id, created_at, updated_at) values (${id}, 'lost', now(), now())`,
      );
      await tx.run(sql`select 1 / 0`).catch(() => undefined);
      return 'stored';
    });
    await expect(careless).rejects.toThrow('rolled back by its commit');
  });

  it('keeps what was committed when what follows the commit fails', async () => {
    const db = createTenantDatabase(database);
    const id = 'wsp_01jd0c5m8xk7q2w9v4t6r3n1ee';
    const story = db.inWorkspace(id, async (tx) => {
      await tx.run(
        sql`insert into users (workspace_id, id, created_at, updated_at) values (${id}, 'kept', now(), now())`,
      );
      tx.afterCommit(() => {
        throw new Error('nobody listens');
      });
    });
    await expect(story).rejects.toThrow('nobody listens');
    expect(await db.inWorkspace(id, (tx) => tx.rows(sql`select id from users`))).toEqual([{ id: 'kept' }]);
  });

  it('changes nothing when it runs again, even twice at once', async () => {
    expect(await Promise.all([migrate(database, silentLog), migrate(database, silentLog)])).toEqual([0, 0]);
  });

  it('makes each partition once, however many processes start at the same moment', async () => {
    const day = new Date('2031-05-05T00:00:00Z');
    await Promise.all(Array.from({ length: 4 }, () => ensurePartitions(database, day)));
    const { rows } = await database.pool.query("select to_regclass('log_events_20310505')::text as name");
    expect(rows).toEqual([{ name: 'log_events_20310505' }]);
  });

  it('stops at a database of a newer version', async () => {
    await database.pool.query("insert into pulsestack_migrations (name) values ('9999_future.sql')");
    await expect(migrate(database, silentLog)).rejects.toThrow(/newer PulseStack \(9999_future.sql\)/);
    await database.pool.query("delete from pulsestack_migrations where name = '9999_future.sql'");
  });
});

describe.runIf(databases.includes('server'))('a server that is migrated by another process', () => {
  it('is waited for, longer than a request may take', async () => {
    const scratch = await createScratchDatabase();
    const other = await openServer({ url: scratch.url, log: silentLog });
    const mine = await openServer({ url: scratch.url, log: silentLog, statementTimeoutMs: 100 });
    const holder = await other.pool.connect();
    await holder.query('select pg_advisory_lock(7241903355)');
    const migrated = migrate(mine, silentLog);
    const waitingMs = async () => {
      const { rows } = await other.pool.query<{ ms: number }>(
        "select extract(epoch from clock_timestamp() - query_start) * 1000 as ms from pg_stat_activity where datname = current_database() and wait_event = 'advisory'",
      );
      return Number(rows[0]?.ms ?? 0);
    };
    // Should it give up meanwhile, the end of this test says so.
    migrated.catch(() => undefined);
    await expect.poll(waitingMs, { interval: 20, timeout: 10_000 }).toBeGreaterThan(300);
    await holder.query('select pg_advisory_unlock(7241903355)');
    holder.release();
    expect(await migrated).toBeGreaterThan(0);
    await Promise.all([mine.close(), other.close()]);
    await scratch.drop();
  });
});
