import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { batchJob, externalJob, GiveUp, type JobOutcome, job } from '../../kernel/job.ts';
import { sql } from '../../kernel/sql.ts';
import { databases } from '../../testing/databases.ts';
import { EXPIRE, openWorkshop, type Workshop } from '../../testing/jobs/workshop.ts';

const MAX_ATTEMPTS = 3;
const STEPS = ['ok', 'fail', 'again', 'later', 'giveUp', 'crash'] as const;
type Step = (typeof STEPS)[number];
const Data = z.object({ id: z.string(), round: z.number() });

const Script = fc.record({
  kind: fc.constantFrom('single', 'batch', 'external'),
  space: fc.integer({ min: 0, max: 2 }),
  delayMs: fc.constantFrom(0, 0, 5000),
  steps: fc.array(fc.constantFrom(...STEPS), { minLength: 0, maxLength: 6 }),
});

/** What must come of a script, said without any table: how often its effect is written, and whether it ends dead. */
function expected(steps: readonly Step[]): { effects: number; dead: boolean } {
  let effects = 0;
  let attempts = 0;
  for (const step of [...steps, 'ok' as const]) {
    attempts++;
    if (step === 'ok') return { effects: effects + 1, dead: false };
    if (step === 'giveUp') return { effects, dead: true };
    if (step === 'again' || step === 'later') {
      effects++;
      attempts = 0;
    } else if (attempts >= MAX_ATTEMPTS) return { effects, dead: true };
  }
  return { effects, dead: false };
}

describe.each(databases)('jobs on the %s database, against a model', (database) => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await openWorkshop(database);
  });
  afterAll(() => shop.close());

  it('end as a simple reading of their scripts says, whatever fails and whoever dies', async () => {
    const spaces = [shop.home, shop.newWorkspace(), shop.newWorkspace()];
    await fc.assert(
      fc.asyncProperty(fc.array(Script, { minLength: 1, maxLength: 12 }), async (scripts) => {
        await shop.clear();
        await shop.run(sql`delete from idempotency_keys`);
        const play = createPlay(
          shop,
          scripts.map((script) => script.steps),
        );
        for (const [i, script] of scripts.entries()) {
          const runAt = new Date(shop.clock.nowMs() + script.delayMs);
          const workspaceId = spaces[script.space] ?? shop.home;
          await shop.add(play.jobs[script.kind], { id: String(i), round: 0 }, { workspaceId, runAt });
        }
        for (let i = 0; i < 60 && (await shop.rows()).some((row) => row.state !== 'dead'); i++) {
          await shop.settle(Object.values(play.jobs));
          await shop.run(EXPIRE);
          shop.clock.advance(20 * 60_000);
        }
        const written = await shop.runtime.db.inSystem((tx) =>
          tx.rows<{ id: string; n: number }>(
            sql`select fingerprint as id, count(*) as n from idempotency_keys group by fingerprint`,
          ),
        );
        const rows = await shop.runtime.db.inSystem((tx) =>
          tx.rows<{ id: string; state: string }>(sql`select data ->> 'id' as id, state from jobs`),
        );
        const came = scripts.map((_, i) => ({
          effects: written.find((one) => one.id === String(i))?.n ?? 0,
          dead: rows.some((row) => row.id === String(i) && row.state === 'dead'),
        }));
        expect(came).toEqual(scripts.map((script) => expected(script.steps)));
      }),
      { numRuns: 12, seed: 20_261_120 },
    );
  });
});

/** Three jobs that follow the scripts; their effects are rows, whose keys would collide if one were written twice. */
function createPlay(shop: Workshop, scripts: readonly (readonly Step[])[]) {
  const at = scripts.map(() => 0);
  const next = (id: string): Step => {
    const i = Number(id);
    const step = at[i] ?? 0;
    at[i] = step + 1;
    return scripts[i]?.[step] ?? 'ok';
  };
  const write = (
    ctx: { tx: { run(statement: ReturnType<typeof sql>): Promise<number> }; workspaceId: string },
    data: z.output<typeof Data>,
  ) =>
    ctx.tx.run(
      sql`insert into idempotency_keys (workspace_id, key, fingerprint) values (${ctx.workspaceId}, ${`${data.id} ${data.round}`}, ${data.id})`,
    );
  const outcome = (step: Step, data: z.output<typeof Data>): JobOutcome | undefined =>
    step === 'again' || step === 'later'
      ? { again: { data: { ...data, round: data.round + 1 }, afterMs: step === 'again' ? 0 : 1000 } }
      : undefined;
  const decide = async (step: Step, id: string) => {
    if (step === 'fail') throw new Error('as the script says');
    if (step === 'giveUp') throw new GiveUp('as the script says');
    // A process that dies leaves the row as it was claimed, and nobody answers for it.
    if (step === 'crash')
      await shop.runtime.db.inSystem((tx) =>
        tx.run(sql`update jobs set claims = claims + 1 where data ->> 'id' = ${id}`),
      );
  };
  const external = externalJob({
    name: 'play.external',
    data: Data,
    maxAttempts: MAX_ATTEMPTS,
    async work(_call, _prepared, { data }) {
      const step = next(data.id);
      await decide(step, data.id);
      return step;
    },
    async finish(ctx, { result, item }) {
      await write(ctx, item.data);
      return outcome(result, item.data);
    },
  });
  const inOwn = async (ctx: Parameters<typeof write>[0], data: z.output<typeof Data>, step: Step) => {
    // Inside a transaction a death is a rollback: the claim is not completed, and nothing was written.
    if (step === 'crash' || step === 'fail') throw new Error('as the script says');
    if (step === 'giveUp') throw new GiveUp('as the script says');
    await write(ctx, data);
    return outcome(step, data);
  };
  const single = job({
    name: 'play.single',
    data: Data,
    maxAttempts: MAX_ATTEMPTS,
    run: (ctx, data) => inOwn(ctx, data, next(data.id)),
  });
  const batch = batchJob({
    name: 'play.batch',
    data: Data,
    maxAttempts: MAX_ATTEMPTS,
    size: 4,
    async runMany(ctx, items) {
      // Several together are rolled back by one that fails, so a script only moves when its job is alone.
      if (items.length > 1) throw new Error('one by one');
      const [item] = items;
      if (!item) return [];
      return [await inOwn(ctx, item.data, next(item.data.id))];
    },
  });
  return { jobs: { single, batch, external } };
}
