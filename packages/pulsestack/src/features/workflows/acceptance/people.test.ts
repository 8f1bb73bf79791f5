import { createEventStream } from 'pushstream/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../../testing/index.ts';
import { inApp, MINUTE, SECOND, tell } from '../testing/story.ts';

const POLL = { timeout: 15_000, interval: 20 };

describe.each(databases)('what people do with their messages, on the %s database', (database) => {
  let app: TestApp;
  let story: ReturnType<typeof tell>;
  let as: string;
  let user: string;
  let people = 0;
  const tabs: { close(): unknown }[] = [];
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    story = tell(app);
    await story.define({ key: 'say', name: 'Say', steps: [inApp('a', '{{ payload.title }}')] });
  });
  afterAll(async () => {
    for (const tab of tabs) tab.close();
    await app.close();
  });

  async function arrive(): Promise<void> {
    user = `person-${++people}`;
    as = await app.home.user(user);
  }
  async function say(...titles: string[]): Promise<void> {
    for (const title of titles) {
      await story.start('say', user, { title });
      await story.pass(SECOND);
    }
  }
  const get = async (query = '') => (await app.call('GET', `/v1/inbox${query}`, { as })).body;
  const post = (path: string, body?: object) => app.call('POST', `/v1/inbox${path}`, { as, ...(body ? { body } : {}) });
  const titles = async (query = '') => (await get(query)).items.map((item: { title: string }) => item.title);
  const unread = async () => (await get('/counts')).unread;
  const idOf = async (title: string) =>
    (await get('?state=all')).items.find((item: { title: string }) => item.title === title).id;

  it('24 · the layer nearest to the user decides, critical asks only the workspace, and the run names the layer', async () => {
    const keys = ['plain-on', 'plain-off', 'critical-on', 'critical-off'];
    for (const key of keys) {
      await story.define({ key, name: key, critical: key.startsWith('critical'), steps: [inApp('a', key)] });
      const body = { defaults: { in_app: key.endsWith('on') } };
      expect((await app.call('PUT', `/v1/preferences/workflows/${key}`, { body })).status).toBe(200);
    }
    let rows = 0;
    for (const key of keys)
      for (const global of [undefined, true, false])
        for (const own of [undefined, true, false]) {
          const critical = key.startsWith('critical');
          if (critical && own === false) continue;
          await arrive();
          const body = {
            ...(global === undefined ? {} : { channels: { in_app: global } }),
            ...(own === undefined || critical ? {} : { workflows: { [key]: { channels: { in_app: own } } } }),
          };
          expect((await app.call('PATCH', '/v1/me/preferences', { as, body })).status).toBe(200);
          const event = await story.start(key, user);
          await story.settle();
          const [line] = (await story.run(event)).trace;
          const byDefault = key.endsWith('on');
          const wanted = critical ? byDefault : (own ?? global ?? byDefault);
          const byUser = own === false ? 'user_workflow' : global === false ? 'user_channel' : undefined;
          const layer = critical ? 'workspace_default' : (byUser ?? 'workspace_default');
          expect([line.code, line.detail.reason]).toEqual(
            wanted ? ['message.made', null] : ['message.skipped', `preference.${layer}`],
          );
          rows++;
          expect(await titles()).toEqual(wanted ? [key] : []);
        }
    expect(rows).toBeGreaterThanOrEqual(12);
  });

  it('25 · what is critical cannot be turned off, and an unknown workflow is not found; nothing changes', async () => {
    await arrive();
    const before = (await app.call('GET', '/v1/me/preferences', { as })).body;
    const patch = (workflow: string) =>
      app.call('PATCH', '/v1/me/preferences', {
        as,
        body: { channels: { email: false }, workflows: { [workflow]: { channels: { in_app: false } } } },
      });
    const forced = await patch('critical-on');
    expect([forced.status, forced.body.code]).toEqual([409, 'preferences.forced']);
    const missing = await patch('no-such-workflow');
    expect([missing.status, missing.body.code]).toEqual([404, 'resource.not_found']);
    expect((await app.call('GET', '/v1/me/preferences', { as })).body).toEqual(before);
  });

  it('29 · filters give exact sets, pages stay while more arrives, and what cannot be is refused', async () => {
    await arrive();
    await say('one', 'two', 'three', 'four');
    await post(`/${await idOf('one')}/read`);
    await post(`/${await idOf('two')}/archive`);
    await post(`/${await idOf('three')}/snooze`, { until: new Date(app.clock.nowMs() + MINUTE).toISOString() });
    expect(await titles('?state=unread')).toEqual(['four']);
    expect(await titles('?state=read')).toEqual(['one']);
    expect(await titles('?state=archived')).toEqual(['two']);
    expect(await titles('?state=snoozed')).toEqual(['three']);
    await arrive();
    await say('a', 'b', 'c', 'd', 'e');
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await get(`?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map((item: { title: string }) => item.title));
      cursor = page.nextCursor;
      await say('meanwhile');
    }
    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
    for (const query of ['?state=unread&state=archived', '?state=lost', '?cursor=nonsense'])
      expect((await app.call('GET', `/v1/inbox${query}`, { as })).status, query).toBe(400);
  });

  it('30 · counts are right after every mark, every open tab hears of it, and twice changes nothing', async () => {
    await arrive();
    await say('one', 'two', 'three');
    const heard: string[][] = [[], []];
    for (const names of heard) {
      const live = Promise.withResolvers<void>();
      tabs.push(
        createEventStream({
          url: `${await app.url()}/v1/stream`,
          token: async () => as,
          onEvent: (event) => names.push(event.name),
          onState: (state) => void (state === 'open' && live.resolve()),
        }),
      );
      await live.promise;
    }
    const id = await idOf('one');
    const left = { read: 2, unread: 3, archive: 2, unarchive: 3 };
    for (const [mark, count] of Object.entries(left)) {
      expect((await post(`/${id}/${mark}`)).body.changed, mark).toBe(1);
      expect(await unread(), mark).toBe(count);
      expect((await post(`/${id}/${mark}`)).body.changed, mark).toBe(0);
    }
    expect((await post('/mark', { mark: 'read' })).body.changed).toBe(3);
    expect(await unread()).toBe(0);
    await app.settle();
    for (const names of heard)
      await expect
        .poll(async () => {
          await app.settle();
          return names.filter((name) => name === 'receipt.updated').length;
        }, POLL)
        .toBeGreaterThanOrEqual(5);
  });

  it('31 · two hundred and fifty unread are two hundred and fifty', async () => {
    await arrive();
    await story.define({
      key: 'flood',
      name: 'Flood',
      trigger: { event: 'flood.came' },
      steps: [inApp('a', '{{ payload.n }}')],
    });
    const events = Array.from({ length: 250 }, (_, n) => ({ name: 'flood.came', to: user, payload: { n } }));
    for (let from = 0; from < 250; from += 50)
      await app.call('POST', '/v1/events/bulk', { body: { events: events.slice(from, from + 50) } });
    await story.settle();
    expect(await unread()).toBe(250);
  });

  it('32 · what is snoozed hides until its time, and comes back on top', async () => {
    await arrive();
    await say('later', 'now');
    const id = await idOf('later');
    const snooze = (ms: number) => post(`/${id}/snooze`, { until: new Date(app.clock.nowMs() + ms).toISOString() });
    expect((await snooze(-MINUTE)).status).toBe(400);
    expect((await snooze(10 * MINUTE)).status).toBe(200);
    expect([await titles(), await unread()]).toEqual([['now'], 1]);
    await story.pass(10 * MINUTE);
    expect([await titles(), await unread()]).toEqual([['later', 'now'], 2]);
    await snooze(10 * MINUTE);
    expect(await unread()).toBe(1);
    expect((await post(`/${id}/unsnooze`)).status).toBe(200);
    expect(await unread()).toBe(2);
  });

  it('33 · an action is taken once, told to the sender, and one that is not there is refused', async () => {
    await arrive();
    const actions = [
      { id: 'accept', label: 'Accept', style: 'primary' as const },
      { id: 'refuse', label: 'Refuse' },
    ];
    await story.define({ key: 'ask', name: 'Ask', steps: [inApp('a', 'Will you?', { actions })] });
    await story.start('ask', user);
    await story.settle();
    const id = await idOf('Will you?');
    expect((await post(`/${id}/actions/accept`)).body).toMatchObject({ action: { id: 'accept' } });
    expect((await post(`/${id}/actions/accept`)).status).toBe(200);
    expect((await post(`/${id}/actions/refuse`)).status).toBe(409);
    expect((await post(`/${id}/actions/dance`)).status).toBe(404);
    const { items } = (await app.call('GET', `/v1/notifications/${id}/receipts`)).body;
    expect(items[0]).toMatchObject({ userId: user, action: { id: 'accept' } });
  });

  it('34 · a token that is missing, forged or over lets nobody in and makes no user', async () => {
    const token = await app.home.user('stranger');
    const users = async () => (await app.call('GET', '/v1/users?limit=100')).body.items;
    const before = await users();
    const forged = [null, 'nonsense', `${token.slice(0, -6)}AAAAAA`, token.replace(/\.[^.]+\./, '.e30.')];
    for (const bad of forged) expect((await app.call('GET', '/v1/inbox', { as: bad })).status, `${bad}`).toBe(401);
    expect(await users()).toEqual(before);
    expect((await app.call('GET', '/v1/inbox', { as: token })).status).toBe(200);
    app.clock.advance(25 * 60 * MINUTE);
    expect((await app.call('GET', '/v1/inbox', { as: token })).status).toBe(401);
  });
});
