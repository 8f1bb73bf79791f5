import { makeId } from '@pulsestack/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../kernel/sql.ts';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { findReader, type InboxFilter, pageKeys } from './store/feed.ts';

const USERS = 200;
const RECEIPTS_EACH = 200;
const everything = { categories: null, types: null, priorities: null, from: null, to: null };

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows'?: number;
  Plans?: Plan[];
}

describe.each(databases)('the plans of the inbox on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    const prefix = makeId('notification', app.clock.nowMs(), new Uint8Array(16)).slice(0, -8);
    await app.runtime.db.inWorkspace(app.home.id, async (tx) => {
      await tx.run(sql`
        insert into users (workspace_id, id, created_at, updated_at)
        select ${app.home.id}, 'reader-' || i, now(), now() from generate_series(1, ${USERS}::int) i`);
      await tx.run(sql`
        insert into notifications (workspace_id, id, title, body, content, type, category, priority, actor, audience, state, created_at, correlation_id)
        select ${app.home.id}, ${prefix} || lpad(i::text, 8, '0'), 'Title ' || i, 'Body', '{"actions":[],"data":{}}', 'message', 'general', 1, '{}', '{}', 'published', now(), 'x'
        from generate_series(1, ${RECEIPTS_EACH}::int) i`);
      await tx.run(sql`
        insert into receipts (workspace_id, user_id, notification_id, feed_at, type, category, priority, archived_at, snoozed_until)
        select ${app.home.id}, 'reader-' || u, ${prefix} || lpad(i::text, 8, '0'), now() - i * interval '1 minute', 'message', 'general', 1,
               case when i % 3 = 0 then now() end, case when i % 7 = 1 then now() + interval '1 year' end
        from generate_series(1, ${USERS}::int) u, generate_series(1, ${RECEIPTS_EACH}::int) i`);
    });
    await app.call('POST', '/v1/notify', { body: { to: { everyone: true }, title: 'All' } });
    for (const table of ['receipts', 'notifications', 'broadcasts', 'users'])
      await app.runtime.database.pool.query(`vacuum analyze ${table}`);
  });
  afterAll(() => app.close());

  /** The nodes of the plan of one key page, as the app's role gets it. */
  async function nodesOf(state: InboxFilter['state'], before?: { at: Date; id: string }): Promise<Plan[]> {
    const nodes: Plan[] = [];
    const visit = (plan: Plan) => {
      nodes.push(plan);
      plan.Plans?.forEach(visit);
    };
    await app.runtime.db.inWorkspace(app.home.id, async (tx) => {
      const reader = await findReader(tx, app.home.id, 'reader-7');
      expect(reader.untouched).toBe(1);
      const keys = pageKeys(app.home.id, 'reader-7', reader, { ...everything, state }, before, 26);
      const row = await tx.get<{ 'QUERY PLAN': { Plan: Plan }[] }>(
        sql`explain (analyze, timing off, format json) with ${keys} select * from page order by feed_at desc, notification_id desc`,
      );
      for (const { Plan } of row['QUERY PLAN']) visit(Plan);
    });
    return nodes;
  }

  const onReceipts = (nodes: Plan[]) => nodes.filter((node) => node['Relation Name'] === 'receipts');

  it.each([
    ['active', 'receipts_feed'],
    ['unread', 'receipts_feed'],
    ['unseen', 'receipts_feed'],
    ['read', 'receipts_feed'],
    ['archived', 'receipts_aside'],
    ['snoozed', 'receipts_aside'],
  ] as const)('reads a page of %s from its index alone, however many receipts there are', async (state, index) => {
    for (const before of [undefined, { at: new Date(Date.now() - 3_600_000), id: 'ntf_' }]) {
      const scans = onReceipts(await nodesOf(state, before));
      expect(scans.length).toBeGreaterThan(0);
      for (const scan of scans) {
        expect(scan['Node Type']).toMatch(/^Index (Only )?Scan$/);
        // A page and the one row that tells that there is more; never the whole inbox.
        expect(scan['Actual Rows']).toBeLessThanOrEqual(26);
      }
      const page = scans.filter((scan) => scan['Index Name'] === index);
      expect(page.map((scan) => scan['Node Type'])).toEqual(['Index Only Scan']);
    }
  });

  it('reads a page of everything from both indexes', async () => {
    const scans = onReceipts(await nodesOf('all'));
    expect(scans.map((scan) => scan['Index Name'])).toEqual(
      expect.arrayContaining(['receipts_feed', 'receipts_aside']),
    );
    for (const scan of scans) expect(scan['Actual Rows']).toBeLessThanOrEqual(26);
  });
});
