import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordSkipped } from '../../features/delivery/index.ts';
import { features } from '../../features/index.ts';
import { registerWorkflow } from '../../features/preferences/index.ts';
import { workContext } from '../../kernel/context.ts';
import type { AnyOperation } from '../../kernel/operation.ts';
import { sql } from '../../kernel/sql.ts';
import { type Answer, databases, type TestApp, testApp } from '../../testing/index.ts';

const operations = features.flatMap((feature) => feature.operations);
const UNKNOWN_ID = '01jd0c5m8xk7q2w9v4t6r3n1ab';

/** What every operation promises, whatever it does; what is its own is tested in its room. */
describe.each(databases)('every operation on the %s database', (database) => {
  let app: TestApp;
  let weakKey: string;
  let owned: Record<string, string>;

  beforeAll(async () => {
    app = await testApp({ database });
    const made = await app.call('POST', '/v1/api-keys', {
      as: app.home.owner.token,
      body: { name: 'weak', permissions: ['audit.read'] },
    });
    weakKey = made.body.secret;
    owned = await furnish(app);
  });
  afterAll(() => app.close());

  it('is described: a summary, errors that exist, and an audit line for whatever changes something', () => {
    expect(operations.length).toBeGreaterThan(70);
    expect(new Set(operations.map((op) => op.id)).size).toBe(operations.length);
    for (const op of operations) {
      expect(op.summary, op.id).toMatch(/^[A-Z]/);
      expect(op.path, op.id).toMatch(/^\/(v1|\.well-known)\//);
      if (op.example !== undefined)
        expect(op.body?.safeParse(op.example).success, `the example of ${op.id}`).toBe(true);
    }
    const silent = operations.filter((op) => op.method !== 'GET' && !op.audit).map((op) => op.id);
    // Reading with a body, and what only asks.
    expect(silent.filter((id) => !READS_WITH_BODY.has(id))).toEqual([]);
  });

  it.each(operations.filter((op) => op.allow !== 'public').map((op) => [op.id, op] as const))(
    '%s asks who is calling',
    async (_id, op) => {
      for (const [credential, code] of [
        [null, 'auth.required'],
        ['sk_live_thisisnotakeyofanybodyatall00', 'auth.invalid'],
        ['eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.', 'auth.invalid'],
      ] as const) {
        const answer = await app.call(op.method, pathOf(op, {}), { as: credential, ...bodyOf(op) });
        expect([answer.status, answer.body.code]).toEqual([401, code]);
        expect(answer.headers['content-type']).toContain('application/problem+json');
      }
    },
  );

  it.each(
    operations.filter((op) => op.allow.includes('.') && op.allow !== 'audit.read').map((op) => [op.id, op] as const),
  )('%s refuses a key without its permission, and a user token', async (_id, op) => {
    for (const as of [weakKey, await app.home.user('ada')]) {
      const answer = await app.call(op.method, pathOf(op, owned), { as, ...bodyOf(op) });
      expect([answer.status, answer.body.code], JSON.stringify(answer.body)).toEqual([403, 'auth.forbidden']);
    }
  });

  it.each(operations.filter((op) => op.body).map((op) => [op.id, op] as const))(
    '%s refuses unknown fields, other types and broken bytes',
    async (_id, op) => {
      const as = await callerOf(op);
      const path = pathOf(op, owned);
      const unknown = await app.call(op.method, path, { as, body: { 'no such field': 1 } });
      expect([unknown.status, unknown.body.code], JSON.stringify(unknown.body)).toEqual([400, 'request.invalid']);
      expect(unknown.body.errors.length).toBeGreaterThan(0);
      expect((await app.call(op.method, path, { as, body: [] })).status).toBe(400);
      expect((await app.call(op.method, path, { as, raw: '{"a":' })).body.code).toBe('request.malformed');
      expect(
        (await app.call(op.method, path, { as, raw: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]) })).body.code,
      ).toBe('request.malformed');
      expect(
        (
          await app.call(op.method, path, {
            as,
            raw: 'a=b',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          })
        ).body.code,
      ).toBe('request.media_type');
      expect(
        (await app.call(op.method, path, { as, raw: `"${'x'.repeat(op.bodyLimitBytes ?? 1024 * 1024)}"` })).body.code,
      ).toBe('request.too_large');
    },
  );

  it.each(operations.filter((op) => op.path.includes('{') && op.allow !== 'public').map((op) => [op.id, op] as const))(
    '%s answers a stranger with another workspace’s id exactly as with none',
    async (_id, op) => {
      const before = await snapshot(app);
      const mine = await strangerCall(op, owned);
      const none = await strangerCall(op, {});
      // Addressing something that may be created is no question about others: it creates their own.
      if (!CREATES_WHAT_IT_NAMES.has(op.id)) {
        expect(none.status, JSON.stringify(none.body)).toBeGreaterThanOrEqual(400);
        expect(withoutIds(mine.body)).toEqual(withoutIds(none.body));
        expect(mine.status).toBe(none.status);
        if (op.allow !== 'owner') expect(none.status).toBe(REFUSES_WHAT_IT_NAMES.has(op.id) ? 422 : 404);
      }
      expect(await snapshot(app)).toEqual(before);
    },
  );

  it('is counted against the caller with the standard headers', async () => {
    const answer = await app.call('GET', '/v1/users');
    expect(answer.headers['ratelimit-policy']).toMatch(/^"(credential|workspace)";q=\d+;w=60$/);
    expect(answer.headers.ratelimit).toMatch(/^"(credential|workspace)";r=\d+;t=\d+$/);
  });

  it('names the methods of an address when asked by another one', async () => {
    const answer = await app.call('PATCH', '/v1/notify', { body: {} });
    expect([answer.status, answer.body.code, answer.headers.allow]).toEqual([405, 'request.method', 'POST']);
  });

  async function strangerCall(op: AnyOperation, ids: Record<string, string>): Promise<Answer> {
    const other = await app.newWorkspace();
    const as =
      op.allow === 'inbox'
        ? await other.user('ada')
        : op.allow === 'account' || op.allow === 'owner'
          ? other.owner.token
          : other.key;
    return app.call(op.method, pathOf(op, ids), { as, ...bodyOf(op) });
  }

  async function callerOf(op: AnyOperation): Promise<string | null> {
    if (op.allow === 'public') return null;
    if (op.allow === 'inbox') return app.home.user('ada');
    return op.allow === 'account' || op.allow === 'owner' ? app.home.owner.token : app.home.key;
  }
});

