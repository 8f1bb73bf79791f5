import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';

describe.each(databases)('the audience on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
  });
  afterAll(() => app.close());

  it('keeps what is not mentioned, removes what is null, and replaces attributes as a whole', async () => {
    const created = await app.call('PUT', '/v1/users/ada', {
      body: {
        name: 'Ada',
        email: 'ada@example.com',
        locale: 'en-GB',
        timeZone: 'Europe/London',
        attributes: { plan: 'pro', seats: 3 },
      },
    });
    expect(created).toMatchObject({
      status: 200,
      body: { id: 'ada', name: 'Ada', phone: null, attributes: { plan: 'pro', seats: 3 } },
    });
    app.clock.advance(1000);
    const changed = await app.call('PUT', '/v1/users/ada', { body: { email: null, attributes: { plan: 'free' } } });
    expect(changed.body).toEqual({
      ...created.body,
      email: null,
      attributes: { plan: 'free' },
      updatedAt: app.clock.now().toISOString(),
    });
    expect((await app.call('GET', '/v1/users/ada')).body).toEqual(changed.body);
  });

  it.each([
    [{ email: 'not an address' }, '/email'],
    [{ phone: '0664' }, '/phone'],
    [{ locale: 'not a locale' }, '/locale'],
    [{ timeZone: 'Mars/Olympus' }, '/timeZone'],
    [{ avatarUrl: 'javascript:alert(1)' }, '/avatarUrl'],
    [{ name: 'nul \u0000' }, '/name'],
    [{ attributes: 'text' }, '/attributes'],
  ])('refuses %j and names the field', async (body, field) => {
    const answer = await app.call('PUT', '/v1/users/bad', { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ in: 'body', field }] } });
    expect((await app.call('GET', '/v1/users/bad')).status).toBe(404);
  });

  it('imports many users; one at fault fails alone', async () => {
    await app.call('PUT', '/v1/users/known', { body: { name: 'Old' } });
    const { status, body } = await app.call('POST', '/v1/users/bulk', {
      body: {
        users: [
          { id: 'known', name: 'New' },
          { id: 'fresh' },
          { id: 'wrong', email: 'x' },
          { id: 'fresh', name: 'Twice' },
          { id: 'strange', surprise: 1 },
        ],
      },
    });
    expect(status).toBe(200);
    expect(body.results.map((one: { id: string; status: string }) => [one.id, one.status])).toEqual([
      ['known', 'updated'],
      ['fresh', 'created'],
      ['wrong', 'failed'],
      ['fresh', 'failed'],
      ['strange', 'failed'],
    ]);
    expect(body.results[2].error).toContain('email');
    expect((await app.call('GET', '/v1/users/known')).body.name).toBe('New');
    expect((await app.call('GET', '/v1/users/wrong')).status).toBe(404);
  });

  it('takes a thousand users at once and refuses one more', async () => {
    const users = Array.from({ length: 1000 }, (_, i) => ({ id: `bulk-${i}`, name: `User ${i}` }));
    const { body } = await app.call('POST', '/v1/users/bulk', { body: { users } });
    expect(body.results.filter((one: { status: string }) => one.status === 'created')).toHaveLength(1000);
    expect((await app.call('POST', '/v1/users/bulk', { body: { users: [...users, { id: 'one-more' }] } })).status).toBe(
      400,
    );
  });

  it('finds users by how their id, name or address begins, page by page', async () => {
    const stranger = await app.newWorkspace();
    for (const id of ['find-a', 'find-b', 'find-c', 'other'])
      await app.call('PUT', `/v1/users/${id}`, { as: stranger.key, body: {} });
    await app.call('PUT', '/v1/users/find-%25', { as: stranger.key, body: { email: 'percent@example.com' } });
    const first = await app.call('GET', '/v1/users?q=find&limit=3', { as: stranger.key });
    const rest = await app.call('GET', `/v1/users?q=find&limit=3&cursor=${first.body.nextCursor}`, {
      as: stranger.key,
    });
    const ids = [...first.body.items, ...rest.body.items].map((user: { id: string }) => user.id);
    expect(new Set(ids)).toEqual(new Set(['find-a', 'find-b', 'find-c', 'find-%']));
    expect(rest.body.nextCursor).toBeNull();
    expect((await app.call('GET', '/v1/users?q=PERCENT%40', { as: stranger.key })).body.items).toHaveLength(1);
    expect((await app.call('GET', '/v1/users?q=find-%25', { as: stranger.key })).body.items).toHaveLength(1);
  });

  it('counts the subscribers of a topic as they come and go', async () => {
    const subscribers = async () => (await app.call('GET', '/v1/topics/repo:acme.api')).body.subscribers;
    expect(
      (await app.call('POST', '/v1/topics/repo:acme.api/subscribers', { body: { users: ['t1', 't2', 't2'] } })).body,
    ).toEqual({ added: 2 });
    expect(
      (await app.call('POST', '/v1/topics/repo:acme.api/subscribers', { body: { users: ['t2', 't3'] } })).body,
    ).toEqual({ added: 1 });
    expect(await subscribers()).toBe(3);
    expect(
      (await app.call('POST', '/v1/topics/repo:acme.api/unsubscribe', { body: { users: ['t1', 'nobody'] } })).body,
    ).toEqual({ removed: 1 });
    expect(await subscribers()).toBe(2);
    const page = await app.call('GET', '/v1/topics/repo:acme.api/subscribers?limit=1');
    expect(page.body.items.map((one: { userId: string }) => one.userId)).toEqual(['t2']);
    const next = await app.call('GET', `/v1/topics/repo:acme.api/subscribers?limit=1&cursor=${page.body.nextCursor}`);
    expect(next.body.items.map((one: { userId: string }) => one.userId)).toEqual(['t3']);
    await app.call('DELETE', '/v1/users/t2');
    expect(await subscribers()).toBe(1);
    expect((await app.call('GET', '/v1/users/t3/topics')).body.items).toMatchObject([
      { key: 'repo:acme.api', subscribers: 1 },
    ]);
  });

  it('counts right when many subscribe the same people at once', async () => {
    const users = Array.from({ length: 20 }, (_, i) => `crowd-${i}`);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => app.call('POST', '/v1/topics/crowd/subscribers', { body: { users } })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    expect(answers.reduce((sum, answer) => sum + answer.body.added, 0)).toBe(20);
    expect((await app.call('GET', '/v1/topics/crowd')).body.subscribers).toBe(20);
  });

  it('renames, lists and deletes topics', async () => {
    expect((await app.call('PUT', '/v1/topics/named', { body: { name: 'Named' } })).body).toMatchObject({
      key: 'named',
      name: 'Named',
      subscribers: 0,
    });
    expect((await app.call('PUT', '/v1/topics/named', { body: {} })).body.name).toBe('Named');
    expect((await app.call('GET', '/v1/topics')).body.items.map((topic: { key: string }) => topic.key)).toContain(
      'named',
    );
    expect((await app.call('DELETE', '/v1/topics/named')).status).toBe(204);
    expect((await app.call('GET', '/v1/topics/named')).status).toBe(404);
  });

  it('forgets a deleted user with inbox, counts and subscriptions; who comes back begins anew', async () => {
    await app.call('POST', '/v1/notify', { body: { to: 'gone', title: 'Before' } });
    await app.call('POST', '/v1/notify', { body: { to: { everyone: true }, title: 'To all' } });
    expect((await app.call('DELETE', '/v1/users/gone')).status).toBe(204);
    expect((await app.call('DELETE', '/v1/users/gone')).status).toBe(404);
    app.clock.advance(1);
    const as = await app.home.user('gone');
    expect((await app.call('GET', '/v1/inbox?state=all', { as })).body.items).toEqual([]);
    expect((await app.call('GET', '/v1/inbox/counts', { as })).body).toMatchObject({
      unread: 0,
      unseen: 0,
      broadcasts: 0,
    });
  });
});
