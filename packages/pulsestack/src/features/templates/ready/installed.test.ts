import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SmtpSink, startSmtpSink } from '../../../channels/testing/smtp-sink.ts';
import { installWorkflows } from '../../../cli/install.ts';
import { type TestApp, testApp } from '../../../testing/index.ts';
import { DAY, HOUR, MINUTE, tell } from '../../workflows/testing/story.ts';
import { readyMade } from './index.ts';

describe('ready-made workflows', () => {
  let app: TestApp;
  let smtp: SmtpSink;
  let place: { PULSESTACK_URL: string; PULSESTACK_API_KEY: string };
  let said: string[];
  beforeAll(async () => {
    app = await testApp({ timers: false, settings: { publicUrl: 'https://app.example.com' } });
    smtp = await startSmtpSink();
    place = { PULSESTACK_URL: await app.url(), PULSESTACK_API_KEY: app.home.key };
    await app.call('POST', '/v1/integrations', { body: { provider: 'smtp', credentials: { url: smtp.url } } });
  });
  afterAll(async () => {
    await app.close();
    await smtp.close();
  });
  beforeEach(() => {
    said = [];
    for (const way of ['log', 'error'] as const) vi.spyOn(console, way).mockImplementation((line) => said.push(line));
  });
  afterEach(() => vi.restoreAllMocks());

  const reader = async (id: string, more: object = {}) => {
    await app.call('PUT', `/v1/users/${id}`, {
      body: { email: `${id}@example.com`, name: 'Rita', timeZone: 'UTC', ...more },
    });
    return id;
  };
  const mailsTo = (id: string) => smtp.arrived.filter((mail) => mail.envelope.to.includes(`${id}@example.com`));
  const sampleOf = (key: string) => readyMade.find((one) => one.key === key)?.sample as object;
  const hasUnsubscribe = (id: string) =>
    mailsTo(id).map((mail) => mail.headers.some((header) => header.key === 'list-unsubscribe'));

  it('are listed and installed by one command, and installing again changes nothing', async () => {
    expect(await installWorkflows(place, [], {})).toBe(2);
    expect(said.filter((line) => /^(job-completed|critical-alert) /.test(line))).toHaveLength(2);
    expect(await installWorkflows(place, ['nope'], {})).toBe(2);
    expect(said.at(-1)).toContain('There is no ready-made workflow "nope"; there are job-completed');
    expect(await installWorkflows(place, ['welcome'], {})).toBe(0);
    expect(said.at(-1)).toBe(
      'welcome is installed and published, with welcome.email, welcome.inbox, welcome.reminder.',
    );
    expect(await installWorkflows(place, [], { all: true })).toBe(0);
    expect(said.filter((line) => line.includes('is installed'))).toHaveLength(readyMade.length);
    expect(said.filter((line) => line.includes('was there already'))).toEqual([
      'welcome was there already, and stays as it is.',
    ]);
    const { items } = (await app.call('GET', '/v1/workflows?limit=100')).body;
    expect(items).toHaveLength(readyMade.length);
  });

  it('job-completed: tells it in the inbox and mails the CSV', async () => {
    const { send, settle, titles } = tell(app);
    await reader('jobs', { locale: 'de' });
    await send('job.completed', 'jobs', sampleOf('job-completed'));
    await settle();
    expect(await titles('jobs')).toEqual(['Customer export ist fertig']);
    const [mail] = mailsTo('jobs');
    expect(mail?.subject).toBe('Customer export ist fertig');
    expect(mail?.attachments).toMatchObject([{ filename: 'customers.csv', mimeType: 'text/csv' }]);
    expect(Buffer.from(mail?.attachments[0]?.content as ArrayBuffer).toString()).toBe('id,name\n1,Ada\n');
  });

  it('job-failed: shows the error, and mails once an hour for each job', async () => {
    const { send, settle, titles, pass } = tell(app);
    await reader('fail');
    for (let i = 0; i < 2; i++) {
      await send('job.failed', 'fail', sampleOf('job-failed'));
      await settle();
    }
    expect((await titles('fail')).length).toBeGreaterThan(0);
    expect(mailsTo('fail')).toHaveLength(1);
    expect(mailsTo('fail')[0]?.text).toContain('Row 1042: "amount" is not a number');
    await pass(HOUR + MINUTE);
    await send('job.failed', 'fail', sampleOf('job-failed'));
    await settle();
    expect(mailsTo('fail')).toHaveLength(2);
  });

  it('quota-reached: says how much is used', async () => {
    const { send, settle, titles } = tell(app);
    await reader('quota');
    const ready = readyMade.find((one) => one.name.startsWith('Quota'));
    await send(ready?.workflow.trigger?.event ?? '', 'quota', ready?.sample);
    await settle();
    expect(await titles('quota')).toHaveLength(1);
    expect(mailsTo('quota')[0]?.text).toMatch(/81\s?%/);
  });

  it('welcome: greets, and reminds two days later who has not begun', async () => {
    const ready = readyMade.find((one) => one.key === 'welcome');
    const { send, settle, pass } = tell(app);
    await reader('fresh');
    await send(ready?.workflow.trigger?.event ?? '', 'fresh', ready?.sample);
    await settle();
    expect(mailsTo('fresh')).toHaveLength(1);
    await pass(2 * DAY + HOUR);
    await settle();
    expect(mailsTo('fresh').map((mail) => mail.subject)).toEqual([
      expect.stringContaining('Welcome'),
      'Your workspace is waiting',
    ]);
  });

  it('password-reset: goes at once, with no way to unsubscribe', async () => {
    const ready = readyMade.find((one) => one.key === 'password-reset');
    const { send, settle } = tell(app);
    await reader('forgot');
    await app.call('PATCH', '/v1/users/forgot/preferences', { body: { all: false } });
    await send(ready?.workflow.trigger?.event ?? '', 'forgot', ready?.sample);
    await settle();
    expect(mailsTo('forgot')).toHaveLength(1);
    expect(hasUnsubscribe('forgot')).toEqual([false]);
    expect(mailsTo('forgot')[0]?.text).not.toContain('/u/');
  });

  it('weekly-summary: collects until Monday at nine', async () => {
    const { send, settle, pass } = tell(app);
    await reader('weekly');
    for (const payload of readyMade.find((one) => one.key === 'weekly-summary')?.sampleEvents ?? [])
      await send('summary.item', 'weekly', payload);
    await settle();
    expect(mailsTo('weekly')).toEqual([]);
    await pass(7 * DAY);
    await settle();
    const [mail, ...more] = mailsTo('weekly');
    expect([mail?.subject, more.length]).toEqual(['Your week: 3 things to know', 0]);
    expect(hasUnsubscribe('weekly')).toEqual([true]);
  });

  it('comment-digest: shows each comment at once and mails a thread together, unless it was read', async () => {
    const { send, settle, pass, titles } = tell(app);
    await reader('talk');
    for (const payload of readyMade.find((one) => one.key === 'comment-digest')?.sampleEvents ?? [])
      await send('comment.created', 'talk', payload);
    await settle();
    expect((await titles('talk')).sort()).toEqual(['Kim commented on Launch plan', 'Noor commented on Launch plan']);
    await pass(11 * MINUTE);
    await settle();
    expect(mailsTo('talk').map((mail) => mail.subject)).toEqual(['2 new comments on Launch plan']);
  });

  it('critical-alert: escalates from inbox to push to SMS, and says in its story which channel has no provider', async () => {
    const { send, settle, pass, run } = tell(app);
    await reader('duty', { phone: '+436641234567', attributes: { push: 'device-token' } });
    const { id } = await send('alert.raised', 'duty', sampleOf('critical-alert'));
    await settle();
    expect(mailsTo('duty').map((mail) => mail.subject)).toEqual(['Critical: Payments are failing']);
    expect(hasUnsubscribe('duty')).toEqual([false]);
    await pass(2 * MINUTE + 1000);
    await pass(5 * MINUTE + 1000);
    const { items } = (await app.call('GET', '/v1/messages?user=duty&limit=20')).body;
    const story = (items as { stepId: string; channel: string; state: string; reason: string | null }[])
      .toReversed()
      .map((one) => [one.stepId, one.channel, one.state, one.reason]);
    expect(story).toEqual(
      expect.arrayContaining([
        ['inbox', 'in_app', 'delivered', null],
        ['mail', 'email', 'sent', null],
        ['push', 'push', 'skipped', 'channel.no_provider'],
        ['sms', 'sms', 'skipped', 'channel.no_provider'],
      ]),
    );
    const trace = (await run(id)).trace as { step: string; sentence: string }[];
    for (const step of ['push', 'sms'])
      expect(
        trace
          .filter((line) => line.step === step)
          .map((line) => line.sentence)
          .join(' '),
      ).toMatch(/provider/);
  });

  it('critical-alert: stops when somebody has taken it', async () => {
    const { send, settle, pass } = tell(app);
    await reader('calm', { phone: '+436641234567' });
    await send('alert.raised', 'calm', sampleOf('critical-alert'));
    await settle();
    await send('alert.acknowledged', 'calm', sampleOf('critical-alert'));
    await settle();
    await pass(10 * MINUTE);
    const { items } = (await app.call('GET', '/v1/messages?user=calm&limit=20')).body;
    expect(items.map((one: { channel: string }) => one.channel).sort()).toEqual(['email', 'in_app']);
  });
});
