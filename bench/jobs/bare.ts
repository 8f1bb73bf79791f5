import { type Contender, ORDERS, placeOrder, wait } from './contender.ts';

const BATCH = 100;
const CALLS = 25;
const LOOPS = 4;

/** The limit: one table, claimed with SKIP LOCKED and completed in batches, without tenants, leases or history. */
export const bare: Contender = {
  name: 'bare table',
  async open({ database: { pool } }) {
    await pool.query(`${ORDERS};
      create table bench_jobs (
        id bigint generated always as identity primary key,
        tenant text not null,
        name text not null,
        payload jsonb not null,
        state text not null default 'ready',
        priority int not null default 0,
        run_at timestamptz not null default clock_timestamp(),
        attempts int not null default 0,
        lease_until timestamptz
      );
      create index bench_jobs_ready on bench_jobs (priority, run_at, id) where state = 'ready'`);
    const insert = (payload: object) => ({
      name: 'bench_insert',
      text: 'insert into bench_jobs (tenant, name, payload) values ($1, $2, $3)',
      values: ['t', 'bench.job', JSON.stringify(payload)],
    });
    return {
      addOne: async (payload) => void (await pool.query(insert(payload))),
      async addInTransaction(payload) {
        const client = await pool.connect();
        await client.query('begin');
        await placeOrder(client, payload.note);
        await client.query(insert(payload));
        await client.query('commit');
        client.release();
      },
      addMany: async (payloads) =>
        void (await pool.query({
          name: 'bench_insert_many',
          text: `insert into bench_jobs (tenant, name, payload) select 't', 'bench.job', payload from unnest($1::jsonb[]) as payload`,
          values: [payloads.map((payload) => JSON.stringify(payload))],
        })),
      async work(ioMs, done) {
        let stopped = false;
        const limit = ioMs > 0 ? CALLS : BATCH;
        const loop = async () => {
          while (!stopped) {
            const { rows } = await pool.query<{ id: number }>({
              name: 'bench_claim',
              text: `
                update bench_jobs set state = 'active', attempts = attempts + 1, lease_until = clock_timestamp() + interval '60 s'
                where id in (
                  select id from bench_jobs where state = 'ready' and run_at <= clock_timestamp()
                  order by priority, run_at, id limit $1 for update skip locked)
                returning id, name, payload, attempts`,
              values: [limit],
            });
            if (rows.length === 0) {
              await wait(20);
              continue;
            }
            if (ioMs > 0) await Promise.all(rows.map(() => wait(ioMs)));
            await pool.query({
              name: 'bench_done',
              text: 'delete from bench_jobs using unnest($1::bigint[]) as done where id = done',
              values: [rows.map((row) => row.id)],
            });
            for (const _ of rows) done();
          }
        };
        const loops = Array.from({ length: LOOPS }, loop);
        return {
          async stop() {
            stopped = true;
            await Promise.all(loops);
          },
        };
      },
      close: async () => {},
    };
  },
};
