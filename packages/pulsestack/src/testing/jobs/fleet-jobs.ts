import { z } from 'zod';
import { externalJob, type Job, job } from '../../kernel/job.ts';
import { sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';

/** What the jobs of a fleet write. Nothing keeps a row from being there twice but the queue. */
export const FLEET_TABLES = `
  create table fleet_rows (n text not null, due_at timestamptz not null, at timestamptz not null default clock_timestamp());
  create table fleet_mended ();
  grant all on fleet_rows, fleet_mended to pulsestack_app, pulsestack_system`;

const Data = z.object({ n: z.string(), dueAt: z.string() });

const write = (tx: Transaction, { n, dueAt }: z.output<typeof Data>) =>
  tx.run(sql`insert into fleet_rows (n, due_at) values (${n}, ${new Date(dueAt)})`);

export const inTransaction = job({
  name: 'fleet.transaction',
  data: Data,
  async run(ctx, data) {
    await write(ctx.tx, data);
    await ctx.tx.run(sql`select pg_sleep(0.002)`);
  },
});

export const calling = externalJob({
  name: 'fleet.call',
  data: Data,
  concurrency: 4,
  work: () => new Promise<void>((resolve) => setTimeout(resolve, 10)),
  finish: async (ctx, { item }) => void (await write(ctx.tx, item.data)),
});

export const broken = job({
  name: 'fleet.broken',
  data: Data,
  maxAttempts: 1,
  async run(ctx, data) {
    if (!(await ctx.tx.find(sql`select 1 as mended from fleet_mended`))) throw new Error('not mended yet');
    await write(ctx.tx, data);
  },
});

export const fleetJobs: readonly Job[] = [inTransaction, calling, broken];
