import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { inApp, MINUTE, SECOND, tell } from './testing/story.ts';

const SEEDS = 1000;

describe.each(databases)('what races and crashes leave behind on the %s database', (database) => {
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

  it('ends random workflows under random crashes exactly as a simple interpreter says', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(programs, fc.array(fc.nat(9), { minLength: 8, maxLength: 8 }), async (program, crashes) => {
        const key = `model-${number++}`;
        const user = `${key}-user`;
        await story.define({ key, name: key, steps: program.map((one, i) => toStep(one, i)) as never });
        const event = await story.start(key, user, { a: 1, b: 2, lists: [[], [1], [1, 2], [1, 2, 3]] });
        for (const crash of crashes) {
          // A process that dies holds its leases and has committed some of its work; another goes on when they run out.
          if (crash < 3) await dieMidway(app, crash);
          app.clock.advance(61 * SECOND);
          await app.settle();
        }
        app.clock.advance(30 * MINUTE);
        await story.settle();
        const run = await story.run(event);
        const expected = interpretSimply(program);
        expect([run.state, await story.titles(user)], JSON.stringify(program)).toEqual([
          expected.state,
          expected.titles,
        ]);
      }),
      { seed: 4, numRuns: 12 },
    );
  });
});

type Program = (
  | { is: 'say' }
  | { is: 'wait' }
  | { is: 'gate'; yes: boolean }
  | { is: 'branch'; yes: boolean }
  | { is: 'loop'; rounds: number }
  | { is: 'stop' }
  | { is: 'digest' }
  | { is: 'fail' }
)[];

const programs: fc.Arbitrary<Program> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant({ is: 'say' as const }) },
    { weight: 3, arbitrary: fc.constant({ is: 'wait' as const }) },
    { weight: 2, arbitrary: fc.boolean().map((yes) => ({ is: 'gate' as const, yes })) },
    { weight: 2, arbitrary: fc.boolean().map((yes) => ({ is: 'branch' as const, yes })) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }).map((rounds) => ({ is: 'loop' as const, rounds })) },
    { weight: 1, arbitrary: fc.constant({ is: 'stop' as const }) },
    { weight: 2, arbitrary: fc.constant({ is: 'digest' as const }) },
    { weight: 1, arbitrary: fc.constant({ is: 'fail' as const }) },
  ),
  { minLength: 1, maxLength: 7 },
);

const met = (yes: boolean) => ({ [yes ? '<' : '>']: [{ var: 'payload.a' }, { var: 'payload.b' }] });

function toStep(one: Program[number], i: number): object {
  const id = `s${i}`;
  switch (one.is) {
    case 'say':
      return inApp(id, id);
    case 'wait':
      return { id, type: 'delay', for: '45s' };
    case 'gate':
      return inApp(id, id, { if: met(one.yes) });
    case 'branch':
      return {
        id,
        type: 'branch',
        branches: [{ if: met(one.yes), steps: [inApp(`${id}y`, `${id}y`)] }],
        else: [inApp(`${id}n`, `${id}n`), { id: `${id}w`, type: 'delay', for: '5s' }],
      };
    case 'loop':
      return { id, type: 'loop', over: `payload.lists.${one.rounds}`, max: 3, steps: [inApp(`${id}l`, `${id}l`)] };
    case 'stop':
      return { id, type: 'stop' };
    case 'digest':
      return { id, type: 'digest', window: '30s' };
    case 'fail':
      return { id, type: 'delay', untilPath: 'payload.none' };
  }
}

/** The whole meaning of these steps, one after the other. */
function interpretSimply(program: Program): { state: string; titles: string[] } {
  const titles: string[] = [];
  for (const [i, one] of program.entries()) {
    const id = `s${i}`;
    if (one.is === 'say' || (one.is === 'gate' && one.yes)) titles.push(id);
    if (one.is === 'branch') titles.push(one.yes ? `${id}y` : `${id}n`);
    if (one.is === 'loop') for (let round = 0; round < one.rounds; round++) titles.push(`${id}l`);
    if (one.is === 'stop') return { state: 'done', titles };
    if (one.is === 'fail') return { state: 'failed', titles };
  }
  return { state: 'done', titles };
}

/** Takes what is ready under a lease that nobody will ever work on, as a process does that dies. */
async function dieMidway(app: TestApp, kind: number): Promise<void> {
  const until = new Date(app.clock.nowMs() + 60 * SECOND);
  const state = kind === 0 ? 'ready' : 'waiting';
  await app.runtime.database.pool.query(
    `update runs set state = 'running', lease = 'dead', leased_until = $1 where state = $2 and ($2 = 'ready' or due_at <= $3)`,
    [until, state, app.clock.now()],
  );
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
