import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { MINUTE, tell } from './testing/story.ts';

const SEEDS = 1000;

describe.each(databases)('events that race with the end of their window on the %s database', (database) => {
  let app: TestApp;
  let story: ReturnType<typeof tell>;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    story = tell(app);
  });
  afterAll(() => app.close());

  it('15 · a thousand events at the instant their window closes are each in exactly one digest', async () => {
    await story.define({
      key: 'closing',
      name: 'Closing',
      trigger: { event: 'closing.one' },
      steps: [{ id: 'd', type: 'digest', window: '1m' }],
    });
    const random = seeded(15);
    const users = Array.from({ length: SEEDS }, (_, i) => `closing-${i}`);
    const post = (events: object[]) => app.call('POST', '/v1/events/bulk', { body: { events } });
    const inPages = (names: string[], n: number) =>
      Promise.all(
        Array.from({ length: Math.ceil(names.length / 50) }, (_, i) =>
          post(names.slice(i * 50, i * 50 + 50).map((to) => ({ name: 'closing.one', to, payload: { n } }))),
        ),
      );
    await inPages(users, 0);
    await story.settle();
    app.clock.advance(MINUTE);
    // The windows end now; while they are being closed, an event arrives for each, in an order of its own.
    const shuffled = users.toSorted(() => random() - 0.5);
    await Promise.all([app.settle(), inPages(shuffled, 1), app.settle()]);
    await story.settle();
    app.clock.advance(2 * MINUTE);
    await story.settle();
    const { rows } = await app.runtime.database.pool.query(`
      select t.payload ->> 'n' as n, r.user_id, count(distinct e.digest_id)::int as digests, count(e.run_id)::int as entries,
             bool_or(d.open) as open, bool_and(l.state = 'done') as led, bool_and(d.events = (
               select count(*) from run_digest_events x where x.workspace_id = d.workspace_id and x.digest_id = d.id)) as exact
      from runs r
      join triggers t on t.workspace_id = r.workspace_id and t.id = r.event_id
      left join run_digest_events e on e.workspace_id = r.workspace_id and e.run_id = r.id
      left join run_digests d on d.workspace_id = e.workspace_id and d.id = e.digest_id
      left join runs l on l.workspace_id = d.workspace_id and l.id = d.leader
      where r.workflow = 'closing'
      group by 1, 2`);
    expect(rows).toHaveLength(2 * SEEDS);
    expect(rows.filter((row) => row.digests !== 1 || row.entries !== 1 || row.open || !row.led || !row.exact)).toEqual(
      [],
    );
    // The output of the leaders says the same: nothing was counted twice, nothing left out.
    const counted = await app.runtime.database.pool.query(
      `select sum((vars -> 'steps' -> 'd' ->> 'count')::int)::int as sum from runs where workflow = 'closing' and code = 'run.finished'`,
    );
    expect(counted.rows[0].sum).toBe(2 * SEEDS);
  });
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
