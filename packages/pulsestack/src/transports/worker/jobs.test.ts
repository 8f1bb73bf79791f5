import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../kernel/sql.ts';
import { databases, type TestApp, testApp } from '../../testing/index.ts';

describe.each(databases)('jobs on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
  });
  afterAll(() => app.close());

  it.each([
    ['runs again', 1, []],
    ['rests for a person when it has ended every process that tried it', 3, [{ state: 'dead', attempts: 3 }]],
  ])('a job whose process died %s', async (_what, attempts, left) => {
    const workspaceId = app.home.id;
    const id = app.runtime.newId('job');
    const data = JSON.stringify({ notificationId: app.runtime.newId('notification') });
    const now = app.clock.now();
    await app.runtime.db.inWorkspace(workspaceId, (tx) =>
      tx.run(sql`
        insert into jobs (workspace_id, id, name, data, state, run_at, attempts, max_attempts, leased_until, correlation_id)
        values (${workspaceId}, ${id}, 'inbox.withdrawPages', ${data}, 'running', ${now}, ${attempts}, 3,
                clock_timestamp() - interval '1 second', 'req_test')`),
    );
    await app.worker.runDue();
    const rows = await app.runtime.db.inWorkspace(workspaceId, (tx) =>
      tx.rows(sql`select state, attempts from jobs where workspace_id = ${workspaceId} and id = ${id}`),
    );
    expect(rows).toEqual(left);
  });
});