/** An answer may repeat the id it was asked for; beside that nothing may differ. */
function withoutIds(body: object): unknown {
  return JSON.parse(
    JSON.stringify({ ...body, requestId: '' }).replaceAll(
      /\b[a-z]{3}_[0-9a-z]{26}\b|\b(ada|news|nobody|secret\.event|nobody\.known)\b/g,
      '<id>',
    ),
  );
}

const READS_WITH_BODY = new Set([
  'workflows.validate',
  'workflows.test',
  'workflows.replay',
  'templates.preview',
  'templates.try',
  'templates.tryRule',
  'layouts.try',
  'partials.try',
  'preferences.trySchedule',
  'preferences.tryQuietHours',
  'preferences.tryDigest',
  'preferences.tryDecision',
  'notifications.preview',
  'workflowEndpoints.preview',
  'invitations.inspect',
  'accounts.inspectInvitation',
]);
/** What is named in the path is a part of what is sent: it cannot be processed, rather than found. */
const REFUSES_WHAT_IT_NAMES = new Set(['workflows.trigger']);
const CREATES_WHAT_IT_NAMES = new Set([
  'workflows.put',
  'templates.put',
  'layouts.put',
  'partials.put',
  'translations.put',
  'catalog.put',
  'categories.put',
  'users.put',
  'topics.put',
  'topics.subscribe',
  'accounts.mintUserToken',
]);

