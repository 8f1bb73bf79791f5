import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { REVOKED_CHANNEL } from './index.ts';

const PASSWORD = 'correct horse battery';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe.each(databases)('sessions on the %s database', (database) => {
  let app: TestApp;
  let people = 0;

  beforeAll(async () => {
    app = await testApp({ database });
  });
  afterAll(() => app.close());

  async function newPerson() {
    const email = `person-${++people}@example.com`;
    const answer = await app.call('POST', '/v1/auth/sign-up', {
      as: null,
      body: { email, password: PASSWORD, name: 'Pat Person' },
    });
    return {
      email,
      ...(answer.body as { accessToken: string; refreshToken: string; workspaceId: string; memberId: string }),
    };
  }
  const signIn = (email: string, password = PASSWORD) =>
    app.call('POST', '/v1/auth/sign-in', { as: null, body: { email, password } });
  const refresh = (refreshToken: string) => app.call('POST', '/v1/auth/refresh', { as: null, body: { refreshToken } });
  const me = (as: string) => app.call('GET', '/v1/me', { as });

  /** Long jumps of the clock, after which the recurring work has its turn, as it would have had on the way. */
  async function later(ms: number) {
    app.clock.advance(ms);
    await app.ticker.runDue();
  }

  describe('signing up and in', () => {
    it('gives a newcomer a workspace they own, and asks them to confirm the address', async () => {
      const answer = await app.call('POST', '/v1/auth/sign-up', {
        as: null,
        body: { email: 'Ada@Example.com', password: PASSWORD, name: 'Ada Lovelace', workspaceName: 'Engines' },
      });
      expect(answer.status).toBe(201);
      expect((await me(answer.body.accessToken)).body).toMatchObject({
        account: { email: 'ada@example.com', name: 'Ada Lovelace', emailVerified: false },
        member: { role: 'owner', email: 'ada@example.com', userId: answer.body.memberId },
        workspace: { id: answer.body.workspaceId, name: 'Engines', kind: 'production' },
        workspaces: [{ id: answer.body.workspaceId, role: 'owner' }],
      });
      expect(app.mails.find((mail) => mail.to === 'ada@example.com')?.text).toContain(
        'http://localhost:4000/verify-email?token=',
      );
    });

    it('gives an address to one account only, whatever its letters', async () => {
      const { email } = await newPerson();
      const again = await app.call('POST', '/v1/auth/sign-up', {
        as: null,
        body: { email: email.toUpperCase(), password: PASSWORD, name: 'Twin' },
      });
      expect(again).toMatchObject({ status: 409, body: { code: 'resource.exists' } });
    });

    it('answers an unknown address exactly like a wrong password', async () => {
      const { email } = await newPerson();
      const wrong = await signIn(email, 'wrong password');
      const unknown = await signIn('nobody@example.com', 'wrong password');
      expect(wrong).toMatchObject({ status: 401, body: { code: 'auth.sign_in_failed' } });
      expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
    });

    it('lets an address rest after ten wrong passwords, known or not, and opens it again after 15 minutes', async () => {
      const { email } = await newPerson();
      for (const address of [email, 'nobody-at-all@example.com']) {
        for (let i = 0; i < 10; i++) expect((await signIn(address, 'wrong password')).status).toBe(401);
        const resting = await signIn(address);
        expect(resting).toMatchObject({ status: 429, body: { code: 'request.rate_limited' } });
        expect(Number(resting.headers['retry-after'])).toBe(15 * 60);
      }
      app.clock.advance(15 * MINUTE_MS);
      expect((await signIn(email)).status).toBe(200);
    });

    it('counts wrong passwords that come at once', async () => {
      const { email } = await newPerson();
      const answers = await Promise.all(Array.from({ length: 16 }, () => signIn(email, 'wrong password')));
      expect(answers.filter((one) => one.status === 401)).toHaveLength(10);
      expect(answers.filter((one) => one.status === 429)).toHaveLength(6);
    });

    it('forgets earlier failures once the right password comes', async () => {
      const { email } = await newPerson();
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 6; i++) await signIn(email, 'wrong password');
        expect((await signIn(email)).status).toBe(200);
      }
    });

    it('signs in to the workspace asked for, and to no other', async () => {
      const person = await newPerson();
      const second = await app.call('POST', '/v1/workspaces', { as: person.accessToken, body: { name: 'Second' } });
      const into = (workspaceId: string) =>
        app.call('POST', '/v1/auth/sign-in', {
          as: null,
          body: { email: person.email, password: PASSWORD, workspaceId },
        });
      expect((await into(second.body.id)).body.workspaceId).toBe(second.body.id);
      expect((await into(app.home.id)).status).toBe(404);
    });

    it('knows a password typed on another keyboard', async () => {
      const email = 'accents@example.com';
      await app.call('POST', '/v1/auth/sign-up', {
        as: null,
        body: { email, password: 'cafe\u0301 cafe\u0301', name: 'Zoe\u0308' },
      });
      expect((await signIn(email, 'caf\u00e9 caf\u00e9')).status).toBe(200);
    });
  });

  describe('refreshing', () => {
    it('exchanges each refresh token once, and ends the session when an earlier one is shown', async () => {
      const person = await newPerson();
      const second = await refresh(person.refreshToken);
      expect(second.status).toBe(200);
      expect(second.body.refreshToken).not.toBe(person.refreshToken);
      const third = await refresh(second.body.refreshToken);
      app.clock.advance(11_000);
      expect(await refresh(person.refreshToken)).toMatchObject({ status: 401, body: { code: 'auth.invalid' } });
      // Thief and victim cannot be told apart, so nobody goes on.
      expect((await refresh(third.body.refreshToken)).status).toBe(401);
      expect((await me(third.body.accessToken)).status).toBe(401);
    });

    it('gives two tabs that race the same next token', async () => {
      const person = await newPerson();
      const [a, b] = await Promise.all([refresh(person.refreshToken), refresh(person.refreshToken)]);
      expect(a.body.refreshToken).toBe(b.body.refreshToken);
      expect((await refresh(a.body.refreshToken)).status).toBe(200);
    });

    it('takes the token that was replaced for ten seconds, no longer', async () => {
      const person = await newPerson();
      await refresh(person.refreshToken);
      app.clock.advance(10_000);
      expect((await refresh(person.refreshToken)).status).toBe(200);
      app.clock.advance(1);
      expect((await refresh(person.refreshToken)).status).toBe(401);
    });

    it.each([
      ['made up', () => 'ses_01jd0c5m8xk7q2w9v4t6r3n1ab.1.c29tZXRoaW5nIG1hZGUgdXAgYnkgYSBzdHJhbmdlcg'],
      ['of another shape', () => 'nonsense'],
      ['of a generation that is yet to come', (token: string) => token.replace('.1.', '.2.')],
      ['with a changed end', (token: string) => `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`],
    ])('refuses a token %s and leaves the session alone', async (_what, forge) => {
      const person = await newPerson();
      expect(await refresh(forge(person.refreshToken))).toMatchObject({ status: 401, body: { code: 'auth.invalid' } });
      expect((await refresh(person.refreshToken)).status).toBe(200);
    });

    it('lives as long as it is used, and expires 30 days after the last use', async () => {
      const person = await newPerson();
      await later(29 * DAY_MS);
      const used = await refresh(person.refreshToken);
      expect(used.status).toBe(200);
      await later(29 * DAY_MS);
      const again = await refresh(used.body.refreshToken);
      expect(again.status).toBe(200);
      await later(30 * DAY_MS);
      expect(await refresh(again.body.refreshToken)).toMatchObject({ status: 401, body: { code: 'auth.expired' } });
    });

    it('keeps the refresh token of a browser where scripts cannot read it', async () => {
      const person = await newPerson();
      const { headers } = await signIn(person.email);
      expect(headers['set-cookie']).toMatch(
        /^pulsestack_refresh=ses_[^;]+; Path=\/v1\/auth; HttpOnly; SameSite=Strict; Max-Age=2592000$/,
      );
      expect(headers['cache-control']).toBe('no-store');
    });

    it('sends the cookie over https only where the installation has https', async () => {
      const person = await newPerson();
      app.runtime.settings.publicUrl = 'https://notify.example.com';
      const { headers } = await signIn(person.email);
      app.runtime.settings.publicUrl = 'http://localhost:4000';
      expect(headers['set-cookie']).toMatch(/; Secure$/);
    });

    it('takes the cookie from our own pages only', async () => {
      const person = await newPerson();
      const byCookie = (origin?: string) =>
        app.call('POST', '/v1/auth/refresh', {
          as: null,
          body: {},
          headers: { cookie: `other=1; pulsestack_refresh=${person.refreshToken}`, ...(origin ? { origin } : {}) },
        });
      expect(await byCookie('https://evil.example')).toMatchObject({
        status: 403,
        body: { code: 'auth.origin_refused' },
      });
      expect(await byCookie()).toMatchObject({ status: 403, body: { code: 'auth.origin_refused' } });
      expect((await byCookie('http://localhost:4000')).status).toBe(200);
      expect(await app.call('POST', '/v1/auth/refresh', { as: null, body: {} })).toMatchObject({
        status: 401,
        body: { code: 'auth.required' },
      });
    });
  });

  describe('ending', () => {
    it('stops the tokens of a session with the answer to its sign-out', async () => {
      const person = await newPerson();
      expect((await me(person.accessToken)).status).toBe(200);
      const out = await app.call('POST', '/v1/auth/sign-out', { as: person.accessToken });
      expect(out.status).toBe(204);
      expect(out.headers['set-cookie']).toContain(
        'pulsestack_refresh=; Path=/v1/auth; HttpOnly; SameSite=Strict; Max-Age=0',
      );
      expect((await me(person.accessToken)).status).toBe(401);
      expect((await refresh(person.refreshToken)).status).toBe(401);
    });

    it('lists where somebody is signed in, and ends one or all the others, with their connections', async () => {
      const person = await newPerson();
      const phone = (await signIn(person.email)).body;
      const laptop = (await signIn(person.email)).body;
      const { items } = (await app.call('GET', '/v1/sessions', { as: laptop.accessToken })).body;
      expect(items).toHaveLength(3);
      expect(items.filter((one: { current: boolean }) => one.current)).toHaveLength(1);

      const heard: { kind: string; id: string }[] = [];
      await app.runtime.pubsub.subscribe(REVOKED_CHANNEL, (message) => heard.push(JSON.parse(message)));
      const phoneSession = phone.refreshToken.split('.')[0];
      expect((await app.call('DELETE', `/v1/sessions/${phoneSession}`, { as: laptop.accessToken })).status).toBe(204);
      expect((await me(phone.accessToken)).status).toBe(401);
      expect((await me(person.accessToken)).status).toBe(200);
      await expect.poll(() => heard).toEqual([{ kind: 'session', id: phoneSession, workspaceId: person.workspaceId }]);

      expect((await app.call('DELETE', '/v1/sessions/others', { as: laptop.accessToken })).status).toBe(204);
      expect((await me(person.accessToken)).status).toBe(401);
      expect((await me(laptop.accessToken)).status).toBe(200);
    });
  });

  describe('passwords', () => {
    const forgot = (email: string) => app.call('POST', '/v1/auth/password/forgot', { as: null, body: { email } });
    const reset = (token: string, password = 'a whole new password') =>
      app.call('POST', '/v1/auth/password/reset', { as: null, body: { token, password } });
    const linkTo = (email: string, page: string) =>
      new RegExp(`/${page}\\?token=([\\w-]+)`).exec(
        app.mails.find((mail) => mail.to === email && mail.text.includes(page))?.text ?? '',
      )?.[1] ?? '';

    it('sets a new password by a mailed link, once, and ends every session', async () => {
      const person = await newPerson();
      expect((await forgot(person.email)).status).toBe(202);
      const token = linkTo(person.email, 'reset-password');
      expect((await reset(token)).status).toBe(204);
      expect((await me(person.accessToken)).status).toBe(401);
      expect((await signIn(person.email)).status).toBe(401);
      const signedIn = await signIn(person.email, 'a whole new password');
      expect(signedIn.status).toBe(200);
      // Whoever reads the mailbox has the address.
      expect((await me(signedIn.body.accessToken)).body.account.emailVerified).toBe(true);
      expect(await reset(token, 'yet another password')).toMatchObject({
        status: 410,
        body: { code: 'auth.token_used' },
      });
    });

    it('answers the same for an address without an account, and mails nobody', async () => {
      const { email } = await newPerson();
      const known = await forgot(email);
      const mails = app.mails.length;
      const unknown = await forgot('nobody@example.com');
      expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
      expect(app.mails).toHaveLength(mails);
    });

    it('does not let a stranger fill a mailbox', async () => {
      const { email } = await newPerson();
      for (let i = 0; i < 8; i++) expect((await forgot(email)).status).toBe(202);
      expect(app.mails.filter((mail) => mail.to === email && mail.text.includes('reset-password'))).toHaveLength(5);
    });

    it('refuses a link after an hour, and one of another kind', async () => {
      const { email } = await newPerson();
      await forgot(email);
      expect((await reset(linkTo(email, 'verify-email'))).status).toBe(410);
      app.clock.advance(60 * MINUTE_MS);
      expect((await reset(linkTo(email, 'reset-password'))).status).toBe(410);
      expect((await signIn(email)).status).toBe(200);
    });

    it('uses every link up once one was used', async () => {
      const { email } = await newPerson();
      await forgot(email);
      const first = linkTo(email, 'reset-password');
      await forgot(email);
      expect((await reset(linkTo(email, 'reset-password'))).status).toBe(204);
      expect((await reset(first)).status).toBe(410);
    });

    it('changes a password for whoever knows the old one, and ends the other sessions', async () => {
      const person = await newPerson();
      const other = (await signIn(person.email)).body;
      const change = (currentPassword: string) =>
        app.call('POST', '/v1/auth/password', {
          as: person.accessToken,
          body: { currentPassword, password: 'a whole new password' },
        });
      expect(await change('wrong password')).toMatchObject({ status: 401, body: { code: 'auth.sign_in_failed' } });
      expect((await change(PASSWORD)).status).toBe(204);
      expect((await me(other.accessToken)).status).toBe(401);
      expect((await me(person.accessToken)).status).toBe(200);
      expect((await signIn(person.email, 'a whole new password')).status).toBe(200);
    });

    it('confirms an address by its link within 24 hours, and mails it again on request', async () => {
      const person = await newPerson();
      const verify = (token: string) => app.call('POST', '/v1/auth/email/verify', { as: null, body: { token } });
      const first = linkTo(person.email, 'verify-email');
      await later(DAY_MS);
      expect((await verify(first)).status).toBe(410);
      const { accessToken } = (await signIn(person.email)).body;
      expect((await app.call('POST', '/v1/auth/email/verification', { as: accessToken })).status).toBe(202);
      expect((await verify(linkTo(person.email, 'verify-email'))).status).toBe(204);
      expect((await me(accessToken)).body.account.emailVerified).toBe(true);
      const mails = app.mails.length;
      expect((await app.call('POST', '/v1/auth/email/verification', { as: accessToken })).status).toBe(202);
      expect(app.mails).toHaveLength(mails);
    });

    it.each([
      ['short', 'too short'],
      ['endless', 'x'.repeat(201)],
    ])('refuses a %s password', async (_what, password) => {
      const answer = await app.call('POST', '/v1/auth/sign-up', {
        as: null,
        body: { email: 'new@example.com', password, name: 'New' },
      });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: '/password' }] } });
    });
  });

  it('moves a session to another workspace', async () => {
    const person = await newPerson();
    const made = await app.call('POST', '/v1/workspaces', { as: person.accessToken, body: { name: 'Second' } });
    const moved = await app.call('POST', '/v1/auth/switch', {
      as: person.accessToken,
      body: { workspaceId: made.body.id },
    });
    expect(moved.body.workspaceId).toBe(made.body.id);
    expect((await me(moved.body.accessToken)).body.workspace.name).toBe('Second');
    const later = await refresh(moved.body.refreshToken);
    expect(later.body.workspaceId).toBe(made.body.id);
    expect((await app.call('GET', '/v1/sessions', { as: later.body.accessToken })).body.items).toHaveLength(1);
  });

  it('shows a new name everywhere', async () => {
    const person = await newPerson();
    const renamed = await app.call('PATCH', '/v1/me', { as: person.accessToken, body: { name: 'Pat Renamed' } });
    expect(renamed.body).toMatchObject({ account: { name: 'Pat Renamed' }, member: { name: 'Pat Renamed' } });
    const user = await app.call('GET', `/v1/users/${person.memberId}`, { as: person.accessToken });
    expect(user.body.name).toBe('Pat Renamed');
  });
});
