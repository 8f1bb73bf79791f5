import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { tell } from '../workflows/testing/story.ts';

describe.each(databases)('layouts and partials on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
  });
  afterAll(() => app.close());

  const html = (inside: string) => ({
    format: 'html',
    html: `<!doctype html><html lang="{{ locale }}"><body>${inside}</body></html>`,
  });
  const layout = (key: string, inside: string) =>
    app.call('PUT', `/v1/layouts/${key}`, { body: { name: `Layout ${key}`, body: html(inside) } });
  const partial = (key: string, source: string) =>
    app.call('PUT', `/v1/partials/${key}`, { body: { name: `Partial ${key}`, source } });
  const mail = (markdown: string, more: object = {}) => ({
    content: { channel: 'email', subject: 's', preheader: 'p', body: { format: 'markdown', markdown }, ...more },
  });
  const uses = async (path: string) =>
    (await app.call('GET', `/v1/${path}/uses`)).body.items.map((one: { kind: string; key: string }) => [
      one.kind,
      one.key,
    ]);

  it('stay as long as something uses them, and say what', async () => {
    await layout('letter', '{{ content }}');
    await layout('other', '{{ content }}{% render "foot.note" %}');
    await partial('foot.note', 'Bye');
    await partial('foot-note', 'Not meant');
    await partial('wrap', "{%- render  'foot.note' -%}");
    await app.call('PUT', '/v1/templates/uses-both', { body: mail('{% render "foot.note" %}', { layout: 'letter' }) });
    await app.call('PUT', '/v1/templates/in-german', { body: mail('x', { locales: { de: { layout: 'letter' } } }) });
    await app.call('PUT', '/v1/templates/letter', { body: mail('letter "foot.note"') });
    const { define } = tell(app);
    await define({
      key: 'writes',
      name: 'Writes',
      trigger: { event: 'letter.due' },
      steps: [{ id: 'mail', type: 'email', subject: 's', body: '{% render "foot.note" %}', layout: 'letter' }],
    });
    expect(await uses('layouts/letter')).toEqual([
      ['template', 'in-german'],
      ['template', 'uses-both'],
      ['workflow', 'writes'],
    ]);
    expect(await uses('partials/foot.note')).toEqual([
      ['layout', 'other'],
      ['partial', 'wrap'],
      ['template', 'uses-both'],
      ['workflow', 'writes'],
    ]);
    expect(await uses('partials/foot-note')).toEqual([]);
    expect(await app.call('DELETE', '/v1/layouts/letter')).toMatchObject({
      status: 409,
      body: {
        detail: 'The layout is used by template in-german, template uses-both, workflow writes; change these first.',
      },
    });
    expect((await app.call('DELETE', '/v1/partials/foot.note')).status).toBe(409);
    expect((await app.call('DELETE', '/v1/partials/foot-note')).status).toBe(204);
    // What was published counts although the draft has left it behind.
    await app.call('POST', '/v1/templates/uses-both/publish', { body: {} });
    await app.call('PUT', '/v1/templates/uses-both', { body: mail('x') });
    await app.call('DELETE', '/v1/templates/in-german');
    expect(await uses('layouts/letter')).toEqual([
      ['template', 'uses-both'],
      ['workflow', 'writes'],
    ]);
    const stranger = await app.newWorkspace();
    expect((await app.call('GET', '/v1/layouts/letter/uses', { as: stranger.key })).status).toBe(404);
  });

  it('render partials in layouts', async () => {
    await partial('sign', 'Yours, **{{ brand.name }}**');
    await layout('signed', '{{ content }}{% render "sign" %}');
    await app.call('PUT', '/v1/templates/signed', { body: mail('Text', { layout: 'signed' }) });
    expect((await app.call('POST', '/v1/templates/signed/publish', { body: {} })).status).toBe(201);
    const { body } = await app.call('POST', '/v1/templates/signed/preview', { body: { locales: ['en'] } });
    expect(body.items[0].error).toBeNull();
    expect(body.items[0].content.html).toMatch(/Text[^]*Yours, <strong>/);
    expect(await uses('partials/sign')).toEqual([['layout', 'signed']]);
  });

  it('keep what is written in Markdown readable on a dark ground of their own', async () => {
    const dark = '<style>@media (prefers-color-scheme: dark){body{background:#000}}</style>';
    const shown = async (head: string) => {
      const body = {
        format: 'html',
        html: `<!doctype html><html><head>${head}</head><body>{{ content }}</body></html>`,
      };
      return (await app.call('POST', '/v1/try/layout', { body: { body } })).body.items[0].content.html as string;
    };
    expect(await shown(dark)).toMatch(/\.ps-ink\{color:#f4f4f5!important\}[^]*background:#000/);
    expect(await shown('')).not.toContain('.ps-ink{');
  });

  it('are shown before they are stored, in any language', async () => {
    await app.call('PUT', '/v1/translations/de', { body: { messages: { bye: 'Tschüss' } } });
    const tried = await app.call('POST', '/v1/try/layout', {
      body: { body: html('<main>{{ content }}</main>{{ "bye" | t }}{% render "sign" %}'), locales: ['de', 'ar-XB'] },
    });
    expect(tried.body.items[0].content.html).toMatch(
      /<html lang="de"[^]*<main>[^]*Hello Ada Lovelace[^]*Tschüss[^]*Yours/,
    );
    expect(tried.body.items[1].dir).toBe('rtl');
    expect(
      (await app.call('POST', '/v1/try/layout', { body: { body: html('nothing') } })).body.errors[0].message,
    ).toContain('exactly once');
    const piece = await app.call('POST', '/v1/try/partial', {
      body: {
        format: 'markdown',
        source: 'See {{ payload.what }}, {{ user.name }}',
        data: { payload: { what: '<b>' } },
      },
    });
    expect(piece.body.items[0].content.html).toContain('See &lt;b&gt;, Ada Lovelace');
    expect((await app.call('POST', '/v1/try/partial', { body: { source: '{{ a | nope }}' } })).body.items).toEqual([]);
    expect((await app.call('GET', '/v1/layouts')).body.items.map((one: { key: string }) => one.key)).not.toContain(
      'ps.tried',
    );
  });
});
