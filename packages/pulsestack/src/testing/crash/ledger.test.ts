import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../adapters/pglite/index.ts';
import type { Database } from '../../ports/database.ts';
import { silentLog } from '../../ports/log.ts';
import { auditLedger, createLedger, placeOrder, placeOrderAtOnce } from './ledger.ts';

describe('the audit of the crash suites', () => {
  let database: Database;

  beforeAll(async () => {
    database = await openEmbedded({ log: silentLog });
    await createLedger(database);
    const client = await database.pool.connect();
    await placeOrder(client, 'a', 1);
    await placeOrderAtOnce(client, 'b', 2);
    client.release();
  });
  afterAll(() => database.close());

  it('finds nothing where nothing is wrong', async () => {
    expect(await auditLedger(database, ['a', 'b'])).toEqual([]);
  });

  it('misses an order that was acknowledged', async () => {
    expect(await auditLedger(database, ['a', 'b', 'c'])).toEqual(['1 acknowledged orders are missing']);
  });

  it.each([
    [
      'an order without a line',
      `delete from lines where order_id = 'a' and position = 1`,
      '1 orders do not have their two lines',
    ],
    ['a line without an order', `insert into lines values ('z', 1, '')`, '1 lines have no order'],
    ['a count that is wrong', `update writers set orders = 7 where id = 1`, '1 writers have a wrong count'],
  ])('sees %s', async (_, damage, complaint) => {
    const original = await database.pool.query('select o.id, o.writer from orders o');
    await database.pool.query(damage);
    expect(await auditLedger(database, ['a', 'b'])).toEqual([complaint]);
    await database.pool.query('truncate orders, lines, writers');
    const client = await database.pool.connect();
    for (const { id, writer } of original.rows) await placeOrder(client, id, writer);
    client.release();
  });
});
