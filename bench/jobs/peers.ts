import { Queue as BullQueue, Worker as BullWorker } from 'bullmq';
import { Logger, makeWorkerUtils, run, runMigrations } from 'graphile-worker';
import { Redis } from 'ioredis';
import { PgBoss } from 'pg-boss';
import { type Contender, ORDERS, placeOrder, wait } from './contender.ts';

/** pg-boss over the same pool, four workers that fetch batches. */
export const pgBoss: Contender = {
  name: 'pg-boss',
  async open({ database: { pool } }) {
    await pool.query(ORDERS);
    const over = (client: Pick<typeof pool, 'query'>) => ({
      executeSql: async (text: string, values?: unknown[]) => await client.query(text, values),
    });
    const boss = new PgBoss({ db: over(pool), supervise: false, schedule: false });
    boss.on('error', () => {});
    await boss.start();
    const name = 'bench';
    await boss.createQueue(name);
    return {
      addOne: async (payload) => void (await boss.send(name, payload)),
      async addInTransaction(payload) {
        const client = await pool.connect();
        await client.query('begin');
        await placeOrder(client, payload.note);
        await boss.send(name, payload, { db: over(client) });
        await client.query('commit');
        client.release();
      },
      addMany: async (payloads) =>
        void (await boss.insert(
          name,
          payloads.map((data) => ({ data })),
        )),
      async work(ioMs, done) {
        const batchSize = ioMs > 0 ? 25 : 100;
        for (let i = 0; i < 4; i++)
          await boss.work(name, { batchSize, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }, async (jobs) => {
            if (ioMs > 0) await Promise.all(jobs.map(() => wait(ioMs)));
            for (const _ of jobs) done();
          });
        return { stop: () => boss.offWork(name, { wait: false }) };
      },
      close: () => boss.stop({ graceful: false }),
    };
  },
};

/** graphile-worker over the same pool, with its local queue. */
export const graphile: Contender = {
  name: 'graphile-worker',
  async open({ database: { pool } }) {
    await pool.query(ORDERS);
    // A line for each job would be most of its work.
    const quiet = { pgPool: pool, logger: new Logger(() => () => {}) };
    await runMigrations(quiet);
    const utils = await makeWorkerUtils(quiet);
    return {
      addOne: async (payload) => void (await utils.addJob('bench', payload)),
      async addInTransaction(payload) {
        const client = await pool.connect();
        await client.query('begin');
        await placeOrder(client, payload.note);
        await client.query({
          name: 'bench_add_job',
          text: `select graphile_worker.add_job('bench', $1::json)`,
          values: [JSON.stringify(payload)],
        });
        await client.query('commit');
        client.release();
      },
      addMany: async (payloads) =>
        void (await utils.addJobs(payloads.map((payload) => ({ identifier: 'bench', payload })))),
      async work(ioMs, done) {
        const runner = await run({
          ...quiet,
          noHandleSignals: true,
          taskList: {
            bench: async () => {
              if (ioMs > 0) await wait(ioMs);
              done();
            },
          },
          preset: {
            worker: {
              concurrentJobs: ioMs > 0 ? 100 : 50,
              localQueue: { size: 200 },
              completeJobBatchDelay: 0,
              pollInterval: 500,
            },
          },
        });
        return { stop: () => runner.stop() };
      },
      close: async () => void (await utils.release()),
    };
  },
};

/** BullMQ on Redis. It cannot add in a transaction of the business. */
export const bullmq: Contender = {
  name: 'bullmq',
  async open({ redisUrl }) {
    const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
    const queue = new BullQueue('bench', { connection });
    const defaults = { removeOnComplete: true, removeOnFail: true };
    return {
      addOne: async (payload) => void (await queue.add('bench', payload, defaults)),
      addMany: async (payloads) =>
        void (await queue.addBulk(payloads.map((data) => ({ name: 'bench', data, opts: defaults })))),
      async work(ioMs, done) {
        const worker = new BullWorker(
          'bench',
          async () => {
            if (ioMs > 0) await wait(ioMs);
            done();
          },
          { connection, concurrency: 100 },
        );
        return { stop: () => worker.close() };
      },
      async close() {
        await queue.close();
        await connection.quit();
      },
    };
  },
};
