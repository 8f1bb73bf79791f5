import { describe, expect, it } from 'vitest';
import { CONTRACT_IDLE_TRANSACTION_MS, databaseContract } from '../../ports/contracts/database.ts';
import { silentLog } from '../../ports/log.ts';
import { createScratchDatabase } from '../../testing/scratch-database.ts';
import { openServer } from './index.ts';

databaseContract('a PostgreSQL server', async () => {
  const scratch = await createScratchDatabase();
  const database = await openServer({
    url: scratch.url,
    log: silentLog,
    idleTransactionMs: CONTRACT_IDLE_TRANSACTION_MS,
  });
  return { database, remove: scratch.drop };
});

describe('a PostgreSQL server', () => {
  it('listens again after its connection was cut, and says that something may be missing', async () => {
    const scratch = await createScratchDatabase();
    const database = await openServer({ url: scratch.url, log: silentLog });
    try {
      const heard: string[] = [];
      const { promise: gap, resolve: onGap } = Promise.withResolvers<void>();
      await database.listen('news', (payload) => heard.push(payload), onGap);
      await database.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      );
      await gap;
      await database.pool.query(`notify news, 'again'`);
      await expect.poll(() => heard).toEqual(['again']);
    } finally {
      await database.close();
      await scratch.drop();
    }
  });

  it('survives the loss of its idle connections', async () => {
    const scratch = await createScratchDatabase();
    const database = await openServer({ url: scratch.url, log: silentLog, max: 4 });
    try {
      await Promise.all(Array.from({ length: 4 }, () => database.pool.query('select pg_sleep(0.05)')));
      await scratch.disconnectEverybody();
      await expect
        .poll(() =>
          database.pool.query('select 1 as one').then(
            ({ rows }) => rows,
            () => 'refused',
          ),
        )
        .toEqual([{ one: 1 }]);
    } finally {
      await database.close();
      await scratch.drop();
    }
  });

  it('gives up a statement that takes too long', async () => {
    const scratch = await createScratchDatabase();
    const database = await openServer({ url: scratch.url, log: silentLog, statementTimeoutMs: 100 });
    try {
      await expect(database.pool.query('select pg_sleep(10)')).rejects.toMatchObject({ code: '57014' });
    } finally {
      await database.close();
      await scratch.drop();
    }
  });
});

describe('a PostgreSQL server that cannot be used', () => {
  it.each([
    [
      'is not running',
      'postgres://ada:secret@127.0.0.1:1/app',
      /unreachable at postgres:\/\/ada@127\.0\.0\.1:1\/app \(.*ECONNREFUSED.*\); start it, correct DATABASE_URL, or unset it/,
    ],
    [
      'has an unknown host',
      'postgres://ada:secret@nowhere.invalid/app',
      /host of postgres:\/\/ada@nowhere\.invalid\/app is unknown/,
    ],
  ])('is refused with the next step when it %s', async (_, url, sentence) => {
    await expect(openServer({ url, log: silentLog })).rejects.toThrow(sentence);
  });

  it('is refused with the next step when the database does not exist', async () => {
    const scratch = await createScratchDatabase();
    const url = new URL(scratch.url);
    url.pathname = '/missing_one';
    await expect(openServer({ url: url.href, log: silentLog })).rejects.toThrow(
      /has no database "missing_one"; create it with "createdb/,
    );
    url.username = 'nobody_we_know';
    await expect(openServer({ url: url.href, log: silentLog })).rejects.toThrow(/refuses the user or its password/);
    await scratch.drop();
  });
});
