import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../kernel/sql.ts';
import { databases, type TestApp, testApp } from '../../testing/index.ts';

describe.each(databases)('background work on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
  });
  afterAll(() => app.close());

  /** Puts jobs of a state into a workspace. `inbox.fanOut` of a notification that is gone has nothing to do and ends at once. */
  async function put(
    state: string,
    jobs: number,
    { workspaceId = app.home.id, name = 'inbox.fanOut' } = {},
  ): Promise<string[]> {
    const ids = Array.from({ length: jobs }, () => app.runtime.newId('job')).toSorted();
    const data = JSON.stringify({
      of: { notificationId: app.runtime.newId('notification') },
      after: '',
      apiToken: 'sk_live_hush',
    });
    const failures = JSON.stringify([{ attempt: 3, at: app.clock.now(), error: 'no luck' }]);
    const attempts = state === 'dead' ? 3 : 0;
    await app.runtime.db.inSystem((tx) =>
      tx.run(sql`
        insert into jobs (workspace_id, id, name, data, state, run_at, attempts, max_attempts, error, failures, correlation_id, created_at)
        select ${workspaceId}, id, ${name}, ${data}, ${state}, ${app.clock.now()}, ${attempts}, 3, 'no luck', ${failures}, 'req_test', ${app.clock.now()}
        from unnest(${ids}::text[]) as id`),
    );
    return ids;
  }
  afterEach(() => app.runtime.db.inSystem((tx) => tx.run(sql`delete from jobs`)));

  it('shows what has failed and why, and hides what looks like a secret', async () => {
    const [id] = await put('dead', 1);
    const { status, body } = await app.call('GET', `/v1/jobs/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      name: 'inbox.fanOut',
      state: 'dead',
      attempts: 3,
      error: 'no luck',
      failures: [{ attempt: 3, at: app.clock.now().toISOString(), error: 'no luck' }],
    });
    expect(body.data).toMatchObject({ after: '', apiToken: '[hidden]' });
  });

  it('lists by state and name, page by page, and counts the same', async () => {
    const dead = await put('dead', 5);
    await put('scheduled', 2, { name: 'inbox.markMore' });
    await put('dead', 3, { workspaceId: (await app.newWorkspace()).id });
    const first = await app.call('GET', '/v1/jobs?state=dead&limit=3');
    const second = await app.call('GET', `/v1/jobs?state=dead&limit=3&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].map((job: { id: string }) => job.id)).toEqual(dead.toReversed());
    expect(second.body.nextCursor).toBeNull();
    expect((await app.call('GET', '/v1/jobs?name=inbox.markMore')).body.items).toHaveLength(2);
    expect((await app.call('GET', '/v1/jobs')).body.items).toHaveLength(7);
    expect((await app.call('GET', '/v1/jobs?state=done')).status).toBe(400);
    expect((await app.call('GET', '/v1/jobs?cursor=abc')).body.code).toBe('request.cursor_invalid');
    expect((await app.call('GET', '/v1/job-stats')).body).toEqual({
      items: [
        { name: 'inbox.fanOut', state: 'dead', count: 5 },
        { name: 'inbox.markMore', state: 'scheduled', count: 2 },
      ],
      exact: true,
      oldestReadySeconds: null,
    });
  });

  it('runs one again, and says so in the audit log', async () => {
    const [id, other] = await put('dead', 2);
    const { status, body } = await app.call('POST', `/v1/jobs/${id}/redrive`);
    expect([status, body.state, body.attempts]).toEqual([200, 'ready', 0]);
    expect((await app.call('POST', `/v1/jobs/${id}/redrive`)).body.code).toBe('resource.conflict');
    app.clock.advance(2500);
    expect((await app.call('GET', '/v1/job-stats')).body.oldestReadySeconds).toBe(2.5);
    await app.settle();
    expect((await app.call('GET', '/v1/jobs')).body.items.map((job: { id: string }) => job.id)).toEqual([other]);
    const lines = await app.call('GET', '/v1/audit-log');
    expect(lines.body.items).toContainEqual(expect.objectContaining({ action: 'job.redriven', target: id }));
  });

  it('runs all again, also when there are more than one transaction takes', async () => {
    await put('dead', 1030);
    await put('dead', 2, { name: 'inbox.markMore' });
    const stranger = (await app.newWorkspace()).id;
    await put('dead', 1, { workspaceId: stranger });
    const { body } = await app.call('POST', '/v1/jobs/redrive', { body: { name: 'inbox.fanOut' } });
    expect(body).toEqual({ redriven: 1000, more: true });
    await app.settle();
    const left = await app.runtime.db.inSystem((tx) =>
      tx.rows(
        sql`select name, state, workspace_id = ${stranger} as elsewhere, count(*) as n from jobs group by 1, 2, 3 order by 1, 2, 3`,
      ),
    );
    expect(left).toEqual([
      { name: 'inbox.fanOut', state: 'dead', elsewhere: true, n: 1 },
      { name: 'inbox.markMore', state: 'dead', elsewhere: false, n: 2 },
    ]);
  });

  it('drops what nobody works at', async () => {
    const [dead] = await put('dead', 1);
    const [running] = await put('running', 1);
    expect((await app.call('DELETE', `/v1/jobs/${dead}`)).status).toBe(204);
    expect((await app.call('DELETE', `/v1/jobs/${dead}`)).status).toBe(404);
    expect((await app.call('DELETE', `/v1/jobs/${running}`)).body.code).toBe('resource.conflict');
  });

  it('is for those who may: reading is one permission, running again another', async () => {
    const [id] = await put('dead', 1);
    const made = await app.call('POST', '/v1/api-keys', {
      as: app.home.owner.token,
      body: { name: 'reader', permissions: ['jobs.read'] },
    });
    const as = made.body.secret;
    expect((await app.call('GET', `/v1/jobs/${id}`, { as })).status).toBe(200);
    expect((await app.call('POST', `/v1/jobs/${id}/redrive`, { as })).status).toBe(403);
    expect((await app.call('POST', '/v1/jobs/redrive', { as, body: {} })).status).toBe(403);
    expect((await app.call('DELETE', `/v1/jobs/${id}`, { as })).status).toBe(403);
  });

  it('is measured for operators', async () => {
    await put('dead', 4);
    await put('scheduled', 1);
    app.clock.advance(60_000);
    await app.ticker.runDue();
    const { body } = await app.runtime.telemetry.expose();
    expect(body).toContain('pulsestack_jobs_dead 4');
    expect(body).toContain('pulsestack_jobs_scheduled 1');
    expect(body).toContain('pulsestack_jobs_ready 0');
  });
});
