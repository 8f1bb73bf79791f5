import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sql } from '../../kernel/sql.ts';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { verifyCounters } from './index.ts';

describe.each(databases)('publishing on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
  });
  afterAll(() => app.close());

  const send = (body: object, headers?: Record<string, string>) =>
    app.call('POST', '/v1/notifications', { body, ...(headers ? { headers } : {}) });
  const inboxOf = async (user: string, query = '') =>
    (await app.call('GET', `/v1/inbox${query}`, { as: await app.home.user(user) })).body.items;
  const countOfNotifications = () =>
    app.runtime.db.inWorkspace(app.home.id, (tx) =>
      tx.get<{ n: number }>(sql`select count(*) as n from notifications where workspace_id = ${app.home.id}`),
    );

  it('answers with ids after the commit, and the unknown receiver has it', async () => {
    const answer = await app.call('POST', '/v1/notify', {
      body: { to: 'newcomer', title: 'Hi', body: 'It **works**' },
    });
    expect(answer).toMatchObject({ status: 202, body: { audience: 'users', recipients: 1 } });
    expect(await inboxOf('newcomer')).toMatchObject([
      { id: answer.body.id, title: 'Hi', bodyHtml: '<p>It <strong>works</strong></p>', readAt: null, broadcast: false },
    ]);
    expect((await app.call('GET', '/v1/users/newcomer')).status).toBe(200);
  });

  it.each([
    "'; rollback; set role postgres; delete from users; --",
    "back\\slash\\' and $$dollar$$ and \\u0027 and E'\\''",
    '"}],"users":["eve"]}',
    'set role postgres; set session authorization default; copy users to stdout',
  ])('takes %j as text and nothing else', async (text) => {
    const answer = await app.call('POST', '/v1/notify', {
      body: { to: 'quoted', title: text, body: text, data: { text } },
    });
    expect(answer.status).toBe(202);
    const item = (await inboxOf('quoted')).find((one: { id: string }) => one.id === answer.body.id);
    expect([item.title, item.body, item.data.text]).toEqual([text, text, text]);
    expect((await app.call('GET', '/v1/users/eve')).status).toBe(404);
  });

  it('keeps everything that was said', async () => {
    const body = {
      audience: { users: ['full'] },
      title: 'Title',
      body: 'Body',
      icon: 'https://example.com/i.png',
      image: 'https://example.com/b.png',
      link: '/orders/7',
      actions: [
        { id: 'ok', label: 'OK', style: 'primary' },
        { id: 'docs', label: 'Docs', link: 'https://example.com' },
      ],
      type: 'order.paid',
      category: 'orders',
      priority: 'high',
      data: { order: 7, nested: { yes: true } },
      expiresAt: '2027-01-01T00:00:00.000Z',
      collapseKey: 'order-7',
    };
    const { body: accepted } = await send(body);
    const { body: sent } = await app.call('GET', `/v1/notifications/${accepted.id}`);
    expect(sent).toMatchObject({
      ...body,
      actions: [body.actions[0], { ...body.actions[1], style: 'secondary' }],
      state: 'published',
      stats: { recipients: 1, seen: 0, read: 0 },
      actor: { kind: 'key', name: 'tests' },
    });
    const { audience: _audience, collapseKey: _key, ...shown } = sent;
    const [item] = await inboxOf('full');
    for (const field of [
      'title',
      'icon',
      'image',
      'link',
      'actions',
      'type',
      'category',
      'priority',
      'data',
      'expiresAt',
      'actor',
    ])
      expect(item[field]).toEqual(shown[field]);
  });

  it.each([
    [{}, '/audience'],
    [{ audience: { users: [] }, title: 'x' }, '/audience'],
    [{ audience: { users: ['has space'] }, title: 'x' }, '/audience'],
    [{ audience: { users: ['a'] }, title: '' }, '/title'],
    [{ audience: { users: ['a'] }, title: 'x', link: 'javascript:alert(1)' }, '/link'],
    [{ audience: { users: ['a'] }, title: 'x', image: 'data:image/png;base64,x' }, '/image'],
    [
      { audience: { users: ['a'] }, title: 'x', actions: [1, 2, 3, 4].map((i) => ({ id: `a${i}`, label: 'x' })) },
      '/actions',
    ],
    [
      {
        audience: { users: ['a'] },
        title: 'x',
        actions: [
          { id: 'a', label: 'x' },
          { id: 'a', label: 'y' },
        ],
      },
      '/actions',
    ],
    [{ audience: { users: ['a'] }, title: 'x', priority: 'urgent' }, '/priority'],
    [{ audience: { users: ['a'] }, title: 'x', expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
    [{ audience: { users: ['a'] }, title: 'x', data: { big: 'x'.repeat(17_000) } }, '/data'],
    [{ audience: { users: Array.from({ length: 1001 }, (_, i) => `u${i}`) }, title: 'x' }, '/audience'],
  ])('stores nothing of what does not fit: %#', async (body, field) => {
    const { n } = await countOfNotifications();
    const answer = await send(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(answer.body.errors.some((error: { field: string }) => error.field.startsWith(field))).toBe(true);
    expect((await countOfNotifications()).n).toBe(n);
  });

  it('gives fifty parallel posts with one key one notification and one answer', async () => {
    const post = () => send({ audience: { users: ['once'] }, title: 'Once' }, { 'idempotency-key': 'order-1' });
    const answers = await Promise.all(Array.from({ length: 50 }, post));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(answers.filter((answer) => answer.headers['idempotency-replay'] === 'true')).toHaveLength(49);
    expect(await inboxOf('once')).toHaveLength(1);
    const later = await post();
    expect(later).toMatchObject({ status: 202, body: answers[0]?.body, headers: { 'idempotency-replay': 'true' } });
  });

  it('refuses a key that is used with another request, at once and later', async () => {
    const post = (title: string) => send({ audience: { users: ['other'] }, title }, { 'idempotency-key': 'order-2' });
    const [first, second] = await Promise.all([post('One'), post('Two')]);
    expect([first.status, second.status].sort()).toEqual([202, 422]);
    const late = await Promise.all([post('Three'), post('Three'), post('Three')]);
    expect(late.map((answer) => answer.body.code)).toEqual(Array(3).fill('idempotency.mismatch'));
    expect(await inboxOf('other')).toHaveLength(1);
    expect((await send({ audience: { users: ['other'] }, title: 'x' }, { 'idempotency-key': 'ü' })).body.code).toBe(
      'idempotency.invalid',
    );
    // Another workspace may use the same key.
    const stranger = await app.newWorkspace();
    expect(
      (
        await app.call('POST', '/v1/notify', {
          as: stranger.key,
          body: { to: 'x', title: 'x' },
          headers: { 'idempotency-key': 'order-2' },
        })
      ).status,
    ).toBe(202);
  });

  it('gives nobody the answer of somebody else who used the same key', async () => {
    await send({ audience: { users: ['eve', 'uma'] }, title: 'For both' });
    const mark = async (as: string) =>
      app.call('POST', '/v1/inbox/mark', { as, body: { mark: 'read' }, headers: { 'idempotency-key': 'mark-1' } });
    const [eve, uma] = [await app.home.user('eve'), await app.home.user('uma')];
    const [first, second] = [await mark(eve), await mark(uma)];
    expect(second.headers['idempotency-replay']).toBeUndefined();
    expect(second.body.undo).not.toBe(first.body.undo);
    expect((await app.call('GET', '/v1/inbox/counts', { as: uma })).body.unread).toBe(0);
    expect((await mark(eve)).body).toEqual(first.body);
  });

  it('remembers the answer to a broadcast and to a bulk as well', async () => {
    const headers = { 'idempotency-key': 'broadcast-1' };
    const [one, two] = await Promise.all([
      send({ audience: { everyone: true }, title: 'All' }, headers),
      send({ audience: { everyone: true }, title: 'All' }, headers),
    ]);
    expect(one.body).toEqual(two.body);
    const bulk = () =>
      app.call('POST', '/v1/notifications/bulk', {
        body: { notifications: [{ audience: { users: ['b'] }, title: 'x' }, { bad: 1 }] },
        headers: { 'idempotency-key': 'bulk-1' },
      });
    expect((await bulk()).body).toEqual((await bulk()).body);
    expect((await inboxOf('b')).filter((item: { broadcast: boolean }) => !item.broadcast)).toHaveLength(1);
  });

  it('commits what arrives together in one transaction, and one bad request fails alone', async () => {
    const many = Array.from({ length: 60 }, (_, i) => send({ audience: { users: [`load-${i % 5}`] }, title: `T${i}` }));
    const answers = await Promise.all(many);
    expect(answers.every((answer) => answer.status === 202)).toBe(true);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(60);
    const { n } = await app.runtime.db.inWorkspace(app.home.id, (tx) =>
      tx.get<{ n: number }>(
        sql`select count(*) as n from receipts where workspace_id = ${app.home.id} and user_id like 'load-%'`,
      ),
    );
    expect(n).toBe(60);
    // No JSON of this size passes the door, so a row the database refuses is made by hand.
    const refused = app.runtime.db.inWorkspace(app.home.id, (tx) =>
      tx.run(sql`alter table notifications add constraint no_poison check (title <> 'poison')`),
    );
    await expect(refused).rejects.toThrow();
    await app.runtime.database.pool.query(
      `alter table notifications add constraint no_poison check (title <> 'poison')`,
    );
    try {
      const mixed = await Promise.all(
        ['fine-1', 'poison', 'fine-2', 'fine-3'].map((title) => send({ audience: { users: ['mixed'] }, title })),
      );
      expect(mixed.map((answer) => answer.status)).toEqual([202, 500, 202, 202]);
      expect(await inboxOf('mixed')).toHaveLength(3);
    } finally {
      await app.runtime.database.pool.query('alter table notifications drop constraint no_poison');
    }
  });

  it('sends a bulk with a result for each, in order', async () => {
    const { status, body } = await app.call('POST', '/v1/notifications/bulk', {
      body: {
        notifications: [
          { audience: { users: ['bulk-a'] }, title: 'One' },
          { audience: { users: ['bulk-a'] }, title: '' },
          { audience: { users: ['bulk-b'] }, title: 'Three' },
        ],
      },
    });
    expect(status).toBe(202);
    expect(body.results.map((one: { status: number }) => one.status)).toEqual([202, 400, 202]);
    expect(body.results[1]).toMatchObject({ code: 'request.invalid', errors: [{ field: '/title' }] });
    expect((await inboxOf('bulk-b'))[0].id).toBe(body.results[2].id);
  });

  it('needs one more permission to reach everyone', async () => {
    const { secret } = (
      await app.call('POST', '/v1/api-keys', { body: { name: 'sender', permissions: ['notifications.create'] } })
    ).body;
    expect((await app.call('POST', '/v1/notify', { as: secret, body: { to: 'ada', title: 'x' } })).status).toBe(202);
    const refused = await app.call('POST', '/v1/notify', { as: secret, body: { to: { everyone: true }, title: 'x' } });
    expect(refused).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
    const bulk = await app.call('POST', '/v1/notifications/bulk', {
      as: secret,
      body: { notifications: [{ audience: { everyone: true }, title: 'x' }] },
    });
    expect(bulk.body.results).toMatchObject([{ status: 403, code: 'auth.forbidden' }]);
  });

  it('lets a member notify a person, and says who it was', async () => {
    const member = await app.home.member();
    const other = await app.home.member();
    const { body } = await app.call('POST', '/v1/notify', {
      as: member.token,
      body: { to: other.memberId, title: 'Lunch?' },
    });
    const { items } = (await app.call('GET', '/v1/inbox', { as: other.token })).body;
    expect(items[0]).toMatchObject({ id: body.id, actor: { kind: 'member', id: member.memberId, name: 'Max Member' } });
    expect(
      (await app.call('POST', '/v1/notify', { as: member.token, body: { to: { everyone: true }, title: 'x' } })).status,
    ).toBe(403);
  });

  it('delivers to more named users than fit a request, in pages, once each', async () => {
    const users = Array.from({ length: 1000 }, (_, i) => `many-${i}`);
    const { body } = await send({ audience: { users: [...users.slice(0, 999), 'many-0'] }, title: 'Many' });
    expect(body.recipients).toBe(999);
    await app.settle();
    expect((await app.call('GET', `/v1/notifications/${body.id}`)).body).toMatchObject({
      state: 'published',
      stats: { recipients: 999 },
    });
    expect(await inboxOf('many-998')).toHaveLength(1);
  });

  it('delivers to the subscribers of a topic but those left out, and goes on where it was interrupted', async () => {
    const users = Array.from({ length: 900 }, (_, i) => `sub-${String(i).padStart(4, '0')}`);
    const more = Array.from({ length: 300 }, (_, i) => `sub-${String(900 + i).padStart(4, '0')}`);
    await app.call('POST', '/v1/topics/big/subscribers', { body: { users } });
    await app.call('POST', '/v1/topics/big/subscribers', { body: { users: more } });
    const { body } = await send({
      audience: { topic: 'big', except: ['sub-0001', 'sub-1100', 'nobody'] },
      title: 'Big',
    });
    expect(body.recipients).toBeNull();
    const preview = await app.call('POST', '/v1/notifications/preview', {
      body: { audience: { topic: 'big', except: ['sub-0001', 'nobody'] }, title: 'Big' },
    });
    expect(preview.body.recipients).toBe(1199);
    await app.settle();
    expect((await app.call('GET', `/v1/notifications/${body.id}`)).body).toMatchObject({
      state: 'published',
      stats: { recipients: 1198 },
    });
    expect(await inboxOf('sub-0001')).toHaveLength(0);
    expect(await inboxOf('sub-1199')).toHaveLength(1);
  });

  it('previews what will be seen and sends nothing', async () => {
    const { n } = await countOfNotifications();
    const { status, body } = await app.call('POST', '/v1/notifications/preview', {
      body: { audience: { users: ['p', 'q', 'p'] }, title: 'Look', body: '_here_' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ recipients: 2, item: { title: 'Look', bodyHtml: '<p><em>here</em></p>' } });
    expect((await countOfNotifications()).n).toBe(n);
  });

  it('counts who has got, seen and read it, also of a broadcast', async () => {
    const stranger = await app.newWorkspace();
    const as = stranger.key;
    for (const id of ['s1', 's2', 's3']) await app.call('PUT', `/v1/users/${id}`, { as, body: {} });
    const all = (await app.call('POST', '/v1/notify', { as, body: { to: { everyone: true }, title: 'All' } })).body.id;
    const some = (await app.call('POST', '/v1/notify', { as, body: { to: ['s1', 's2'], title: 'Some' } })).body.id;
    await app.call('PUT', '/v1/users/late', { as, body: {} });
    const people = (await app.call('GET', '/v1/users', { as })).body.items.length;
    for (const id of [all, some]) {
      await app.call('POST', `/v1/inbox/${id}/seen`, { as: await stranger.user('s1') });
      await app.call('POST', `/v1/inbox/${id}/read`, { as: await stranger.user('s2') });
    }
    await app.settle();
    const stats = async (id: string) => (await app.call('GET', `/v1/notifications/${id}`, { as })).body.stats;
    // Everyone but the one who came later.
    expect(await stats(all)).toEqual({ recipients: people - 1, seen: 2, read: 1 });
    expect(await stats(some)).toEqual({ recipients: 2, seen: 2, read: 1 });
    const read = await app.call('GET', `/v1/notifications/${some}/receipts?state=read`, { as });
    expect(read.body.items).toMatchObject([{ userId: 's2', archivedAt: null, action: null }]);
    const page = await app.call('GET', `/v1/notifications/${some}/receipts?limit=1`, { as });
    expect(page.body.items[0].userId).toBe('s1');
    expect(
      (await app.call('GET', `/v1/notifications/${some}/receipts?limit=1&cursor=${page.body.nextCursor}`, { as })).body
        .items[0].userId,
    ).toBe('s2');
  });

  it('lists what was sent, the newest first, by category, type, state, time and words', async () => {
    const stranger = await app.newWorkspace();
    const as = stranger.key;
    const ids: string[] = [];
    for (const [i, category] of ['a', 'b', 'a', 'b', 'a'].entries()) {
      app.clock.advance(1000);
      ids.unshift(
        (
          await app.call('POST', '/v1/notify', {
            as,
            body: { to: 'x', title: `Number ${i} <b>`, category, type: `t${i % 2}` },
          })
        ).body.id,
      );
    }
    const list = async (query: string) => (await app.call('GET', `/v1/notifications?${query}`, { as })).body;
    expect((await list('')).items.map((one: { id: string }) => one.id)).toEqual(ids);
    const first = await list('limit=2');
    const second = await list(`limit=2&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items].map((one: { id: string }) => one.id)).toEqual(ids.slice(0, 4));
    expect((await list('category=b')).items).toHaveLength(2);
    expect((await list('type=t0&category=a')).items).toHaveLength(3);
    expect((await list(`from=${app.clock.now().toISOString()}`)).items).toHaveLength(1);
    expect((await list('q=number+3')).items.map((one: { id: string }) => one.id)).toEqual([ids[1]]);
    await app.call('DELETE', `/v1/notifications/${ids[0]}`, { as });
    expect((await list('state=retracted')).items.map((one: { id: string }) => one.id)).toEqual([ids[0]]);
  });

  it('takes a notification back from every inbox, once', async () => {
    const { body } = await send({ audience: { users: ['r1', 'r2'] }, title: 'Oops' });
    await app.call('POST', `/v1/inbox/${body.id}/read`, { as: await app.home.user('r1') });
    expect((await app.call('DELETE', `/v1/notifications/${body.id}`)).status).toBe(204);
    expect((await app.call('DELETE', `/v1/notifications/${body.id}`)).status).toBe(404);
    for (const user of ['r1', 'r2'])
      expect(await inboxOf(user, '?state=all')).not.toContainEqual(expect.objectContaining({ id: body.id }));
    expect((await app.call('GET', `/v1/notifications/${body.id}`)).body.state).toBe('retracted');
  });

  it('takes back what was sent to more people than one page', async () => {
    const { body } = await send({ audience: { topic: 'big' }, title: 'Big mistake' });
    await app.settle();
    await app.call('DELETE', `/v1/notifications/${body.id}`);
    await app.settle();
    const { n } = await app.runtime.db.inWorkspace(app.home.id, (tx) =>
      tx.get<{ n: number }>(
        sql`select count(*) as n from receipts where workspace_id = ${app.home.id} and notification_id = ${body.id} and withdrawn_at is null`,
      ),
    );
    expect(n).toBe(0);
    expect(await app.runtime.db.inWorkspace(app.home.id, verifyCounters)).toEqual([]);
  });

  it('stops a fan-out that was taken back before it began', async () => {
    const { body } = await send({ audience: { topic: 'big' }, title: 'Wait' });
    await app.call('DELETE', `/v1/notifications/${body.id}`);
    await app.settle();
    expect((await app.call('GET', `/v1/notifications/${body.id}`)).body).toMatchObject({
      state: 'retracted',
      stats: { recipients: 0 },
    });
  });

  it('keeps only the last of several with one key in a bulk', async () => {
    const bulk = ['1', '2', '3'].map((title) => ({ audience: { users: ['bulky'] }, title, collapseKey: 'build' }));
    await app.call('POST', '/v1/notifications/bulk', {
      body: { notifications: [...bulk, { ...bulk[0], title: '4' }] },
    });
    const titles = (await inboxOf('bulky'))
      .filter((item: { broadcast: boolean }) => !item.broadcast)
      .map((item: { title: string }) => item.title);
    expect(titles).toEqual(['4']);
    expect(await app.runtime.db.inWorkspace(app.home.id, verifyCounters)).toEqual([]);
  });

  it('asks a database that is gone once for all that wait, not once for each', async () => {
    await send({ audience: { users: ['gone'] }, title: 'The key is known from here on' });
    const refusal = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const connect = vi
      .spyOn(app.runtime.database.pool, 'connect')
      .mockImplementation(() => new Promise((_resolve, reject) => setTimeout(reject, 50, refusal)));
    try {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => send({ audience: { users: ['gone'] }, title: 'x' })),
      );
      expect(new Set(answers.map((answer) => answer.body.code))).toEqual(new Set(['server.unavailable']));
      expect(connect.mock.calls.length).toBeLessThan(20);
    } finally {
      connect.mockRestore();
    }
  });

  it('replaces an unread notification with the same key, never a read one', async () => {
    const post = (title: string) => send({ audience: { users: ['collapse'] }, title, collapseKey: 'build' });
    const as = await app.home.user('collapse');
    const titles = async () =>
      (await inboxOf('collapse'))
        .filter((item: { broadcast: boolean }) => !item.broadcast)
        .map((item: { title: string }) => item.title);
    await Promise.all([post('1'), post('2'), post('3')]);
    expect(await titles()).toHaveLength(1);
    await app.call('POST', '/v1/inbox/mark', { as, body: { mark: 'read' } });
    app.clock.advance(1);
    await post('4');
    expect(await titles()).toHaveLength(2);
    expect(await app.runtime.db.inWorkspace(app.home.id, verifyCounters)).toEqual([]);
  });
});
