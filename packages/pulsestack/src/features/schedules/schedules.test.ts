import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, localParts, MINUTE_MS } from '../../kernel/time/index.ts';
import { ensurePartitions } from '../../migrations/migrate.ts';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { schedules } from './index.ts';

interface Fire {
  fireAt: string;
  timeZone: string;
  state: string;
  covers: number;
  recipients: number | null;
  error: string | null;
}

describe.each(databases)('schedules on the %s database', (database) => {
  let app: TestApp;
  let weakKey: string;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    const made = await app.call('POST', '/v1/api-keys', {
      as: app.home.owner.token,
      body: { name: 'scheduler', permissions: ['schedules.write', 'notifications.create'] },
    });
    weakKey = made.body.secret;
  });
  afterAll(() => app.close());

  const notification = { title: 'It is time' };
  async function create(over: object): Promise<string> {
    const { status, body } = await app.call('POST', '/v1/schedules', {
      body: {
        name: 'Test',
        when: { every: 'daily', at: '09:00' },
        audience: { users: ['ada'] },
        target: { kind: 'notification', notification },
        ...over,
      },
    });
    expect(status, JSON.stringify(body)).toBe(201);
    return body.id;
  }
  const get = async (id: string) => (await app.call('GET', `/v1/schedules/${id}`)).body;
  async function firesOf(id: string): Promise<Fire[]> {
    const all: Fire[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await app.call('GET', `/v1/schedules/${id}/fires?limit=100${cursor && `&cursor=${cursor}`}`);
      all.push(...body.items);
      if (body.nextCursor === null) return all.reverse();
      cursor = body.nextCursor;
    }
  }
  const timesOf = async (id: string) => (await firesOf(id)).map((fire) => fire.fireAt);
  const tick = schedules.ticks.find((one) => one.name === 'schedules.fire');
  const prepared = new Set<string>();
  async function setClock(instant: string | number): Promise<void> {
    app.clock.set(new Date(instant));
    const day = app.clock.now().toISOString().slice(0, 10);
    if (!prepared.has(day)) await ensurePartitions(app.runtime.database, app.clock.now());
    prepared.add(day);
  }
  /** Time passes at once, and a process looks what is due. */
  async function goTo(instant: string | number): Promise<void> {
    await setClock(instant);
    await tick?.run(app.runtime);
    await app.worker.runDue();
  }
  const inboxOf = async (user: string): Promise<number> =>
    (await app.call('GET', '/v1/inbox/counts', { as: await app.home.user(user) })).body.unread;
  const stop = (id: string) => app.call('DELETE', `/v1/schedules/${id}`);

  it('fires once at a local time, and is done', async () => {
    await goTo('2026-03-01T00:00:00Z');
    const id = await create({
      when: { every: 'once', at: '2026-03-08T02:30' },
      timeZone: 'America/New_York',
      audience: { users: ['once'] },
    });
    expect((await get(id)).nextFireAt).toBe('2026-03-08T07:30:00.000Z');
    await goTo('2026-03-08T07:29:59Z');
    expect(await firesOf(id)).toEqual([]);
    await goTo('2026-03-08T07:30:00Z');
    await goTo('2026-03-09T07:30:00Z');
    expect(await firesOf(id)).toMatchObject([
      { fireAt: '2026-03-08T07:30:00.000Z', state: 'fired', covers: 1, recipients: 1 },
    ]);
    expect(await get(id)).toMatchObject({ state: 'done', nextFireAt: null, lastFireAt: '2026-03-08T07:30:00.000Z' });
    expect(await inboxOf('once')).toBe(1);
  });

  it('fires daily once for each local date in every kind of zone, however the clock of the server steps', async () => {
    const zones = [
      'America/New_York',
      'Australia/Lord_Howe',
      'Antarctica/Troll',
      'Africa/Casablanca',
      'Asia/Kathmandu',
      'America/Santiago',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zones),
        fc.constantFrom('02:30', '00:00', '01:45', '23:30'),
        fc.constantFrom(
          '2027-03-10T12:00:00Z',
          '2027-03-26T12:00:00Z',
          '2027-04-02T12:00:00Z',
          '2027-10-01T12:00:00Z',
          '2027-10-29T12:00:00Z',
        ),
        fc.array(fc.integer({ min: 1, max: 11 }), { minLength: 25, maxLength: 25 }),
        async (timeZone, at, from, hours) => {
          await setClock(from);
          const id = await create({ when: { every: 'daily', at }, timeZone, missed: 'all' });
          for (const step of hours) await goTo(app.clock.nowMs() + step * HOUR_MS);
          const fires = (await timesOf(id)).map((fire) => new Date(fire));
          const dates = fires.map((fire) => localParts(fire, timeZone).date);
          const first = Date.parse(localParts(fires[0] ?? new Date(0), timeZone).date);
          expect(dates).toEqual(dates.map((_, i) => new Date(first + i * DAY_MS).toISOString().slice(0, 10)));
          const days = (app.clock.nowMs() - Date.parse(from)) / DAY_MS;
          expect(Math.abs(fires.length - days)).toBeLessThan(1.1);
          await stop(id);
        },
      ),
      { seed: 31, numRuns: 3 },
    );
  });

  it('reaches each user by the clock of their own zone, and who has none by that of the schedule', async () => {
    await goTo('2028-01-10T00:00:00Z');
    for (const [id, timeZone] of [
      ['kiri', 'Pacific/Kiritimati'],
      ['berta', 'Europe/Berlin'],
      ['nora', 'America/New_York'],
      ['none', null],
    ])
      await app.call('PUT', `/v1/users/${id}`, { body: { timeZone } });
    const id = await create({
      when: { every: 'daily', at: '09:00' },
      inUserZone: true,
      timeZone: 'Asia/Kolkata',
      audience: { users: ['kiri', 'berta', 'nora', 'none'] },
    });
    await goTo('2028-01-10T03:30:00Z');
    expect(await Promise.all(['kiri', 'berta', 'nora', 'none'].map(inboxOf))).toEqual([0, 0, 0, 1]);
    await goTo('2028-01-10T08:00:00Z');
    expect(await Promise.all(['kiri', 'berta', 'nora', 'none'].map(inboxOf))).toEqual([0, 1, 0, 1]);
    await goTo('2028-01-10T19:00:00Z');
    expect(await Promise.all(['kiri', 'berta', 'nora', 'none'].map(inboxOf))).toEqual([1, 1, 1, 1]);
    const { body } = await app.call('GET', `/v1/schedules/${id}/upcoming?count=2&userId=berta`);
    expect(body.items).toEqual([
      { at: '2028-01-11T08:00:00.000Z', timeZone: 'Europe/Berlin', local: '2028-01-11 09:00', userId: 'berta' },
      { at: '2028-01-12T08:00:00.000Z', timeZone: 'Europe/Berlin', local: '2028-01-12 09:00', userId: 'berta' },
    ]);
    await stop(id);
  });

  it('goes by a cron in the zone of each user, at any minute, also where it stands in a gap', async () => {
    await goTo('2028-03-11T12:00:00Z');
    for (const [id, timeZone] of [
      ['york', 'America/New_York'],
      ['nepal', 'Asia/Kathmandu'],
    ])
      await app.call('PUT', `/v1/users/${id}`, { body: { timeZone } });
    const id = await create({
      when: { every: 'cron', cron: '37 2 * * *' },
      inUserZone: true,
      audience: { users: ['york', 'nepal'] },
      endsAt: '2028-03-13T12:00:00Z',
    });
    for (let looks = 0; looks < 500; looks++) {
      const { state, nextFireAt } = await get(id);
      if (state === 'done') break;
      await goTo(nextFireAt);
    }
    expect(
      (await firesOf(id)).filter((fire) => fire.recipients !== 0).map((fire) => [fire.timeZone, fire.fireAt]),
    ).toEqual([
      ['Asia/Kathmandu', '2028-03-11T20:52:00.000Z'],
      ['America/New_York', '2028-03-12T07:00:00.000Z'],
      ['Asia/Kathmandu', '2028-03-12T20:52:00.000Z'],
      ['America/New_York', '2028-03-13T06:37:00.000Z'],
    ]);
  });

  it('gives who travels west no second one on the same day', async () => {
    await goTo('2028-02-01T00:00:00Z');
    await app.call('PUT', '/v1/users/mover', { body: { timeZone: 'Europe/Berlin' } });
    const daily = await create({ inUserZone: true, audience: { users: ['mover'] } });
    const once = await create({
      when: { every: 'once', at: '2028-02-01T09:00' },
      inUserZone: true,
      audience: { users: ['mover'] },
    });
    await goTo('2028-02-01T08:00:00Z');
    expect(await inboxOf('mover')).toBe(2);
    await app.call('PUT', '/v1/users/mover', { body: { timeZone: 'America/New_York' } });
    await goTo('2028-02-01T14:00:00Z');
    expect(await inboxOf('mover')).toBe(2);
    await goTo('2028-02-02T14:00:00Z');
    expect(await inboxOf('mover')).toBe(3);
    await goTo('2028-02-02T20:00:00Z');
    expect((await get(once)).state).toBe('done');
    await stop(daily);
  });

  it.each([
    ['coalesce', [['2028-03-04T09:00:00.000Z', 'fired', 4]]],
    ['all', ['01', '02', '03', '04'].map((day) => [`2028-03-${day}T09:00:00.000Z`, 'fired', 1])],
    ['skip', [['2028-03-04T09:00:00.000Z', 'skipped', 4]]],
  ])('after an outage makes up for what it missed by its policy: %s', async (missed, expected) => {
    await goTo('2028-03-01T00:00:00Z');
    const id = await create({ missed, maxLateness: '7d', audience: { users: [`late-${missed}`] } });
    await goTo('2028-03-04T12:00:00Z');
    expect((await firesOf(id)).map((fire) => [fire.fireAt, fire.state, fire.covers])).toEqual(expected);
    expect(await inboxOf(`late-${missed}`)).toBe(expected.filter(([, state]) => state === 'fired').length);
    await goTo('2028-03-05T09:00:00Z');
    expect((await firesOf(id)).at(-1)).toMatchObject({ fireAt: '2028-03-05T09:00:00.000Z', state: 'fired', covers: 1 });
    await stop(id);
  });

  it('makes up for nothing that is later than is allowed', async () => {
    await goTo('2028-04-01T00:00:00Z');
    const id = await create({ missed: 'all', maxLateness: '30h' });
    await goTo('2028-04-04T12:00:00Z');
    expect((await firesOf(id)).map((fire) => [fire.fireAt.slice(0, 10), fire.state, fire.covers])).toEqual([
      ['2028-04-02', 'skipped', 2],
      ['2028-04-03', 'fired', 1],
      ['2028-04-04', 'fired', 1],
    ]);
    await stop(id);
  });

  it('lists an every-minute schedule that was down for a year without looking at every minute', async () => {
    await goTo('2028-05-01T00:00:00Z');
    const id = await create({
      when: { every: 'interval', of: '1m' },
      maxLateness: '366d',
      audience: { users: ['busy'] },
    });
    await goTo('2029-05-01T00:00:00Z');
    expect(await firesOf(id)).toMatchObject([{ fireAt: '2029-05-01T00:00:00.000Z', state: 'fired', covers: 1440 }]);
    expect(await inboxOf('busy')).toBe(1);
    await stop(id);
  });

  it('pauses without making up, goes on, and ends when cancelled', async () => {
    await goTo('2029-06-01T00:00:00Z');
    const id = await create({ when: { every: 'interval', of: '1h' }, missed: 'all' });
    await goTo('2029-06-01T02:00:00Z');
    expect((await app.call('POST', `/v1/schedules/${id}/pause`)).body).toMatchObject({
      state: 'paused',
      nextFireAt: null,
    });
    await goTo('2029-06-01T05:30:00Z');
    expect((await app.call('POST', `/v1/schedules/${id}/resume`)).body.nextFireAt).toBe('2029-06-01T06:00:00.000Z');
    await goTo('2029-06-01T06:00:00Z');
    expect((await app.call('DELETE', `/v1/schedules/${id}`)).body.state).toBe('cancelled');
    await goTo('2029-06-01T09:00:00Z');
    expect((await timesOf(id)).map((at) => at.slice(11, 13))).toEqual(['01', '02', '06']);
    expect((await app.call('POST', `/v1/schedules/${id}/resume`)).status).toBe(409);
    expect((await app.call('DELETE', `/v1/schedules/${id}`)).status).toBe(200);
  });

  it('fires by its new description after an edit, and never what it has fired before', async () => {
    await goTo('2029-07-01T00:00:00Z');
    const id = await create({});
    await goTo('2029-07-01T09:00:00Z');
    const body = {
      name: 'Later',
      when: { every: 'daily', at: '09:00' },
      timeZone: 'Europe/London',
      audience: { users: ['ada'] },
      target: { kind: 'notification', notification },
    };
    const edited = await app.call('PUT', `/v1/schedules/${id}`, { body });
    expect(edited.body).toMatchObject({
      name: 'Later',
      timeZone: 'Europe/London',
      nextFireAt: '2029-07-02T08:00:00.000Z',
    });
    await goTo('2029-07-02T10:00:00Z');
    expect(await timesOf(id)).toEqual(['2029-07-01T09:00:00.000Z', '2029-07-02T08:00:00.000Z']);
    await stop(id);
  });

  it.each([
    ['a time that is over', { when: { every: 'once', at: '2020-01-01T00:00' } }, 422],
    ['a cron that never comes', { when: { every: 'cron', cron: '0 0 30 2 *' } }, 422],
    ['what is no cron', { when: { every: 'cron', cron: 'every day at nine' } }, 422],
    ['an end before the first fire', { endsAt: '2029-07-02T10:30:00Z' }, 422],
    ['an interval by the clock of users', { when: { every: 'interval', of: '1h' }, inUserZone: true }, 422],
    ['a date that does not exist', { when: { every: 'once', at: '2030-02-30T00:00' } }, 400],
    ['an interval that is too short', { when: { every: 'interval', of: '5s' } }, 400],
  ])('refuses %s', async (_what, over, status) => {
    const answer = await app.call('POST', '/v1/schedules', {
      body: {
        name: 'Bad',
        when: { every: 'daily', at: '09:00' },
        audience: { users: ['ada'] },
        target: { kind: 'notification', notification },
        ...over,
      },
    });
    expect([answer.status, answer.body.code]).toEqual([
      status,
      status === 422 ? 'schedule.invalid' : 'request.invalid',
    ]);
  });

  it('may do nothing that its maker may not', async () => {
    const body = {
      name: 'All',
      when: { every: 'daily', at: '09:00' },
      audience: { everyone: true },
      target: { kind: 'notification', notification },
    };
    expect((await app.call('POST', '/v1/schedules', { as: weakKey, body })).status).toBe(403);
    const workflow = { ...body, audience: { users: ['ada'] }, target: { kind: 'workflow', workflow: 'any' } };
    expect((await app.call('POST', '/v1/schedules', { as: weakKey, body: workflow })).status).toBe(403);
  });

  it('reaches topics and everyone', async () => {
    await goTo('2029-09-01T00:00:00Z');
    await app.call('POST', '/v1/topics/crew/subscribers', { body: { users: ['crew-1', 'crew-2', 'crew-3'] } });
    const ids = [
      await create({ audience: { topic: 'crew', except: ['crew-3'] } }),
      await create({ audience: { everyone: true } }),
      await create({ audience: { topic: 'crew', except: ['crew-3'] }, inUserZone: true, timeZone: 'Europe/Berlin' }),
      await create({ audience: { everyone: true }, inUserZone: true, timeZone: 'Europe/Berlin' }),
    ];
    await goTo('2029-09-01T09:00:00Z');
    expect(await Promise.all(['crew-1', 'crew-3'].map(inboxOf))).toEqual([4, 2]);
    await Promise.all(ids.map(stop));
  });

  it('starts a workflow, and says why when it cannot', async () => {
    await goTo('2029-10-01T00:00:00Z');
    const definition = {
      name: 'Timely',
      steps: [{ id: 'tell', type: 'in_app', title: 'Tick {{ payload.n }}' }],
    };
    const unknown = await create({ target: { kind: 'workflow', workflow: 'unheard-of' } });
    await app.call('PUT', '/v1/workflows/timely', { body: definition });
    const published = await app.call('POST', '/v1/workflows/timely/publish', { body: {} });
    expect(published.status, JSON.stringify(published.body)).toBeLessThan(300);
    const known = await create({
      target: { kind: 'workflow', workflow: 'timely', payload: { n: 1 } },
      audience: { users: ['flow'] },
    });
    await goTo('2029-10-01T09:00:00Z');
    expect(await firesOf(unknown)).toMatchObject([{ state: 'failed', error: 'There is no workflow "unheard-of".' }]);
    expect(await firesOf(known)).toMatchObject([{ state: 'fired', recipients: 1 }]);
    await app.settle();
    expect(await inboxOf('flow')).toBe(1);
    await Promise.all([unknown, known].map(stop));
  });

  it('loses and doubles nothing when the work after a claim fails', async () => {
    await goTo('2029-11-01T00:00:00Z');
    const pool = app.runtime.database.pool;
    await pool.query(`
      create function fail_boom() returns trigger language plpgsql as $$
      begin if new.title = 'Boom' then raise exception 'boom'; end if; return new; end $$;
      create trigger fail_boom before insert on notifications for each row execute function fail_boom()`);
    const boom = await create({
      audience: { users: ['boom'] },
      target: { kind: 'notification', notification: { title: 'Boom' } },
    });
    const other = await create({ audience: { users: ['calm'] } });
    await goTo('2029-11-01T09:00:00Z');
    expect(await firesOf(boom)).toEqual([]);
    expect([await inboxOf('boom'), await inboxOf('calm')]).toEqual([0, 1]);
    await pool.query('drop trigger fail_boom on notifications; drop function fail_boom()');
    await goTo(app.clock.nowMs() + MINUTE_MS);
    await goTo(app.clock.nowMs() + 5 * MINUTE_MS);
    expect(await firesOf(boom)).toMatchObject([{ fireAt: '2029-11-01T09:00:00.000Z', state: 'fired', covers: 1 }]);
    expect([await inboxOf('boom'), await inboxOf('calm')]).toEqual([1, 1]);
    await Promise.all([boom, other].map(stop));
  });

  it('fires once when several processes look at the same time', async () => {
    await goTo('2029-12-01T00:00:00Z');
    const ids = await Promise.all(Array.from({ length: 5 }, () => create({ audience: { users: ['crowd'] } })));
    await setClock('2029-12-01T09:00:00Z');
    await Promise.all(Array.from({ length: 4 }, () => tick?.run(app.runtime)));
    for (const id of ids) expect(await firesOf(id)).toHaveLength(1);
    expect(await inboxOf('crowd')).toBe(5);
    await Promise.all(ids.map(stop));
  });

  it('lists schedules of one state, page by page', async () => {
    const { body } = await app.call('GET', '/v1/schedules?state=cancelled&limit=2');
    expect(body.items).toHaveLength(2);
    const rest = await app.call('GET', `/v1/schedules?state=cancelled&limit=2&cursor=${body.nextCursor}`);
    expect(rest.body.items[0].id < body.items[1].id).toBe(true);
    expect((await app.call('GET', '/v1/schedules?state=active')).body.items).toEqual([]);
  });
});
