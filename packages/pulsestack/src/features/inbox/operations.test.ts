import { makeId } from '@pulsestack/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyOperation } from '../../kernel/operation.ts';
import { databases, type TestApp, type TestWorkspace, testApp } from '../../testing/index.ts';
import { audience } from '../audience/index.ts';
import { inbox } from './index.ts';

const operations = [...audience.operations, ...inbox.operations];
const named = (list: readonly AnyOperation[]) => list.map((op) => [`${op.method} ${op.path}`, op] as const);
const missing = makeId('notification', 0, new Uint8Array(16));

const pathOf = (op: AnyOperation, id = op.path.startsWith('/v1/users') ? 'ada' : missing) =>
  op.path.replace('{id}', id).replace('{key}', 'news').replace('{actionId}', 'ok');

describe.each(databases)('operations of audience and inbox on the %s database', (database) => {
  let app: TestApp;
  let powerless: string;
  let stranger: TestWorkspace;

  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    stranger = await app.newWorkspace();
    powerless = (await app.call('POST', '/v1/api-keys', { body: { name: 'nothing', permissions: [] } })).body.secret;
  });
  afterAll(() => app.close());

  it.each(named(operations))('%s needs credentials', async (_name, op) => {
    const answer = await app.call(op.method, pathOf(op), { as: null, body: op.example });
    expect(answer).toMatchObject({ status: 401, body: { code: 'auth.required' } });
  });

  it.each(named(operations))('%s refuses a key without its permission', async (_name, op) => {
    const answer = await app.call(op.method, pathOf(op), { as: powerless, body: op.example });
    expect(answer).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
  });

  it.each(named(operations.filter((op) => op.allow !== 'inbox')))(
    '%s refuses a browser’s user token',
    async (_name, op) => {
      const answer = await app.call(op.method, pathOf(op), { as: await app.home.user('ada'), body: op.example });
      expect(answer).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
    },
  );

  it.each(named(operations.filter((op) => op.body)))(
    '%s refuses a field it does not know, and a body that is none',
    async (_name, op) => {
      const as = op.allow === 'inbox' ? await app.home.user('ada') : app.home.key;
      const surprised = await app.call(op.method, pathOf(op), {
        as,
        body: { ...(op.example as object), surprise: true },
      });
      expect(surprised).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ in: 'body' }] } });
      expect(await app.call(op.method, pathOf(op), { as, raw: '{"title":' })).toMatchObject({
        status: 400,
        body: { code: 'request.malformed' },
      });
    },
  );

  it.each(named(operations.filter((op) => op.query)))(
    '%s refuses a query it does not know, and a cursor of another list',
    async (_name, op) => {
      const as = op.allow === 'inbox' ? await app.home.user('ada') : app.home.key;
      expect(await app.call(op.method, `${pathOf(op)}?surprise=1`, { as })).toMatchObject({
        status: 400,
        body: { code: 'request.invalid' },
      });
      const cursor = Buffer.from(JSON.stringify(['another', 'x'])).toString('base64url');
      expect(await app.call(op.method, `${pathOf(op)}?cursor=${cursor}`, { as })).toMatchObject({
        status: 400,
        body: { code: 'request.cursor_invalid' },
      });
    },
  );

  it.each(
    named(
      operations.filter(
        (op) =>
          op.path.includes('{') &&
          !['PUT /v1/users/{id}', 'PUT /v1/topics/{key}', 'POST /v1/topics/{key}/subscribers'].includes(
            `${op.method} ${op.path}`,
          ),
      ),
    ),
  )('%s answers what belongs to another workspace like what does not exist', async (_name, op) => {
    const theirs = await furnish(stranger);
    const as = op.allow === 'inbox' ? await app.home.user('reader') : app.home.key;
    const path = (name: string, id: string) =>
      op.path
        .replace('{id}', op.path.startsWith('/v1/users') ? name : id)
        .replace('{key}', name)
        .replace('{actionId}', 'ok');
    const foreign = await app.call(op.method, path('theirs', theirs), { as, body: op.example });
    const absent = await app.call(op.method, path('nobody', missing), { as, body: op.example });
    expect(foreign.status).toBe(404);
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
  });

  /** A workspace with one of everything; returns the id of its notification. */
  async function furnish(workspace: TestWorkspace): Promise<string> {
    const as = workspace.key;
    await app.call('POST', '/v1/topics/theirs/subscribers', { as, body: { users: ['theirs'] } });
    const actions = [{ id: 'ok', label: 'OK' }];
    return (
      await app.call('POST', '/v1/notifications', {
        as,
        body: { audience: { users: ['theirs', 'reader'] }, title: 'Theirs', actions },
      })
    ).body.id;
  }
});
