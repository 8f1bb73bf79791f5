import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { inApp, MINUTE, tell } from './testing/story.ts';

const ROUNDS = 4;
const RUNS = 240;
const SECRET = 'a master secret that only tests use, 32+ chars';

describe.skipIf(!databases.includes('server'))('a process that is killed', () => {
  let app: TestApp;
  let story: ReturnType<typeof tell>;
  beforeAll(async () => {
    app = await testApp({ database: 'server', timers: false });
    story = tell(app);
  });
  afterAll(() => app.close());

  it('leaves no run behind and no message twice, whenever it is killed', async () => {
    await story.define({
      key: 'mortal',
      name: 'Mortal',
      trigger: { event: 'mortal.sent' },
      steps: [
        { id: 't', type: 'throttle', limit: 1000, window: '1h' },
        inApp('first', 'first {{ payload.n }}'),
        { id: 'w', type: 'delay', for: '1s' },
        {
          id: 'b',
          type: 'branch',
          branches: [
            {
              if: { '==': [{ var: 'steps.first.state' }, 'delivered'] },
              steps: [inApp('second', 'second {{ payload.n }}')],
            },
          ],
        },
        { id: 'd', type: 'digest', window: '1s', key: 'payload.n' },
        inApp('third', 'third {{ digest.count }}'),
      ],
    });
    // The killed processes live by the clock of the machine.
    app.clock.set(new Date());
    const events = Array.from({ length: RUNS }, (_, n) => ({
      name: 'mortal.sent',
      to: `mortal-${n % 40}`,
      payload: { n },
    }));
    for (let from = 0; from < RUNS; from += 80)
      await app.call('POST', '/v1/events/bulk', { body: { events: events.slice(from, from + 80) } });
    for (let round = 0; round < ROUNDS; round++) await killEngine(app, [15, 120, 1150, 2200][round] ?? 100);
    for (let i = 0; i < 4; i++) {
      app.clock.set(new Date(Date.now() + (i + 2) * MINUTE));
      await story.settle();
    }
    const { rows } = await app.runtime.database.pool.query(`
      select r.state, r.code, count(*)::int as runs,
             count(*) filter (where m.first = 1 and m.second = 1 and m.third = 1)::int as exact
      from runs r
      left join lateral (
        select count(*) filter (where step_id = 'first')::int as first, count(*) filter (where step_id = 'second')::int as second,
               count(*) filter (where step_id = 'third')::int as third
        from messages m where m.workspace_id = r.workspace_id and m.run_id = r.id
      ) m on true
      where r.workflow = 'mortal'
      group by 1, 2`);
    expect(rows).toEqual([{ state: 'done', code: 'run.finished', runs: RUNS, exact: RUNS }]);
    const counted = await app.runtime.database.pool.query(
      `select count(*)::int as receipts from receipts where user_id like 'mortal-%' and workspace_id = $1`,
      [app.home.id],
    );
    expect(counted.rows[0].receipts).toBe(3 * RUNS);
    const asked = await app.runtime.database.pool.query(
      `select sum(asked)::int as asked from run_throttles where workflow = 'mortal'`,
    );
    expect(asked.rows[0].asked).toBe(RUNS);
  });
});

/** Lets an engine of its own process work for so long, and kills it. */
async function killEngine(app: TestApp, afterMs: number): Promise<void> {
  const url = String(
    (app.runtime.database.pool as unknown as { options: { connectionString: string } }).options.connectionString,
  );
  const child: ChildProcess = spawn(
    process.execPath,
    [
      '--conditions=source',
      '--disable-warning=ExperimentalWarning',
      new URL('./testing/engine-process.ts', import.meta.url).pathname,
      url,
      SECRET,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), exited]);
  expect(child.exitCode).toBeNull();
  await new Promise((done) => setTimeout(done, afterMs));
  child.kill('SIGKILL');
  await exited;
}
