import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databases, type TestApp, type TestWorkspace, testApp } from '../../testing/index.ts';

const PASSWORD = 'correct horse battery';
const DAY_MS = 24 * 3_600_000;

describe.each(databases)('members on the %s database', (database) => {
  let app: TestApp;
  let home: TestWorkspace;
  let owner: string;
  let guests = 0;

  beforeAll(async () => {
    app = await testApp({ database });
  });
  beforeEach(async () => {
    home = await app.newWorkspace();
    owner = home.owner.token;
  });
  afterAll(() => app.close());

  const setRole = (as: string, memberId: string, role: string) =>
    app.call('PATCH', `/v1/members/${memberId}`, { as, body: { role } });
  const remove = (as: string, memberId: string) => app.call('DELETE', `/v1/members/${memberId}`, { as });
  const createRole = async (permissions: string[], as = owner) =>
    (await app.call('POST', '/v1/roles', { as, body: { name: `Role ${++guests}`, permissions } })).body;
  const invite = (email: string, role = 'member', as = owner) =>
    app.call('POST', '/v1/invitations', { as, body: { email, role } });
  const linkTo = (email: string) =>
    /invitations\/([\w-]+)/.exec(
      app.mails.find((mail) => mail.to === email && mail.text.includes('/invitations/'))?.text ?? '',
    )?.[1] ?? '';
  const accept = (token: string, as: string | null = null, person: object = { name: 'Guest', password: PASSWORD }) =>
    app.call('POST', '/v1/invitations/accept', { as, body: { token, ...(as === null ? person : {}) } });
  const listMembers = async (as = owner) =>
    (await app.call('GET', '/v1/members?limit=100', { as })).body.items as {
      id: string;
      email: string;
      role: string;
    }[];
  const newAddress = () => `guest-${++guests}@example.com`;
  async function newPerson(email = newAddress()) {
    const { body } = await app.call('POST', '/v1/auth/sign-up', {
      as: null,
      body: { email, password: PASSWORD, name: 'Stranger' },
    });
    return { email, token: body.accessToken as string };
  }

  describe('roles', () => {
    it('act at once when they change', async () => {
      const max = await home.member();
      expect((await app.call('GET', '/v1/audit-log', { as: max.token })).status).toBe(403);
      expect((await setRole(owner, max.memberId, 'admin')).body).toMatchObject({ id: max.memberId, role: 'admin' });
      expect((await app.call('GET', '/v1/audit-log', { as: max.token })).status).toBe(200);
      await setRole(owner, max.memberId, 'member');
      expect((await app.call('GET', '/v1/audit-log', { as: max.token })).status).toBe(403);
    });

    it('of the workspace stand beside the built-in ones', async () => {
      const role = await createRole(['audit.read', 'members.read']);
      const max = await home.member(role.id);
      expect((await app.call('GET', '/v1/audit-log', { as: max.token })).status).toBe(200);
      const { items } = (await app.call('GET', '/v1/roles', { as: max.token })).body;
      expect(items.map((one: { id: string; members: number }) => [one.id, one.members])).toEqual([
        ['owner', 1],
        ['admin', 0],
        ['member', 0],
        [role.id, 1],
      ]);
    });

    it('change for everyone who has them, at once', async () => {
      const role = await createRole(['members.read']);
      const max = await home.member(role.id);
      const changed = await app.call('PATCH', `/v1/roles/${role.id}`, {
        as: owner,
        body: { permissions: ['audit.read'] },
      });
      expect(changed.body).toMatchObject({ permissions: ['audit.read'], members: 1 });
      expect((await app.call('GET', '/v1/audit-log', { as: max.token })).status).toBe(200);
      expect((await app.call('GET', '/v1/members', { as: max.token })).status).toBe(403);
    });

    it('have names of their own', async () => {
      const role = await createRole([]);
      const name = (name: string) => app.call('POST', '/v1/roles', { as: owner, body: { name, permissions: [] } });
      expect(await name(role.name.toUpperCase())).toMatchObject({ status: 409, body: { code: 'resource.exists' } });
      expect((await name('admin')).status).toBe(409);
      expect(
        (await app.call('PATCH', `/v1/roles/${role.id}`, { as: owner, body: { name: role.name.toUpperCase() } }))
          .status,
      ).toBe(200);
    });

    it('cannot be deleted while somebody has them or is invited with them', async () => {
      const role = await createRole(['members.read']);
      const drop = () => app.call('DELETE', `/v1/roles/${role.id}`, { as: owner });
      const max = await home.member(role.id);
      expect(await drop()).toMatchObject({ status: 409, body: { code: 'resource.conflict' } });
      await setRole(owner, max.memberId, 'member');
      const invited = await invite(newAddress(), role.id);
      expect((await drop()).status).toBe(409);
      await app.call('DELETE', `/v1/invitations/${invited.body.id}`, { as: owner });
      expect((await drop()).status).toBe(204);
    });

    it('are at most fifty', async () => {
      const create = (name: string) => app.call('POST', '/v1/roles', { as: owner, body: { name, permissions: [] } });
      for (let i = 0; i < 50; i++) expect((await create(`One of many ${i}`)).status).toBe(201);
      expect(await create('One too many')).toMatchObject({ status: 422, body: { code: 'resource.limit' } });
    });

    it('that are built in stay as they are', async () => {
      for (const id of ['owner', 'admin', 'member']) {
        expect((await app.call('PATCH', `/v1/roles/${id}`, { as: owner, body: { permissions: [] } })).status).toBe(409);
        expect((await app.call('DELETE', `/v1/roles/${id}`, { as: owner })).status).toBe(409);
      }
    });
  });

  describe('nobody hands out what they do not have', () => {
    it('by a role, a member, an invitation or a role change', async () => {
      const limited = await createRole(['members.read', 'members.manage', 'roles.manage', 'users.read']);
      const strong = await createRole(['audit.read']);
      const max = await home.member(limited.id);
      const target = await home.member();
      const attempts = [
        await app.call('POST', '/v1/roles', { as: max.token, body: { name: 'Mine', permissions: ['audit.read'] } }),
        await app.call('PATCH', `/v1/roles/${limited.id}`, {
          as: max.token,
          body: { permissions: ['members.read', 'members.manage', 'roles.manage', 'audit.read'] },
        }),
        await app.call('PATCH', `/v1/roles/${strong.id}`, { as: max.token, body: { permissions: [] } }),
        await app.call('DELETE', `/v1/roles/${strong.id}`, { as: max.token }),
        await setRole(max.token, max.memberId, 'admin'),
        await setRole(max.token, target.memberId, strong.id),
        await setRole(max.token, target.memberId, limited.id),
        await remove(max.token, target.memberId),
        await invite(newAddress(), 'admin', max.token),
      ];
      expect(attempts.map((answer) => [answer.status, answer.body.code])).toEqual(
        attempts.map(() => [403, 'auth.forbidden']),
      );
    });

    it('and whoever just lost a permission cannot use it any more', async () => {
      const admin = await home.member('admin');
      const target = await home.member();
      await Promise.all([setRole(owner, admin.memberId, 'member'), setRole(owner, target.memberId, 'member')]);
      expect((await setRole(admin.token, target.memberId, 'admin')).status).toBe(403);
    });
  });

  describe('ownership', () => {
    it('can be given up, taken or doubled by no role change', async () => {
      const admin = await home.member('admin');
      expect((await setRole(owner, home.owner.memberId, 'admin')).status).toBe(409);
      expect((await setRole(admin.token, home.owner.memberId, 'member')).status).toBe(409);
      expect((await setRole(owner, admin.memberId, 'owner')).status).toBe(409);
      expect((await remove(admin.token, home.owner.memberId)).status).toBe(409);
      expect((await remove(owner, home.owner.memberId)).status).toBe(409);
      expect((await invite(newAddress(), 'owner')).status).toBe(409);
    });

    it('is handed over by the owner only, who becomes an admin at once', async () => {
      const admin = await home.member('admin');
      const transfer = (as: string, memberId: string) =>
        app.call('POST', '/v1/workspace/transfer', { as, body: { memberId } });
      expect((await transfer(admin.token, admin.memberId)).status).toBe(403);
      expect((await transfer(home.key, admin.memberId)).status).toBe(403);
      expect((await transfer(owner, home.owner.memberId)).status).toBe(409);
      expect((await transfer(owner, admin.memberId)).status).toBe(204);
      expect((await transfer(owner, admin.memberId)).status).toBe(403);
      expect((await listMembers()).map((one) => [one.id, one.role]).sort()).toEqual(
        [
          [home.owner.memberId, 'admin'],
          [admin.memberId, 'owner'],
        ].sort(),
      );
    });

    it('goes to one member when two transfers come at once', async () => {
      const [a, b] = [await home.member(), await home.member()];
      const answers = await Promise.all(
        [a, b].map((one) =>
          app.call('POST', '/v1/workspace/transfer', { as: owner, body: { memberId: one.memberId } }),
        ),
      );
      expect(answers.map((one) => one.status).sort()).toEqual([204, 403]);
      expect((await listMembers()).filter((one) => one.role === 'owner')).toHaveLength(1);
    });
  });

  describe('leaving', () => {
    it('stops every credential of the member at once, and of no one else', async () => {
      const [max, moritz] = [await home.member(), await home.member()];
      expect((await remove(owner, max.memberId)).status).toBe(204);
      expect((await app.call('GET', '/v1/me', { as: max.token })).status).toBe(401);
      expect((await app.call('GET', '/v1/me', { as: moritz.token })).status).toBe(200);
      expect((await remove(owner, max.memberId)).status).toBe(404);
    });

    it('takes the user the member was along, whom nothing else can delete', async () => {
      const max = await home.member();
      const user = (method: string) => app.call(method, `/v1/users/${max.memberId}`, { as: home.key });
      await app.call('POST', '/v1/topics/news/subscribers', { as: home.key, body: { users: [max.memberId, 'ada'] } });
      expect(await user('DELETE')).toMatchObject({ status: 409, body: { code: 'resource.conflict' } });
      expect((await user('GET')).status).toBe(200);
      await remove(owner, max.memberId);
      expect((await user('GET')).status).toBe(404);
      expect((await app.call('GET', '/v1/topics/news', { as: home.key })).body.subscribers).toBe(1);
    });

    it('is up to everyone, removing others is not', async () => {
      const [max, moritz] = [await home.member(), await home.member()];
      expect((await remove(max.token, moritz.memberId)).status).toBe(403);
      expect((await remove(max.token, max.memberId)).status).toBe(204);
      expect((await listMembers()).map((one) => one.id)).not.toContain(max.memberId);
    });

    it('leaves a person with an account, who finds a workspace of their own at the next sign-in', async () => {
      const max = await home.member();
      await remove(owner, max.memberId);
      const back = await app.call('POST', '/v1/auth/sign-in', {
        as: null,
        body: { email: max.email, password: PASSWORD },
      });
      expect(back.status).toBe(200);
      expect(back.body.workspaceId).not.toBe(home.id);
    });
  });

  describe('invitations', () => {
    it('make a newcomer a member with a confirmed address', async () => {
      const email = newAddress();
      expect((await invite(email, 'admin')).status).toBe(201);
      const seen = await app.call('POST', '/v1/invitations/inspect', { as: null, body: { token: linkTo(email) } });
      expect(seen.body).toEqual({
        workspaceName: `Workspace ${home.owner.email}`,
        email,
        role: 'Admin',
        hasAccount: false,
      });
      const joined = await accept(linkTo(email));
      expect(joined.body.workspaceId).toBe(home.id);
      expect((await app.call('GET', '/v1/me', { as: joined.body.accessToken })).body).toMatchObject({
        account: { email, emailVerified: true },
        member: { role: 'admin' },
        workspaces: [{ id: home.id }],
      });
      expect((await app.call('GET', `/v1/users/${joined.body.memberId}`, { as: home.key })).body).toMatchObject({
        email,
        name: 'Guest',
      });
      expect((await app.call('GET', '/v1/invitations', { as: owner })).body.items).toEqual([]);
    });

    it('take somebody with an account into one more workspace, in the same session', async () => {
      const person = await newPerson();
      await invite(person.email);
      expect(
        (await app.call('POST', '/v1/invitations/inspect', { as: null, body: { token: linkTo(person.email) } })).body
          .hasAccount,
      ).toBe(true);
      expect(await accept(linkTo(person.email))).toMatchObject({ status: 409, body: { code: 'resource.exists' } });
      const joined = await accept(linkTo(person.email), person.token);
      expect(joined.body.workspaceId).toBe(home.id);
      const me = (await app.call('GET', '/v1/me', { as: joined.body.accessToken })).body;
      expect(me).toMatchObject({ account: { emailVerified: true }, member: { role: 'member' } });
      expect(me.workspaces).toHaveLength(2);
    });

    it('to another address are for confirmed accounts only', async () => {
      const person = await newPerson();
      const other = newAddress();
      await invite(other);
      expect(await accept(linkTo(other), person.token)).toMatchObject({
        status: 403,
        body: { code: 'auth.email_unverified' },
      });
      const verification = /token=([\w-]+)/.exec(app.mails.find((mail) => mail.to === person.email)?.text ?? '')?.[1];
      await app.call('POST', '/v1/auth/email/verify', { as: null, body: { token: verification } });
      expect((await accept(linkTo(other), person.token)).status).toBe(200);
    });

    it('work once, also when two accept at once', async () => {
      const email = newAddress();
      await invite(email);
      const token = linkTo(email);
      const answers = await Promise.all([accept(token), accept(token)]);
      expect(answers.filter((one) => one.status === 200)).toHaveLength(1);
      expect(await accept(token)).toMatchObject({ status: 410, body: { code: 'auth.token_used' } });
      expect((await listMembers()).filter((one) => one.email === email)).toHaveLength(1);
    });

    it('end after seven days, when withdrawn, and when sent again', async () => {
      const [late, withdrawn, again] = [newAddress(), newAddress(), newAddress()];
      await invite(late);
      app.clock.advance(7 * DAY_MS);
      await app.ticker.runDue();
      expect((await accept(linkTo(late))).status).toBe(410);

      owner = (
        await app.call('POST', '/v1/auth/sign-in', { as: null, body: { email: home.owner.email, password: PASSWORD } })
      ).body.accessToken;
      const { id } = (await invite(withdrawn)).body;
      expect((await app.call('DELETE', `/v1/invitations/${id}`, { as: owner })).status).toBe(204);
      expect((await accept(linkTo(withdrawn))).status).toBe(410);

      await invite(again);
      const first = linkTo(again);
      await invite(again, 'admin');
      expect((await accept(first)).status).toBe(410);
      expect((await accept(linkTo(again))).status).toBe(200);
    });

    it('are not sent to whoever is a member already', async () => {
      expect(await invite(home.owner.email)).toMatchObject({ status: 409, body: { code: 'resource.exists' } });
    });

    it('ask a newcomer for name and password', async () => {
      const email = newAddress();
      await invite(email);
      const answer = await accept(linkTo(email), null, {});
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: '/name' }, { field: '/password' }] } });
    });

    it('are mailed in the name of the workspace, which is one line and nothing else', async () => {
      const rename = (name: string) => app.call('PATCH', '/v1/workspace', { as: owner, body: { name } });
      expect((await rename('Prize!\n\nClick http://evil.example')).status).toBe(400);
      expect((await rename('Acme & Söhne')).status).toBe(200);
      const email = newAddress();
      await invite(email);
      const mail = app.mails.find((one) => one.to === email);
      expect(mail?.subject).toBe('Invitation to Acme & Söhne');
      expect(mail?.text.split('\n')[0]).toContain('"Acme & Söhne"');
    });
  });

  describe('the sandbox', () => {
    const createSandbox = () => app.call('POST', '/v1/workspace/sandbox', { as: owner });
    const enter = async (as: string, workspaceId: string) =>
      (await app.call('POST', '/v1/auth/switch', { as, body: { workspaceId } })).body.accessToken as string;

    it('has the same members and roles, and follows every change of them', async () => {
      const role = await createRole(['members.read', 'audit.read']);
      const max = await home.member(role.id);
      const sandbox = await createSandbox();
      expect(sandbox).toMatchObject({ status: 201, body: { kind: 'sandbox', parentId: home.id } });
      expect((await app.call('GET', '/v1/workspace', { as: owner })).body.sandboxId).toBe(sandbox.body.id);
      const inside = await enter(owner, sandbox.body.id);
      const same = async () => {
        const strip = (members: { email: string; role: string }[]) =>
          members.map(({ email, role }) => `${email} ${role}`).sort();
        const [here, there] = [strip(await listMembers(home.key)), strip(await listMembers(inside))];
        expect(there).toEqual(here);
        return here;
      };
      expect(await same()).toHaveLength(2);
      const moritz = await home.member();
      await setRole(home.owner.token, moritz.memberId, role.id);
      expect(await same()).toContain(`${moritz.email} ${role.id}`);
      await app.call('PATCH', `/v1/roles/${role.id}`, { as: home.key, body: { permissions: ['members.read'] } });
      const moritzInside = await enter(moritz.token, sandbox.body.id);
      expect((await app.call('GET', '/v1/audit-log', { as: moritzInside })).status).toBe(403);
      await remove(home.key, max.memberId);
      expect(await same()).toHaveLength(2);
      await app.call('POST', '/v1/workspace/transfer', { as: home.owner.token, body: { memberId: moritz.memberId } });
      expect(await same()).toContain(`${moritz.email} owner`);
    });

    it('is changed in its workspace only, and there is one', async () => {
      const sandbox = await createSandbox();
      expect(await createSandbox()).toMatchObject({ status: 409, body: { code: 'resource.exists' } });
      const inside = await enter(owner, sandbox.body.id);
      const me = (await app.call('GET', '/v1/me', { as: inside })).body.member.id;
      const attempts = [
        await invite(newAddress(), 'member', inside),
        await app.call('POST', '/v1/roles', { as: inside, body: { name: 'Local', permissions: [] } }),
        await setRole(inside, me, 'member'),
        await remove(inside, me),
        await app.call('POST', '/v1/workspace/transfer', { as: inside, body: { memberId: me } }),
        await app.call('POST', '/v1/workspace/sandbox', { as: inside }),
      ];
      expect(attempts.map((one) => one.status)).toEqual(attempts.map(() => 409));
    });

    it('has keys of its own that see nothing of its workspace', async () => {
      const sandbox = await createSandbox();
      const inside = await enter(owner, sandbox.body.id);
      const key = (await app.call('POST', '/v1/api-keys', { as: inside, body: { name: 'test' } })).body;
      expect(key.secret).toMatch(/^sk_test_/);
      expect((await app.call('GET', '/v1/workspace', { as: key.secret })).body.id).toBe(sandbox.body.id);
      expect((await app.call('GET', '/v1/api-keys', { as: key.secret })).body.items).toHaveLength(1);
    });
  });
});
