import { randomBytes } from 'node:crypto';
import { makeId } from '@pulsestack/core';
import { z } from 'zod';
import { batchJob, enqueue, enqueueMany, externalJob, job } from '../../packages/pulsestack/src/kernel/job.ts';
import { sql } from '../../packages/pulsestack/src/kernel/sql.ts';
import { migrate } from '../../packages/pulsestack/src/migrations/migrate.ts';
import { silentLog } from '../../packages/pulsestack/src/ports/log.ts';
import { bareRuntime } from '../../packages/pulsestack/src/testing/runtime.ts';
import { createWorker } from '../../packages/pulsestack/src/transports/worker/jobs.ts';
import { type Contender, ORDERS, wait } from './contender.ts';

const Data = z.object({ n: z.number(), note: z.string() });
const BATCH = 200;
const CALLS = 100;

/** The product's own queue: many in a transaction (`batch`), or one in each. */
export const ours = (kind: 'batch' | 'single'): Contender => ({
  name: kind === 'batch' ? 'pulsestack' : 'pulsestack, a transaction each',
  async open({ database }) {
    await migrate(database, silentLog);
    const runtime = bareRuntime({ database });
    const workspaceId = newWorkspaceId();
    await database.pool.query(`${ORDERS}; grant all on bench_orders to pulsestack_app`);
    let ioMs = 0;
    let onDone = () => {};
    const quick =
      kind === 'batch'
        ? batchJob({
            name: 'bench.job',
            data: Data,
            size: BATCH,
            runMany: async (_ctx, items) => {
              for (const _ of items) onDone();
            },
          })
        : job({ name: 'bench.job', data: Data, run: async () => onDone() });
    const calling = externalJob({
      name: 'bench.call',
      data: Data,
      concurrency: CALLS,
      async work() {
        await wait(ioMs);
        onDone();
      },
    });
    const adding = <T>(story: (ctx: Parameters<typeof enqueue>[0]) => Promise<T>) =>
      runtime.db.inWorkspace(workspaceId, (tx) => story({ ...runtime, tx, workspaceId, requestId: 'req_bench' }));
    let added: typeof quick | typeof calling = quick;
    return {
      addOne: (payload) => adding(async (ctx) => void (await enqueue(ctx, added, payload))),
      addInTransaction: (payload) =>
        adding(async (ctx) => {
          await ctx.tx.run(sql`insert into bench_orders (note) values (${payload.note})`);
          await enqueue(ctx, added, payload);
        }),
      addMany: (payloads) =>
        adding(
          async (ctx) =>
            void (await enqueueMany(
              ctx,
              added,
              payloads.map((data) => ({ data })),
            )),
        ),
      async work(ms, done) {
        ioMs = ms;
        onDone = done;
        if (ms > 0) {
          added = calling;
          await database.pool.query(
            `update jobs set name = 'bench.call', lane = 'bench.call' where name = 'bench.job'`,
          );
        }
        const worker = createWorker(runtime, [quick, calling], { timers: true });
        return { stop: () => worker.stop() };
      },
      close: () => runtime.pubsub.close(),
    };
  },
});

/** Jobs ask for no row of their workspace, an id will do. */
export function newWorkspaceId(): string {
  return makeId('workspace', Date.now(), randomBytes(16));
}
