import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../kernel/sql.ts';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { verifyCounters } from './index.ts';
import { reconcileCounters } from './reconcile.ts';

describe.each(databases)('one’s own inbox on the %s database', (database) => {
  let app: TestApp;
  let as: string;
  let user = '';
  let made = 0;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
  });
  afterAll(() => app.close());

  /** A person nobody has written to yet. */
  async function arrive(): Promise<void> {
    user = `person-${++made}`;
    as = await app.home.user(user);
  }
  const notify = async (body: object): Promise<string> =>
    (await app.call('POST', '/v1/notify', { body: { to: user, title: 'Title', ...body } })).body.id;
  const get = async (path: string) => (await app.call('GET', `/v1/inbox${path}`, { as })).body;
  const post = (path: string, body?: object) => app.call('POST', `/v1/inbox${path}`, { as, ...(body ? { body } : {}) });
  const titles = async (query = '') => (await get(query)).items.map((item: { title: string }) => item.title);

  it('shows to newcomers what comes, not what was', async () => {
    await app.call('POST', '/v1/notify', { body: { to: { everyone: true }, title: 'Before' } });
    await arrive();
    expect(await get('/counts')).toMatchObject({ unread: 0, broadcasts: 0 });
    await app.call('POST', '/v1/notify', { body: { to: { everyone: true }, title: 'After', category: 'news' } });
    expect(await titles()).toEqual(['After']);
    expect(await get('/counts')).toMatchObject({
      unread: 1,
      unseen: 1,
      categories: { news: { unread: 1, unseen: 1 } },
      broadcasts: 1,
      own: { unread: 0, handled: 0 },
    });
  });

  it('counts exactly through every change, and each change is undone once', async () => {
    await arrive();
    const id = await notify({});
    const broadcast = (await app.call('POST', '/v1/notify', { body: { to: { everyone: true }, title: 'All' } })).body
      .id;
    for (const one of [id, broadcast]) {
      const unread = async () => (await get('/counts')).unread;
      expect(await unread()).toBe(2);
      for (const change of ['read', 'archive', 'delete', 'snooze']) {
        const body = change === 'snooze' ? { until: new Date(app.clock.nowMs() + 60_000).toISOString() } : undefined;
        const marked =
          change === 'delete'
            ? await app.call('DELETE', `/v1/inbox/${one}`, { as })
            : await post(`/${one}/${change}`, body);
        expect(marked.body.changed).toBe(1);
        expect(await unread()).toBe(1);
        expect((await post('/undo', { undo: marked.body.undo })).body).toMatchObject({ changed: 1, undo: null });
        expect(await unread()).toBe(2);
        expect((await post('/undo', { undo: marked.body.undo })).status).toBe(404);
      }
    }
  });

  it('changes nothing and says nothing when marked twice', async () => {
    await arrive();
    const id = await notify({});
    const first = await post(`/${id}/read`);
    await app.settle();
    const { cursor } = await get('/counts');
    const second = await post(`/${id}/read`);
    expect(second.body).toEqual({ changed: 0, undo: null, own: first.body.own });
    await app.settle();
    expect((await get('/counts')).cursor).toBe(cursor);
  });

  it('marks several by id, and all by filter', async () => {
    await arrive();
    const [a, b] = [await notify({ category: 'a', type: 'x' }), await notify({ category: 'b', priority: 'high' })];
    await notify({ category: 'b', type: 'x' });
    expect((await post('/mark', { mark: 'seen', ids: [a, b, 'ntf_00000000000000000000000000'] })).body).toMatchObject({
      changed: 2,
      own: { unseen: 1, unread: 3 },
    });
    expect((await post('/mark', { mark: 'read', filter: { category: 'b' } })).body.changed).toBe(2);
    expect(
      (await post('/mark', { mark: 'archive', filter: { state: 'read', priority: ['high', 'low'] } })).body.changed,
    ).toBe(1);
    expect((await post('/mark', { mark: 'read', filter: { type: ['x', 'y'] } })).body.changed).toBe(1);
    expect((await post('/mark', { mark: 'unarchive' })).body.changed).toBe(1);
    expect((await get('/counts')).unread).toBe(0);
    expect((await post('/mark', { mark: 'read', ids: [a], filter: {} })).status).toBe(400);
  });

  it('pages without gaps or repeats while more arrives', async () => {
    await arrive();
    for (let i = 0; i < 9; i++) {
      app.clock.advance(10);
      if (i % 3 === 0) await app.call('POST', '/v1/notify', { body: { to: { everyone: true }, title: `T${i}` } });
      else await notify({ title: `T${i}` });
    }
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { items: { title: string }[]; nextCursor: string | null } = await get(
        `?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map((item) => item.title));
      cursor = page.nextCursor;
      await notify({ title: 'Meanwhile' });
    }
    expect(seen).toEqual(['T8', 'T7', 'T6', 'T5', 'T4', 'T3', 'T2', 'T1', 'T0']);
  });

  it('filters by state, category, type, priority and time', async () => {
    await arrive();
    await notify({ title: 'old', category: 'a', type: 't1', priority: 'low' });
    app.clock.advance(5000);
    const middle = app.clock.now().toISOString();
    const id = await notify({ title: 'mid', category: 'b', type: 't2', priority: 'critical' });
    app.clock.advance(5000);
    await notify({ title: 'new', category: 'a', type: 't2' });
    await post(`/${id}/read`);
    expect(await titles('?state=unread')).toEqual(['new', 'old']);
    expect(await titles('?state=read')).toEqual(['mid']);
    expect(await titles('?category=a&category=b')).toEqual(['new', 'mid', 'old']);
    expect(await titles('?category=a')).toEqual(['new', 'old']);
    expect(await titles('?type=t2')).toEqual(['new', 'mid']);
    expect(await titles('?priority=low&priority=critical')).toEqual(['mid', 'old']);
    expect(await titles(`?from=${middle}`)).toEqual(['new', 'mid']);
    expect(await titles(`?to=${middle}`)).toEqual(['old']);
  });

  it('finds words in titles and bodies and marks them in escaped text', async () => {
    await arrive();
    await notify({
      title: 'Deploy <b>failed</b> & more',
      body: 'The *build* of api failed at 3 <script>alert(1)</script>',
    });
    await notify({ title: 'Lunch', body: 'At noon' });
    await app.call('POST', '/v1/notify', { body: { to: { everyone: true }, title: 'Everything failed' } });
    const { items } = await get('?q=failed');
    expect(items.map((item: { title: string }) => item.title).sort()).toEqual([
      'Deploy <b>failed</b> & more',
      'Everything failed',
    ]);
    const { highlight } = items.find((item: { title: string }) => item.title.startsWith('Deploy'));
    expect(highlight.title).toBe('Deploy &lt;b&gt;<mark>failed</mark>&lt;/b&gt; &amp; more');
    expect(highlight.body).toContain('<mark>failed</mark>');
    expect(highlight.body.replaceAll(/<\/?mark>/g, '')).not.toMatch(/[<>]/);
    expect(await titles('?q=failed+-everything')).toEqual(['Deploy <b>failed</b> & more']);
    expect(await titles('?q=%22at+noon%22')).toEqual(['Lunch']);
    // While somebody types, and when they mean just this word.
    expect(await titles('?q=lun')).toEqual(['Lunch']);
    expect(await titles('?q=%22lun%22')).toEqual([]);
    expect(await titles('?q=failed&state=read')).toEqual([]);
    expect(await titles(`?q=${encodeURIComponent("'; drop table users; -- & | ! ( <-> :*")}`)).toEqual([]);
  });

  it('finds nothing of another inbox and nothing of another workspace', async () => {
    await arrive();
    await notify({ title: 'Secretword' });
    const stranger = await app.newWorkspace();
    await app.call('POST', '/v1/notify', { as: stranger.key, body: { to: user, title: 'Secretword' } });
    expect(await titles('?q=secretword')).toHaveLength(1);
    await arrive();
    expect(await titles('?q=secretword')).toEqual([]);
    expect(await titles(`?q=${app.home.id}`)).toEqual([]);
  });

  it('lets a snoozed item come up again as new when its time has come', async () => {
    await arrive();
    const id = await notify({ title: 'Later' });
    await post(`/${id}/read`);
    app.clock.advance(1000);
    await notify({ title: 'Now' });
    const until = new Date(app.clock.nowMs() + 60_000).toISOString();
    expect((await post(`/${id}/snooze`, { until })).body.changed).toBe(1);
    expect(await titles()).toEqual(['Now']);
    expect(await titles('?state=snoozed')).toEqual(['Later']);
    app.clock.advance(61_000);
    await app.settle();
    const { items } = await get('');
    expect(items[0]).toMatchObject({
      title: 'Later',
      readAt: null,
      seenAt: null,
      snoozedUntil: null,
      deliveredAt: app.clock.now().toISOString(),
    });
    expect((await get('/counts')).unread).toBe(2);
    expect((await post(`/${id}/snooze`, { until })).body.code).toBe('request.invalid');
  });

  it('lets an item leave when it expires, from direct inboxes and from everyone’s', async () => {
    await arrive();
    const expiresAt = new Date(app.clock.nowMs() + 10_000).toISOString();
    await notify({ title: 'Short', expiresAt });
    await app.call('POST', '/v1/notify', { body: { to: { everyone: true }, title: 'Short for all', expiresAt } });
    expect(await titles()).toHaveLength(2);
    app.clock.advance(10_000);
    await app.settle();
    expect(await titles('?state=all')).toEqual([]);
    expect(await get('/counts')).toMatchObject({ unread: 0, unseen: 0 });
  });

  it('records the press of an action once, marks the item read and refuses another', async () => {
    await arrive();
    const id = await notify({
      actions: [
        { id: 'yes', label: 'Yes' },
        { id: 'no', label: 'No' },
      ],
    });
    const pressed = await post(`/${id}/actions/yes`, { result: { comment: 'fine' } });
    expect(pressed.body).toMatchObject({
      action: { id: 'yes', result: { comment: 'fine' } },
      readAt: app.clock.now().toISOString(),
    });
    app.clock.advance(1000);
    expect((await post(`/${id}/actions/yes`)).body).toEqual(pressed.body);
    expect(await post(`/${id}/actions/no`)).toMatchObject({ status: 409, body: { code: 'resource.conflict' } });
    expect((await post(`/${id}/actions/maybe`)).status).toBe(404);
    expect((await app.call('GET', `/v1/notifications/${id}/receipts`)).body.items[0].action).toMatchObject({
      id: 'yes',
    });
  });

  it('tells the open tabs of this user, and no one else, what has changed', async () => {
    await arrive();
    const id = await notify({ title: 'Streamed' });
    const marked = await post(`/${id}/archive`);
    await app.call('DELETE', `/v1/notifications/${id}`);
    await app.settle();
    const events = await app.runtime.db.inWorkspace(app.home.id, (tx) =>
      tx.rows<{ name: string; data: string }>(
        sql`select name, data from log_events where workspace_id = ${app.home.id} and stream = ${`u.${user}`} order by seq`,
      ),
    );
    expect(events.map((event) => event.name)).toEqual([
      'notification.created',
      'receipt.updated',
      'notification.retracted',
    ]);
    const [created, updated, retracted] = events.map((event) => JSON.parse(event.data));
    expect(created).toMatchObject({ notification: { id, title: 'Streamed' }, own: { unread: 1, version: 1 } });
    expect(updated).toMatchObject({ items: [{ id, archivedAt: app.clock.now().toISOString() }], own: marked.body.own });
    expect(retracted).toMatchObject({ id, own: { unread: 0, version: 3 } });
  });

  it('tells of more than a hundred changes in one fact', async () => {
    await arrive();
    await Promise.all(Array.from({ length: 120 }, (_, i) => notify({ title: `T${i}` })));
    expect((await post('/mark', { mark: 'read' })).body.changed).toBe(120);
    await app.settle();
    const { data } = await app.runtime.db.inWorkspace(app.home.id, (tx) =>
      tx.get<{ data: string }>(
        sql`select data from log_events where workspace_id = ${app.home.id} and stream = ${`u.${user}`} order by seq desc limit 1`,
      ),
    );
    expect(JSON.parse(data)).toMatchObject({ changed: 120, own: { unread: 0 } });
  });

  it('marks an inbox of many thousands at once, and goes on with what is left', async () => {
    await arrive();
    const broadcast = (await app.call('POST', '/v1/notify', { body: { to: { everyone: true }, title: 'All' } })).body
      .id;
    await app.runtime.db.inWorkspace(app.home.id, (tx) =>
      tx.run(sql`
        insert into receipts (workspace_id, user_id, notification_id, feed_at, type, category, priority)
        select ${app.home.id}, ${user}, 'ntf_' || lpad(i::text, 26, '0'), ${app.clock.now()}::timestamptz - i * interval '1 second', 'message', 'general', 1
        from generate_series(1, 12000) i`),
    );
    await reconcileCounters(app.runtime);
    expect((await get('/counts')).unread).toBe(12_001);
    const marked = await post('/mark', { mark: 'read' });
    expect(marked.body.changed).toBe(10_001);
    await app.settle();
    expect((await get('/counts')).unread).toBe(0);
    expect((await post(`/undo`, { undo: marked.body.undo })).body.changed).toBe(10_001);
    expect((await get('/counts')).unread).toBe(10_001);
    expect((await get(`/${broadcast}`)).readAt).toBeNull();
    expect(await app.runtime.db.inWorkspace(app.home.id, verifyCounters)).toEqual([]);
  });

  it('answers 404 for what is not in this inbox', async () => {
    await arrive();
    const id = await notify({});
    await arrive();
    expect((await app.call('GET', `/v1/inbox/${id}`, { as })).status).toBe(404);
    expect((await post(`/${id}/read`)).status).toBe(404);
    expect((await app.call('GET', '/v1/inbox', { as: app.home.key })).status).toBe(403);
  });

  it('mends a counter that was tampered with, and says so', async () => {
    await arrive();
    await notify({});
    await app.runtime.db.inWorkspace(app.home.id, (tx) =>
      tx.run(sql`update inbox_counters set unread = 7 where workspace_id = ${app.home.id} and user_id = ${user}`),
    );
    expect(await app.runtime.db.inWorkspace(app.home.id, verifyCounters)).toMatchObject([
      { user_id: user, category: '', unread: 7, counted_unread: 1 },
      { category: 'general' },
    ]);
    await reconcileCounters(app.runtime);
    expect(await app.runtime.db.inWorkspace(app.home.id, verifyCounters)).toEqual([]);
    expect((await get('/counts')).unread).toBe(1);
    expect((await app.runtime.telemetry.expose()).body).toMatch(/inbox_counters_mended_total [1-9]/);
  });
});
