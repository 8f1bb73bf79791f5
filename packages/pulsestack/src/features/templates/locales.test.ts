import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../kernel/sql.ts';
import { type TestApp, testApp } from '../../testing/index.ts';
import { inApp, tell } from '../workflows/testing/story.ts';

interface Item {
  locale: string;
  variant: string | null;
  dir: string;
  missing: string[];
  error: string | null;
  content: { subject: string; text: string; html: string; title: string; body: string };
}

describe('content by locale', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ timers: false });
  });
  afterAll(() => app.close());

  const put = (key: string, content: object) => app.call('PUT', `/v1/templates/${key}`, { body: { content } });
  const publish = (key: string) => app.call('POST', `/v1/templates/${key}/publish`, { body: {} });
  const attempt = async (content: object, locales?: string[], data: object = {}) =>
    (await app.call('POST', '/v1/try/template', { body: { content, data, ...(locales ? { locales } : {}) } })).body as {
      items: Item[];
      missing: string[];
      findings: { code: string; field: string }[];
    };
  const mail = (locales: object, more: object = {}) => ({
    channel: 'email',
    subject: 'Your order',
    preheader: 'On its way',
    body: { format: 'markdown', markdown: 'Hello, {{ payload.total | number: 2 }}' },
    locales,
    ...more,
  });
  const german = {
    subject: 'Ihre Bestellung',
    body: { format: 'markdown', markdown: 'Hallo, {{ payload.total | number: 2 }}' },
  };

  it('falls back from Austria to German to the content itself, field by field, and speaks one language', async () => {
    const { items } = await attempt(
      mail({ de: german, 'de-AT': { subject: 'Ihre Bestellung, bitte' }, ar: { subject: 'طلبك' } }),
      ['de-AT', 'de-CH', 'fr', 'en-GB', 'ar-EG'],
      { payload: { total: 1234.5 } },
    );
    expect(
      items.map(({ locale, variant, dir, content }) => [
        locale,
        variant,
        dir,
        content.subject,
        content.text.split('\n')[0],
      ]),
    ).toEqual([
      ['de-AT', 'de-AT', 'ltr', 'Ihre Bestellung, bitte', expect.stringMatching(/^Hallo, 1.234,50$/u)],
      ['de-CH', 'de', 'ltr', 'Ihre Bestellung', "Hallo, 1'234.50"],
      // Nobody wrote it in French: then its numbers are those of the language it is in.
      ['fr', null, 'ltr', 'Your order', 'Hello, 1,234.50'],
      ['en-GB', null, 'ltr', 'Your order', 'Hello, 1,234.50'],
      ['ar-EG', 'ar', 'rtl', 'طلبك', expect.stringMatching(/^Hello, /)],
    ]);
    expect(items[0]?.content.html).toContain('lang="de-AT"');
    expect(items[0]?.content.text).toContain('Abbestellen');
    expect(items[4]?.content.html).toContain('dir="rtl"');
  });

  it('previews every locale it is written in, and reports what each needs', async () => {
    const { items, missing } = await attempt(
      mail({ de: { body: { format: 'markdown', markdown: 'Hallo {{ payload.anrede }}' } } }),
      undefined,
      { payload: { total: 1 } },
    );
    expect(items.map((item) => [item.locale, item.missing])).toEqual([
      ['en', []],
      ['de', ['payload.anrede']],
    ]);
    expect(missing).toEqual(['payload.anrede']);
  });

  it('does not give the plain text of one language to the body of another', async () => {
    const { items } = await attempt(
      mail({ de: german, fr: { text: 'Bonjour' } }, { text: 'Plain hello' }),
      ['en', 'de', 'fr'],
      {
        payload: { total: 1 },
      },
    );
    expect(items.map((item) => item.content.text.split('\n')[0])).toEqual(['Plain hello', 'Hallo, 1,00', 'Bonjour']);
  });

  it('compiles each locale at publishing, names the place at fault, and shows the difference', async () => {
    const mjml = (words: string) => ({
      format: 'mjml',
      mjml: `<mjml><mj-body><mj-section><mj-column><mj-text>${words}</mj-text></mj-column></mj-section></mj-body></mjml>`,
    });
    await put('by-locale', mail({ de: { body: mjml('{{ oops | nope }}') } }, { body: mjml('Hello') }));
    expect(await publish('by-locale')).toMatchObject({
      status: 422,
      body: {
        code: 'template.invalid',
        errors: [{ field: '/locales/de/body', message: 'line 1: undefined filter: nope' }],
      },
    });
    await put('by-locale', mail({ de: { layout: 'nowhere', body: { format: 'markdown', markdown: 'x' } } }));
    expect((await publish('by-locale')).body.errors[0].field).toBe('/locales/de/layout');
    await put('by-locale', mail({ de: { subject: 'Hallo', body: mjml('Guten Tag') } }, { body: mjml('Hello') }));
    expect((await publish('by-locale')).status).toBe(201);
    const { body } = await app.call('POST', '/v1/templates/by-locale/preview', { body: { source: 'published' } });
    expect(body.items.map((item: Item) => item.content.text)).toEqual(['Hello', 'Guten Tag']);
    await put('by-locale', mail({ de: { subject: 'Servus', body: mjml('Guten Tag') } }, { body: mjml('Hello') }));
    expect((await app.call('GET', '/v1/templates/by-locale/diff')).body.changes).toEqual([
      { field: 'locales/de/subject', kind: 'changed', before: 'Hallo', after: 'Servus' },
    ]);
  });

  it.each([
    [{ 'not a locale!': { subject: 'x' } }, 'content/locales'],
    [{ de: { subjekt: 'x' } }, 'content/locales/de'],
  ])('refuses %j', async (locales, field) => {
    const answer = await put('refused', mail(locales));
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(JSON.stringify(answer.body.errors)).toContain(field);
  });

  it('reaches the reader in her language when a workflow sends it, and in hers when it has none', async () => {
    await put('ping', {
      channel: 'in_app',
      title: 'Hello',
      body: 'Text',
      locales: { de: { title: 'Hallo' }, 'de-AT': { title: 'Servus' } },
    });
    await publish('ping');
    for (const [id, locale] of [
      ['vienna', 'de-AT'],
      ['berlin', 'de'],
      ['paris', 'fr'],
    ])
      await app.call('PUT', `/v1/users/${id}`, { body: { locale } });
    const { define, send, pass } = tell(app);
    await define({
      key: 'ping',
      name: 'Ping',
      trigger: { event: 'ping.sent' },
      steps: [{ id: 'say', type: 'in_app', template: 'ping' }],
    });
    const said = async () => {
      await send('ping.sent', ['vienna', 'berlin', 'paris']);
      await pass(1000);
      const items = (await app.call('GET', '/v1/messages?limit=3')).body.items as { userId: string; subject: string }[];
      return Object.fromEntries(items.map(({ userId, subject }) => [userId, subject]));
    };
    expect(await said()).toEqual({ vienna: 'Servus', berlin: 'Hallo', paris: 'Hello' });

    // As an older release left it: compiled to something else, without knowing of locales.
    await app.runtime.db.inWorkspace(app.home.id, (tx) =>
      tx.run(sql`
        update template_versions
        set compiler = 0, compiled = (compiled - 'variants') || '{"parts": {"title": {"kind": "line", "source": "Old"}}}'`),
    );
    expect(await said()).toEqual({ vienna: 'Servus', berlin: 'Hallo', paris: 'Hello' });
  });

  it('previews languages nobody speaks: longer and accented, or from right to left, with markup and addresses left alone', async () => {
    const { body } = await app.call('POST', '/v1/try/template', {
      body: {
        content: {
          channel: 'email',
          subject: 'Confirm your address',
          body: {
            format: 'blocks',
            blocks: [
              { type: 'text', markdown: 'Write to help@example.com &amp; wait' },
              { type: 'button', label: 'Open it', link: 'https://example.com/open?a=1&b=2' },
            ],
          },
          locales: { ar: { subject: 'تأكيد' } },
        },
        data: {},
        locales: ['en', 'en-XA', 'ar-XB'],
      },
    });
    const [plain, longer, mirrored] = body.items as Item[];
    expect(longer?.content.subject.length).toBeGreaterThanOrEqual((plain?.content.subject.length ?? 0) * 1.3);
    expect(longer?.content.subject).toMatch(/^Çööñƒ/);
    expect([longer?.dir, mirrored?.dir]).toEqual(['ltr', 'rtl']);
    expect(mirrored?.content.subject).toBe('\u202eConfirm\u202c \u202eyour\u202c \u202eaddress\u202c');
    expect(mirrored?.content.html).toMatch(/<html lang="ar-XB" dir="rtl"/);
    const skeleton = (html: string | undefined) =>
      html
        ?.match(/<[^>]+>/g)
        ?.filter((tag) => !/^<(html|table|\/?title)\b/.test(tag))
        .join('');
    expect(skeleton(longer?.content.html)).toBe(skeleton(plain?.content.html));
    expect(longer?.content.html).toContain('href="https://example.com/open?a=1&#38;b=2"');
    expect(longer?.content.text).toContain('https://example.com/open?a=1&b=2');
  });

  it('gives a user who says she speaks one of them the words as they are', async () => {
    await app.call('PUT', '/v1/users/odd', { body: { locale: 'en-XA' } });
    const { define, send, settle } = tell(app);
    await define({ key: 'odd', name: 'Odd', trigger: { event: 'odd.sent' }, steps: [inApp('say', 'Hello')] });
    await send('odd.sent', 'odd');
    await settle();
    expect((await app.call('GET', '/v1/messages?user=odd')).body.items[0].subject).toBe('Hello');
  });
});
