import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { HOUR, inApp, MINUTE, SECOND, tell } from './testing/story.ts';

describe.each(databases)('digests on the %s database', (database) => {
  let app: TestApp;
  let story: ReturnType<typeof tell>;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    story = tell(app);
  });
  afterAll(() => app.close());

  const counted =
    '{{ digest.count }}: {% for one in events %}{{ one.payload.n }}{% unless forloop.last %},{% endunless %}{% endfor %}';
  const define = (key: string, digest: object, more: object = {}) =>
    story.define({
      key,
      name: key,
      steps: [{ id: 'd', type: 'digest', ...digest } as never, inApp('a', counted)],
      ...more,
    });

  it('10 · three events in a window are one message with all of them in order; the others are shown as merged', async () => {
    await define('ten', { window: '1m' });
    const events = [];
    for (const n of [1, 2, 3]) {
      events.push(await story.start('ten', 'u10', { n }));
      await story.pass(10 * SECOND);
    }
    expect(await story.titles('u10')).toEqual([]);
    await story.pass(MINUTE);
    expect(await story.titles('u10')).toEqual(['3: 1,2,3']);
    const [first, second] = await Promise.all(events.map((event) => story.run(event)));
    expect(story.codes(first)).toEqual(['digest.opened', 'digest.closed', 'message.made']);
    expect(second).toMatchObject({ state: 'done', code: 'digest.merged' });
  });

  it('11 · ten events at once are exactly one message with ten', async () => {
    await define('eleven', { window: '2s' });
    await Promise.all(Array.from({ length: 10 }, (_, n) => story.start('eleven', 'u11', { n })));
    await story.settle();
    await story.pass(2 * SECOND);
    expect((await story.titles('u11')).map((title) => title.split(':')[0])).toEqual(['10']);
  });

  it('12 · one digest for each value of a key, also a nested one', async () => {
    await define('twelve', { window: '1m', key: 'payload.post.id' });
    for (const [n, id] of ['a', 'b', 'a'].entries()) await story.start('twelve', 'u12', { n, post: { id } });
    await story.settle();
    await story.pass(MINUTE);
    expect((await story.titles('u12')).toSorted()).toEqual(['1: 1', '2: 0,2']);
  });

  it('13 · with look-back the first passes at once and the next two are one message', async () => {
    await define('thirteen', { window: '1m', lookBack: '5m' });
    for (const n of [1, 2, 3]) {
      await story.start('thirteen', 'u13', { n });
      await story.settle();
    }
    expect(await story.titles('u13')).toHaveLength(1);
    await story.pass(MINUTE);
    expect((await story.titles('u13')).at(-1)).toBe('2: 2,3');
    await story.pass(6 * MINUTE);
    await story.start('thirteen', 'u13', { n: 4 });
    await story.settle();
    expect(await story.titles('u13')).toHaveLength(3);
  });

  it('14 · a cron is meant in the zone of the user, across a change of the clock; an empty window sends nothing', async () => {
    await app.call('PUT', '/v1/users/kol', { body: { timeZone: 'Asia/Kolkata' } });
    await app.call('PUT', '/v1/users/ber', { body: { timeZone: 'Europe/Berlin' } });
    await define('fourteen', { cron: '0 9 * * *' });
    const closes = async (user: string, at: string) => {
      app.clock.set(new Date(at));
      const event = await story.start('fourteen', user, { n: 1 });
      await story.settle();
      return (await story.run(event)).wakesAt;
    };
    const before = app.clock.now();
    expect(await closes('kol', '2026-10-24T12:00:00Z')).toBe('2026-10-25T03:30:00.000Z');
    // In the night before, Berlin goes from two hours ahead to one.
    expect(await closes('ber', '2026-10-24T12:00:00Z')).toBe('2026-10-25T08:00:00.000Z');
    app.clock.set(new Date('2026-10-25T08:00:00Z'));
    await story.settle();
    expect(await story.titles('ber')).toEqual(['1: 1']);
    app.clock.set(new Date('2026-10-27T08:00:00Z'));
    await story.settle();
    expect(await story.titles('ber')).toHaveLength(1);
    expect(app.clock.now() > before).toBe(true);
  });

  it('16 · two digest steps of one workflow have their own events', async () => {
    await story.define({
      key: 'sixteen',
      name: 'Two',
      steps: [
        { id: 'short', type: 'digest', window: '1m' },
        inApp('a', `short ${counted}`),
        { id: 'long', type: 'digest', window: '1h' },
        inApp('b', `long ${counted}`),
      ],
    });
    await story.start('sixteen', 'u16', { n: 1 });
    await story.start('sixteen', 'u16', { n: 2 });
    await story.settle();
    await story.pass(MINUTE);
    await story.start('sixteen', 'u16', { n: 3 });
    await story.settle();
    await story.pass(MINUTE);
    expect(await story.titles('u16')).toEqual(['short 2: 1,2', 'short 1: 3']);
    await story.pass(HOUR);
    expect((await story.titles('u16')).at(-1)).toBe('long 2: 1,3');
  });

  it('17 · with a condition that passes it digests, with one that fails it goes on at once without events', async () => {
    await define('seventeen', { window: '1m', if: { '==': [{ var: 'payload.bulk' }, true] } });
    await story.start('seventeen', 'u17', { n: 1, bulk: false });
    await story.start('seventeen', 'u17', { n: 2, bulk: true });
    await story.start('seventeen', 'u17', { n: 3, bulk: true });
    await story.settle();
    expect(await story.titles('u17')).toEqual(['0:']);
    await story.pass(MINUTE);
    expect(await story.titles('u17')).toEqual(['0:', '2: 2,3']);
  });

  it('18 · a cancelled leader hands over, a cancelled follower takes its event out', async () => {
    await define('eighteen', { window: '1m' });
    const fill = async (user: string) => {
      const events = [];
      for (const n of [1, 2, 3]) {
        events.push(await story.start('eighteen', user, { n }));
        await story.settle();
      }
      return Promise.all(events.map((event) => story.run(event)));
    };
    const [leader] = await fill('u18a');
    expect((await app.call('DELETE', `/v1/runs/${leader.id}`)).body).toEqual({ cancelled: true });
    const [, follower] = await fill('u18b');
    expect((await app.call('DELETE', `/v1/runs/${follower.id}`)).body).toEqual({ cancelled: true });
    const [first, second] = await fill('u18c');
    await app.call('DELETE', `/v1/runs/${first.id}`);
    await app.call('DELETE', `/v1/runs/${second.id}`);
    await fill('u18d');
    expect((await app.call('POST', '/v1/runs/cancel', { body: { user: 'u18d' } })).body).toEqual({ cancelled: 3 });
    await story.pass(MINUTE);
    expect(await story.titles('u18a')).toEqual(['2: 2,3']);
    expect(await story.titles('u18b')).toEqual(['2: 1,3']);
    expect(await story.titles('u18c')).toEqual(['1: 3']);
    expect(await story.titles('u18d')).toEqual([]);
  });

  it('slides with each event and ends at the latest at its maximum', async () => {
    await define('sliding', { window: '1m', sliding: { max: '150s' } });
    for (const n of [1, 2, 3, 4]) {
      await story.start('sliding', 'sl', { n });
      await story.settle();
      await story.pass(40 * SECOND);
    }
    // 160 s are over, and the maximum of 150 s closed it before the last pause ended.
    expect(await story.titles('sl')).toEqual(['4: 1,2,3,4']);
    await story.start('sliding', 'sl', { n: 5 });
    await story.settle();
    await story.pass(59 * SECOND);
    expect(await story.titles('sl')).toHaveLength(1);
    await story.pass(SECOND);
    expect((await story.titles('sl')).at(-1)).toBe('1: 5');
  });

  it('ends early when so many events are in, and when it is told to', async () => {
    await define('early', { window: '1h', flushAt: 3, key: 'payload.k' });
    for (const n of [1, 2, 3]) {
      await story.start('early', 'fl', { n, k: 'x' });
      await story.settle();
    }
    expect(await story.titles('fl')).toEqual(['3: 1,2,3']);
    const event = await story.start('early', 'fl', { n: 4, k: 'y' });
    await story.settle();
    const flushed = await app.call('POST', '/v1/digests/flush', { body: { workflow: 'early', user: 'fl', key: 'y' } });
    expect(flushed.body).toEqual({ flushed: 1 });
    await story.settle();
    expect(await story.titles('fl')).toContain('1: 4');
    expect((await story.run(event)).state).toBe('done');
    const last = await story.start('early', 'fl', { n: 5, k: 'z' });
    await story.settle();
    const { detail } = (await story.run(last)).trace[0];
    expect((await app.call('POST', `/v1/digests/${detail.digest}/flush`)).body).toEqual({ flushed: 1 });
    expect((await app.call('POST', `/v1/digests/dig_01jd0c5m8xk7q2w9v4t6r3n1ab/flush`)).status).toBe(404);
    await story.settle();
    expect(await story.titles('fl')).toContain('1: 5');
  });

  it('keeps and renders every event of a large digest', async () => {
    await define('large', { window: '1m' });
    for (let from = 0; from < 500; from += 100) {
      const events = Array.from({ length: 100 }, (_, i) => ({ name: 'large.one', to: 'lg', payload: { n: from + i } }));
      if (from === 0) await define('large', { window: '1m' }, { trigger: { event: 'large.one' } });
      await app.call('POST', '/v1/events/bulk', { body: { events } });
    }
    await story.settle();
    await story.pass(MINUTE);
    const [item] = (await app.call('GET', '/v1/inbox', { as: await app.home.user('lg') })).body.items;
    expect(item.title).toMatch(/^500: 0,1,2,/);
  });

  it('goes with the person', async () => {
    await define('gone', { window: '1h' });
    await story.start('gone', 'leaver', { n: 1 });
    await story.settle();
    expect((await app.call('DELETE', '/v1/users/leaver')).status).toBe(204);
    expect(await story.runs('user=leaver')).toEqual([]);
    const { rows } = await app.runtime.database.pool.query(
      `select (select count(*) from run_digests where user_id = 'leaver') + (select count(*) from run_digest_events where user_id = 'leaver')
            + (select count(*) from triggers where audience::text like '%leaver%') as left`,
    );
    expect(Number(rows[0].left)).toBe(0);
  });
});
