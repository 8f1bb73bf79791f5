import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { compileStep, loadSetting, loadTemplates, render } from './index.ts';

const email = (markdown: string, more: object = {}) => ({
  content: {
    channel: 'email',
    subject: 'Hi {{ user.name }}',
    preheader: 'p',
    body: { format: 'markdown', markdown },
    ...more,
  },
});

describe.each(databases)('templates on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
  });
  afterAll(() => app.close());

  const put = (key: string, body: object) => app.call('PUT', `/v1/templates/${key}`, { body });
  const publish = (key: string, body: object = {}) => app.call('POST', `/v1/templates/${key}/publish`, { body });
  const preview = (key: string, body: object = {}) => app.call('POST', `/v1/templates/${key}/preview`, { body });

  it('keeps a draft apart from what is sent, and says what it needs', async () => {
    const made = await put('order.shipped', {
      ...email('Order {{ payload.order.id }} with {% for item in payload.items %}{{ item.name }}{% endfor %}'),
      name: 'Order shipped',
      sample: { order: { id: 7 }, items: [{ name: 'Pen' }] },
    });
    expect(made).toMatchObject({
      status: 200,
      body: {
        name: 'Order shipped',
        channel: 'email',
        published: null,
        changed: true,
        findings: [],
        schema: {
          type: 'object',
          required: ['order', 'items'],
          properties: { items: { type: 'array', items: { properties: { name: {} }, required: ['name'] } } },
        },
      },
    });
    expect((await publish('order.shipped', { note: 'First' })).body).toMatchObject({
      version: 1,
      note: 'First',
      live: true,
    });
    await put('order.shipped', email('Changed'));
    expect((await app.call('GET', '/v1/templates/order.shipped')).body).toMatchObject({
      name: 'Order shipped',
      changed: true,
      published: { version: 1 },
      sample: { order: { id: 7 } },
    });
    const live = await preview('order.shipped', { source: 'published', locales: ['en'] });
    expect(live.body.items[0].content).toMatchObject({ channel: 'email', subject: 'Hi Ada Lovelace' });
    expect(live.body.items[0].content.text).toMatch(/^Order 7 with Pen/);
    expect(live.body.missing).toEqual([]);
    expect((await preview('order.shipped', { locales: ['en'] })).body.items[0].content.text).toMatch(/^Changed/);
    await put(
      'order.shipped',
      email('Order {{ payload.order.id }} with {% for item in payload.items %}{{ item.name }}{% endfor %}'),
    );
    expect((await app.call('GET', '/v1/templates/order.shipped')).body.changed).toBe(false);
  });

  it('keeps every version, shows the difference line by line, and rolls back by going forward', async () => {
    await put('history', email('one\ntwo\nthree'));
    await publish('history');
    await put('history', email('one\n2\nthree\nfour', { subject: 'New {{ user.name }}' }));
    const { changes } = (await app.call('GET', '/v1/templates/history/diff')).body;
    expect(changes).toEqual([
      {
        field: 'body/markdown',
        kind: 'changed',
        before: 'one\ntwo\nthree',
        after: 'one\n2\nthree\nfour',
        lines: [
          { kind: 'same', text: 'one' },
          { kind: 'removed', text: 'two' },
          { kind: 'added', text: '2' },
          { kind: 'same', text: 'three' },
          { kind: 'added', text: 'four' },
        ],
      },
      { field: 'subject', kind: 'changed', before: 'Hi {{ user.name }}', after: 'New {{ user.name }}' },
    ]);
    await publish('history');
    expect((await app.call('POST', '/v1/templates/history/rollback', { body: { version: 1 } })).body).toMatchObject({
      version: 3,
      note: 'Back to version 1',
    });
    const first = await app.call('GET', '/v1/templates/history/versions?limit=2');
    const rest = await app.call('GET', `/v1/templates/history/versions?limit=2&cursor=${first.body.nextCursor}`);
    expect(
      [...first.body.items, ...rest.body.items].map((one: { version: number; live: boolean }) => [
        one.version,
        one.live,
      ]),
    ).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
    expect((await app.call('GET', '/v1/templates/history/diff?from=1&to=3')).body.changes).toEqual([]);
    expect((await app.call('GET', '/v1/templates/history/versions/2')).body.content.subject).toBe(
      'New {{ user.name }}',
    );
    const trail = (await app.call('GET', '/v1/audit-log', { as: app.home.owner.token })).body.items;
    expect(
      trail
        .filter((line: { target: string }) => line.target === 'history')
        .map((line: { action: string }) => line.action)
        .sort(),
    ).toEqual(['template.published', 'template.published', 'template.put', 'template.put', 'template.rolled_back']);
  });

  it.each([
    [{ channel: 'sms', body: 'a\n{{ b | nope }}' }, '/body', 'line 2: undefined filter: nope'],
    [{ channel: 'push', title: '{% if a %}', body: 'x' }, '/title', 'line 1: tag {% if a %} not closed'],
    [{ channel: 'in_app', title: 'x', data: { deep: ['{{ a | raw }}'] } }, '/data', 'line 1: undefined filter: raw'],
    [
      { ...email('<a').content, body: { format: 'html', html: '<p onclick="{{ a }}">x</p>' } },
      '/body',
      'line 1: a value cannot be placed into onclick',
    ],
    [
      { ...email('x').content, body: { format: 'mjml', mjml: '<p>x</p>' } },
      '/body',
      'the source does not begin with <mjml>',
    ],
    [email('{% render "nobody" %}').content, '/body', 'there is no partial "nobody"'],
    [email('x', { layout: 'nothing' }).content, '/layout', 'there is no layout "nothing"'],
    [
      email('x', { messages: { de: { a: '{n, plural, one {x}' } } }).content,
      '/messages',
      expect.stringContaining('de, a: it is no ICU message'),
    ],
  ])('refuses to publish %j and names the place', async (content, field, message) => {
    const { status } = await put('broken', { content: { ...content } }).then((answer) =>
      answer.status === 409
        ? app.call('DELETE', '/v1/templates/broken').then(() => put('broken', { content }))
        : answer,
    );
    expect(status).toBe(200);
    expect(await publish('broken')).toMatchObject({
      status: 422,
      body: { code: 'template.invalid', errors: [{ field, message }] },
    });
    expect((await app.call('GET', '/v1/templates/broken')).body.published).toBeNull();
  });

  it('answers in the language of the reader along the chain, from right to left where it is read so', async () => {
    await app.call('PUT', '/v1/translations/pt', { body: { messages: { hello: 'Olá {name}' } } });
    await app.call('PUT', '/v1/translations/en', { body: { messages: { hello: 'Hello {name}', bye: 'Bye' } } });
    await app.call('PUT', '/v1/translations/ar', { body: { messages: { hello: 'مرحبا {name}' } } });
    await put('greeting', email('{{ "hello" | t: name: user.name }}\n\n{{ payload.total | currency: "EUR" }}'));
    const { body } = await preview('greeting', {
      data: { payload: { total: 9.5 } },
      locales: ['pt-BR', 'ar-EG', 'de', 'en'],
    });
    expect(
      body.items.map((item: { locale: string; dir: string; content: { text: string } }) => [
        item.locale,
        item.dir,
        item.content.text.split('\n\n').slice(0, 2),
      ]),
    ).toEqual([
      ['pt-BR', 'ltr', ['Olá Ada Lovelace', '€\u00a09,50']],
      ['ar-EG', 'rtl', ['مرحبا Ada Lovelace', expect.any(String)]],
      ['de', 'ltr', ['Hello Ada Lovelace', '€9.50']],
      ['en', 'ltr', ['Hello Ada Lovelace', '€9.50']],
    ]);
    expect(body.items[1].content.html).toContain('<html lang="ar-EG" dir="rtl"');
    const { items } = (await app.call('GET', '/v1/translations')).body;
    expect(items.map((one: { locale: string; missing: string[] }) => [one.locale, one.missing])).toEqual([
      ['ar', ['bye']],
      ['en', []],
      ['pt', ['bye']],
    ]);
    await app.call('PUT', '/v1/translations/en', { body: { messages: { bye: null } } });
    expect(
      (await app.call('GET', '/v1/translations')).body.items.flatMap((one: { missing: string[] }) => one.missing),
    ).toEqual([]);
    expect(
      (await app.call('PUT', '/v1/translations/en', { body: { messages: { broken: '{n, plural}' } } })).status,
    ).toBe(422);
  });

  it('shows a change of branding, layout and partial in the next message', async () => {
    const stranger = await app.newWorkspace();
    const as = stranger.key;
    await app.call('PUT', '/v1/partials/signature', { as, body: { name: 'S', source: 'Yours, **{{ brand.name }}**' } });
    await app.call('PUT', '/v1/templates/letter', { as, body: email('Text\n\n{% render "signature" %}') });
    expect((await app.call('POST', '/v1/templates/letter/publish', { as, body: {} })).status).toBe(201);
    const show = async () => {
      const answer = await app.call('POST', '/v1/templates/letter/preview', {
        as,
        body: { source: 'published', locales: ['en'] },
      });
      return answer.body.items[0].content as { html: string; text: string };
    };
    await app.call('PUT', '/v1/branding', {
      as,
      body: { name: 'Acme & Söhne', colour: '#aa0000', address: 'Ring 1, Wien' },
    });
    const built = await show();
    expect(built.html).toContain('Yours, <strong>Acme &amp; Söhne</strong>');
    expect(built.html).toContain('Ring 1, Wien');
    expect(built.text).toContain('Yours, Acme & Söhne');
    expect(built.text).toMatch(/-- Acme & Söhne\nRing 1, Wien/);
    const layout = {
      name: 'Plain',
      body: {
        format: 'mjml',
        mjml: '<mjml><mj-body><mj-section><mj-column><mj-raw>{{ content }}</mj-raw><mj-text>{% if user.name %}For {{ user.name }}{% endif %}</mj-text></mj-column></mj-section></mj-body></mjml>',
      },
    };
    expect(await app.call('PUT', '/v1/layouts/default', { as, body: layout })).toMatchObject({
      status: 200,
      body: { findings: [] },
    });
    const own = await show();
    expect(own.html).toContain('For Ada Lovelace');
    expect(own.html).toContain('mj-column-per-100');
    expect(own.text).toMatch(/Text[\s\S]*Yours, Acme & Söhne[\s\S]*For Ada Lovelace/);
    await app.call('DELETE', '/v1/layouts/default', { as });
    expect((await show()).html).toBe(built.html);
    expect(
      (
        await app.call('PUT', '/v1/layouts/x', {
          as,
          body: { name: 'x', body: { format: 'html', html: '<p>no slot</p>' } },
        })
      ).body.errors[0].message,
    ).toContain('exactly once');
  });

  it('compiles MJML with loops and conditions once, to HTML and to text', async () => {
    const mjml = `<mjml><mj-head><mj-preview>{{ payload.title }}</mj-preview></mj-head><mj-body>{% if payload.show %}<mj-section><mj-column>{% for row in payload.rows %}<mj-text>{{ row.name }}</mj-text>{% endfor %}<mj-button href="{{ payload.url }}" background-color="{{ brand.colour }}">Open</mj-button></mj-column></mj-section>{% endif %}</mj-body></mjml>`;
    await put('mjml', { ...email(''), content: { channel: 'email', subject: 's', body: { format: 'mjml', mjml } } });
    expect(await publish('mjml')).toMatchObject({ status: 201 });
    const data = {
      payload: { title: 'T', show: true, rows: [{ name: 'a <b>' }, { name: 'c' }], url: 'https://a.example/x' },
    };
    const { content } = (await preview('mjml', { source: 'published', data, locales: ['en'] })).body.items[0];
    expect(content.html).toContain('a &lt;b&gt;');
    expect(content.html).toContain('href="https://a.example/x"');
    expect(content.html).toMatch(/background:\s*#4f46e5/);
    expect(content.text).toMatch(/a <b>\s+c\s+Open \(https:\/\/a.example\/x\)/);
    const hidden = await preview('mjml', {
      source: 'published',
      data: { payload: { ...data.payload, show: false } },
      locales: ['en'],
    });
    expect(hidden.body.items[0].content.html).not.toContain('Open');
  });

  it('reports what is missing before anything is sent, and what readers would not see', async () => {
    const { body } = await app.call('POST', '/v1/try/template', {
      body: {
        content: {
          channel: 'email',
          subject: 'x',
          marketing: true,
          body: {
            format: 'html',
            html: `<!doctype html><html><body><img src="https://a.example/a.png"><a href="/x">click here</a>{{ payload.a.b }}${'x'.repeat(110_000)}</body></html>`,
          },
        },
        data: { payload: { a: {} } },
        locales: ['en'],
      },
    });
    expect(body.missing).toEqual(['payload.a.b']);
    expect(body.findings.map((finding: { code: string }) => finding.code).sort()).toEqual([
      'email.address_missing',
      'email.alt_missing',
      'email.clipped',
      'email.link_text',
      'email.preheader_missing',
      'email.unsubscribe_missing',
    ]);
  });

  it('evaluates a rule', async () => {
    const rule = { and: [{ '>': [{ var: 'payload.amount' }, 100] }, { '!': [{ var: 'payload.done' }] }] };
    expect(
      (await app.call('POST', '/v1/try/rule', { body: { rule, data: { payload: { amount: 120, done: false } } } }))
        .body,
    ).toMatchObject({
      holds: true,
      reads: expect.arrayContaining(['payload.amount', 'payload.done']),
    });
    expect((await app.call('POST', '/v1/try/rule', { body: { rule: { eval: ['1'] } } })).body).toMatchObject({
      code: 'request.invalid',
      errors: [{ field: '/rule' }],
    });
  });

  it('gives workflows what is published, and renders many at once', async () => {
    await put('flow', email('Hello {{ user.name }} {{ payload.n }}'));
    await publish('flow');
    await put('unpublished', email('x'));
    const step = compileStep(app.runtime, {
      id: 'ping',
      type: 'in_app',
      title: '{{ payload.n }} new',
      body: 'From **{{ user.name }}**',
      link: 'https://a.example/{{ payload.path }}',
      actions: [{ id: 'go', label: 'Go {{ payload.n }}', link: '{{ payload.bad }}' }],
      data: { n: '{{ payload.n }}', words: '{{ payload.n }} words', fixed: [1, null] },
      collapseKey: 'k-{{ payload.n }}',
    });
    const { templates, setting } = await app.runtime.db.inWorkspace(app.home.id, async (tx) => {
      const templates = await loadTemplates(tx, app.home.id, ['flow', 'unpublished', 'nobody']);
      const contents = [...templates.values()].map((one) => one.content);
      return { templates, setting: await loadSetting(tx, app.home.id, [...contents, step]) };
    });
    expect([...templates.keys()]).toEqual(['flow']);
    const flow = templates.get('flow')?.content ?? step;
    const at = (n: number) => ({
      data: { user: { name: '*Ada*' }, payload: { n, path: 'a b/c', bad: 'javascript:x' } },
      locale: null,
      timeZone: 'UTC',
      setting,
    });
    const results = await render(
      app.runtime,
      Array.from({ length: 300 }, (_, n) => ({ content: n % 2 ? flow : step, ...at(n) })),
    );
    expect(results.every((result) => result.ok)).toBe(true);
    expect(results[4]).toEqual({
      ok: true,
      content: {
        channel: 'in_app',
        title: '4 new',
        body: 'From **\\*Ada\\***',
        icon: null,
        image: null,
        link: 'https://a.example/a%20b/c',
        actions: [{ id: 'go', label: 'Go 4', style: 'secondary' }],
        data: { n: 4, words: '4 words', fixed: [1, null] },
        collapseKey: 'k-4',
      },
    });
    expect(results[5]).toMatchObject({
      ok: true,
      content: { channel: 'email', text: expect.stringMatching(/^Hello \*Ada\* 5/) },
    });
  });

  it('attaches files from the payload, and refuses what is none', async () => {
    const content = compileStep(app.runtime, {
      id: 'mail',
      type: 'email',
      subject: 's',
      body: 'b',
      attachments: ['payload.file', 'payload.more'],
    });
    const setting = await app.runtime.db.inWorkspace(app.home.id, (tx) => loadSetting(tx, app.home.id, [content]));
    const file = { filename: '../a\r\n.csv', contentType: 'text/csv', content: 'YSxi' };
    const [good, bad] = await render(app.runtime, [
      { content, data: { payload: { file, more: [file, file] } }, locale: 'en', timeZone: 'UTC', setting },
      {
        content,
        data: { payload: { file: { filename: 'x', content: '<>' } } },
        locale: 'en',
        timeZone: 'UTC',
        setting,
      },
    ]);
    expect(good?.ok && good.content.channel === 'email' ? good.content.attachments : null).toEqual(
      Array.from({ length: 3 }, () => ({ filename: '.._a_.csv', contentType: 'text/csv', content: 'YSxi' })),
    );
    expect(bad).toEqual({
      ok: false,
      error: { message: 'the content of x is not Base64', field: 'attachments', line: null },
    });
  });
});
