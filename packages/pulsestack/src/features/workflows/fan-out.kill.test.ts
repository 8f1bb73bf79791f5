import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '@pulsestack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClock, databases, type TestApp, testApp } from '../../testing/index.ts';
import { MINUTE, tell } from './testing/story.ts';

const USERS = 4000;
const SECRET = 'a master secret that only tests use, 32+ chars';

describe.skipIf(!databases.includes('server'))('a large broadcast whose process is killed in the middle', () => {
  let app: TestApp;
  beforeAll(async () => {
    // The killed processes live by the clock of the machine.
    app = await testApp({ database: 'server', timers: false, clock: createTestClock(new Date()) });
    const { pool } = app.runtime.database;
    await pool.query(
      `insert into users (workspace_id, id, email, created_at, updated_at)
       select $1, 'u' || lpad(n::text, 5, '0'), 'u' || n || '@example.com', now(), now() from generate_series(1, $2) n`,
      [app.home.id, USERS],
    );
    await app.call('PUT', '/v1/topics/readers', { body: { name: 'Readers' } });
    await pool.query(
      `insert into topic_subscriptions (workspace_id, topic, user_id, created_at) select $1, 'readers', id, now() from users where workspace_id = $1 and id like 'u0%'`,
      [app.home.id],
    );
    await pool.query(`update topics set subscribers = $2 where workspace_id = $1 and key = 'readers'`, [
      app.home.id,
      USERS,
    ]);
  });
  afterAll(() => app.close());

  it('goes on behind the last page for its channel, says how far it is, and reaches each once', async () => {
    const story = tell(app);
    await story.define({
      key: 'broad',
      name: 'Broad',
      steps: [{ id: 'mail', type: 'email', subject: 'News', body: 'Hello' } as never],
    });
    const event = await story.start('broad', { topic: 'readers' });
    await killWhenUnderWay('workflows.fanOut');
    const [job] = (await app.call('GET', '/v1/jobs?name=workflows.fanOut')).body.items;
    expect(job.progress.total).toBe(USERS);
    expect(job.progress.done % 1000).toBe(0);
    expect(job.progress.done).toBeLessThan(USERS);
    await comeBack();
    const { rows } = await app.runtime.database.pool.query(
      `select count(*)::int as runs, count(distinct r.user_id)::int as users, count(m.id)::int as messages
       from runs r left join messages m on m.workspace_id = r.workspace_id and m.run_id = r.id where r.event_id = $1`,
      [event],
    );
    expect(rows).toEqual([{ runs: USERS, users: USERS, messages: USERS }]);
    expect((await app.call('GET', `/v1/events/${event}`)).body).toMatchObject({ state: 'done' });
    expect((await app.call('GET', '/v1/jobs?name=workflows.fanOut')).body.items).toEqual([]);
  }, 120_000);

  it('does so for the inbox as well', async () => {
    const sent = await app.call('POST', '/v1/notify', { body: { to: { topic: 'readers' }, title: 'News' } });
    expect(sent.status).toBe(202);
    await killWhenUnderWay('inbox.fanOut');
    const [job] = (await app.call('GET', '/v1/jobs?name=inbox.fanOut')).body.items;
    expect(job.progress.total).toBe(USERS);
    await comeBack();
    const { rows } = await app.runtime.database.pool.query(
      `select (select count(*)::int from receipts where notification_id = $1) as receipts,
              (select sum(unread)::int from inbox_counters where category = '' and workspace_id = $2) as unread`,
      [sent.body.id, app.home.id],
    );
    expect(rows).toEqual([{ receipts: USERS, unread: USERS }]);
  }, 120_000);

  /** Starts a process that works, and kills it once some pages are committed and others are not. */
  async function killWhenUnderWay(job: string): Promise<void> {
    const { pool } = app.runtime.database;
    const url = (pool as unknown as { options: { connectionString: string } }).options.connectionString;
    const script = new URL('./testing/engine-process.ts', import.meta.url).pathname;
    const child = spawn(
      process.execPath,
      ['--conditions=source', '--disable-warning=ExperimentalWarning', script, url, SECRET],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const exited = once(child, 'exit');
    try {
      await eventually(
        'some pages',
        async () => {
          const { rows } = await pool.query(`select (progress ->> 'done')::int as done from jobs where name = $1`, [
            job,
          ]);
          return rows[0]?.done >= 1000;
        },
        60_000,
      );
    } finally {
      child.kill('SIGKILL');
      await exited;
    }
  }

  /** Nobody wants to wait here until the leases of the dead have run out. */
  async function comeBack(): Promise<void> {
    await app.runtime.database.pool.query(
      `update jobs set leased_until = now() - interval '1 second' where state = 'running'`,
    );
    app.clock.set(new Date(Date.now() + 5 * MINUTE));
    await app.settle();
    await app.settle();
  }
});
