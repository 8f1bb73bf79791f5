import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';

describe.each(databases)('workflows on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
  });
  afterAll(() => app.close());

  it('1: an in-app step reaches a known user', async () => {
    const put = await app.call('PUT', '/v1/workflows/hello', {
      body: { name: 'Hello', steps: [{ id: 'inbox', type: 'in_app', title: 'Hi {{ payload.name }}', body: 'x' }] },
    });
    expect(put.status, JSON.stringify(put.body)).toBe(200);
    const published = await app.call('POST', '/v1/workflows/hello/publish', { body: {} });
    expect(published.status, JSON.stringify(published.body)).toBe(200);
    const triggered = await app.call('POST', '/v1/workflows/hello/trigger', {
      body: { to: 'ada', payload: { name: 'Ada' }, transactionId: 't1' },
    });
    expect(triggered.status, JSON.stringify(triggered.body)).toBe(202);
    await app.settle();
    const runs = await app.call('GET', `/v1/runs?event=${triggered.body.id}`);
    console.log(JSON.stringify(runs.body, null, 1));
    const run = await app.call('GET', `/v1/runs/${runs.body.items[0].id}`);
    console.log(JSON.stringify(run.body.trace, null, 1));
    const inbox = await app.call('GET', '/v1/inbox', { as: await app.home.user('ada') });
    expect(inbox.body.items[0].title).toBe('Hi Ada');
  });
});
