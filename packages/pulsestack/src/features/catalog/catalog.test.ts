import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { checkEvents } from './index.ts';

const schema = { type: 'object', properties: { postId: { type: 'string' } }, required: ['postId'] };

describe.each(databases)('the catalogue on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database });
  });
  afterAll(() => app.close());

  const declare = (name: string, body: object) => app.call('PUT', `/v1/catalog/${name}`, { body });
  const check = (events: { name: string; data: unknown }[]) =>
    app.runtime.db.inWorkspace(app.home.id, (tx) => checkEvents(tx, app.home.id, events));

  it('judges declared events, and lets others pass', async () => {
    await declare('comment.written', { schema });
    const misfits = await check([
      { name: 'comment.written', data: { postId: '7' } },
      { name: 'comment.written', data: { postId: 7 } },
      { name: 'comment.read', data: null },
    ]);
    expect(misfits).toEqual([{ position: 1, path: '/postId', message: expect.stringContaining('string') }]);
  });

  it('refuses a change that readers stumble over, unless it is meant, and keeps every version', async () => {
    const name = 'post.published';
    expect((await declare(name, { schema })).body.version).toBe(1);
    expect((await declare(name, { schema, summary: 'Only words' })).body.version).toBe(1);
    const wider = { ...schema, properties: { postId: { type: ['string', 'integer'] } } };
    const refused = await declare(name, { schema: wider });
    expect([refused.status, refused.body.code]).toEqual([409, 'catalog.breaking']);
    expect(refused.body.errors).toEqual([
      { in: 'body', field: '/schema/postId', message: 'may now be integer (was string)' },
    ]);
    expect((await declare(name, { schema: wider, allowBreaking: true })).body.version).toBe(2);
    const { items } = (await app.call('GET', `/v1/catalog/${name}/versions?limit=1`)).body;
    expect(items).toMatchObject([{ version: 2, changes: [{ breaking: true, path: '/postId' }] }]);
  });

  it.each([
    ['a remote reference', { $ref: 'https://example.com/schema.json' }, '/schema/$ref'],
    ['a pattern that can take for ever', { type: 'string', pattern: '^(a+)+$' }, '/schema/pattern'],
    ['the same, a group deeper', { type: 'string', pattern: '^((a+))+$' }, '/schema/pattern'],
    ['the same with a bound', { type: 'string', pattern: '^(a{1,9})+$' }, '/schema/pattern'],
    ['a pattern that is none', { type: 'string', pattern: '(' }, '/schema/pattern'],
    ['a schema nested too deep', deep(30), expect.stringContaining('/schema/items')],
  ])('refuses %s', async (_what, wrong, field) => {
    const answer = await declare('some.event', { schema: wrong });
    expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
    expect(answer.body.errors[0].field).toEqual(field);
  });

  it('gives up on a schema that takes too long, whatever makes it so', async () => {
    const pattern = '^\\w*\\w*\\w*\\w*\\w*\\w*$';
    await declare('slow.event', { schema: { type: 'object', properties: { text: { type: 'string', pattern } } } });
    const body = { to: { user: 'ada' }, name: 'slow.event', data: { text: `${'a'.repeat(2000)}!` } };
    expect((await app.call('POST', '/v1/stream/events', { body })).status).toBe(422);
    const $defs = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [
        `a${i}`,
        { allOf: Array.from({ length: 9 }, () => ({ $ref: `#/$defs/a${i + 1}` })) },
      ]),
    );
    const bomb = { $ref: '#/$defs/a0', $defs: { ...$defs, a20: {} } };
    expect((await declare('some.event', { schema: bomb })).status).toBe(400);
  });

  it('lists page by page, and describes itself as AsyncAPI', async () => {
    for (const name of ['a.a', 'a.b', 'a.c']) await declare(name, { schema });
    const first = (await app.call('GET', '/v1/catalog?limit=2')).body;
    const second = (await app.call('GET', `/v1/catalog?limit=2&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...second.items].map((item: { name: string }) => item.name).slice(0, 3)).toEqual([
      'a.a',
      'a.b',
      'a.c',
    ]);
    const document = (await app.call('GET', '/v1/catalog.asyncapi.json')).body;
    expect(document).toMatchObject({ asyncapi: '3.0.0', components: { messages: { a_b: { name: 'a.b' } } } });
    expect((await app.call('DELETE', '/v1/catalog/a.b')).status).toBe(204);
    expect((await app.call('GET', '/v1/catalog/a.b')).status).toBe(404);
  });

  it('describes the stream of the product to anyone', async () => {
    const { body } = await app.call('GET', '/asyncapi.json', { as: null });
    expect(body).toMatchObject({
      asyncapi: '3.0.0',
      channels: { events: { address: '/v1/stream' } },
      components: { messages: { notification_created: { summary: 'A notification entered an inbox, or everyone’s' } } },
    });
  });
});

function deep(levels: number): object {
  return levels === 0 ? { type: 'string' } : { type: 'array', items: deep(levels - 1) };
}
