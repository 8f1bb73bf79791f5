import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../../testing/index.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('the preference page', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ timers: false });
    await app.call('PUT', '/v1/categories/news', { body: { name: 'News & <b>more</b>', consent: 'newsletter' } });
    await app.call('PUT', '/v1/categories/security', { body: { name: 'Security', critical: true } });
  });
  afterAll(() => app.close());

  const pathOf = (url: string) => url.slice('http://localhost:4000'.length);
  async function links(user: string, body: object = { category: 'news' }): Promise<{ page: string; stop: string }> {
    await app.call('PUT', `/v1/users/${user}`, { body: {} });
    const made = await app.call('POST', `/v1/users/${user}/preference-links`, { body });
    return { page: pathOf(made.body.url), stop: pathOf(made.body.unsubscribeUrl) };
  }
  const open = (path: string, headers: Record<string, string> = {}) => app.call('GET', path, { as: null, headers });
  const send = (path: string, fields: Record<string, string> | string) =>
    app.call('POST', path, { as: null, headers: FORM, raw: new URLSearchParams(fields).toString() });
  const newsOf = async (user: string) =>
    (await app.call('GET', `/v1/users/${user}/preferences`)).body.categories.find(
      (one: { key: string }) => one.key === 'news',
    );
  /** What a browser would send of the page as it was shown, with some fields changed. */
  function formOf(markup: string, changed: Record<string, string | null>): Record<string, string> {
    const fields: Record<string, string> = {};
    for (const [tag] of markup.matchAll(/<input[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(tag)?.[1];
      if (!name || / disabled/.test(tag) || (/checkbox/.test(tag) && !/ checked/.test(tag))) continue;
      fields[name] = /value="([^"]*)"/.exec(tag)?.[1] ?? 'on';
    }
    for (const [, name = '', options = ''] of markup.matchAll(/<select name="([^"]*)"[^>]*>(.*?)<\/select>/gs))
      fields[name] = /<option value="([^"]*)" selected/.exec(options)?.[1] ?? '';
    for (const [name, value] of Object.entries(changed)) {
      if (value === null) delete fields[name];
      else fields[name] = value;
    }
    return fields;
  }

  it('shows what is chosen, what cannot be changed, and nothing as markup that is text', async () => {
    const { page } = await links('ada');
    const answer = await open(page);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'content-language': 'en' });
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.body).toContain('News &amp; &lt;b&gt;more&lt;/b&gt;');
    expect(answer.body).toMatch(/name="channel news email" checked>/);
    expect(answer.body).toMatch(/name="channel security email" checked disabled>/);
  });

  it('saves without a script what was changed, and makes no choice of what was not', async () => {
    const { page } = await links('bob');
    const { body } = await open(page);
    const untouched = await send(page, formOf(body, {}));
    expect([untouched.status, untouched.body.includes('Saved.')]).toEqual([200, true]);
    expect((await app.call('GET', '/v1/users/bob/preferences/history')).body.items).toEqual([]);

    const changed = formOf(body, {
      'channel news email': null,
      'consent newsletter': 'on',
      'cadence news': 'weekly',
      'weekday news': '5',
      'at news': '17:30',
      'pause general': 'week',
      'quiet on': 'on',
      'quiet mode': 'drop',
    });
    expect((await send(page, changed)).status).toBe(200);
    expect(await newsOf('bob')).toMatchObject({
      cadence: { every: 'weekly', weekday: 5, at: '17:30' },
      consent: { granted: true },
      channels: { email: { enabled: false, decidedBy: 'user_category' }, push: { decidedBy: 'product_default' } },
    });
    const all = (await app.call('GET', '/v1/users/bob/preferences')).body;
    expect(all.quietHours).toEqual([{ start: '22:00', end: '07:00', mode: 'drop' }]);
    expect(all.categories.find((one: { key: string }) => one.key === 'general')).toMatchObject({
      snoozedUntil: new Date(app.clock.nowMs() + 7 * 86_400_000).toISOString(),
    });
    const [line] = (await app.call('GET', '/v1/users/bob/preferences/history')).body.items;
    expect([line.source, line.actor]).toEqual(['page', { kind: 'user', id: 'bob' }]);
  });

  it('saves nothing of a form that was tampered with', async () => {
    const { page } = await links('tom');
    const { body } = await open(page);
    expect((await send(page, formOf(body, { 'cadence news': 'sometimes', nothing: 'on' }))).status).toBe(400);
    expect((await send(page, formOf(body, { 'quiet on': 'on', 'quiet start': 'late' }))).status).toBe(400);
    expect((await app.call('GET', '/v1/users/tom/preferences')).body.all).toBeNull();
    // A box that cannot be changed is not sent by browsers, and has no effect when somebody sends it.
    await send(page, formOf(body, { 'channel security email': null }));
    const { categories } = (await app.call('GET', '/v1/users/tom/preferences')).body;
    expect(categories.find((one: { key: string }) => one.key === 'security').channels.email.enabled).toBe(true);
  });

  it.each([
    ['de-AT,de;q=0.9,en;q=0.8', null, 'de', 'ltr', 'Ihre Benachrichtigungen'],
    ['xx,fr;q=0.5,es;q=0.9', null, 'es', 'ltr', 'Sus notificaciones'],
    ['de', 'fr-CA', 'fr', 'ltr', 'Vos notifications'],
    ['ar', null, 'ar', 'rtl', 'إشعاراتك'],
    ['', 'nl', 'en', 'ltr', 'Your notifications'],
  ])('speaks the language of the user, else of the browser (%s, %s)', async (accept, locale, lang, dir, title) => {
    const { page } = await links('lena');
    await app.call('PUT', '/v1/users/lena', { body: { locale } });
    const { body } = await open(page, { 'accept-language': accept });
    expect(body).toContain(`<html lang="${lang}" dir="${dir}">`);
    expect(body).toContain(`<h1>${title}</h1>`);
  });

  it('unsubscribes by one click of a mail program, without a cookie; looking changes nothing', async () => {
    const { stop } = await links('uma');
    expect((await open(stop)).status).toBe(200);
    expect((await newsOf('uma')).channels.email.enabled).toBe(true);
    expect((await send(stop, 'List-Unsubscribe=One-Click')).status).toBe(200);
    expect((await newsOf('uma')).channels).toMatchObject({
      email: { enabled: false, decidedBy: 'user_category' },
      in_app: { enabled: true },
    });
    const multipart = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n';
    const again = await app.call('POST', stop, {
      as: null,
      raw: multipart,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    });
    expect(again.status).toBe(200);
  });

  it('offers less instead of nothing: a pause, a digest, or all of the channel', async () => {
    const { stop } = await links('ivy');
    await app.call('PATCH', '/v1/users/ivy/preferences', {
      body: { categories: { news: { channels: { email: true } } } },
    });
    expect((await open(stop)).body).toMatch(/value="category".*value="digest".*value="snooze".*value="all"/s);
    await send(stop, { choice: 'snooze' });
    expect((await newsOf('ivy')).snoozedUntil).toBe(new Date(app.clock.nowMs() + 30 * 86_400_000).toISOString());
    await send(stop, { choice: 'digest' });
    expect((await newsOf('ivy')).cadence).toEqual({ every: 'weekly', weekday: 1, at: '08:00' });
    await app.call('PATCH', '/v1/users/ivy/preferences', { body: { categories: { news: { snoozedUntil: null } } } });
    await send(stop, { choice: 'all' });
    // What was once turned on in particular does not survive "all".
    expect((await newsOf('ivy')).channels).toMatchObject({
      email: { enabled: false, decidedBy: 'user_channel' },
      in_app: { enabled: true },
    });
  });

  it.each(['toString', '__proto__', 'constructor', 'everything', ''])(
    'knows no choice "%s" and changes nothing',
    async (choice) => {
      const { stop } = await links('otto');
      const answer = await send(stop, { choice });
      expect([answer.status, answer.headers['content-type']]).toEqual([400, expect.stringContaining('text/html')]);
      expect(answer.body).toContain('That could not be saved.');
      expect((await newsOf('otto')).channels.email.enabled).toBe(true);
    },
  );

  it('stops also what nobody has described, and says so of what cannot be stopped', async () => {
    const { stop } = await links('zoe', { category: 'undescribed' });
    expect((await send(stop, 'List-Unsubscribe=One-Click')).status).toBe(200);
    expect((await app.call('GET', '/v1/users/zoe/preferences/history')).body.items[0].changes).toEqual([
      { path: '/categories/undescribed/channels/email', from: null, to: false },
    ]);
    const critical = await links('zoe', { category: 'security' });
    const refused = await send(critical.stop, 'List-Unsubscribe=One-Click');
    expect([refused.status, refused.body.includes('necessary')]).toEqual([409, true]);
  });

  it('opens for nobody with a link that is forged, over, or for something else', async () => {
    const { page, stop } = await links('ned', { ttlHours: 1 });
    const token = page.split('token=')[1] ?? '';
    const [payload = '', mac = ''] = token.split('.');
    const forged = Buffer.from(payload, 'base64url').toString().replace('ned', 'ada');
    for (const bad of [
      `/preferences?token=${Buffer.from(forged).toString('base64url')}.${mac}`,
      `/preferences?token=${payload}.${mac.slice(0, -2)}`,
      `/preferences?token=${stop.slice(3)}`,
      `/u/${token}`,
      '/preferences',
      '/preferences?token=a.b',
      '/u/',
    ]) {
      expect((await open(bad)).status, bad).toBe(404);
      expect((await send(bad, 'List-Unsubscribe=One-Click')).status, bad).toBe(404);
    }
    app.clock.advance(3_600_000);
    expect((await open(page)).status).toBe(404);
    expect((await send(stop, 'x=y')).status).toBe(404);
    expect((await app.call('GET', '/v1/users/ned/preferences/history')).body.items).toEqual([]);
  });

  it('works for a user with the longest id', async () => {
    const user = 'é'.repeat(128);
    const { page, stop } = await links(encodeURIComponent(user));
    expect((await open(page)).status).toBe(200);
    expect((await send(stop, 'List-Unsubscribe=One-Click')).status).toBe(200);
  });
});
