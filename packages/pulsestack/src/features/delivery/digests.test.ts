import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SmtpSink, startSmtpSink } from '../../channels/testing/smtp-sink.ts';
import { workContext } from '../../kernel/context.ts';
import { draft, email, enqueue } from '../../testing/delivery/index.ts';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { flushDue } from './digesting.ts';
import { cancelMessages } from './index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe.each(databases)('digests on the %s database', (database) => {
  let app: TestApp;
  let smtp: SmtpSink;

  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    // What comes at the very hour is still in the digest of that hour.
    app.clock.advance(MINUTE);
    smtp = await startSmtpSink();
    await app.call('POST', '/v1/integrations', { body: { provider: 'smtp', credentials: { url: smtp.url } } });
  });
  afterAll(async () => {
    await app.close();
    await smtp.close();
  });

  /** A user who reads the category once an hour. */
  async function hourly(id: string): Promise<string> {
    await app.call('PUT', `/v1/users/${id}`, { body: { email: `${id}@example.com` } });
    const set = await app.call('PATCH', `/v1/users/${id}/preferences`, {
      body: { categories: { general: { cadence: { every: 'hourly' } } } },
    });
    expect(set.status, JSON.stringify(set.body)).toBe(200);
    return id;
  }
  const mailsTo = (id: string) => smtp.arrived.filter((mail) => mail.envelope.to.includes(`${id}@example.com`));
  const story = async (id: string) => (await app.call('GET', `/v1/messages/${id}`)).body;

  it('bundles what a user reads once an hour into one mail, and says of each message where it went', async () => {
    const userId = await hourly('dora');
    const drafts = ['One', 'Two', 'Three'].map((subject) => draft(app, { userId, content: email(subject) }));
    const states = await enqueue(app, ...drafts);
    expect(states.map((one) => [one.state, one.code])).toEqual(drafts.map(() => ['digested', 'digest.cadence']));
    await app.settle();
    expect(mailsTo(userId)).toHaveLength(0);
    app.clock.advance(HOUR);
    await app.settle();
    const [mail, ...others] = mailsTo(userId);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe('3 updates');
    expect(mail?.text?.match(/One|Two|Three/g)?.filter((word, i, all) => all.indexOf(word) === i)).toEqual([
      'One',
      'Two',
      'Three',
    ]);
    const told = await story(drafts[0]?.id ?? '');
    const digest = await story(told.digestId);
    expect(digest).toMatchObject({ state: 'sent', items: drafts.map((one) => one.id).sort(), subject: '3 updates' });
    app.clock.advance(2 * HOUR);
    await app.settle();
    expect(mailsTo(userId)).toHaveLength(1);
  });

  it('sends nothing when everything in it was cancelled', async () => {
    const userId = await hourly('dina');
    const one = draft(app, { userId });
    await enqueue(app, one);
    await app.runtime.db.inWorkspace(app.home.id, (tx) =>
      cancelMessages(workContext(app.runtime, app.home.id, 'req_test', tx), { ids: [one.id] }),
    );
    app.clock.advance(2 * HOUR);
    await app.settle();
    expect(mailsTo(userId)).toHaveLength(0);
    expect(await story(one.id)).toMatchObject({ state: 'cancelled', digestId: null });
  });

  it('puts each message into exactly one digest while others close it and more arrive', async () => {
    const userId = await hourly('duo');
    const ids: string[] = [];
    for (let round = 0; round < 6; round++) {
      const drafts = Array.from({ length: 4 }, () => draft(app, { userId }));
      ids.push(...drafts.map((one) => one.id));
      const [first, ...rest] = drafts;
      await enqueue(app, first as (typeof drafts)[0]);
      app.clock.advance(HOUR);
      await Promise.all([
        flushDue(app.runtime),
        ...rest.map((one) => enqueue(app, one)),
        flushDue(app.runtime),
        flushDue(app.runtime),
      ]);
    }
    app.clock.advance(2 * HOUR);
    while (await flushDue(app.runtime));
    const digests = new Map<string, string[]>();
    const page = (await app.call('GET', `/v1/users/${userId}/messages?state=digested&limit=100`)).body.items;
    expect(page).toHaveLength(ids.length);
    for (const { id, digestId, state } of page) {
      expect([state, digestId]).toEqual(['digested', expect.stringMatching(/^msg_/)]);
      digests.set(digestId, [...(digests.get(digestId) ?? []), id]);
    }
    for (const [digestId, members] of digests) expect((await story(digestId)).items).toEqual(members.sort());
    await app.settle();
  });

  it('lets what lost its place to a more important message join the digest', async () => {
    await app.call('PUT', '/v1/users/busy', { body: { email: 'busy@example.com' } });
    const caps = await app.call('PUT', '/v1/preferences/caps', {
      body: { caps: [{ key: 'one-an-hour', scope: 'user', channel: 'email', limit: 1, window: '1h' }] },
    });
    expect(caps.status, JSON.stringify(caps.body)).toBe(200);
    const of = (subject: string, priority: 'low' | 'normal' | 'high') =>
      draft(app, { userId: 'busy', priority, content: email(subject) });
    await enqueue(app, of('first', 'normal'));
    const waiting = [of('low', 'low'), of('high', 'high'), of('normal', 'normal')];
    expect((await enqueue(app, ...waiting)).map((one) => one.code)).toEqual(Array(3).fill('cap.user'));
    for (let i = 0; i < 30; i++) {
      await app.settle();
      app.clock.advance(10 * MINUTE);
    }
    expect(mailsTo('busy').map((mail) => mail.subject)).toEqual(['first', 'high', '2 updates']);
    expect(await story(waiting[0]?.id ?? '')).toMatchObject({ state: 'digested', reason: 'digest.attention_budget' });
  });
});
