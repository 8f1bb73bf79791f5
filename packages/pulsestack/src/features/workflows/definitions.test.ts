import { createHmac } from 'node:crypto';
import { WorkflowDefinition } from '@pulsestack/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workContext } from '../../kernel/context.ts';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { publishDefinitionOf } from './index.ts';
import { DAY, inApp, tell } from './testing/story.ts';

describe.each(databases)('definitions on the %s database', (database) => {
  let app: TestApp;
  let story: ReturnType<typeof tell>;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    story = tell(app);
  });
  afterAll(() => app.close());

  it('saves drafts, tells what is wrong by step, and refuses to publish that', async () => {
    const saved = await app.call('PUT', '/v1/workflows/wrong', {
      body: {
        name: 'Wrong',
        steps: [
          inApp('a', 'x', { if: { shout: [1] } }),
          inApp('a', 'y'),
          { id: 'c', type: 'digest', cron: '99 * * * *' },
          { id: 'd', type: 'invoke', workflow: 'missing' },
          inApp('e', '{% for x in y %}'),
        ],
      },
    });
    expect(saved.status).toBe(200);
    const said = saved.body.problems.map((problem: { message: string }) => problem.message).join('\n');
    for (const part of [
      'step "a": there is no operator "shout"',
      'step "a": this id is used',
      'step "c":',
      'step "e":',
    ])
      expect(said).toContain(part);
    const refused = await app.call('POST', '/v1/workflows/wrong/publish', { body: {} });
    expect([refused.status, refused.body.code]).toEqual([422, 'workflow.invalid']);
    const checked = await app.call('POST', '/v1/workflows/wrong/validate', {
      body: { name: 'Right', steps: [inApp('a', 'x')] },
    });
    expect(checked.body).toMatchObject({ ok: true, problems: [] });
  });

  it('publishes with a diff, keeps versions, rolls back and duplicates', async () => {
    const put = (steps: object[]) => app.call('PUT', '/v1/workflows/life', { body: { name: 'Life', steps } });
    const publish = () => app.call('POST', '/v1/workflows/life/publish', { body: { note: 'n' } });
    await put([inApp('a', 'one')]);
    expect((await publish()).body).toMatchObject({ changed: true, version: { version: 1, note: 'n' } });
    expect((await publish()).body).toMatchObject({ changed: false, version: { version: 1 }, changes: [] });
    await put([{ id: 'd', type: 'delay', for: '1h' }, inApp('a', 'two')]);
    expect((await app.call('GET', '/v1/workflows/life')).body).toMatchObject({
      changed: true,
      version: 1,
      status: 'published',
    });
    const { changes } = (await app.call('GET', '/v1/workflows/life/diff')).body;
    expect(changes).toContainEqual({ kind: 'changed', step: 'a', path: '/title', before: 'one', after: 'two' });
    expect(changes).toContainEqual(expect.objectContaining({ kind: 'added', step: 'd' }));
    expect(changes).toContainEqual(expect.objectContaining({ kind: 'moved', step: 'a' }));
    expect((await publish()).body.version.version).toBe(2);
    const back = await app.call('POST', '/v1/workflows/life/rollback', { body: { version: 1 } });
    expect(back.body.version).toMatchObject({ version: 3, definition: { steps: [{ title: 'one' }] } });
    const versions = await app.call('GET', '/v1/workflows/life/versions?limit=2');
    expect(versions.body.items.map((one: { version: number }) => one.version)).toEqual([3, 2]);
    const copied = await app.call('POST', '/v1/workflows/life/duplicate', { body: { key: 'life-2' } });
    expect(copied.body).toMatchObject({ key: 'life-2', status: 'draft', name: 'Life (copy)' });
    expect((await app.call('POST', '/v1/workflows/life/duplicate', { body: { key: 'life-2' } })).status).toBe(409);
    await app.call('DELETE', '/v1/workflows/life-2');
    expect(
      (await app.call('GET', '/v1/workflows?archived=true')).body.items.map((one: { key: string }) => one.key),
    ).toEqual(['life-2']);
  });

  it('finds workflows by words and state, and says at which step and field a draft does not work', async () => {
    const step = (id: string, more: object) => ({ id, type: 'sms', ...more });
    const saved = await app.call('PUT', '/v1/workflows/found-me', {
      body: {
        name: 'Lost and FOUND',
        steps: [
          {
            id: 'either',
            type: 'branch',
            branches: [{ if: { '==': [1, 1] }, steps: [step('deep', { template: 'nowhere' })] }],
            else: [inApp('fine', 'x')],
          },
        ],
      },
    });
    expect(saved.body.problems).toMatchObject([{ field: '/steps/0/branches/0/steps/0' }]);
    const circle = await app.call('PUT', '/v1/workflows/found-me', {
      body: { name: 'Lost and FOUND', steps: [{ id: 'go', type: 'invoke', workflow: 'nowhere' }] },
    });
    expect(circle.body.problems).toMatchObject([{ field: '/steps/0/workflow' }]);
    const keys = async (query: string) =>
      (await app.call('GET', `/v1/workflows?${query}`)).body.items.map((one: { key: string }) => one.key);
    expect(await keys('q=and%20found')).toEqual(['found-me']);
    expect(await keys('q=Found-M&status=draft')).toEqual(['found-me']);
    expect(await keys('q=found&status=published')).toEqual([]);
    await app.call('DELETE', '/v1/workflows/found-me');
  });

  it('counts the runs that began lately by workflow and state, and finds them by their cancel key', async () => {
    await story.define({ key: 'tally', name: 'Tally', steps: [{ id: 'd', type: 'delay', for: '3d' }] });
    await story.start('tally', ['t1', 't2'], {}, { cancelKey: 'order 7' });
    await story.settle();
    const of = async (within: string) =>
      (await app.call('GET', `/v1/runs/summary?within=${within}`)).body.workflows.find(
        (one: { workflow: string }) => one.workflow === 'tally',
      );
    expect(await of('1h')).toEqual({ workflow: 'tally', runs: 2, states: { waiting: 2 } });
    expect((await story.runs('key=order%207')).map((run) => run.userId).toSorted()).toEqual(['t1', 't2']);
    await app.call('POST', '/v1/runs/cancel', { body: { key: 'order 7' } });
    expect(await of('1h')).toEqual({ workflow: 'tally', runs: 2, states: { cancelled: 2 } });
    app.clock.advance(2000);
    expect(await of('1s')).toBeUndefined();
  });

  it('shows what a ready-made workflow would send before it is installed', async () => {
    const list = async () =>
      (await app.call('GET', '/v1/ready-made-workflows')).body.items.find(
        (one: { key: string }) => one.key === 'password-reset',
      );
    expect(await list()).toMatchObject({ installed: false });
    const inside = (await app.call('GET', '/v1/ready-made-workflows/password-reset')).body;
    expect(inside).toMatchObject({
      workflow: { steps: [{ type: 'email', template: 'password-reset.email' }] },
      templates: [{ key: 'password-reset.email', content: { channel: 'email' } }],
    });
    const { content } = inside.templates[0];
    const shown = await app.call('POST', '/v1/try/template', { body: { content, data: { payload: inside.sample } } });
    expect(shown.body.items[0].content.subject).toBe('Choose a new password');
  });

  it('rehearses the draft for a user: what it says, when, and what every layer decides; nothing is stored', async () => {
    await app.call('PUT', '/v1/users/tess', { body: { name: 'Tess' } });
    await app.call('PUT', '/v1/workflows/journey', {
      body: {
        name: 'Journey',
        steps: [
          inApp('hi', 'Hi {{ user.name }}'),
          { id: 'd', type: 'delay', for: '3d' },
          {
            id: 'w',
            type: 'wait',
            timeout: '1w',
            events: [{ event: 'trial.upgraded', steps: [{ id: 's', type: 'stop', reason: 'Bought' }] }],
          },
          { id: 'sms', type: 'sms', body: 'Still there?' },
        ],
      },
    });
    const test = (events: object[]) =>
      app.call('POST', '/v1/workflows/journey/test', { body: { user: 'tess', events } });
    const silent = await test([]);
    expect(silent.body).toMatchObject({ state: 'done', endsAt: new Date(app.clock.nowMs() + 10 * DAY).toISOString() });
    expect(silent.body.messages).toMatchObject([
      { step: 'hi', content: { title: 'Hi Tess' }, decision: { outcome: 'send' }, skipped: null },
      { step: 'sms', content: { body: 'Still there?' }, decision: { outcome: 'skip' } },
    ]);
    const bought = await test([{ name: 'trial.upgraded', after: '5d' }]);
    expect(bought.body).toMatchObject({
      code: 'run.stopped',
      sentence: 'Bought',
      endsAt: new Date(app.clock.nowMs() + 5 * DAY).toISOString(),
    });
    expect(await story.titles('tess')).toEqual([]);
    expect(await story.runs('user=tess')).toEqual([]);
  });

  it('replays the last events against the draft and names who would get nothing', async () => {
    await story.define({ key: 'replay', name: 'Replay', steps: [inApp('a', 'x')] });
    for (const [user, total] of [
      ['r1', 5],
      ['r2', 50],
      ['r3', 500],
    ] as const)
      await story.start('replay', user, { total });
    await story.settle();
    await app.call('PUT', '/v1/workflows/replay', {
      body: { name: 'Replay', steps: [inApp('a', 'x', { if: { '>': [{ var: 'payload.total' }, 10] } })] },
    });
    const answer = await app.call('POST', '/v1/workflows/replay/replay', { body: { limit: 10 } });
    expect(answer.body).toMatchObject({
      examined: 3,
      before: [{ channel: 'in_app', outcome: 'send', messages: 3 }],
      silenced: ['r1'],
      reached: [],
    });
    expect(answer.body.after).toContainEqual({
      channel: 'in_app',
      outcome: 'skip',
      code: 'condition.false',
      messages: 1,
    });
    expect(await story.titles('r2')).toHaveLength(1);
  });

  it('42 · promotes from the sandbox with a diff; the second time changes nothing', async () => {
    expect((await app.call('POST', '/v1/workflows/promote', { body: {} })).status).toBe(404);
    const sandbox = await app.call('POST', '/v1/workspace/sandbox', { as: app.home.owner.token });
    if (sandbox.status >= 400) throw new Error(JSON.stringify(sandbox.body));
    await app.runtime.db.inWorkspace(sandbox.body.id, async (tx) => {
      const ctx = workContext(app.runtime, sandbox.body.id, '', tx);
      await publishDefinitionOf(
        ctx,
        WorkflowDefinition.parse({ key: 'made-inside', name: 'Inside', steps: [inApp('a', 'x')] }),
      );
      await publishDefinitionOf(
        ctx,
        WorkflowDefinition.parse({
          key: 'made-outside',
          name: 'Outside',
          steps: [{ id: 'i', type: 'invoke', workflow: 'made-inside' }],
        }),
      );
    });
    const dry = await app.call('POST', '/v1/workflows/promote', { body: { dryRun: true } });
    expect(dry.body.workflows.map((one: { changed: boolean }) => one.changed)).toEqual([false, false]);
    const first = await app.call('POST', '/v1/workflows/promote', { body: {} });
    expect(first.body.workflows).toMatchObject([
      { key: 'made-inside', changed: true, version: 1 },
      { key: 'made-outside', changed: true },
    ]);
    const second = await app.call('POST', '/v1/workflows/promote', { body: {} });
    expect(second.body.workflows).toMatchObject([
      { changed: false, changes: [] },
      { changed: false, changes: [] },
    ]);
    expect((await app.call('GET', '/v1/workflows/made-inside/versions')).body.items).toHaveLength(1);
    const filed = { key: 'made-inside', name: 'Filed', steps: [inApp('a', 'filed')] };
    await app.call('POST', '/v1/workflows/push', { body: { workflows: [filed], publish: true } });
    const third = await app.call('POST', '/v1/workflows/promote', { body: { keys: ['made-inside'] } });
    expect(third.body.workflows).toMatchObject([
      { changed: false, version: 2, problems: [{ message: 'here it was pushed from files, so it changes there' }] },
    ]);
  });

  it('installs every ready-made workflow with its templates, once', async () => {
    const { items } = (await app.call('GET', '/v1/ready-made-workflows')).body;
    expect(items.length).toBeGreaterThanOrEqual(8);
    for (const { key } of items) {
      const installed = await app.call('POST', '/v1/workflows/install', { body: { key } });
      expect(
        [installed.status, installed.body.installed, installed.body.workflow?.status],
        JSON.stringify(installed.body),
      ).toEqual([201, true, 'published']);
      expect((await app.call('POST', '/v1/workflows/install', { body: { key } })).body).toMatchObject({
        installed: false,
        templates: [],
      });
    }
    const after = (await app.call('GET', '/v1/ready-made-workflows')).body.items;
    expect(after.every((one: { installed: boolean }) => one.installed)).toBe(true);
  });

  it('takes CloudEvents, single and in a batch', async () => {
    await story.define({
      key: 'cloud',
      name: 'Cloud',
      trigger: { event: 'cloud.sent' },
      steps: [inApp('a', '{{ payload.n }}')],
    });
    const cloud = (id: string, data: unknown) => ({
      specversion: '1.0',
      id,
      source: '/shop',
      type: 'cloud.sent',
      subject: 'cloudy',
      data,
      extension: 'x',
    });
    const headers = { 'content-type': 'application/cloudevents+json' };
    const one = await app.call('POST', '/v1/events', { body: cloud('1', { n: 1 }), headers });
    expect(one.body).toMatchObject({ status: 'accepted', transactionId: '/shop 1' });
    expect((await app.call('POST', '/v1/events', { body: cloud('1', { n: 1 }), headers })).body.duplicate).toBe(true);
    const batch = await app.call('POST', '/v1/events/bulk', {
      body: [cloud('2', { n: 2 }), cloud('1', { n: 1 })],
      headers: { 'content-type': 'application/cloudevents-batch+json' },
    });
    expect(batch.body.results).toMatchObject([
      { ok: true, duplicate: false },
      { ok: true, duplicate: true },
    ]);
    await story.settle();
    expect((await story.titles('cloudy')).toSorted()).toEqual(['1', '2']);
  });

  it('makes events of what others post, when the signature is right', async () => {
    await story.define({
      key: 'pushed',
      name: 'Pushed',
      trigger: { event: 'github.push' },
      steps: [inApp('a', '{{ payload.repository.name }}')],
    });
    const made = await app.call('POST', '/v1/inbound-hooks', {
      body: {
        name: 'GitHub',
        mapping: {
          name: { path: 'headers.x-github-event' },
          prefix: 'github',
          to: { path: 'body.sender.login' },
          transactionId: 'headers.x-github-delivery',
          if: { '!=': [{ var: 'headers.x-github-event' }, 'ping'] },
        },
        signature: { kind: 'hmac', header: 'x-hub-signature-256', prefix: 'sha256=' },
        secret: 'shared secret',
      },
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const path = new URL(made.body.url).pathname;
    const raw = JSON.stringify({ sender: { login: 'octo' }, repository: { name: 'api' } });
    const sign = (secret: string, body = raw) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const post = (signature: string, event = 'Push', body = raw) =>
      app.call('POST', path, {
        as: null,
        raw: body,
        headers: { 'x-hub-signature-256': signature, 'x-github-event': event, 'x-github-delivery': 'd1' },
      });
    expect((await post(sign('another'))).status).toBe(401);
    expect((await post(sign('shared secret'), 'ping')).body).toEqual({ status: 'ignored' });
    const first = await post(sign('shared secret'));
    expect([first.status, first.body.status]).toEqual([202, 'accepted']);
    expect((await post(sign('shared secret'))).body.id).toBe(first.body.id);
    await story.settle();
    expect(await story.titles('octo')).toEqual(['api']);
    expect((await app.call('GET', `/v1/inbound-hooks/${made.body.id}`)).body).toMatchObject({
      received: 4,
      enabled: true,
    });
    for (const login of [{ everyone: true }, { topic: 'all' }, [{ id: 'octo', email: 'other@example.com' }]]) {
      const wide = JSON.stringify({ sender: { login } });
      expect((await post(sign('shared secret', wide), 'Push', wide)).status).toBe(400);
    }
    expect((await app.call('POST', '/v1/hooks/hk_wrong', { as: null, raw })).status).toBe(404);
  });

  it('28 · a broadcast to ten thousand is answered at once and reaches each exactly once', async () => {
    const { home, runtime } = app;
    await runtime.database.pool.query({
      text: `insert into users (workspace_id, id, created_at, updated_at) select $1, 'many-' || lpad(n::text, 5, '0'), now(), now() from generate_series(1, 10000) n`,
      values: [home.id],
    });
    await story.define({ key: 'all', name: 'All', steps: [{ id: 's', type: 'stop', reason: 'counted' }] });
    const event = await story.start('all', { everyone: true });
    await story.settle();
    const status = (await app.call('GET', `/v1/events/${event}`)).body;
    expect(status.state).toBe('done');
    expect(status.recipients).toBe(status.runs.done);
    expect(status.runs.done).toBeGreaterThanOrEqual(10_000);
  });
});
