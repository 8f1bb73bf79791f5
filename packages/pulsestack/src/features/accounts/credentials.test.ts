import { generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeResources, type Runtime } from '../../kernel/runtime.ts';
import { createSeal } from '../../kernel/seal.ts';
import { createTenantDatabase } from '../../kernel/tenancy.ts';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { accounts, authenticate, REVOKED_CHANNEL, revokeUserTokens, rotateSigningKeys } from './index.ts';
import { keyring } from './keyring.ts';
import { forgetHere } from './revocation.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe.each(databases)('credentials on the %s database', (database) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await testApp({ database });
  });
  afterAll(() => app.close());

  const createKey = async (body: object = {}, as = app.home.key) =>
    (await app.call('POST', '/v1/api-keys', { as, body: { name: 'server', ...body } })).body;
  const works = async (as: string) => (await app.call('GET', '/v1/members', { as })).status;
  const revoke = (id: string) => app.call('DELETE', `/v1/api-keys/${id}`, { as: app.home.key });

  /** A second process on the same database, hearing the same news. */
  async function anotherProcess(): Promise<Runtime> {
    const runtime = { ...app.runtime, db: createTenantDatabase(app.runtime.database) };
    await accounts.start?.(runtime);
    return runtime;
  }

  describe('API keys', () => {
    it('shows the secret once', async () => {
      const key = await createKey({ permissions: ['members.read'] });
      expect(key.secret).toMatch(/^sk_live_[0-9A-Za-z]{32}$/);
      expect(key.secret.startsWith(key.prefix)).toBe(true);
      const listed = await app.call('GET', '/v1/api-keys?limit=100', { as: app.home.key });
      expect(listed.body.items).toContainEqual(expect.objectContaining({ id: key.id, permissions: ['members.read'] }));
      expect(JSON.stringify(listed.body)).not.toContain(key.secret);
      const { rows } = await app.runtime.database.pool.query('select * from api_keys where id = $1', [key.id]);
      expect(JSON.stringify(rows)).not.toContain(key.secret.slice(8));
    });

    it('does what it may and nothing else', async () => {
      const key = await createKey({ permissions: ['members.read'] });
      expect(await works(key.secret)).toBe(200);
      expect((await app.call('GET', '/v1/audit-log', { as: key.secret })).status).toBe(403);
    });

    it('stops with the answer to its revocation, in every process', async () => {
      const key = await createKey();
      const other = await anotherProcess();
      const heard: unknown[] = [];
      await app.runtime.pubsub.subscribe(REVOKED_CHANNEL, (message) => heard.push(JSON.parse(message)));
      expect(await works(key.secret)).toBe(200);
      expect(await authenticate(other, key.secret)).toMatchObject({ kind: 'key', id: key.id });
      expect((await revoke(key.id)).status).toBe(204);
      expect(await works(key.secret)).toBe(401);
      await expect.poll(() => authenticate(other, key.secret).catch((error) => error.code)).toBe('auth.invalid');
      await expect.poll(() => heard).toContainEqual({ kind: 'key', id: key.id, workspaceId: app.home.id });
      await closeResources(other);
    });

    it('stops even where the news got lost, within five seconds', async () => {
      const key = await createKey();
      const deaf = { ...app.runtime, db: createTenantDatabase(app.runtime.database) };
      await authenticate(deaf, key.secret);
      await revoke(key.id);
      expect(await authenticate(deaf, key.secret)).toMatchObject({ kind: 'key' });
      app.clock.advance(5_000);
      await expect(authenticate(deaf, key.secret)).rejects.toMatchObject({ code: 'auth.invalid' });
      await closeResources(deaf);
    });

    it('is not remembered when it was revoked while it was being looked up', async () => {
      const key = await createKey();
      const real = createTenantDatabase(app.runtime.database);
      const answered = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<void>();
      const slow: Runtime = {
        ...app.runtime,
        db: {
          ...real,
          async inSystem(story) {
            const result = await real.inSystem(story);
            answered.resolve();
            await gate.promise;
            return result;
          },
        },
      };
      const underway = authenticate(slow, key.secret);
      await answered.promise;
      await revoke(key.id);
      forgetHere(slow, { kind: 'key', id: key.id });
      gate.resolve();
      expect(await underway).toMatchObject({ kind: 'key' });
      await expect(authenticate(slow, key.secret)).rejects.toMatchObject({ code: 'auth.invalid' });
      await closeResources(slow);
    });

    it('expires when it should, to the millisecond', async () => {
      const key = await createKey({ expiresAt: new Date(app.clock.nowMs() + MINUTE_MS).toISOString() });
      app.clock.advance(MINUTE_MS - 1);
      expect(await works(key.secret)).toBe(200);
      app.clock.advance(1);
      expect(await app.call('GET', '/v1/members', { as: key.secret })).toMatchObject({
        status: 401,
        body: { code: 'auth.expired' },
      });
    });

    it('cannot be made to expire in the past', async () => {
      const answer = await app.call('POST', '/v1/api-keys', {
        body: { name: 'late', expiresAt: app.clock.now().toISOString() },
      });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ in: 'body', field: '/expiresAt' }] } });
    });

    it('is rotated with an overlap in which both work', async () => {
      const key = await createKey({ permissions: ['members.read'] });
      const rotated = await app.call('POST', `/v1/api-keys/${key.id}/rotate`, {
        as: app.home.key,
        body: { overlapMinutes: 30 },
      });
      expect(rotated).toMatchObject({ status: 201, body: { name: 'server', permissions: ['members.read'] } });
      app.clock.advance(30 * MINUTE_MS - 1);
      expect([await works(key.secret), await works(rotated.body.secret)]).toEqual([200, 200]);
      app.clock.advance(1);
      expect([await works(key.secret), await works(rotated.body.secret)]).toEqual([401, 200]);
      const again = await app.call('POST', `/v1/api-keys/${key.id}/rotate`, { as: app.home.key, body: {} });
      expect(again).toMatchObject({ status: 409, body: { code: 'resource.conflict' } });
    });

    it('gives no key more than its creator has, neither by creating nor by rotating', async () => {
      const strong = await createKey();
      const weak = await createKey({ permissions: ['keys.manage', 'users.read'] });
      const create = (permissions?: string[]) =>
        app.call('POST', '/v1/api-keys', { as: weak.secret, body: { name: 'child', permissions } });
      expect(await create(['users.read', 'users.write'])).toMatchObject({
        status: 403,
        body: { code: 'auth.forbidden' },
      });
      expect((await create(['users.read'])).status).toBe(201);
      expect((await create()).body.permissions.sort()).toEqual(['keys.manage', 'users.read']);
      expect((await app.call('POST', `/v1/api-keys/${strong.id}/rotate`, { as: weak.secret, body: {} })).status).toBe(
        403,
      );
    });

    it('remembers when it was last used, at most once a minute', async () => {
      const key = await createKey();
      const lastUsed = async () => {
        const { items } = (await app.call('GET', '/v1/api-keys?limit=100', { as: app.home.key })).body;
        return items.find((one: { id: string }) => one.id === key.id).lastUsedAt;
      };
      expect(await lastUsed()).toBeNull();
      const first = app.clock.now().toISOString();
      await works(key.secret);
      await expect.poll(lastUsed, { timeout: 5_000 }).toBe(first);
      app.clock.advance(MINUTE_MS - 1);
      await works(key.secret);
      app.clock.advance(1);
      await works(key.secret);
      await expect.poll(lastUsed, { timeout: 5_000 }).toBe(app.clock.now().toISOString());
    });

    it('writes the last use down when the process ends', async () => {
      const key = await createKey();
      const other = await anotherProcess();
      await authenticate(other, key.secret);
      await closeResources(other);
      const { rows } = await app.runtime.database.pool.query('select last_used_at from api_keys where id = $1', [
        key.id,
      ]);
      expect(rows[0].last_used_at).toEqual(app.clock.now());
    });

    it.each(['sk_', 'sk_live_', 'sk_live_0000000000000000000000000000000', `sk_live_${'0'.repeat(10_000)}`])(
      'refuses %s',
      async (made) => {
        await expect(authenticate(app.runtime, made)).rejects.toMatchObject({ code: 'auth.invalid' });
      },
    );
  });

  describe('tokens', () => {
    const issue = async () => {
      const { token } = (await app.call('POST', '/v1/users/ada/tokens', { body: {} })).body;
      return token as string;
    };
    const claims = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const refusal = (token: string) =>
      authenticate(app.runtime, token).then(
        (principal) => principal.kind,
        (error) => error.code,
      );

    it('stand for one user of one workspace', async () => {
      expect(await authenticate(app.runtime, await issue())).toMatchObject({
        kind: 'user',
        id: 'ada',
        workspaceId: app.home.id,
      });
      const { owner } = await app.newWorkspace();
      expect(await authenticate(app.runtime, owner.token)).toMatchObject({
        kind: 'member',
        id: owner.memberId,
        role: 'owner',
      });
      expect(await authenticate(app.runtime, undefined)).toEqual({ kind: 'anonymous' });
    });

    it('expire, the very same token that was good before', async () => {
      const token = await issue();
      expect(await refusal(token)).toBe('user');
      app.clock.advance(60 * MINUTE_MS);
      expect(await refusal(token)).toBe('auth.expired');
      expect(await refusal(token)).toBe('auth.expired');
    });

    it('live as many minutes as were asked for', async () => {
      const { body } = await app.call('POST', '/v1/users/ada/tokens', { body: { ttlMinutes: 5 } });
      expect(body.expiresAt).toBe(new Date(app.clock.nowMs() + 5 * MINUTE_MS).toISOString());
      for (const ttlMinutes of [0, 1441, 1.5]) {
        expect((await app.call('POST', '/v1/users/ada/tokens', { body: { ttlMinutes } })).status).toBe(400);
      }
    });

    it('make an unknown user known', async () => {
      await app.call('POST', '/v1/users/newcomer/tokens', { body: {} });
      expect((await app.call('GET', '/v1/users/newcomer')).body).toMatchObject({ id: 'newcomer', name: null });
    });

    it('are refused when their content was changed', async () => {
      const token = await issue();
      const [header, , signature] = token.split('.');
      const other = Buffer.from(JSON.stringify({ ...claims(token), sub: 'eve' })).toString('base64url');
      expect(await refusal(`${header}.${other}.${signature}`)).toBe('auth.invalid');
    });

    it('are refused without a signature', async () => {
      const token = await issue();
      const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
      expect(await refusal(`${header}.${token.split('.')[1]}.`)).toBe('auth.invalid');
    });

    it('are refused when the public key was taken for a shared secret', async () => {
      const { kid, x } = (await app.call('GET', '/.well-known/jwks.json')).body.keys[0];
      const forged = await new SignJWT(claims(await issue()))
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid })
        .sign(Buffer.from(x, 'base64url'));
      expect(await refusal(forged)).toBe('auth.invalid');
    });

    it('are refused when another key signed them under our key id, or under its own', async () => {
      const { kid } = (await app.call('GET', '/.well-known/jwks.json')).body.keys[0];
      const { privateKey } = await generateKeyPair('EdDSA');
      for (const id of [kid, 'sig_01jd0c5m8xk7q2w9v4t6r3n1ab', undefined]) {
        const forged = await new SignJWT(claims(await issue()))
          .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: id })
          .sign(privateKey);
        expect(await refusal(forged)).toBe('auth.invalid');
      }
    });

    it.each([
      ['another issuer', { iss: 'somebody else' }],
      ['another audience', { aud: 'admin' }],
      ['no end', { exp: undefined }],
      ['no workspace', { wsp: undefined }],
      ['no subject', { sub: undefined }],
      ['a member without a session', { aud: 'member' }],
      ['a workspace that does not exist', { wsp: 'wsp_01jd0c5m8xk7q2w9v4t6r3n1ab' }],
    ])('are refused with %s, even signed by us', async (_what, change) => {
      const key = await keyring.of(app.runtime).signing();
      const odd = await new SignJWT({ ...claims(await issue()), ...change })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: key.id })
        .sign(key.privateKey);
      expect(await refusal(odd)).toBe('auth.invalid');
    });

    it.each(['', 'x', 'a.b.c', '..', 'eyJhbGciOiJFZERTQSJ9', `${'x'.repeat(5000)}.y.z`])(
      'are refused when they are none: %j',
      async (text) => {
        expect(await refusal(text)).toBe('auth.invalid');
      },
    );

    it('of a user stop when they are withdrawn, and newer ones work', async () => {
      const token = await issue();
      expect(await refusal(token)).toBe('user');
      const heard: unknown[] = [];
      await app.runtime.pubsub.subscribe(REVOKED_CHANNEL, (message) => heard.push(JSON.parse(message)));
      await app.runtime.db.inWorkspace(app.home.id, (tx) =>
        revokeUserTokens({ ...app.runtime, tx, workspaceId: app.home.id }, 'ada'),
      );
      expect(await refusal(token)).toBe('auth.invalid');
      await expect.poll(() => heard).toContainEqual({ kind: 'user', id: 'ada', workspaceId: app.home.id });
      app.clock.advance(1);
      expect(await refusal(await issue())).toBe('user');
    });

    it('of a deleted user stop at once', async () => {
      const { token } = (await app.call('POST', '/v1/users/leaver/tokens', { body: {} })).body;
      expect((await app.call('GET', '/v1/inbox/counts', { as: token })).status).toBe(200);
      expect((await app.call('DELETE', '/v1/users/leaver')).status).toBe(204);
      expect((await app.call('GET', '/v1/inbox/counts', { as: token })).status).toBe(401);
    });
  });

  describe('signing keys', () => {
    it('are published so that others can check our tokens', async () => {
      const set = await app.call('GET', '/.well-known/jwks.json', { as: null });
      expect(set.headers['cache-control']).toBe('public, max-age=300');
      expect(JSON.stringify(set.body)).not.toContain('"d"');
      const [jwk] = set.body.keys as [JWK];
      const { token } = (await app.call('POST', '/v1/users/ada/tokens', { body: {} })).body;
      const read = await jwtVerify(token, await importJWK(jwk, 'EdDSA'), {
        issuer: 'pulsestack',
        audience: 'user',
        currentDate: app.clock.now(),
      });
      expect(read.payload).toMatchObject({ sub: 'ada', wsp: app.home.id });
    });

    it('are rotated: new tokens by the new key, old tokens good until they expire, in every process', async () => {
      const other = await anotherProcess();
      const before = (await app.call('POST', '/v1/users/ada/tokens', { body: { ttlMinutes: 1440 } })).body.token;
      await rotateSigningKeys(app.runtime);
      const after = (await app.call('POST', '/v1/users/ada/tokens', { body: { ttlMinutes: 1440 } })).body.token;
      const kid = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
      expect(kid(after)).not.toBe(kid(before));
      for (const runtime of [app.runtime, other]) {
        for (const token of [before, after]) {
          await expect
            .poll(() =>
              authenticate(runtime, token).then(
                (one) => one.kind,
                (error) => error.code,
              ),
            )
            .toBe('user');
        }
      }
      const shown = async () =>
        (await app.call('GET', '/.well-known/jwks.json')).body.keys.map((key: { kid: string }) => key.kid);
      expect(await shown()).toEqual(expect.arrayContaining([kid(before), kid(after)]));
      expect((await shown())[0]).toBe(kid(after));
      app.clock.advance(DAY_MS + 120 * MINUTE_MS);
      expect(await shown()).not.toContain(kid(before));
      expect(await shown()).toContain(kid(after));
      await closeResources(other);
    });

    it('are found within an hour where the news of a new one got lost', async () => {
      const deaf = { ...app.runtime, db: createTenantDatabase(app.runtime.database) };
      const before = (await keyring.of(deaf).signing()).id;
      await rotateSigningKeys(app.runtime);
      expect((await keyring.of(deaf).signing()).id).toBe(before);
      app.clock.advance(60 * MINUTE_MS);
      expect((await keyring.of(deaf).signing()).id).not.toBe(before);
      await closeResources(deaf);
    });

    it('are replaced after 90 days, once, whoever notices first', async () => {
      const other = await anotherProcess();
      const before = (await keyring.of(app.runtime).signing()).id;
      app.clock.advance(90 * DAY_MS);
      expect((await keyring.of(app.runtime).signing()).id).toBe(before);
      app.clock.advance(1);
      const rotate = accounts.ticks.find((tick) => tick.name === 'accounts.rotateSigningKeys');
      await Promise.all([rotate?.run(app.runtime), rotate?.run(other)]);
      const signing = async (runtime: Runtime) => (await keyring.of(runtime).signing()).id;
      await expect.poll(() => signing(app.runtime)).not.toBe(before);
      await expect.poll(() => signing(other)).toBe(await signing(app.runtime));
      const { rows } = await app.runtime.database.pool.query(
        'select count(*)::int as active from signing_keys where expires_at is null',
      );
      expect(rows[0].active).toBe(1);
      await closeResources(other);
    });

    it('and API keys outlive the master secret they were made under, once it was rotated', async () => {
      // The tests before have moved the clock by months; the partitions of these months are recurring work.
      await app.ticker.runDue();
      const key = await createKey();
      const token = (await app.call('POST', '/v1/users/ada/tokens', { body: {} })).body.token;
      const processWith = async (...secrets: string[]) => {
        const runtime = { ...app.runtime, db: createTenantDatabase(app.runtime.database), seal: createSeal(secrets) };
        await accounts.start?.(runtime);
        const kinds = [(await authenticate(runtime, key.secret)).kind, (await authenticate(runtime, token)).kind];
        await closeResources(runtime);
        return kinds;
      };
      const [older, newer] = [
        'a master secret that only tests use, 32+ chars',
        'the master secret that comes after it, 32+ chars',
      ];
      await expect(processWith(newer)).rejects.toThrow('PULSESTACK_SECRET_PREVIOUS');
      expect(await processWith(newer, older)).toEqual(['key', 'user']);
      expect(await processWith(newer)).toEqual(['key', 'user']);
      // Back, for the tests that follow.
      expect(await processWith(older, newer)).toEqual(['key', 'user']);
    });

    it('are not readable in the database', async () => {
      const { rows } = await app.runtime.database.pool.query(
        "select public_jwk->>'x' as x, encode(private_key, 'escape') as sealed from signing_keys",
      );
      for (const row of rows) expect(row.sealed).not.toMatch(/"d"|Ed25519/);
    });
  });
});
