import { type IdKind, makeId } from '@pulsestack/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyOperation } from '../../kernel/operation.ts';
import { type Answer, databases, type TestApp, type TestWorkspace, testApp } from '../../testing/index.ts';
import { operations } from './api.ts';

const IDS: Record<string, string> = {
  '/v1/sessions/{id}': id('session'),
  '/v1/members/{id}': id('member'),
  '/v1/invitations/{id}': id('invitation'),
  '/v1/roles/{id}': id('role'),
  '/v1/api-keys/{id}': id('apiKey'),
  '/v1/api-keys/{id}/rotate': id('apiKey'),
  '/v1/users/{id}/tokens': 'ada',
};

const closed = operations.filter((op) => op.allow !== 'public');
const withBody = operations.filter((op) => op.body);
const title = (op: AnyOperation) => `${op.method} ${op.path}`;

describe.each(databases)('accounts operations on the %s database', (database) => {
  let app: TestApp;
  let powerless: string;
  let stranger: TestWorkspace;

  beforeAll(async () => {
    app = await testApp({ database });
    stranger = await app.newWorkspace();
    powerless = (await app.call('POST', '/v1/api-keys', { body: { name: 'nothing', permissions: [] } })).body.secret;
  });
  afterAll(() => app.close());

  it.each(closed.map((op) => [title(op), op] as const))('%s needs credentials', async (_title, op) => {
    const answer = await app.call(op.method, pathOf(op), { as: null, body: op.example });
    expect(answer).toMatchObject({ status: 401, body: { code: 'auth.required' } });
  });

  it.each(closed.map((op) => [title(op), op] as const))(
    '%s refuses a key that may do nothing, and a user token',
    async (_title, op) => {
      const user = await app.home.user('ada');
      for (const as of [powerless, user]) {
        const answer = await app.call(op.method, pathOf(op), { as, body: op.example });
        expect(answer).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
      }
    },
  );

  it.each(operations.map((op) => [title(op), op] as const))(
    '%s refuses credentials that are not ours',
    async (_title, op) => {
      const answer = await app.call(op.method, pathOf(op), {
        as: 'sk_live_00000000000000000000000000000000',
        body: op.example,
      });
      expect(answer).toMatchObject({ status: 401, body: { code: 'auth.invalid' } });
    },
  );

  it.each(withBody.map((op) => [title(op), op] as const))('%s refuses a field it does not know', async (_title, op) => {
    const as = op.allow === 'public' ? null : app.home.owner.token;
    const answer = await app.call(op.method, pathOf(op), { as, body: { ...(op.example as object), surprise: true } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ in: 'body' }] } });
  });

  it.each([
    ['PATCH', '/v1/members/{id}', (w: Strange) => w.member, 'member', { role: 'member' }],
    ['DELETE', '/v1/members/{id}', (w: Strange) => w.member, 'member', undefined],
    ['POST', '/v1/workspace/transfer', (w: Strange) => w.member, 'member', undefined],
    ['DELETE', '/v1/invitations/{id}', (w: Strange) => w.invitation, 'invitation', undefined],
    ['PATCH', '/v1/roles/{id}', (w: Strange) => w.role, 'role', { name: 'Mine' }],
    ['DELETE', '/v1/roles/{id}', (w: Strange) => w.role, 'role', undefined],
    ['POST', '/v1/api-keys/{id}/rotate', (w: Strange) => w.key, 'apiKey', {}],
    ['DELETE', '/v1/api-keys/{id}', (w: Strange) => w.key, 'apiKey', undefined],
    ['DELETE', '/v1/sessions/{id}', (w: Strange) => w.session, 'session', undefined],
    ['POST', '/v1/auth/switch', (w: Strange) => w.id, 'workspace', undefined],
  ] as const)(
    '%s %s answers the id of another workspace like one that does not exist',
    async (method, path, pick, kind, body) => {
      const theirs = pick(await furnish(stranger));
      const call = (target: string) =>
        app.call(method, path.replace('{id}', target), {
          as: app.home.owner.token,
          body: path.includes('{id}') ? body : { [kind === 'member' ? 'memberId' : 'workspaceId']: target },
        });
      const foreign = await call(theirs);
      const missing = await call(id(kind));
      expect(foreign).toMatchObject({ status: 404, body: { code: 'resource.not_found' } });
      expect({ ...foreign.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    },
  );

  it('does not show a role of another workspace when it is given to somebody', async () => {
    const { role } = await furnish(stranger);
    const { memberId } = await app.home.member();
    const answer = await app.call('PATCH', `/v1/members/${memberId}`, { body: { role } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ in: 'body', field: '/role' }] } });
  });

  it('lists in pages that neither repeat nor leave out', async () => {
    const home = await app.newWorkspace();
    for (let i = 0; i < 4; i++) {
      await app.call('POST', '/v1/api-keys', { as: home.key, body: { name: `key ${i}` } });
      await app.call('POST', '/v1/invitations', {
        as: home.key,
        body: { email: `guest-${i}@example.com`, role: 'member' },
      });
      await home.member();
      app.clock.advance(1000);
    }
    for (const [list, total] of [
      ['api-keys', 5],
      ['invitations', 4],
      ['members', 5],
      ['audit-log', 18],
    ] as const) {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: Answer = await app.call('GET', `/v1/${list}?limit=2${cursor && `&cursor=${cursor}`}`, {
          as: home.owner.token,
        });
        expect(page.status).toBe(200);
        seen.push(...page.body.items.map((item: { id: string }) => item.id));
        cursor = page.body.nextCursor;
      }
      expect({ list, ids: new Set(seen).size, items: seen.length }).toEqual({ list, ids: total, items: total });
      expect(await app.call('GET', `/v1/${list}?cursor=bm9uc2Vuc2U`)).toMatchObject({
        status: 400,
        body: { code: 'request.cursor_invalid' },
      });
    }
  });

  it('tells the audit log who did what, and finds it by action, actor, target and time', async () => {
    const home = await app.newWorkspace();
    const before = app.clock.now().toISOString();
    app.clock.advance(60_000);
    const made = await app.call('POST', '/v1/api-keys', {
      as: home.owner.token,
      body: { name: 'billing', permissions: ['users.read'] },
    });
    app.clock.advance(1);
    await app.call('DELETE', `/v1/api-keys/${made.body.id}`, { as: home.key });
    const find = async (query: string) =>
      (await app.call('GET', `/v1/audit-log?${query}`, { as: home.owner.token })).body.items;
    expect(await find(`target=${made.body.id}`)).toMatchObject([
      { action: 'api_key.revoked', actor: { kind: 'key' } },
      {
        action: 'api_key.created',
        actor: { kind: 'member', id: home.owner.memberId },
        detail: { name: 'billing', permissions: ['users.read'] },
      },
    ]);
    expect(await find(`action=api_key.created&from=${made.body.createdAt}`)).toHaveLength(1);
    expect(await find(`action=api_key.revoked&to=${before}`)).toEqual([]);
    expect(await find(`actor=${home.owner.memberId}&action=api_key.revoked`)).toEqual([]);
    expect(JSON.stringify(await find('limit=100'))).not.toContain(made.body.secret);
  });

  interface Strange {
    id: string;
    member: string;
    invitation: string;
    role: string;
    key: string;
    session: string;
  }

  let furnished: Promise<Strange> | undefined;
  function furnish(workspace: TestWorkspace): Promise<Strange> {
    furnished ??= (async () => {
      const as = workspace.owner.token;
      const { memberId } = await workspace.member();
      const invitation = await app.call('POST', '/v1/invitations', {
        as,
        body: { email: 'guest@example.com', role: 'member' },
      });
      const role = await app.call('POST', '/v1/roles', { as, body: { name: 'Editor', permissions: ['users.read'] } });
      const key = await app.call('POST', '/v1/api-keys', { as, body: { name: 'theirs' } });
      const sessions = await app.call('GET', '/v1/sessions', { as });
      return {
        id: workspace.id,
        member: memberId,
        invitation: invitation.body.id,
        role: role.body.id,
        key: key.body.id,
        session: sessions.body.items[0].id,
      };
    })();
    return furnished;
  }
});

function pathOf(op: AnyOperation): string {
  return op.path.replace('{id}', IDS[op.path] ?? '');
}

function id(kind: IdKind): string {
  return makeId(kind, 1_700_000_000_000, new Uint8Array(16).fill(7));
}
