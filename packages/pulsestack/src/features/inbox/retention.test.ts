import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { verifyCounters } from './index.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

describe.each(databases)('retention on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
  });
  afterAll(() => app.close());

  it('forgets notifications after the days it promises, with receipts and counts, and keeps the younger ones', async () => {
    await app.call('POST', '/v1/notify', { body: { to: ['ada', 'ben'], title: 'old' } });
    app.clock.advance(1000);
    await app.call('POST', '/v1/notify', { body: { to: { everyone: true }, title: 'old for everyone' } });
    app.clock.advance(89 * DAY_MS);
    await app.settle();
    await app.call('POST', '/v1/notify', { body: { to: 'ada', title: 'young' } });
    const seen = async () => {
      const token = await app.home.user('ada');
      const page = await app.call('GET', '/v1/inbox', { as: token });
      const counts = await app.call('GET', '/v1/inbox/counts', { as: token });
      return [counts.body.unread, page.body.items.map((item: { title: string }) => item.title)];
    };
    expect(await seen()).toEqual([3, ['young', 'old for everyone', 'old']]);

    app.clock.advance(2 * DAY_MS);
    await app.settle();
    expect(await seen()).toEqual([1, ['young']]);
    const { db } = app.runtime;
    expect(await db.inWorkspace(app.home.id, verifyCounters)).toEqual([]);
    expect((await app.call('GET', '/v1/notifications')).body.items.map((one: { title: string }) => one.title)).toEqual([
      'young',
    ]);
  });

  it('tells a reader whose place in the log is gone to read again', async () => {
    const token = await app.home.user('ada');
    const { cursor } = (await app.call('GET', '/v1/inbox', { as: token })).body;
    await app.call('POST', '/v1/notify', { body: { to: 'ada', title: 'soon forgotten' } });
    app.clock.advance(10 * DAY_MS);
    await app.settle();
    await app.call('POST', '/v1/notify', { body: { to: 'ada', title: 'after' } });
    app.clock.advance(DAY_MS);
    await app.settle();
    const response = await fetch(`${await app.url()}/v1/stream`, {
      headers: { authorization: `Bearer ${await app.home.user('ada')}`, 'last-event-id': cursor },
    });
    expect(response.headers.get('pulsestack-replay')).toBe('reset; reason=expired');
    await response.body?.cancel();
    const { rows } = await app.runtime.database.pool.query('select min(created_at) as oldest from log_events');
    expect(app.clock.nowMs() - rows[0].oldest.getTime()).toBeLessThan(9 * DAY_MS);
  });

  it('carries the id of the request to the event it caused', async () => {
    const response = await fetch(`${await app.url()}/v1/stream`, {
      headers: { authorization: `Bearer ${await app.home.user('ada')}` },
    });
    const reader = response.body?.getReader();
    await reader?.read();
    await app.call('POST', '/v1/notify', {
      body: { to: 'ada', title: 'traced' },
      headers: { 'x-request-id': 'trace-me-0123456789' },
    });
    let text = '';
    while (!text.includes('traced')) text += new TextDecoder().decode((await reader?.read())?.value);
    expect(text).toContain('"requestId":"trace-me-0123456789"');
    await reader?.cancel();
  });
});
