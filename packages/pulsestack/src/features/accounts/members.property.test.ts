import { PERMISSIONS, type Permission } from '@pulsestack/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, databases, type TestApp, type TestWorkspace, testApp } from '../../testing/index.ts';
import { permissionsOf } from './rules.ts';

const ALL = Object.keys(PERMISSIONS) as Permission[];
const STEPS = 120;

interface Actor {
  credential: string;
  memberId: string | null;
  keyId: string | null;
}

/** Everything that is decided about members, read past the API. */
interface State {
  roles: Map<string, string>;
  permissions: Map<string, Permission[]>;
  sandbox: string[];
}

describe.each(databases)('any sequence of changes of members and roles on the %s database', (database) => {
  let app: TestApp;
  afterEach(() => app.close());

  it.each([1, 2, 3])('keeps one owner and gives nobody what the giver did not have (seed %i)', async (seed) => {
    app = await testApp({ database });
    const random = seeded(seed);
    const home = app.home;
    const sandbox = await app.call('POST', '/v1/workspace/sandbox', { as: home.owner.token });
    const actors: Actor[] = [
      { credential: home.owner.token, memberId: home.owner.memberId, keyId: null },
      { credential: home.key, memberId: null, keyId: (await app.call('GET', '/v1/api-keys')).body.items[0].id },
    ];
    const roles: string[] = ['admin', 'member', 'owner'];
    let done = 0;

    for (let step = 0; step < STEPS; step++) {
      const actor = random.pick(actors);
      const before = await read(app, home, sandbox.body.id);
      const own = await permissionsOfActor(app, actor, before);
      const target = random.pick(actors.filter((one) => one.memberId))?.memberId ?? '';
      const some = random.sample(ALL);
      const { action, answer } = await random.pick<() => Promise<{ action: string; answer: Answer }>>([
        async () => ({
          action: 'role',
          answer: await call(actor, 'PATCH', `/v1/members/${target}`, { role: random.pick(roles) }),
        }),
        async () => ({ action: 'remove', answer: await call(actor, 'DELETE', `/v1/members/${target}`) }),
        async () => ({
          action: 'transfer',
          answer: await call(actor, 'POST', '/v1/workspace/transfer', { memberId: target }),
        }),
        async () => ({
          action: 'new role',
          answer: await call(actor, 'POST', '/v1/roles', { name: `Role ${step}`, permissions: some }),
        }),
        async () => ({
          action: 'change role',
          answer: await call(actor, 'PATCH', `/v1/roles/${random.pick(roles)}`, { permissions: some }),
        }),
        async () => ({ action: 'drop role', answer: await call(actor, 'DELETE', `/v1/roles/${random.pick(roles)}`) }),
        async () => ({
          action: 'new key',
          answer: await call(actor, 'POST', '/v1/api-keys', { name: `key ${step}`, permissions: some }),
        }),
        async () => ({
          action: 'invite',
          answer: await call(actor, 'POST', '/v1/invitations', {
            email: `p${step}@example.com`,
            role: random.pick(roles),
          }),
        }),
      ])();
      expect(answer.status, `${action}: ${JSON.stringify(answer.body)}`).toBeLessThan(500);
      if (answer.status < 300) done++;

      const created = answer.status === 201 ? action : '';
      if (created === 'new role') roles.push(answer.body.id);
      if (created === 'new key') actors.push({ credential: answer.body.secret, memberId: null, keyId: answer.body.id });
      if (created === 'invite') actors.push(await join(`Person ${step}`));
      expect(own).toEqual(expect.arrayContaining(created === 'new key' ? answer.body.permissions : []));

      const after = await read(app, home, sandbox.body.id);
      const owners = [...after.roles.entries()].filter(([, role]) => role === 'owner').map(([id]) => id);
      expect(owners).toHaveLength(1);
      // Whoever is the owner now was it before, or got it from whoever was.
      const transferred = action === 'transfer' && answer.status === 204;
      expect(before.roles.get((transferred ? actor.memberId : owners[0]) ?? '')).toBe('owner');
      for (const [memberId, permissions] of after.permissions) {
        const gained = permissions.filter((one) => !before.permissions.get(memberId)?.includes(one));
        expect(own, `${action} gave ${gained.join(', ')}`).toEqual(expect.arrayContaining(gained));
      }
      expect(after.sandbox).toEqual([...after.roles.values()].sort());
    }
    // A run that is refused everything would prove nothing.
    expect(done).toBeGreaterThan(STEPS / 8);

    async function join(name: string): Promise<Actor> {
      const token = /invitations\/([\w-]+)/.exec(app.mails[0]?.text ?? '')?.[1];
      const body = { token, name, password: 'correct horse battery' };
      const joined = await app.call('POST', '/v1/invitations/accept', { as: null, body });
      if (joined.status !== 200) throw new Error(`an invitation could not be accepted: ${JSON.stringify(joined.body)}`);
      return { credential: joined.body.accessToken, memberId: joined.body.memberId, keyId: null };
    }

    function call(actor: Actor, method: string, path: string, body?: unknown): Promise<Answer> {
      return app.call(method, path, { as: actor.credential, body });
    }
  });

  it('keeps one owner when transfers, removals and role changes come at once', async () => {
    app = await testApp({ database });
    const people = [await app.home.member('admin'), await app.home.member('admin'), await app.home.member('admin')];
    const everyone = [{ token: app.home.owner.token, memberId: app.home.owner.memberId }, ...people];
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        everyone.flatMap(({ token: as }, i) => {
          const other = everyone[(i + round) % everyone.length]?.memberId ?? '';
          return [
            app.call('POST', '/v1/workspace/transfer', { as, body: { memberId: other } }),
            app.call('PATCH', `/v1/members/${other}`, { as, body: { role: 'admin' } }),
          ];
        }),
      );
      expect(answers.filter((one) => one.status >= 500)).toEqual([]);
      const { roles } = await read(app, app.home, app.home.id);
      expect([...roles.values()].filter((role) => role === 'owner')).toHaveLength(1);
    }
  });
});

async function read(app: TestApp, home: TestWorkspace, sandboxId: string): Promise<State> {
  const { rows } = await app.runtime.database.pool.query<{
    workspace_id: string;
    id: string;
    role: string;
    permissions: string[] | null;
  }>(
    `select m.workspace_id, m.id, m.role, r.permissions
     from members m left join roles r on r.workspace_id = m.workspace_id and r.id = m.role
     where m.workspace_id = any($1)`,
    [[home.id, sandboxId]],
  );
  const own = rows.filter((row) => row.workspace_id === home.id);
  return {
    roles: new Map(own.map((row) => [row.id, row.role])),
    permissions: new Map(own.map((row) => [row.id, permissionsOf(row.role, row.permissions)])),
    sandbox: rows
      .filter((row) => row.workspace_id === sandboxId)
      .map((row) => row.role)
      .sort(),
  };
}

async function permissionsOfActor(app: TestApp, actor: Actor, state: State): Promise<Permission[]> {
  if (actor.memberId) return state.permissions.get(actor.memberId) ?? [];
  const { rows } = await app.runtime.database.pool.query<{ permissions: Permission[] }>(
    'select permissions from api_keys where id = $1',
    [actor.keyId],
  );
  return rows[0]?.permissions ?? [];
}

/** Mulberry32: small, and the same on every machine. */
function seeded(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    pick: <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T,
    sample: <T>(from: readonly T[]): T[] => from.filter(() => next() < 0.3),
  };
}
