import type pg from 'pg';
import type { Database } from '../../ports/database.ts';

/**
 * What the crash suites write and afterwards ask about. An order has exactly two lines and is counted once by its
 * writer, all in one transaction, so half a transaction shows as an order without lines, lines without an order, or a wrong count.
 */
export async function createLedger(database: Database): Promise<void> {
  await database.pool.query(`
    create table if not exists orders (id text primary key, writer int not null, placed_at timestamptz not null default clock_timestamp());
    create index if not exists orders_by_writer on orders (writer, id);
    create table if not exists lines (order_id text not null, position int not null, note text not null, primary key (order_id, position));
    create table if not exists writers (id int primary key, orders int not null);`);
}

/** A transaction over several round trips. */
export async function placeOrder(client: pg.PoolClient, id: string, writer: number): Promise<void> {
  await client.query('begin');
  await client.query({ name: 'order', text: 'insert into orders (id, writer) values ($1, $2)', values: [id, writer] });
  await client.query({
    name: 'lines',
    text: `insert into lines select $1, n, repeat('x', 200) from generate_series(1, 2) n`,
    values: [id],
  });
  await client.query({
    name: 'count',
    text: 'insert into writers values ($1, 1) on conflict (id) do update set orders = writers.orders + 1',
    values: [writer],
  });
  await client.query('commit');
}

/** The same as one statement, which is committed together with those of others. */
export async function placeOrderAtOnce(client: pg.PoolClient, id: string, writer: number): Promise<void> {
  await client.query({
    name: 'at-once',
    text: `
      with placed as (insert into orders (id, writer) values ($1, $2)),
        counted as (insert into writers values ($2, 1) on conflict (id) do update set orders = writers.orders + 1)
      insert into lines select $1, n, repeat('x', 200) from generate_series(1, 2) n`,
    values: [id, writer],
  });
}

/** One sentence for every promise that was broken; none is the good news. */
export async function auditLedger(database: Database, acknowledged: readonly string[]): Promise<string[]> {
  const complaints: string[] = [];
  const client = await database.pool.connect();
  const expectNone = async (sentence: string, text: string, values: unknown[] = []) => {
    const { rows } = await client.query<{ n: number }>(`select count(*) as n from (${text}) found`, values);
    if (rows[0]?.n !== 0) complaints.push(`${rows[0]?.n} ${sentence}`);
  };
  try {
    await expectNone('acknowledged orders are missing', 'select unnest($1::text[]) except select id from orders', [
      acknowledged,
    ]);
    await expectNone(
      'orders do not have their two lines',
      'select o.id from orders o left join lines l on l.order_id = o.id group by o.id having count(l.order_id) <> 2',
    );
    await expectNone(
      'lines have no order',
      'select 1 from lines l where not exists (select from orders o where o.id = l.order_id)',
    );
    await expectNone(
      'writers have a wrong count',
      'select 1 from writers w full join (select writer, count(*) as n from orders group by writer) o on o.writer = w.id where w.orders is distinct from o.n',
    );
    for (const [table, order, key] of INDEXED) {
      const [heap, index] = [
        await readBy(client, HEAP_ONLY, table, order, key),
        await readBy(client, INDEX_ONLY, table, order, key),
      ];
      if (heap !== index) complaints.push(`the index of ${table} on (${order}) does not agree with the table`);
    }
  } finally {
    client.release();
  }
  return complaints;
}

const INDEXED = [
  ['orders', 'id', 'id'],
  ['orders', 'writer, id', 'id'],
  ['lines', 'order_id, position', `order_id || '/' || position`],
] as const;
const HEAP_ONLY = ['enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan'];
const INDEX_ONLY = ['enable_seqscan', 'enable_bitmapscan', 'enable_sort'];

async function readBy(
  client: pg.PoolClient,
  disabled: string[],
  table: string,
  order: string,
  key: string,
): Promise<string> {
  await client.query(`begin; ${disabled.map((plan) => `set local ${plan} = off`).join('; ')}`);
  const { rows } = await client.query<{ digest: string }>(
    `select count(*) || ' ' || coalesce(md5(string_agg(key, ',')), '') as digest from (select ${key} as key from ${table} order by ${order}) ordered`,
  );
  await client.query('rollback');
  return rows[0]?.digest ?? '';
}