/** Something of every kind in the home workspace, so that a stranger has real ids to try. */
async function furnish(app: TestApp): Promise<Record<string, string>> {
  const { home } = app;
  await app.call('PUT', '/v1/users/ada', { body: { name: 'Ada' } });
  await app.call('POST', '/v1/topics/news/subscribers', { body: { users: ['ada'] } });
  await app.call('PUT', '/v1/catalog/secret.event', { body: { schema: {} } });
  const notification = await app.call('POST', '/v1/notify', {
    body: { to: 'ada', title: 'Secret', actions: [{ id: 'ok', label: 'OK' }] },
  });
  await app.call('POST', '/v1/stream/events', { body: { to: { user: 'ada' }, name: 'secret.told' } });
  await app.settle();
  const logged = await app.call('GET', '/v1/stream/events?limit=1');
  await app.call('PUT', '/v1/templates/news', { body: { content: { channel: 'sms', body: 'Secret' } } });
  await app.call('POST', '/v1/templates/news/publish', { body: {} });
  await app.call('PUT', '/v1/layouts/news', {
    body: { name: 'Secret', body: { format: 'html', html: '{{ content }}' } },
  });
  await app.call('PUT', '/v1/partials/news', { body: { name: 'Secret', source: 'Secret' } });
  await app.call('PUT', '/v1/translations/de', { body: { messages: { secret: 'Geheim' } } });
  await app.call('PUT', '/v1/categories/news', { body: { name: 'Secret' } });
  await app.runtime.db.inWorkspace(home.id, (tx) =>
    registerWorkflow(workContext(app.runtime, home.id, 'req_test', tx), {
      workflow: 'news',
      name: 'Secret',
      category: 'news',
      critical: false,
    }),
  );
  const schedule = await app.call('POST', '/v1/schedules', {
    body: {
      name: 'Secret',
      when: { every: 'daily', at: '09:00' },
      audience: { users: ['ada'] },
      target: { kind: 'notification', notification: { title: 'Secret' } },
    },
  });
  await app.call('PUT', '/v1/workflows/news', {
    body: { name: 'Secret', category: 'news', steps: [{ id: 'collect', type: 'digest', window: '1h' }] },
  });
  await app.call('POST', '/v1/workflows/news/publish', { body: {} });
  const event = await app.call('POST', '/v1/workflows/news/trigger', { body: { to: 'ada' } });
  await app.settle();
  const runs = await app.call('GET', `/v1/runs?event=${event.body.id}`);
  const run = await app.call('GET', `/v1/runs/${runs.body.items[0].id}`);
  const hook = await app.call('POST', '/v1/inbound-hooks', {
    body: { name: 'Secret', mapping: { name: { value: 'secret.told' } } },
  });
  await app.call('POST', '/v1/workflow-endpoints', { body: { key: 'news', url: 'http://127.0.0.1:1' } });
  const source = await app.call('POST', '/v1/event-sources', { body: { name: 'Secret', topic: `${home.id}.secret` } });
  const sink = await app.call('POST', '/v1/event-sinks', { body: { name: 'Secret', topic: `${home.id}.told` } });
  const member = await home.member();
  const role = await app.call('POST', '/v1/roles', {
    as: home.owner.token,
    body: { name: 'Reader', permissions: ['users.read'] },
  });
  const invitation = await app.call('POST', '/v1/invitations', {
    as: home.owner.token,
    body: { email: 'someone@example.com', role: 'member' },
  });
  const key = await app.call('POST', '/v1/api-keys', { as: home.owner.token, body: { name: 'victim' } });
  const sessions = await app.call('GET', '/v1/sessions', { as: home.owner.token });
  const integration = await app.call('POST', '/v1/integrations', {
    body: { provider: 'smtp', credentials: { url: 'smtp://127.0.0.1:1' } },
  });
  const messageId = app.runtime.newId('message');
  await app.runtime.db.inWorkspace(home.id, (tx) =>
    recordSkipped(workContext(app.runtime, home.id, 'req_test', tx), [
      {
        id: messageId,
        userId: 'ada',
        channel: 'email',
        category: 'general',
        priority: 'normal',
        workflow: null,
        runId: null,
        stepId: null,
        correlationId: 'req_test',
        code: 'condition.false',
      },
    ]),
  );
  const ids = {
    workflows: 'news',
    events: event.body.id,
    runs: run.body.id,
    digests: run.body.trace[0].detail.digest,
    'inbound-hooks': hook.body.id,
    'event-sources': source.body.id,
    'event-sinks': sink.body.id,
    'workflow-endpoints': 'news',
    messages: messageId,
    integrations: integration.body.id,
    users: 'ada',
    topics: 'news',
    catalog: 'secret.event',
    categories: 'news',
    preferences: 'news',
    schedules: schedule.body.id,
    templates: 'news',
    layouts: 'news',
    partials: 'news',
    translations: 'de',
    stream: logged.body.items[0].cursor,
    notifications: notification.body.id,
    inbox: notification.body.id,
    members: member.memberId,
    roles: role.body.id,
    invitations: invitation.body.id,
    'api-keys': key.body.id,
    sessions: sessions.body.items[0].id,
    jobs: await giveUpJob(app),
  };
  for (const [name, id] of Object.entries(ids)) expect(id, name).toBeTypeOf('string');
  return ids;
}

