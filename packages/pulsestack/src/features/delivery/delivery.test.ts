import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HttpSink, startHttpSink } from '../../channels/testing/http-sink.ts';
import { type SmtpSink, startSmtpSink } from '../../channels/testing/smtp-sink.ts';
import { workContext } from '../../kernel/context.ts';
import { draft, email, enqueue } from '../../testing/delivery/index.ts';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { cancelMessages, messageStates, recordSkipped } from './index.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

describe.each(databases)('delivery on the %s database', (database) => {
  let app: TestApp;
  let smtp: SmtpSink;
  let http: HttpSink;

  beforeAll(async () => {
    app = await testApp({ database, timers: false, settings: { publicUrl: 'https://push.acme.example' } });
    smtp = await startSmtpSink();
    http = await startHttpSink();
    for (const id of ['ada', 'bob']) await app.call('PUT', `/v1/users/${id}`, { body: { email: `${id}@example.com` } });
    await app.call('PUT', '/v1/users/mute', { body: { name: 'No address' } });
    await connect({ provider: 'smtp', credentials: { url: smtp.url }, settings: { from: 'Acme <hi@acme.example>' } });
    await connect({ provider: 'webhook', credentials: { url: `${http.url}/first`, secret: SECRET } });
  });
  afterAll(async () => {
    await app.close();
    await smtp.close();
    await http.close();
  });
  beforeEach(() => {
    // The caps of one test are not those of the next.
    app.clock.advance(10 * MINUTE);
    smtp.arrived.length = 0;
    http.requests.length = 0;
    http.script.length = 0;
  });

  async function connect(body: object): Promise<string> {
    const answer = await app.call('POST', '/v1/integrations', { body });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return answer.body.id;
  }
  const story = async (id: string) => (await app.call('GET', `/v1/messages/${id}`)).body;
  const webhook = { channel: 'webhook' as const, body: { hello: 'world' } };

  it('sends an e-mail through the provider that is connected, and keeps every step of it', async () => {
    const one = draft(app, { content: email('Your invoice') });
    expect(await enqueue(app, one)).toMatchObject([{ id: one.id, state: 'queued', code: null }]);
    await app.settle();
    expect(smtp.arrived).toMatchObject([
      { subject: 'Your invoice', to: [{ address: 'ada@example.com' }], messageId: `<${one.id}@acme.example>` },
    ]);
    const header = (name: string) => smtp.arrived[0]?.headers.find((one) => one.key === name)?.value;
    expect(header('list-unsubscribe')).toMatch(/^<https:\/\/push\.acme\.example\/u\/[^>]+>$/);
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    const told = await story(one.id);
    expect(told).toMatchObject({ state: 'sent', to: 'ada@example.com', provider: 'smtp', attempts: 1, reason: null });
    expect(told.tries).toMatchObject([{ number: 1, provider: 'smtp', outcome: 'accepted' }]);
    expect(told.decision.map((line: { layer: string }) => line.layer)).toContain('quiet_hours');
    expect(told.content).toMatchObject({ channel: 'email', subject: 'Your invoice' });
  });

  it('takes the same draft once, whatever becomes of it', async () => {
    const one = draft(app);
    expect(await enqueue(app, one, one)).toHaveLength(2);
    await enqueue(app, one);
    await app.settle();
    expect((await enqueue(app, one))[0]).toMatchObject({ state: 'sent' });
    await app.settle();
    expect(smtp.arrived).toHaveLength(1);
  });

  it('puts messages of the inbox there in the same transaction, and knows at once that they were read', async () => {
    const one = draft(app, {
      content: { channel: 'in_app', title: 'Deployed', body: '**api** is live' },
      category: 'ops',
    });
    expect(await enqueue(app, one)).toMatchObject([{ state: 'delivered' }]);
    const as = await app.home.user('ada');
    const inbox = (await app.call('GET', '/v1/inbox', { as })).body;
    expect(inbox.items[0]).toMatchObject({ id: `ntf_${one.id.slice(4)}`, title: 'Deployed', category: 'ops' });
    const progress = () =>
      app.runtime.db.inWorkspace(app.home.id, async (tx) =>
        (await messageStates(tx, app.home.id, [one.id])).get(one.id),
      );
    expect(await progress()).toMatchObject({ state: 'delivered', readAt: null });
    const marked = await app.call('POST', `/v1/inbox/${inbox.items[0].id}/read`, { as });
    expect(marked.status, JSON.stringify(marked.body)).toBe(200);
    expect((await progress())?.readAt).toEqual(app.clock.now());
    expect(await story(one.id)).toMatchObject({ readAt: app.clock.now().toISOString() });
  });

  it('keeps what was not sent, and says why', async () => {
    const none = draft(app, { userId: 'mute' });
    const gone = draft(app, { userId: 'nobody-here' });
    const late = draft(app, { expiresAt: app.clock.now() });
    const sms = draft(app, { userId: 'ada', content: { channel: 'chat', body: 'Hi' } });
    expect(await enqueue(app, none, gone, late, sms)).toMatchObject([
      { state: 'skipped', code: 'user.no_address' },
      { state: 'skipped', code: 'user.unknown' },
      { state: 'expired', code: 'message.expired' },
      { state: 'skipped', code: 'user.no_address' },
    ]);
    const quiet = draft(app);
    await app.runtime.db.inWorkspace(app.home.id, (tx) =>
      recordSkipped(workContext(app.runtime, app.home.id, 'req_test', tx), [
        { ...quiet, channel: 'email', code: 'condition.false' },
      ]),
    );
    expect(await story(quiet.id)).toMatchObject({
      state: 'skipped',
      sentence: 'The condition of the step was not met.',
    });
    const shown = (await app.call('GET', '/v1/users/mute/messages')).body.items;
    const all = (await app.call('GET', '/v1/users/mute/messages?include=skipped')).body.items;
    expect([shown.length, all.length]).toEqual([0, 1]);
  });

  it('tries again what a server could not take, with growing pauses, and shows each try', async () => {
    http.script.push({ status: 503 }, { status: 503 });
    const one = draft(app, { content: webhook });
    await enqueue(app, one);
    await app.settle();
    expect(await story(one.id)).toMatchObject({ state: 'queued', attempts: 1 });
    await app.settle();
    expect(http.requests).toHaveLength(1);
    app.clock.advance(5 * SECOND);
    await app.settle();
    app.clock.advance(10 * SECOND);
    await app.settle();
    const told = await story(one.id);
    expect(told).toMatchObject({ state: 'sent', attempts: 3 });
    expect(told.tries.map((one: { outcome: string; status: number }) => [one.outcome, one.status])).toEqual([
      ['retry', 503],
      ['retry', 503],
      ['accepted', 200],
    ]);
    expect(new Set(http.requests.map((request) => request.headers['webhook-id']))).toEqual(new Set([one.id]));
  });

  it('does not repeat what was refused for good', async () => {
    http.script.push({ status: 400, body: 'no such template' });
    const one = draft(app, { content: webhook });
    await enqueue(app, one);
    await app.settle();
    app.clock.advance(60 * MINUTE);
    await app.settle();
    expect(http.requests).toHaveLength(1);
    expect(await story(one.id)).toMatchObject({
      state: 'failed',
      reason: 'provider.refused',
      sentence: expect.stringContaining('no such template'),
    });
  });

  it('waits as long as a provider that is asked too often wants', async () => {
    http.script.push({ status: 429, headers: { 'retry-after': '120' } });
    const one = draft(app, { content: webhook });
    await enqueue(app, one);
    await app.settle();
    app.clock.advance(119 * SECOND);
    await app.settle();
    expect(http.requests).toHaveLength(1);
    app.clock.advance(2 * SECOND);
    await app.settle();
    expect(await story(one.id)).toMatchObject({ state: 'sent', attempts: 2 });
  });

  it('gives up after ten tries, and sends again when a person says so', async () => {
    for (let i = 0; i < 10; i++) http.script.push({ status: 500 });
    const one = draft(app, { content: webhook });
    await enqueue(app, one);
    for (let i = 0; i < 12; i++) {
      await app.settle();
      app.clock.advance(60 * MINUTE);
    }
    expect(await story(one.id)).toMatchObject({ state: 'failed', reason: 'provider.exhausted', attempts: 10 });
    const again = await app.call('POST', `/v1/messages/${one.id}/retry`);
    expect([again.status, again.body.state]).toEqual([200, 'queued']);
    await app.settle();
    expect(await story(one.id)).toMatchObject({ state: 'sent', attempts: 11 });
    expect((await app.call('POST', `/v1/messages/${one.id}/retry`)).body.code).toBe('resource.conflict');
  });

  it('writes to an address that does not exist no second time', async () => {
    await app.call('PUT', '/v1/users/eve', { body: { email: 'eve@example.com' } });
    smtp.script.push({ at: 'rcpt', code: 550, text: '5.1.1 no such mailbox' });
    const first = draft(app, { userId: 'eve' });
    const second = draft(app, { userId: 'eve' });
    await enqueue(app, first);
    await app.settle();
    expect(await story(first.id)).toMatchObject({ state: 'failed', reason: 'provider.refused' });
    expect(await enqueue(app, second)).toMatchObject([{ state: 'skipped', code: 'suppression.bounced' }]);
  });

  it('holds a message until the time that was asked for', async () => {
    const one = draft(app, { sendAt: new Date(app.clock.nowMs() + 60 * MINUTE) });
    expect(await enqueue(app, one)).toMatchObject([{ state: 'held', code: 'send_time.later', until: one.sendAt }]);
    await app.settle();
    expect(smtp.arrived).toHaveLength(0);
    app.clock.advance(60 * MINUTE);
    await app.settle();
    expect(smtp.arrived).toHaveLength(1);
    expect(await story(one.id)).toMatchObject({ state: 'sent', reason: null });
  });

  it('decides again about what was held when its time has come', async () => {
    await app.call('PUT', '/v1/users/fay', { body: { email: 'fay@example.com' } });
    const one = draft(app, { userId: 'fay', sendAt: new Date(app.clock.nowMs() + MINUTE) });
    const inApp = draft(app, {
      userId: 'fay',
      content: { channel: 'in_app', title: 'Later', body: '' },
      sendAt: new Date(app.clock.nowMs() + MINUTE),
    });
    await enqueue(app, one, inApp);
    await app.call('PUT', '/v1/users/fay', { body: { email: null } });
    app.clock.advance(MINUTE);
    await app.settle();
    expect(await story(one.id)).toMatchObject({ state: 'skipped', reason: 'user.no_address' });
    expect(await story(inApp.id)).toMatchObject({ state: 'delivered' });
    const as = await app.home.user('fay');
    expect((await app.call('GET', '/v1/inbox', { as })).body.items).toMatchObject([{ title: 'Later' }]);
  });

  it('lets the most important message have the place under a cap, and bundles the rest', async () => {
    await app.call('PUT', '/v1/users/cap', { body: { email: 'cap@example.com' } });
    // The default cap: ten e-mails a minute.
    const ten = Array.from({ length: 10 }, () => draft(app, { userId: 'cap' }));
    await enqueue(app, ...ten);
    const rest = (['normal', 'high', 'low'] as const).map((priority) =>
      draft(app, { userId: 'cap', priority, content: email(`beyond ${priority}`) }),
    );
    expect((await enqueue(app, ...rest)).map((one) => one.state)).toEqual(['held', 'held', 'held']);
    await app.settle();
    expect(smtp.arrived).toHaveLength(10);
    app.clock.advance(2 * MINUTE);
    await app.settle();
    const subjects = smtp.arrived.slice(10).map((mail) => mail.subject);
    expect(subjects[0]).toBe('beyond high');
    expect(subjects).toHaveLength(3);
  });

  it('works off a backlog that is larger than what one process holds', async () => {
    const drafts = Array.from({ length: 700 }, () => draft(app, { content: webhook }));
    await enqueue(app, ...drafts);
    await app.settle();
    expect(http.requests).toHaveLength(700);
    expect(new Set(http.requests.map((request) => request.headers['webhook-id'])).size).toBe(700);
  });

  it('cancels what waits and leaves alone what has gone', async () => {
    const runId = app.runtime.newId('run');
    const waits = draft(app, { runId, sendAt: new Date(app.clock.nowMs() + MINUTE) });
    const gone = draft(app, { runId });
    await enqueue(app, gone);
    await app.settle();
    await enqueue(app, waits);
    const cancelled = await app.runtime.db.inWorkspace(app.home.id, (tx) =>
      cancelMessages(workContext(app.runtime, app.home.id, 'req_test', tx), { runIds: [runId] }),
    );
    expect(cancelled).toBe(1);
    app.clock.advance(MINUTE);
    await app.settle();
    expect(smtp.arrived).toHaveLength(1);
    expect(await story(waits.id)).toMatchObject({ state: 'cancelled' });
    const refused = await app.call('POST', `/v1/messages/${gone.id}/cancel`);
    expect([refused.status, refused.body.code]).toEqual([409, 'resource.conflict']);
  });

  it('switches to the second provider when the first is out, shows both, and stops asking the first', async () => {
    const down = await startHttpSink();
    const up = await startHttpSink();
    const primary = await connect({ provider: 'webhook', credentials: { url: `${down.url}/a`, secret: SECRET } });
    const secondary = await connect({ provider: 'webhook', credentials: { url: `${up.url}/b`, secret: SECRET } });
    const listed = (await app.call('GET', '/v1/integrations')).body.items as { id: string; channel: string }[];
    const first = listed.find((one) => one.channel === 'webhook')?.id as string;
    const order = await app.call('PUT', '/v1/integrations/order', { body: { ids: [primary, secondary, first] } });
    expect(order.body.items.map((one: { id: string }) => one.id)).toEqual([primary, secondary, first]);
    for (let i = 0; i < 20; i++) down.script.push({ status: 500 });
    const drafts = Array.from({ length: 8 }, () => draft(app, { content: webhook }));
    for (const one of drafts) {
      await enqueue(app, one);
      await app.settle();
    }
    expect(up.requests).toHaveLength(8);
    expect(down.requests).toHaveLength(5);
    expect((await story(drafts[0]?.id ?? '')).tries).toMatchObject([{ outcome: 'retry' }, { outcome: 'accepted' }]);
    expect((await app.call('GET', `/v1/integrations/${primary}`)).body.health).toMatchObject({
      state: 'out',
      failures: 5,
    });
    // After the pause one message tries it, and all is well again.
    down.script.length = 0;
    app.clock.advance(MINUTE);
    await enqueue(app, draft(app, { content: webhook }));
    await app.settle();
    expect(down.requests).toHaveLength(6);
    expect((await app.call('GET', `/v1/integrations/${primary}`)).body.health).toMatchObject({ state: 'working' });
    for (const id of [primary, secondary]) await app.call('DELETE', `/v1/integrations/${id}`);
    await down.close();
    await up.close();
  });

  it('never answers credentials, and tests a connection', async () => {
    const login = await startSmtpSink({ user: 'relay', password: 'a long password' });
    const id = await connect({ provider: 'smtp', credentials: { url: login.url } });
    const shown = await app.call('GET', `/v1/integrations/${id}`);
    expect(shown.body.credentials.url).toMatch(/^smtp:\/\/relay:••••@127\.0\.0\.1:\d+$/);
    expect(JSON.stringify(shown.body)).not.toContain('password');
    const good = await app.call('POST', `/v1/integrations/${id}/test`, { body: { to: 'me@example.com' } });
    expect(good.body).toMatchObject({ outcome: 'accepted' });
    expect(login.arrived).toHaveLength(1);
    const wrong = login.url.replace('a%20long%20password', 'another%20password');
    await app.call('PATCH', `/v1/integrations/${id}`, { body: { credentials: { url: wrong } } });
    const bad = await app.call('POST', `/v1/integrations/${id}/test`, { body: { to: 'me@example.com' } });
    expect(bad.body).toMatchObject({ outcome: 'refused', class: 'auth' });
    expect(JSON.stringify(bad.body)).not.toContain('another password');
    await app.call('DELETE', `/v1/integrations/${id}`);
    await login.close();
    const wanting = await app.call('POST', '/v1/integrations', {
      body: { provider: 'smtp', credentials: { url: 'ftp://x' } },
    });
    expect([wanting.status, wanting.body.errors[0].field]).toEqual([400, '/credentials/url']);
  });

  it('explains to a person what would happen, and of an audience how many', async () => {
    const one = await app.call('POST', '/v1/explain', { body: { user: 'mute', channels: ['email', 'in_app'] } });
    expect(one.body.user).toMatchObject([
      { channel: 'email', decision: { outcome: 'skip', code: 'user.no_address' } },
      { channel: 'in_app', decision: { outcome: 'send' } },
    ]);
    const many = await app.call('POST', '/v1/explain', { body: { audience: { everyone: true }, channels: ['email'] } });
    expect(many.body.audience).toMatchObject({ complete: true });
    expect(many.body.audience.reasons).toContainEqual(
      expect.objectContaining({ code: 'user.no_address', examples: expect.arrayContaining(['mute']) }),
    );
    const before = (await app.call('GET', '/v1/messages')).body.items[0].id;
    expect((await app.call('GET', '/v1/messages')).body.items[0].id).toBe(before);
    const part = await app.call('POST', '/v1/explain', { body: { audience: { everyone: true }, limit: 1 } });
    expect(part.body.audience).toMatchObject({ examined: 1, complete: false });
  });

  it('lists messages by what they are, page by page', async () => {
    const page = await app.call('GET', '/v1/messages?state=sent&channel=email&limit=2');
    expect(page.body.items).toHaveLength(2);
    const next = await app.call('GET', `/v1/messages?state=sent&channel=email&limit=2&cursor=${page.body.nextCursor}`);
    expect(next.body.items[0].id < page.body.items[1].id).toBe(true);
    expect((await app.call('GET', '/v1/messages?cursor=bad')).body.code).toBe('request.cursor_invalid');
  });
});
