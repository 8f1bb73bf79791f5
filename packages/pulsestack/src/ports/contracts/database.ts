import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../database.ts';

export interface DatabaseUnderTest {
  database: Database;
  /** Frees what the test made, after the database is closed. */
  remove(): Promise<void>;
}

/** How long the opened database lets a transaction idle, short enough to wait for. */
export const CONTRACT_IDLE_TRANSACTION_MS = 400;

// The embedded database says why; of a server the driver only knows that it has hung up.
const OVER = /rolled back|not queryable|terminated/;

/** What callers of a `Database` may rely on, one test per sentence of the port. Durability has a suite of its own. */
export function databaseContract(name: string, open: () => Promise<DatabaseUnderTest>): void {
  describe(`${name} keeps the promises of a database`, () => {
    let database: Database;
    let remove: () => Promise<void>;

    beforeAll(async () => {
      ({ database, remove } = await open());
      await database.pool.query('create table notes (id int primary key, body text)');
    });
    beforeEach(() => database.pool.query('truncate notes'));
    afterAll(async () => {
      await database.close();
      await remove();
    });

    it('lets nobody see a change before its commit', async () => {
      const writer = await database.pool.connect();
      await writer.query('begin');
      await writer.query(`insert into notes values (1, 'draft')`);
      // Embedded, the reader waits for its turn; on a server it answers at once. Neither may see the draft.
      const seen = countNotes(database);
      await writer.query('rollback');
      writer.release();
      expect(await seen).toBe(0);
    });

    it('keeps concurrent transactions apart', async () => {
      await database.pool.query(`insert into notes values (1, '0')`);
      await Promise.all(
        Array.from({ length: 40 }, () =>
          inTransaction(database, async (client) => {
            const { rows } = await client.query<{ body: string }>('select body from notes where id = 1 for update');
            await client.query('update notes set body = $1 where id = 1', [String(Number(rows[0]?.body) + 1)]);
          }),
        ),
      );
      const { rows } = await database.pool.query('select body from notes');
      expect(rows).toEqual([{ body: '40' }]);
    });

    it('leaves nothing of a transaction whose client is released with an error', async () => {
      const client = await database.pool.connect();
      await client.query('begin');
      await client.query(`insert into notes values (1, 'lost')`);
      client.release(new Error('the story failed'));
      expect(await countNotes(database)).toBe(0);
    });

    it('leaves nothing of a transaction whose connection breaks', async () => {
      const client = await database.pool.connect();
      client.on('error', () => {});
      await client.query('begin');
      await client.query(`insert into notes values (1, 'lost')`);
      streamOf(client).destroy();
      expect(await countNotes(database)).toBe(0);
      client.release(true);
    });

    it('rolls back a transaction that does nothing, and refuses its next statement', async () => {
      const client = await database.pool.connect();
      client.on('error', () => {});
      await client.query('begin');
      await client.query(`insert into notes values (1, 'forgotten')`);
      await expect
        .poll(() => database.pool.query(`insert into notes values (1, 'next')`).then(() => 'written'), {
          timeout: 5_000,
        })
        .toBe('written');
      await expect(client.query('select 1')).rejects.toThrow(OVER);
      await expect(client.query('commit')).rejects.toThrow(OVER);
      client.release();
      expect((await database.pool.query('select body from notes')).rows).toEqual([{ body: 'next' }]);
    });

    it('refuses with the SQLSTATE and goes on with the same connection', async () => {
      const client = await database.pool.connect();
      await expect(client.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
      await expect(client.query('select $1::int', ['ten'])).rejects.toMatchObject({ code: '22P02' });
      await expect(client.query('selec 1')).rejects.toMatchObject({ code: '42601' });
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      client.release();
    });

    it('keeps a failed transaction failed until it is rolled back', async () => {
      const client = await database.pool.connect();
      await client.query('begin');
      await expect(client.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
      await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' });
      await client.query('rollback');
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      client.release();
    });

    it('keeps prepared statements with the connection that named them', async () => {
      const [one, two] = [await database.pool.connect(), await database.pool.connect()];
      expect((await one.query({ name: 'same', text: 'select 1 as n' })).rows).toEqual([{ n: 1 }]);
      expect((await two.query({ name: 'same', text: 'select $1::text as s', values: ['b'] })).rows).toEqual([
        { s: 'b' },
      ]);
      expect((await one.query({ name: 'same', text: 'select 1 as n' })).rows).toEqual([{ n: 1 }]);
      one.release(true);
      expect((await two.query({ name: 'same', text: 'select $1::text as s', values: ['c'] })).rows).toEqual([
        { s: 'c' },
      ]);
      two.release();
    });

    it('prepares a statement again after it failed to prepare', async () => {
      const client = await database.pool.connect();
      const statement = { name: 'later', text: 'select count(*)::int as n from not_yet' };
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42P01' });
      await client.query('create table not_yet ()');
      expect((await client.query(statement)).rows).toEqual([{ n: 0 }]);
      await client.query('drop table not_yet');
      client.release();
    });

    it('gives counters as numbers, refuses what is not exact, and times as dates', async () => {
      const { rows } = await database.pool.query(
        `select 42::int8 as n, array[7::int8] as list, timestamptz '2026-01-02T03:04:05Z' as at`,
      );
      expect(rows).toEqual([{ n: 42, list: [7], at: new Date('2026-01-02T03:04:05Z') }]);
      await expect(database.pool.query('select 9007199254740993::int8')).rejects.toThrow(
        '9007199254740993 does not fit a number',
      );
    });

    it('carries large values whole', async () => {
      const large = 'ä€🎉'.repeat(300_000);
      const { rows } = await database.pool.query('select $1::text as value', [large]);
      expect(rows[0].value === large).toBe(true);
    });

    it('reads a long result in pieces', async () => {
      const client = await database.pool.connect();
      const { rows } = await client.query({
        text: 'select n::int from generate_series(1, 1000) n',
        rows: 100,
      } as pg.QueryConfig);
      expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
      client.release();
    });

    it('hears what is notified after listening, in commit order and as it was sent', async () => {
      const heard: string[] = [];
      const stop = await database.listen('Room "1"', (payload) => heard.push(payload));
      await inTransaction(database, (client) =>
        client.query(`select pg_notify('Room "1"', 'ä ' || n) from generate_series(1, 3) n`),
      );
      await database.pool.query(`select pg_notify('Room "1"', '')`);
      await expect.poll(() => heard).toEqual(['ä 1', 'ä 2', 'ä 3', '']);
      await stop();
    });

    it('hears nothing of a transaction that was rolled back', async () => {
      const heard: string[] = [];
      const stop = await database.listen('rolled', (payload) => heard.push(payload));
      const client = await database.pool.connect();
      await client.query('begin');
      await client.query(`notify rolled, 'no'`);
      await client.query('rollback');
      client.release();
      await database.pool.query(`notify rolled, 'yes'`);
      await expect.poll(() => heard).toEqual(['yes']);
      await stop();
    });

    it('stops only the listener that stops', async () => {
      const [first, second]: [string[], string[]] = [[], []];
      const stopFirst = await database.listen('shared', (payload) => first.push(payload));
      const stopSecond = await database.listen('shared', (payload) => second.push(payload));
      await database.pool.query(`notify shared, '1'`);
      await expect.poll(() => first).toEqual(['1']);
      await stopFirst();
      await database.pool.query(`notify shared, '2'`);
      await expect.poll(() => second).toEqual(['1', '2']);
      expect(first).toEqual(['1']);
      await stopSecond();
    });

    it('keeps what a connection listens to with that connection', async () => {
      const [one, two] = [await database.pool.connect(), await database.pool.connect()];
      const heard: string[] = [];
      one.on('notification', () => heard.push('one'));
      two.on('notification', () => heard.push('two'));
      await two.query('listen mine');
      await one.query(`notify mine, 'x'`);
      await expect.poll(() => heard).toEqual(['two']);
      await one.query('select 1');
      expect(heard).toEqual(['two']);
      one.release(true);
      two.release(true);
    });

    it('is healthy while it answers', async () => {
      const health = await database.health();
      expect(health.serverVersion).toMatch(/^\d+\.\d+/);
      expect(health.latencyMs).toBeGreaterThan(0);
    });
  });

  describe(`${name} closes`, () => {
    it('after what is running has finished, once however often it is asked, and for good', async () => {
      const { database, remove } = await open();
      try {
        const running = database.pool.query('select count(*)::int as n from generate_series(1, 200000)');
        await Promise.all([database.close(), database.close()]);
        expect((await running).rows).toEqual([{ n: 200_000 }]);
        await expect(database.pool.query('select 1')).rejects.toThrow(/after calling end/);
        await expect(database.health()).rejects.toThrow(/after calling end/);
      } finally {
        await remove();
      }
    });
  });
}

async function inTransaction(database: Database, story: (client: pg.PoolClient) => Promise<unknown>): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query('begin');
    await story(client);
    await client.query('commit');
  } finally {
    client.release();
  }
}

async function countNotes(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>('select count(*) as n from notes');
  return rows[0]?.n as number;
}

// The driver does not show its stream; to break a connection there is no other handle.
function streamOf(client: pg.PoolClient): { destroy(): void } {
  return (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream;
}
