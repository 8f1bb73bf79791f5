import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { decide } from './decide.ts';
import { loadCapUsage, loadPreferences, recordSends, registerWorkflow, suppress } from './index.ts';

describe.each(databases)('preferences on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    await app.call('PUT', '/v1/users/ada', { body: { email: 'ada@example.com', timeZone: 'Europe/Berlin' } });
    await app.call('PUT', '/v1/categories/news', { body: { name: 'News', defaults: { sms: false } } });
    await app.call('PUT', '/v1/categories/security', { body: { name: 'Security', critical: true } });
    await publish('welcome', 'news', false);
    await publish('alarm', 'security', true);
  });
  afterAll(() => app.close());

  const inHome = <T>(story: Parameters<typeof app.runtime.db.inWorkspace<T>>[1]) =>
    app.runtime.db.inWorkspace(app.home.id, story);
  const publish = (workflow: string, category: string, critical: boolean) =>
    inHome((tx) =>
      registerWorkflow(
        { tx, workspaceId: app.home.id, clock: app.clock },
        { workflow, name: workflow, category, critical },
      ),
    );

  /** What would become of an e-mail to this user now. */
  const decideFor = (userId: string, over: Partial<Parameters<typeof decide>[1]> = {}) =>
    inHome(async (tx) => {
      const subject = {
        userId,
        channel: 'email' as const,
        address: `${userId}@example.com`,
        category: 'news',
        workflow: null,
        priority: 'normal' as const,
        critical: false,
        at: app.clock.now(),
        ...over,
      };
      const wanted = (await loadPreferences(tx, app.home.id, [userId])).get(userId);
      if (!wanted) throw new Error('every id asked for has an entry');
      return decide(wanted, subject, await loadCapUsage(tx, app.home.id, [subject]));
    });

  it('shows every value with who decided it, and takes a choice back by null', async () => {
    const before = await app.call('GET', '/v1/users/ada/preferences');
    expect(before.status).toBe(200);
    const news = (answer: typeof before) =>
      answer.body.categories.find((one: { key: string }) => one.key === 'news').channels;
    expect(news(before).email).toEqual({ enabled: true, forced: false, decidedBy: 'product_default' });
    expect(news(before).sms).toEqual({ enabled: false, forced: false, decidedBy: 'category_default' });

    const off = await app.call('PATCH', '/v1/users/ada/preferences', {
      body: { channels: { email: false }, categories: { news: { cadence: { every: 'daily', at: '08:00' } } } },
    });
    expect(news(off).email).toEqual({ enabled: false, forced: false, decidedBy: 'user_channel' });
    const on = await app.call('PATCH', '/v1/users/ada/preferences', {
      body: { categories: { news: { channels: { email: true } } } },
    });
    expect(news(on).email).toEqual({ enabled: true, forced: false, decidedBy: 'user_category' });
    expect(on.body.categories.find((one: { key: string }) => one.key === 'news').cadence).toEqual({
      every: 'daily',
      at: '08:00',
    });
    const back = await app.call('PATCH', '/v1/users/ada/preferences', { body: { channels: null, categories: null } });
    expect(news(back)).toEqual(news(before));
  });

  it('keeps a history that says who changed what, and when', async () => {
    await app.call('PUT', '/v1/users/hal', { body: {} });
    await app.call('PATCH', '/v1/users/hal/preferences', { body: { channels: { sms: false } } });
    app.clock.advance(1000);
    const as = await app.home.user('hal');
    await app.call('PATCH', '/v1/me/preferences', { as, body: { channels: { sms: true } } });
    await app.call('PATCH', '/v1/me/preferences', { as, body: { channels: { sms: true } } });
    const { body } = await app.call('GET', '/v1/users/hal/preferences/history');
    expect(
      body.items.map((one: { actor: { kind: string }; source: string; changes: unknown }) => [
        one.actor.kind,
        one.source,
        one.changes,
      ]),
    ).toEqual([
      ['user', 'inbox', [{ path: '/channels/sms', from: false, to: true }]],
      ['key', 'api', [{ path: '/channels/sms', from: null, to: false }]],
    ]);
    expect(body.items[0].at).toBe(app.clock.now().toISOString());
    const first = await app.call('GET', '/v1/users/hal/preferences/history?limit=1');
    const second = await app.call('GET', `/v1/users/hal/preferences/history?limit=1&cursor=${first.body.nextCursor}`);
    expect(second.body.items).toEqual(body.items.slice(1));
  });

  it.each([
    [
      'a critical workflow',
      { workflows: { alarm: { channels: { email: false } } } },
      409,
      'preferences.forced',
      '/workflows/alarm/channels/email',
    ],
    [
      'a critical category',
      { categories: { security: { channels: { sms: false } } } },
      409,
      'preferences.forced',
      '/categories/security/channels/sms',
    ],
    [
      'the snooze of a critical category',
      { categories: { security: { snoozedUntil: '2027-01-01T00:00:00.000Z' } } },
      409,
      'preferences.forced',
      '/categories/security/snoozedUntil',
    ],
    [
      'an unknown workflow',
      { workflows: { nothing: { channels: { email: false } } } },
      404,
      'resource.not_found',
      '/workflows/nothing',
    ],
    [
      'an unknown category',
      { categories: { nothing: { channels: { email: false } } } },
      404,
      'resource.not_found',
      '/categories/nothing',
    ],
  ])('refuses to change %s, and changes nothing', async (_what, body, status, code, field) => {
    const before = await app.call('GET', '/v1/users/ada/preferences');
    const answer = await app.call('PATCH', '/v1/users/ada/preferences', {
      body: { channels: { push: false }, ...body },
    });
    expect(answer).toMatchObject({ status, body: { code, errors: [{ in: 'body', field }] } });
    expect((await app.call('GET', '/v1/users/ada/preferences')).body).toEqual(before.body);
  });

  it('lets the workspace force what nobody can change, above every choice', async () => {
    await app.call('PATCH', '/v1/users/ada/preferences', {
      body: { workflows: { welcome: { channels: { email: true } } } },
    });
    await app.call('PUT', '/v1/preferences/workflows/welcome', { body: { forced: { email: false } } });
    expect(await decideFor('ada', { workflow: 'welcome' })).toMatchObject({
      outcome: 'skip',
      code: 'preference.workspace_forced',
    });
    const patch = { workflows: { welcome: { channels: { email: true } } } };
    expect((await app.call('PATCH', '/v1/users/ada/preferences', { body: patch })).status).toBe(409);
    await app.call('PUT', '/v1/preferences/workflows/welcome', { body: {} });
    expect((await decideFor('ada', { workflow: 'welcome' })).outcome).toBe('send');
    expect((await app.call('PUT', '/v1/preferences/workflows/unheard', { body: {} })).status).toBe(404);
  });

  it('decides for who has not chosen by the workspace: defaults, time zone, quiet hours', async () => {
    const stranger = await app.newWorkspace();
    await app.call('PUT', '/v1/users/eve', { as: stranger.key, body: {} });
    await app.call('PUT', '/v1/preferences/defaults', {
      as: stranger.key,
      body: { timeZone: 'Asia/Kolkata', defaults: { sms: false }, quietHours: [{ start: '22:00', end: '07:00' }] },
    });
    const { body } = await app.call('GET', '/v1/users/eve/preferences', { as: stranger.key });
    expect(body).toMatchObject({
      timeZone: 'Asia/Kolkata',
      quietHoursDecidedBy: 'workspace_default',
      quietHours: [{ start: '22:00', end: '07:00', mode: 'hold' }],
    });
    expect(body.categories[0].channels.sms).toEqual({
      enabled: false,
      forced: false,
      decidedBy: 'workspace_default',
    });
  });

  it('writes to no address that bounced, critical or not, until it is taken off the list', async () => {
    await app.call('PUT', '/v1/users/bob', { body: {} });
    await inHome((tx) =>
      suppress(
        { tx, workspaceId: app.home.id, clock: app.clock },
        { channel: 'email', address: 'Bob@Example.com', reason: 'bounced', source: 'smtp', evidence: { code: 550 } },
      ),
    );
    for (const critical of [false, true]) {
      const decision = await decideFor('bob', { critical });
      expect(decision).toMatchObject({ outcome: 'skip', code: 'suppression.bounced' });
      expect(decision.lines).toHaveLength(1);
      expect(decision.lines[0]?.sentence).toContain('bob@example.com is on the suppression list');
    }
    const list = await app.call('GET', '/v1/suppressions?q=BOB');
    expect(list.body.items).toMatchObject([{ address: 'bob@example.com', reason: 'bounced', evidence: { code: 550 } }]);
    expect((await app.call('POST', '/v1/suppressions/remove', { body: { address: 'BOB@example.com' } })).status).toBe(
      204,
    );
    expect((await app.call('POST', '/v1/suppressions/remove', { body: { address: 'bob@example.com' } })).status).toBe(
      404,
    );
    expect((await decideFor('bob')).outcome).toBe('send');
  });

  it('imports suppressions, and a complaint is worse than what was known', async () => {
    const suppressions = [
      { address: 'x@example.com' },
      { address: 'X@example.com' },
      { address: 'y@example.com', reason: 'complained' },
      { address: 'y@example.com', reason: 'bounced' },
    ];
    const items = async () =>
      (await app.call('POST', '/v1/suppressions/import', { body: { suppressions } })).body.items.map(
        (one: { address: string; result: string }) => `${one.address} ${one.result}`,
      );
    expect(await items()).toEqual([
      'x@example.com added',
      'x@example.com repeated',
      'y@example.com added',
      'y@example.com repeated',
    ]);
    expect(await items()).toEqual([
      'x@example.com known',
      'x@example.com repeated',
      'y@example.com known',
      'y@example.com repeated',
    ]);
    expect(
      (await app.call('POST', '/v1/suppressions', { body: { address: 'x@example.com', reason: 'complained' } })).body,
    ).toEqual({ added: 0 });
    await app.call('POST', '/v1/suppressions', { body: { address: 'x@example.com', reason: 'bounced' } });
    const { body } = await app.call('GET', '/v1/suppressions?limit=1&q=x');
    expect(body.items[0].reason).toBe('complained');
    expect((await app.call('GET', '/v1/suppressions?q=y')).body.items[0].reason).toBe('complained');
  });

  it('asks for consent where a category needs it, and remembers when it was given', async () => {
    await app.call('PUT', '/v1/categories/marketing', { body: { name: 'Marketing', consent: 'newsletter' } });
    const message = { category: 'marketing' };
    expect(await decideFor('ada', message)).toMatchObject({ outcome: 'skip', code: 'consent.missing' });
    const { body } = await app.call('PATCH', '/v1/users/ada/preferences', { body: { consents: { newsletter: true } } });
    expect(body.categories.find((one: { key: string }) => one.key === 'marketing').consent).toEqual({
      purpose: 'newsletter',
      granted: true,
      at: app.clock.now().toISOString(),
    });
    expect((await decideFor('ada', message)).outcome).toBe('send');
    await app.call('PATCH', '/v1/users/ada/preferences', { body: { consents: { newsletter: false } } });
    expect(await decideFor('ada', message)).toMatchObject({ outcome: 'skip', code: 'consent.missing' });
  });

  it('lets ten e-mails a minute through to one user unless told otherwise; critical ones pass and count', async () => {
    await app.call('PUT', '/v1/users/cara', { body: {} });
    const send = { userId: 'cara', channel: 'email' as const, category: 'news', at: app.clock.now() };
    await inHome(async (tx) =>
      recordSends(
        tx,
        app.home.id,
        Array.from({ length: 9 }, () => send),
      ),
    );
    expect((await decideFor('cara')).outcome).toBe('send');
    await inHome((tx) => recordSends(tx, app.home.id, [send]));
    const full = await decideFor('cara');
    expect(full).toMatchObject({ outcome: 'hold', code: 'cap.user' });
    expect((await decideFor('cara', { critical: true })).outcome).toBe('send');
    expect((await decideFor('cara', { channel: 'sms', category: 'general' })).outcome).toBe('send');
    if (full.outcome !== 'hold') throw new Error('it was held');
    const before = app.clock.now();
    app.clock.set(new Date(Date.parse(full.until) - 1));
    expect((await decideFor('cara')).outcome).toBe('hold');
    app.clock.advance(1);
    expect((await decideFor('cara')).outcome).toBe('send');
    expect(app.clock.nowMs() - before.getTime()).toBeLessThanOrEqual(61_000);
  });

  it('gives the last place of a cap to one of two workers', async () => {
    await app.call('PUT', '/v1/preferences/caps', {
      body: { caps: [{ key: 'few', scope: 'workspace', limit: 3, window: '1h' }] },
    });
    const worker = async (userId: string) =>
      inHome(async (tx) => {
        const subject = { userId, channel: 'email' as const, address: null, category: 'news', at: app.clock.now() };
        const usage = await loadCapUsage(tx, app.home.id, [subject]);
        const wanted = (await loadPreferences(tx, app.home.id, ['ada'])).get('ada');
        if (!wanted) throw new Error('every id asked for has an entry');
        const decision = decide(
          wanted,
          { ...subject, address: 'ada@example.com', workflow: null, priority: 'normal', critical: false },
          usage,
        );
        if (decision.outcome === 'send') await recordSends(tx, app.home.id, [subject]);
        return decision.outcome;
      });
    const outcomes = await Promise.all(Array.from({ length: 12 }, (_, i) => worker(`u${i % 3}`)));
    expect(outcomes.filter((one) => one === 'send')).toHaveLength(3);
    expect(outcomes.filter((one) => one === 'hold')).toHaveLength(9);
    await app.call('PUT', '/v1/preferences/caps', { body: { caps: [] } });
  });

  it('refuses two caps of one key', async () => {
    const cap = { key: 'same', scope: 'user', limit: 1, window: '1h' };
    expect((await app.call('PUT', '/v1/preferences/caps', { body: { caps: [cap, cap] } })).status).toBe(400);
    expect((await app.call('GET', '/v1/preferences/caps')).body).toEqual({ caps: [] });
  });

  it('knows a user of a token before the first message, and forgets with the user', async () => {
    const as = await app.home.user('fresh');
    expect((await app.call('PATCH', '/v1/me/preferences', { as, body: { all: false } })).body.all).toBe(false);
    expect((await app.call('DELETE', '/v1/users/fresh')).status).toBe(204);
    expect((await app.call('GET', '/v1/users/fresh/preferences')).status).toBe(404);
    // What was minted up to the deletion ended with it.
    app.clock.advance(1000);
    const again = await app.home.user('fresh');
    expect((await app.call('GET', '/v1/me/preferences', { as: again })).body.all).toBeNull();
    expect((await decideFor('nobody-at-all')).lines[0]?.code).toBe('user.unknown');
  });

  it('tells the open tabs of the user', async () => {
    await app.call('PATCH', '/v1/users/ada/preferences', { body: { all: false } });
    await app.settle();
    const { items } = await inHome(async (tx) => ({
      items: await tx.rows<{ name: string; stream: string }>({
        name: 'test_preference_events',
        text: `select name, stream from log_events where workspace_id = $1 and name = 'preferences.updated' and stream like '%ada' limit 1`,
        values: [app.home.id],
      }),
    }));
    expect(items).toHaveLength(1);
    await app.call('PATCH', '/v1/users/ada/preferences', { body: { all: null } });
  });
});