/** A job that has failed too often; no worker touches it. */
async function giveUpJob({ runtime, home }: TestApp): Promise<string> {
  const id = runtime.newId('job');
  await runtime.db.inWorkspace(home.id, (tx) =>
    tx.run(sql`
      insert into jobs (workspace_id, id, name, data, state, run_at, max_attempts, correlation_id)
      values (${home.id}, ${id}, 'inbox.fanOut', '{}', 'dead', ${runtime.clock.now()}, 1, 'req_test')`),
  );
  return id;
}

const PREFIXES: Record<string, string> = {
  events: 'evt',
  runs: 'run',
  digests: 'dig',
  'inbound-hooks': 'hok',
  'event-sources': 'src',
  'event-sinks': 'snk',
  messages: 'msg',
  integrations: 'itg',
  notifications: 'ntf',
  inbox: 'ntf',
  members: 'mem',
  roles: 'rol',
  invitations: 'inv',
  'api-keys': 'key',
  jobs: 'job',
  schedules: 'sch',
  sessions: 'ses',
};

/** Ids of a shape of their own that name nothing. */
const MISSING: Record<string, string> = { catalog: 'nobody.known', stream: 'AAAAAAAA.1' };

/** The path of an operation with the ids of `owned`, or with ids that name nothing. */
function pathOf(op: AnyOperation, owned: Record<string, string>): string {
  const section = op.path.split('/')[2] ?? '';
  const missing = MISSING[section] ?? (PREFIXES[section] ? `${PREFIXES[section]}_${UNKNOWN_ID}` : 'nobody');
  return op.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) =>
    name === 'actionId' ? 'ok' : name === 'version' ? '1' : encodeURIComponent(owned[section] ?? missing),
  );
}

function bodyOf(op: AnyOperation): { body?: unknown } {
  return op.example === undefined ? (op.body ? { body: {} } : {}) : { body: op.example };
}

/** What a stranger must not have changed. */
async function snapshot(app: TestApp): Promise<unknown> {
  const read = async (path: string, as = app.home.key) => (await app.call('GET', path, { as })).body;
  return {
    user: await read('/v1/users/ada'),
    topic: await read('/v1/topics/news/subscribers'),
    template: await read('/v1/templates/news'),
    workflow: await read('/v1/workflows/news'),
    runs: await read('/v1/runs'),
    hooks: await read('/v1/inbound-hooks'),
    endpoints: await read('/v1/workflow-endpoints'),
    layouts: await read('/v1/layouts'),
    partials: await read('/v1/partials'),
    translations: await read('/v1/translations'),
    branding: await read('/v1/branding'),
    notifications: await read('/v1/notifications'),
    members: await read('/v1/members'),
    roles: await read('/v1/roles'),
    invitations: await read('/v1/invitations'),
    keys: ((await read('/v1/api-keys', app.home.owner.token)).items as { id: string; revokedAt: string | null }[]).map(
      ({ id, revokedAt }) => [id, revokedAt],
    ),
    inbox: (await read('/v1/inbox', await app.home.user('ada'))).items,
  };
}
