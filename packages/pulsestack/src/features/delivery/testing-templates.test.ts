import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SmtpSink, startSmtpSink } from '../../channels/testing/smtp-sink.ts';
import { type TestApp, testApp } from '../../testing/index.ts';

describe('a template that is tried', () => {
  let app: TestApp;
  let smtp: SmtpSink;
  beforeAll(async () => {
    app = await testApp({ timers: false, settings: { publicUrl: 'https://app.example.com' } });
    smtp = await startSmtpSink();
    const content = {
      channel: 'email',
      subject: 'Hi {{ user.name }}',
      preheader: 'p',
      body: { format: 'markdown', markdown: 'Text' },
      locales: { de: { subject: 'Hallo {{ user.name }}' } },
    };
    await app.call('PUT', '/v1/templates/mine', { body: { content } });
  });
  afterAll(async () => {
    await app.close();
    await smtp.close();
  });

  const attempt = (body: object = {}, as: string = app.home.owner.token) =>
    app.call('POST', '/v1/templates/mine/test', { as, body });

  it('waits for an address that is confirmed, and for a provider', async () => {
    expect(await attempt()).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('is not confirmed yet') },
    });
    const mail = app.mails.find((one) => one.to === app.home.owner.email && /verif|confirm/i.test(one.subject));
    const token = /[#=/]([\w-]{30,})/.exec(mail?.text ?? '')?.[1];
    expect((await app.call('POST', '/v1/auth/email/verify', { as: null, body: { token } })).status).toBeLessThan(300);
    expect(await attempt()).toMatchObject({ status: 409, body: { detail: expect.stringContaining('No provider') } });
    await app.call('POST', '/v1/integrations', { body: { provider: 'smtp', credentials: { url: smtp.url } } });
  });

  it('takes the way of every message, to the address of whoever asks, in the locale that is asked for', async () => {
    const to = app.home.owner.email;
    const { status, body } = await attempt({ locale: 'de' });
    expect([status, body.to]).toEqual([202, to]);
    await app.settle();
    const story = (await app.call('GET', `/v1/messages/${body.messageId}`)).body;
    expect(story).toMatchObject({
      isTest: true,
      state: 'sent',
      userId: app.home.owner.memberId,
      subject: '[Test] Hallo Ada Lovelace',
      tries: [{ outcome: 'accepted' }],
    });
    expect(smtp.arrived.at(-1)).toMatchObject({ subject: '[Test] Hallo Ada Lovelace', envelope: { to: [to] } });
    await attempt({ locale: 'en-XA' });
    await app.settle();
    expect(smtp.arrived.at(-1)?.subject).toMatch(/^\[Test\] Ĥîî/);
  });

  it('reaches members only, and of them those of this workspace', async () => {
    const stranger = await app.newWorkspace();
    expect(await attempt({ member: stranger.owner.memberId })).toMatchObject({ status: 404 });
    expect(await attempt({}, app.home.key)).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ field: '/member' }] },
    });
    expect(await attempt({ member: app.home.owner.memberId }, app.home.key)).toMatchObject({ status: 202 });
    expect(await attempt({ to: 'stranger@example.com' })).toMatchObject({ status: 400 });
    expect(await attempt({ member: 'ada' })).toMatchObject({ status: 400 });
  });

  it('shows a message of the inbox in her own inbox', async () => {
    const content = {
      channel: 'in_app',
      title: 'Hello {{ user.name }}',
      body: 'x',
      locales: { ar: { title: 'مرحبا' } },
    };
    await app.call('PUT', '/v1/templates/bell', { body: { content } });
    const { body } = await app.call('POST', '/v1/templates/bell/test', {
      as: app.home.owner.token,
      body: { locale: 'ar' },
    });
    expect((await app.call('GET', `/v1/messages/${body.messageId}`)).body).toMatchObject({
      isTest: true,
      state: 'delivered',
    });
    const { items } = (await app.call('GET', '/v1/inbox', { as: app.home.owner.token })).body;
    expect(items[0].title).toBe('[Test] مرحبا');
  });

  it('can be sent ten times a minute', async () => {
    let last = await attempt();
    for (let i = 0; i < 10 && last.status === 202; i++) last = await attempt();
    expect(last).toMatchObject({ status: 429, body: { code: 'request.rate_limited' } });
    expect(last.headers['retry-after']).toBe('60');
    app.clock.advance(61_000);
    expect((await attempt()).status).toBe(202);
  });

  it('says what is wrong with it instead of sending anything', async () => {
    app.clock.advance(61_000);
    await app.call('PUT', '/v1/templates/mine', {
      body: { content: { channel: 'email', subject: '{{ a | nope }}', body: { format: 'markdown', markdown: 'x' } } },
    });
    expect(await attempt()).toMatchObject({
      status: 422,
      body: { code: 'template.invalid', errors: [{ field: '/subject' }] },
    });
  });

  it('has links to unsubscribe where its readers may, and none where nobody may', async () => {
    const mail = (key: string, more: object) => ({
      key,
      name: key,
      trigger: { event: 'link.test' },
      steps: [{ id: 'mail', type: 'email', subject: key, body: 'x [stop]({{ links.unsubscribe }})' }],
      ...more,
    });
    await app.call('PUT', '/v1/categories/security', { body: { name: 'Security', critical: true } });
    for (const { key, ...body } of [
      mail('ordinary', {}),
      mail('by-workflow', { critical: true }),
      mail('by-category', { category: 'security' }),
    ]) {
      expect((await app.call('PUT', `/v1/workflows/${key}`, { body })).status).toBe(200);
      expect((await app.call('POST', `/v1/workflows/${key}/publish`, { body: {} })).status).toBe(200);
    }
    await app.call('PUT', '/v1/users/ulla', { body: { email: 'ulla@example.com' } });
    expect(
      (await app.call('POST', '/v1/events', { body: { name: 'link.test', to: 'ulla', payload: {} } })).status,
    ).toBe(202);
    for (let i = 0; i < 3; i++) await app.settle();
    const arrived = smtp.arrived.filter((one) => one.envelope.to.includes('ulla@example.com'));
    const offers = arrived.map((one) => [
      one.subject,
      one.headers.some((header) => header.key === 'list-unsubscribe'),
      one.text?.includes('/u/'),
    ]);
    expect(offers.sort()).toEqual([
      ['by-category', false, false],
      ['by-workflow', false, false],
      ['ordinary', true, true],
    ]);
  });
});
