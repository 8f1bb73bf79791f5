import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCursor } from '../../kernel/pagination.ts';
import { databases, type TestApp, testApp } from '../../testing/index.ts';

describe.each(databases)('what the %s database could not keep', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database });
  });
  afterAll(() => app.close());

  const notify = (data: string) => app.call('POST', '/v1/notify', { raw: `{"to":"ada","title":"x","data":${data}}` });

  it.each([
    ['half a surrogate pair', '{"a":["\\ud800"]}', '/data/a/0'],
    ['half a surrogate pair in a name', '{"\\udc00":1}', '/data'],
    ['a NUL character', '{"a":{"b":"\\u0000"}}', '/data/a/b'],
  ])('is refused at the door with its place: %s', async (_what, data, field) => {
    const answer = await notify(data);
    expect([answer.status, answer.body.code, answer.body.errors?.[0]?.field]).toEqual([400, 'request.invalid', field]);
  });

  it('is refused wherever free data is taken, and a whole pair is welcome', async () => {
    const { body } = await app.call('POST', '/v1/notify', {
      raw: '{"to":"ada","title":"\\ud83d\\ude00","actions":[{"id":"ok","label":"OK"}]}',
    });
    const as = await app.home.user('ada');
    expect((await app.call('GET', `/v1/inbox/${body.id}`, { as })).body.title).toBe('😀');
    const press = (result: string) =>
      app.call('POST', `/v1/inbox/${body.id}/actions/ok`, { as, raw: `{"result":${result}}` });
    expect((await press('"\\ud800"')).status).toBe(400);
    expect((await press('"\\u0000"')).status).toBe(400);
    expect((await press('"\\u00e9"')).status).toBe(200);
  });

  it.each([100, 3000, 400_000])('is refused when it is nested %i deep', async (depth) => {
    const answer = await notify(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect([answer.status, answer.body.code]).toEqual([400, 'request.malformed']);
  });

  it('is no position in a list', async () => {
    const as = await app.home.user('ada');
    for (const at of ['1', '0000-01-01T00:00:00.000Z', '-200000-01-01T00:00:00.000Z', '2026-06-15']) {
      const members = await app.call('GET', `/v1/members?cursor=${encodeCursor('members', [at, 'x'])}`);
      const inbox = await app.call('GET', `/v1/inbox?cursor=${encodeCursor('inbox', [at, 'x'])}`, { as });
      expect([at, members.body.code, inbox.body.code]).toEqual([
        at,
        'request.cursor_invalid',
        'request.cursor_invalid',
      ]);
    }
  });
});
