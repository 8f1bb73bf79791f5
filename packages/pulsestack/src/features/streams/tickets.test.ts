import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app.ts';
import { silentLog } from '../../ports/log.ts';
import { databases, type TestApp, testApp, testSettings } from '../../testing/index.ts';

interface Answered {
  status: number;
  cookie: string;
  end(): Promise<void>;
}

describe.each(databases)('tickets on the %s database', (database) => {
  let app: TestApp;
  let other: { url: string; close(): Promise<void> };

  beforeAll(async () => {
    app = await testApp({ database });
    other = await anotherProcess();
  });
  afterAll(async () => {
    await other.close();
    await app.close();
  });

  /** The same program on the same database: a second process, or this one after a restart. It has heard of nothing. */
  async function anotherProcess() {
    const shared = Object.assign(Object.create(app.runtime.database), { close: async () => {} });
    const process = await createApp({
      database: shared,
      secrets: ['a master secret that only tests use, 32+ chars'],
      settings: testSettings,
      log: silentLog,
      clock: app.clock,
      mailer: app.runtime.mailer,
      timers: false,
      migrate: false,
    });
    const port = await process.listen({ host: '127.0.0.1', port: 0 });
    return { url: `http://127.0.0.1:${port}`, close: () => process.close() };
  }

  const ticketOf = async (token: string, body: object = {}): Promise<string> =>
    (await app.call('POST', '/v1/stream/tickets', { as: token, body })).body.ticket;

  async function open(base: string, ticket: string, cookie = ''): Promise<Answered> {
    const answer = await fetch(`${base}/v1/stream?ticket=${encodeURIComponent(ticket)}`, {
      headers: { accept: 'text/event-stream', ...(cookie ? { cookie } : {}) },
    });
    return {
      status: answer.status,
      cookie: answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '',
      end: async () => answer.body?.cancel(),
    };
  }

  it('open one connection, whichever process is asked, and that one may come back to any', async () => {
    const ticket = await ticketOf(await app.home.user('ada'));
    const first = await open(await app.url(), ticket);
    expect(first.status).toBe(200);
    expect((await open(other.url, ticket)).status).toBe(401);
    const again = await open(other.url, ticket, first.cookie);
    expect(again.status).toBe(200);
    await first.end();
    await again.end();
  });

  it('of whoever has lost the right are refused by a process that has not heard of it', async () => {
    const user = await ticketOf(await app.home.user('leaver'));
    const member = await app.home.member();
    const ofMember = await ticketOf(member.token);
    const { cookie, end } = await open(await app.url(), user);
    const used = await open(await app.url(), ofMember);
    await end();
    await used.end();
    const unused = await ticketOf(member.token);
    expect((await app.call('DELETE', '/v1/users/leaver')).status).toBe(204);
    const sessions = await app.call('GET', '/v1/sessions', { as: member.token });
    for (const { id } of sessions.body.items) await app.call('DELETE', `/v1/sessions/${id}`, { as: member.token });

    const restarted = await anotherProcess();
    for (const url of [await app.url(), restarted.url]) {
      expect((await open(url, user, cookie)).status).toBe(401);
      expect((await open(url, ofMember, used.cookie)).status).toBe(401);
      expect((await open(url, unused)).status).toBe(401);
    }
    await restarted.close();
  });

  it('end with the subscription to a topic they were got for', async () => {
    await app.call('POST', '/v1/topics/whist/subscribers', { body: { users: ['ada'] } });
    const ticket = await ticketOf(await app.home.user('ada'), { topics: ['whist'] });
    const first = await open(await app.url(), ticket);
    expect(first.status).toBe(200);
    await first.end();
    await app.call('POST', '/v1/topics/whist/unsubscribe', { body: { users: ['ada'] } });
    expect((await open(await app.url(), ticket, first.cookie)).status).toBe(401);
    expect((await open(other.url, ticket, first.cookie)).status).toBe(401);
  });

  it('are forgotten when nobody can use them any more', async () => {
    const ticket = await ticketOf(await app.home.user('ada'));
    await (await open(await app.url(), ticket)).end();
    app.clock.advance(3_600_000);
    await app.settle();
    await expect
      .poll(async () => (await app.runtime.database.pool.query('select count(*)::int as n from stream_tickets')).rows)
      .toEqual([{ n: 0 }]);
  });
});
