import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../kernel/sql.ts';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { stretchesWith } from './deliveries.ts';

const READERS = 50;
const STRETCHES_EACH = 400;

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

describe.each(databases)('who received an event, on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    await app.runtime.db.inWorkspace(app.home.id, async (tx) => {
      // Stretches of 3 positions one after the other, and one reader who came back after all of it.
      await tx.run(sql`
        insert into stream_deliveries (workspace_id, at, kind, user_id, client, connection, streams, epoch, after_seq, upto_seq, reach)
        select ${app.home.id}, ${app.clock.now()}::timestamptz + i * interval '1 second', 'handed', 'reader-' || r, 'x', 'c' || r, '{w}'::text[], 'epoch1',
               (i - 1) * 3, i * 3, 1
        from generate_series(1, ${STRETCHES_EACH}::int) i, generate_series(1, ${READERS}::int) r
        union all
        select ${app.home.id}, ${app.clock.now()}::timestamptz + interval '1 day', 'handed', 'late', null, 'late', '{w}'::text[], 'epoch1',
               0, ${3 * STRETCHES_EACH}, 6`);
    });
    await app.runtime.database.pool.query('vacuum analyze stream_deliveries');
  });
  afterAll(() => app.close());

  it('is found without looking at what is newer', async () => {
    for (const seq of [2, 600, 3 * STRETCHES_EACH]) {
      const { text, values } = stretchesWith(
        app.home.id,
        { epoch: 'epoch1', seq },
        { stream: 'w', at: app.clock.now() },
        { after: 0, limit: 100 },
      );
      const scans: Plan[] = [];
      const visit = (plan: Plan) => {
        if (plan['Relation Name']?.startsWith('stream_deliveries')) scans.push(plan);
        plan.Plans?.forEach(visit);
      };
      const { found, plan } = await app.runtime.db.inWorkspace(app.home.id, async (tx) => ({
        found: await tx.rows<{ user_id: string }>({ text, values, name: 'who' }),
        plan: await tx.get<{ 'QUERY PLAN': { Plan: Plan }[] }>({
          text: `explain (analyze, timing off, format json) ${text}`,
          values,
          name: 'who-plan',
        }),
      }));
      expect(new Set(found.map((row) => row.user_id)).size).toBe(READERS + 1);
      for (const { Plan } of plan['QUERY PLAN']) visit(Plan);
      const looked = scans.reduce(
        (sum, scan) =>
          sum + (scan['Actual Loops'] ?? 1) * ((scan['Actual Rows'] ?? 0) + (scan['Rows Removed by Filter'] ?? 0)),
        0,
      );
      // Of 20,001 stretches those that hold the position, and at most as many again that end close behind it.
      expect(looked).toBeLessThanOrEqual(3 * (READERS + 1));
    }
  });
});
