import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { authenticate, ensureDevelopment, retireDevelopment, signInDevelopmentOwner } from './index.ts';

const PASSWORD = 'correct horse battery';

describe.each(databases)('workspaces on the %s database', (database) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await testApp({ database });
  });
  afterAll(() => app.close());

  describe('deleting', () => {
    const destroy = (as: string, confirm: string) => app.call('DELETE', '/v1/workspace', { as, body: { confirm } });

    it('is for the owner who types its name', async () => {
      const home = await app.newWorkspace();
      const admin = await home.member('admin');
      const name = `Workspace ${home.owner.email}`;
      expect((await destroy(admin.token, name)).status).toBe(403);
      expect((await destroy(home.key, name)).status).toBe(403);
      expect(await destroy(home.owner.token, 'something else')).toMatchObject({
        status: 400,
        body: { errors: [{ field: '/confirm' }] },
      });
      expect((await app.call('GET', '/v1/workspace', { as: home.key })).status).toBe(200);
    });

    it('stops all credentials at once, of the sandbox too, and removes every row soon after', async () => {
      const home = await app.newWorkspace();
      const user = await home.user('ada');
      const max = await home.member();
      const sandbox = await app.call('POST', '/v1/workspace/sandbox', { as: home.owner.token });
      const inside = await app.call('POST', '/v1/auth/switch', {
        as: max.token,
        body: { workspaceId: sandbox.body.id },
      });
      await app.call('POST', '/v1/notify', { as: home.key, body: { to: ['ada', 'bob'], title: 'Last one' } });
      const credentials = [home.key, user, max.token, inside.body.accessToken, home.owner.token];
      for (const as of credentials) await app.call('GET', '/v1/workspace', { as });

      expect((await destroy(home.owner.token, `Workspace ${home.owner.email}`)).status).toBe(204);
      for (const as of credentials) expect((await app.call('GET', '/v1/workspace', { as })).status).toBe(401);

      app.clock.advance(60_000);
      await app.settle();
      await app.ticker.runDue();
      const { rows: tables } = await app.runtime.database.pool.query(`
        select c.oid::regclass::text as name
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
        where c.relkind in ('r', 'p') and c.relname <> 'sessions'`);
      expect(tables.length).toBeGreaterThan(10);
      for (const { name } of tables) {
        const { rows } = await app.runtime.database.pool.query(
          `select count(*)::int as left from ${name} where workspace_id = any($1)`,
          [[home.id, sandbox.body.id]],
        );
        expect({ name, left: rows[0].left }).toEqual({ name, left: 0 });
      }
      expect((await app.call('GET', '/v1/workspace')).status).toBe(200);
    });

    it('takes a session that goes on to another workspace of its account', async () => {
      const home = await app.newWorkspace();
      const second = await app.call('POST', '/v1/workspaces', { as: home.owner.token, body: { name: 'Second' } });
      await destroy(home.owner.token, `Workspace ${home.owner.email}`);
      const moved = await app.call('POST', '/v1/auth/refresh', {
        as: null,
        body: { refreshToken: home.owner.refreshToken },
      });
      expect(moved).toMatchObject({ status: 200, body: { workspaceId: second.body.id } });
    });

    it('of a sandbox leaves the workspace, which may have a new one', async () => {
      const home = await app.newWorkspace();
      const create = () => app.call('POST', '/v1/workspace/sandbox', { as: home.owner.token });
      const sandbox = await create();
      const inside = await app.call('POST', '/v1/auth/switch', {
        as: home.owner.token,
        body: { workspaceId: sandbox.body.id },
      });
      expect((await destroy(inside.body.accessToken, sandbox.body.name)).status).toBe(204);
      expect((await app.call('GET', '/v1/workspace', { as: home.key })).body.sandboxId).toBeNull();
      expect((await create()).status).toBe(201);
    });
  });

  it('can be founded and listed by anyone who is signed in', async () => {
    const home = await app.newWorkspace();
    const made = await app.call('POST', '/v1/workspaces', { as: home.owner.token, body: { name: 'Second' } });
    expect(made).toMatchObject({ status: 201, body: { name: 'Second', kind: 'production', parentId: null } });
    const { items } = (await app.call('GET', '/v1/workspaces', { as: home.owner.token })).body;
    expect(items).toEqual(
      expect.arrayContaining([{ id: made.body.id, name: 'Second', kind: 'production', role: 'owner' }]),
    );
    expect(items).toHaveLength(2);
  });

  it('can be published in from the first moment', async () => {
    const home = await app.newWorkspace();
    const made = await app.call('POST', '/v1/workspaces', { as: home.owner.token, body: { name: 'Second' } });
    const inside = await app.call('POST', '/v1/auth/switch', {
      as: home.owner.token,
      body: { workspaceId: made.body.id },
    });
    const sent = await app.call('POST', '/v1/notify', {
      as: inside.body.accessToken,
      body: { to: { everyone: true }, title: 'Hello' },
    });
    expect(sent.status).toBe(202);
  });

  describe('by invitation only', () => {
    it('lets nobody sign up without an invitation, and invited people with it', async () => {
      const closed = await testApp({ database });
      try {
        closed.runtime.settings.signUp = 'invited';
        const signUp = (invitation?: string, email = 'guest@example.com') =>
          closed.call('POST', '/v1/auth/sign-up', {
            as: null,
            body: { email, password: PASSWORD, name: 'Guest', invitation },
          });
        expect(await signUp()).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
        await closed.call('POST', '/v1/invitations', { body: { email: 'guest@example.com', role: 'member' } });
        const token = /invitations\/([\w-]+)/.exec(closed.mails[0]?.text ?? '')?.[1];
        expect((await signUp(token, 'other@example.com')).status).toBe(403);
        const joined = await signUp(token);
        expect(joined).toMatchObject({ status: 201, body: { workspaceId: closed.home.id } });
        expect((await signUp(token)).status).toBe(410);

        await closed.call('DELETE', `/v1/members/${joined.body.memberId}`, { as: joined.body.accessToken });
        const back = await closed.call('POST', '/v1/auth/sign-in', {
          as: null,
          body: { email: 'guest@example.com', password: PASSWORD },
        });
        expect(back).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
      } finally {
        await closed.close();
      }
    });
  });

  describe('development', () => {
    it('finds at the second start what it made at the first', async () => {
      const [first, race] = await Promise.all([ensureDevelopment(app.runtime), ensureDevelopment(app.runtime)]);
      expect(first.key).toMatch(/^sk_dev_[0-9A-Za-z]{32}$/);
      expect(race).toEqual(first);
      expect(await ensureDevelopment(app.runtime)).toEqual(first);
      expect(await authenticate(app.runtime, first.key)).toMatchObject({ kind: 'key', workspaceId: first.workspaceId });
      expect(first.ownerEmail).toBe('dev@localhost');
    });

    it('takes the key it is given, which works although it was refused a moment ago', async () => {
      const devKey = 'sk_my_very_own_key';
      await expect(authenticate(app.runtime, devKey)).rejects.toMatchObject({ code: 'auth.invalid' });
      const { workspaceId } = await ensureDevelopment(app.runtime, { devKey });
      const principal = await authenticate(app.runtime, devKey);
      expect(principal).toMatchObject({ kind: 'key', workspaceId });
      await app.call('DELETE', `/v1/api-keys/${'id' in principal ? principal.id : ''}`, { as: devKey });
      await expect(authenticate(app.runtime, devKey)).rejects.toMatchObject({ code: 'auth.invalid' });
      await ensureDevelopment(app.runtime, { devKey });
      expect(await authenticate(app.runtime, devKey)).toEqual(principal);
    });

    it('leaves neither its key nor its sessions to an installation in production', async () => {
      const before = await ensureDevelopment(app.runtime);
      const tokens = await signInDevelopmentOwner(app.runtime);
      const own = await app.call('POST', '/v1/api-keys', { as: before.key, body: { name: 'billing' } });
      await retireDevelopment(app.runtime);
      await expect(authenticate(app.runtime, before.key)).rejects.toMatchObject({ code: 'auth.invalid' });
      const { refreshToken } = tokens;
      expect((await app.call('POST', '/v1/auth/refresh', { as: null, body: { refreshToken } })).status).toBe(401);
      expect(await authenticate(app.runtime, own.body.secret)).toMatchObject({ kind: 'key', name: 'billing' });
      expect((await ensureDevelopment(app.runtime)).key).not.toBe(before.key);
    });

    it.each(['sk_short', 'not_a_key_at_all', 'sk_with a space in it'])(
      'refuses the key %j with the remedy',
      async (devKey) => {
        await expect(ensureDevelopment(app.runtime, { devKey })).rejects.toThrow('PULSESTACK_DEV_KEY');
      },
    );

    it('signs its owner in without a password, which nobody else can', async () => {
      const tokens = await signInDevelopmentOwner(app.runtime);
      expect((await app.call('GET', '/v1/me', { as: tokens.accessToken })).body).toMatchObject({
        account: { email: 'dev@localhost' },
        member: { role: 'owner' },
      });
      const { rows } = await app.runtime.database.pool.query(
        "select password_hash from accounts where email = 'dev@localhost'",
      );
      expect(rows[0].password_hash).toBe('!');
    });
  });
});
