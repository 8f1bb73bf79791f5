import { eventually } from '@pulsestack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SmtpSink, startSmtpSink } from '../../channels/testing/smtp-sink.ts';
import { workContext } from '../../kernel/context.ts';
import { draft } from '../../testing/delivery/index.ts';
import { databases, type TestApp, type TestWorkspace, testApp } from '../../testing/index.ts';
import { enqueueMessages, type MessageDraft } from './index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BROKEN = 250;

// What breaks them here stands in the database: content that is no content, as a defect of an earlier version may have left it.
describe.each(databases)('rows that always fail, on the %s database', (database) => {
  let app: TestApp;
  let other: TestWorkspace;
  let smtp: SmtpSink;

  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    app.clock.advance(MINUTE);
    other = await app.newWorkspace();
    smtp = await startSmtpSink();
    for (const as of [app.home.key, other.key])
      await app.call('PUT', '/v1/users/ada', { as, body: { email: 'ada@example.com' } });
  });
  afterAll(async () => {
    await app.close();
    await smtp.close();
  });

  const enqueueIn = (workspaceId: string, drafts: MessageDraft[]) =>
    app.runtime.db.inWorkspace(workspaceId, (tx) =>
      enqueueMessages(workContext(app.runtime, workspaceId, 'req_test', tx), drafts),
    );
  const inApp = (change: Partial<MessageDraft>) =>
    draft(app, { content: { channel: 'in_app', title: 'Later', body: '' }, category: 'general', ...change });
  const stateOf = async (id: string) =>
    (await app.runtime.database.pool.query('select state from messages where id = $1', [id])).rows[0]?.state;
  const spoil = (ids: readonly string[], content: string) =>
    app.runtime.database.pool.query(`update messages set content = $2::jsonb where id = any($1)`, [ids, content]);

  it('keep no held message from going, neither of their own workspace nor of another', async () => {
    const sendAt = new Date(app.clock.nowMs() + HOUR);
    const broken = Array.from({ length: BROKEN }, () => inApp({ sendAt }));
    const mine = inApp({ sendAt: new Date(sendAt.getTime() + MINUTE) });
    const theirs = inApp({ sendAt: new Date(sendAt.getTime() + MINUTE) });
    await enqueueIn(app.home.id, [...broken, mine]);
    await enqueueIn(other.id, [theirs]);
    const ids = broken.map((one) => one.id);
    await spoil(ids, '{"channel":"in_app"}');
    app.clock.advance(HOUR + 2 * MINUTE);
    await app.settle();
    expect([await stateOf(mine.id), await stateOf(theirs.id)]).toEqual(['delivered', 'delivered']);
    expect(await stateOf(ids[0] as string)).toBe('held');
    // Repaired, they go by themselves.
    await spoil(ids, '{"channel":"in_app","title":"Repaired","body":""}');
    app.clock.advance(HOUR);
    await app.settle();
    expect(await stateOf(ids[0] as string)).toBe('delivered');
    expect(await stateOf(ids.at(-1) as string)).toBe('delivered');
  });

  it('keep no digest from closing, neither of their own workspace nor of another', async () => {
    for (const as of [app.home.key, other.key])
      await app.call('POST', '/v1/integrations', {
        as,
        body: { provider: 'smtp', credentials: { url: smtp.url } },
      });
    const { pool } = app.runtime.database;
    const due = app.clock.now();
    // A channel that this version does not know.
    await pool.query(
      `insert into digests (workspace_id, user_id, channel, category, due_at, try_at, created_at)
       select $1, 'u' || n, 'pigeon', 'general', $2, $2, $2 from generate_series(1, $3) n`,
      [app.home.id, due, BROKEN],
    );
    await pool.query(
      `insert into digest_items (workspace_id, message_id, message_created_at, user_id, channel, category, priority, item)
       select $1, 'msg_' || n, $2, 'u' || n, 'pigeon', 'general', 1, '{}' from generate_series(1, $3) n`,
      [app.home.id, due, BROKEN],
    );
    for (const { id, key } of [app.home, other]) {
      await app.call('PATCH', '/v1/users/ada/preferences', {
        as: key,
        body: { categories: { general: { cadence: { every: 'hourly' } } } },
      });
      expect(await enqueueIn(id, [draft(app)])).toMatchObject([{ state: 'digested' }]);
    }
    app.clock.advance(2 * HOUR);
    await app.settle();
    await eventually('the digests of both', () => smtp.arrived.length === 2);
    // They are still there, and wait.
    const left = await pool.query(
      `select count(*)::int as n, min(try_at) > $1 as waits from digests where channel = 'pigeon'`,
      [app.clock.now()],
    );
    expect(left.rows).toEqual([{ n: BROKEN, waits: true }]);
  });
});
