import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SmtpSink, startSmtpSink } from '../../channels/testing/smtp-sink.ts';
import { draft, email, enqueue } from '../../testing/delivery/index.ts';
import { type TestApp, testApp } from '../../testing/index.ts';
import { loadWords } from '../templates/index.ts';
import { composeDigest, toLine } from './digest-content.ts';

const HOUR = 60 * 60_000;

describe('the readers of digests', () => {
  let app: TestApp;
  let smtp: SmtpSink;

  beforeAll(async () => {
    app = await testApp({ timers: false });
    smtp = await startSmtpSink();
    await app.call('POST', '/v1/integrations', { body: { provider: 'smtp', credentials: { url: smtp.url } } });
  });
  afterAll(async () => {
    await app.close();
    await smtp.close();
  });

  async function reader(id: string, cadence: object, more: object = {}): Promise<string> {
    await app.call('PUT', `/v1/users/${id}`, { body: { email: `${id}@example.com`, ...more } });
    const set = await app.call('PATCH', `/v1/users/${id}/preferences`, {
      body: { categories: { general: { cadence } } },
    });
    expect(set.status, JSON.stringify(set.body)).toBe(200);
    return id;
  }
  const mailsTo = (id: string) => smtp.arrived.filter((mail) => mail.envelope.to.includes(`${id}@example.com`));
  const tell = async (userId: string, ...subjects: string[]) =>
    (await enqueue(app, ...subjects.map((subject) => draft(app, { userId, content: email(subject) }))))[0];
  /** Moves the clock to the instant the digest closes, and over it. */
  async function reach(until: Date | null | undefined): Promise<void> {
    app.clock.advance((until?.getTime() ?? 0) - app.clock.now().getTime() + 1000);
    await app.settle();
  }

  it.each([
    ['de', ['2 Neuigkeiten', 'und 5 weitere Einträge', 'ltr']],
    ['ru-RU', ['2 обновления', 'и ещё 5', 'ltr']],
    ['pl', ['2 nowości', 'i jeszcze 5', 'ltr']],
    ['ar', ['تحديثان', 'و5 أخرى', 'rtl']],
    ['xx', ['2 updates', 'and 5 more', 'ltr']],
    [null, ['2 updates', 'and 5 more', 'ltr']],
  ])('are addressed in their own language: %s', async (locale, [title, more, dir]) => {
    const words = await app.runtime.db.inWorkspace(app.home.id, (tx) => loadWords(tx, app.home.id));
    const own = words(locale);
    expect([own.say('ps.updates', { n: 2 }), own.say('ps.more', { n: 5 }), own.dir]).toEqual([title, more, dir]);
  });

  it('get the whole digest in one language, in the words of the workspace where it has its own', async () => {
    await reader('greta', { every: 'hourly' }, { locale: 'de-AT' });
    await tell('greta', 'Eins', 'Zwei');
    await tell('greta', '');
    app.clock.advance(HOUR);
    await app.settle();
    const [mail] = mailsTo('greta');
    expect([mail?.subject, mail?.text?.includes('Neuigkeit')]).toEqual(['3 Neuigkeiten', true]);
    expect(mail?.html).toContain('<html lang="de" dir="ltr">');

    await app.call('PUT', '/v1/translations/de', { body: { messages: { 'ps.updates': '{n} Sachen' } } });
    await tell('greta', 'Eins', 'Zwei');
    app.clock.advance(HOUR);
    await app.settle();
    expect(mailsTo('greta')[1]?.subject).toBe('2 Sachen');
  });

  it.each([
    // From Auckland to Manila it is nine o'clock again five hours later.
    ['daily', { every: 'daily', at: '09:00' }, 12, 36],
    ['weekly', { every: 'weekly', at: '09:00', weekday: 1 }, 84, 8 * 24],
  ])('get one %s digest though they travel with the sun', async (every, cadence, atLeast, atMost) => {
    const id = await reader(`kiri-${every}`, cadence, { timeZone: 'Pacific/Auckland' });
    const first = await tell(id, 'One');
    expect(first).toMatchObject({ state: 'digested', code: 'digest.cadence' });
    await reach(first?.until);
    expect(mailsTo(id)).toHaveLength(1);
    await app.call('PUT', `/v1/users/${id}`, { body: { email: `${id}@example.com`, timeZone: 'Asia/Manila' } });
    const second = await tell(id, 'Two');
    const hours = ((second?.until?.getTime() ?? 0) - (first?.until?.getTime() ?? 0)) / HOUR;
    expect(hours).toBeGreaterThanOrEqual(atLeast);
    expect(hours).toBeLessThanOrEqual(atMost);
    await reach(second?.until);
    expect(mailsTo(id)).toHaveLength(2);
  });

  it('who read every hour get what came in that hour, and who read at once get it at once', async () => {
    await reader('hour', { every: 'hourly' });
    await reader('now', { every: 'instant' });
    expect((await tell('now', 'One'))?.state).toBe('queued');
    const first = await tell('hour', 'One');
    await reach(first?.until);
    const second = await tell('hour', 'Two');
    expect((second?.until?.getTime() ?? 0) - (first?.until?.getTime() ?? 0)).toBe(HOUR);
    await reach(second?.until);
    expect([mailsTo('hour').length, mailsTo('now').length]).toEqual([2, 1]);
  });

  it('lose no day because a digest without room before came out of turn', async () => {
    await app.call('PUT', '/v1/users/capped', { body: { email: 'capped@example.com', timeZone: 'UTC' } });
    const caps = await app.call('PUT', '/v1/preferences/caps', {
      body: { caps: [{ key: 'one-an-hour', scope: 'user', channel: 'email', limit: 1, window: '1h' }] },
    });
    expect(caps.status).toBe(200);
    for (const subject of ['sent', 'a', 'b', 'c']) await tell('capped', subject);
    for (let i = 0; i < 18; i++) {
      app.clock.advance(HOUR / 6);
      await app.settle();
    }
    const before = mailsTo('capped').length;
    expect(before).toBeGreaterThan(1);
    const at = new Date(app.clock.now().getTime() + 3 * HOUR).toISOString().slice(11, 16);
    await reader('capped', { every: 'daily', at }, { timeZone: 'UTC' });
    const next = await tell('capped', 'daily');
    expect((next?.until?.getTime() ?? 0) - app.clock.now().getTime()).toBeLessThanOrEqual(3 * HOUR);
    await app.call('PUT', '/v1/preferences/caps', { body: { caps: [] } });
  });
});

describe('the content of a digest', () => {
  const english = {
    locale: 'en',
    dir: 'ltr' as const,
    say: (key: string, { n }: Record<string, number> = {}) => `${key} ${n}`,
  };
  const lines = Array.from({ length: 3 }, (_, i) =>
    toLine({ title: `<b>T${i}</b>`, body: 'a*b', link: 'https://x.example/?a=1&b=2' }, english),
  );

  it('shows what fits, counts the rest, and escapes everything', () => {
    const mail = composeDigest('email', { category: 'general', total: 25, lines }, english);
    if (mail.channel !== 'email') throw new Error('an e-mail was asked for');
    expect(mail.subject).toBe('ps.updates 25');
    expect(mail.html).toContain('&lt;b&gt;T0&lt;/b&gt;');
    expect(mail.html).toContain('href="https://x.example/?a=1&amp;b=2"');
    expect(mail.text).toContain('ps.more 22');
  });

  it('takes no link that could run something', () => {
    expect(toLine({ title: 'x', link: 'javascript:alert(1)' }, english).link).toBeNull();
    expect(toLine({ title: 'x', link: '//evil.example' }, english).link).toBeNull();
    expect(toLine({ title: 'x', link: '/here' }, english).link).toBe('/here');
  });
});
