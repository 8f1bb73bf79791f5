import { InboxState } from '@pulsestack/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../kernel/sql.ts';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { verifyCounters } from './index.ts';
import { accept, type Incoming } from './store/deliver.ts';

const USERS = 3;
const user = fc.nat(USERS - 1);
const collapse = fc.option(fc.constantFrom('k1', 'k2'), { nil: undefined });
const MARKS = ['seen', 'read', 'unread', 'archive', 'unarchive', 'delete'] as const;

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('direct' as const),
      users: fc.uniqueArray(user, { minLength: 1 }),
      collapse,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('everyone' as const), collapse }) },
  fc.record({ do: fc.constant('topic' as const), collapse }),
  fc.record({ do: fc.constant('newcomer' as const), user }),
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('mark' as const),
      user,
      pick: fc.nat(50),
      change: fc.constantFrom(...MARKS),
    }),
  },
  fc.record({
    do: fc.constant('snooze' as const),
    user,
    pick: fc.nat(50),
    forMs: fc.integer({ min: 1000, max: 5000 }),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('markAll' as const),
      user,
      change: fc.constantFrom(...MARKS),
      state: fc.constantFrom(...InboxState.options),
    }),
  },
  fc.record({ do: fc.constant('undo' as const), pick: fc.nat(50) }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('retract' as const), pick: fc.nat(50) }) },
  fc.record({ do: fc.constant('tick' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe.each(databases)('many hands on one inbox on the %s database', (database) => {
  let app: TestApp;
  let runs = 0;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
  });
  afterAll(() => app.close());

  it('leaves counters equal to counts, whatever happens at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 2, maxLength: 10 }), { minLength: 3, maxLength: 6 }),
        async (bursts) => {
          const run = ++runs;
          const names = Array.from({ length: USERS }, (_, i) => `c${run}-${i}`);
          await app.call('POST', `/v1/topics/c${run}/subscribers`, { body: { users: names } });
          const tokens = await Promise.all(names.map((name) => app.home.user(name)));
          const sent: string[] = [];
          const undos: [number, string][] = [];
          for (const burst of bursts) {
            const lists = await Promise.all(
              tokens.map(async (as) => (await app.call('GET', '/v1/inbox?state=all&limit=100', { as })).body.items),
            );
            const statuses = await Promise.all(
              burst.map((one) => act(one, { run, names, tokens, lists, sent, undos })),
            );
            // Whoever comes late to an item finds it gone; nothing else may fail.
            for (const status of statuses) expect([200, 202, 204, 404]).toContain(status);
            app.clock.advance(1000);
          }
          await app.settle();
          await expectEverythingToAddUp(tokens);
        },
      ),
      { numRuns: 30 },
    );
  }, 240_000);

  // Only a server has other sessions to race with; on the embedded database there is nothing to test, and nothing skipped.
  if (database === 'server')
    it('leaves nothing of a user who goes while something arrives', async () => {
      await app.call('POST', '/v1/notify', { body: { to: 'leaver', title: 'Before' } });
      const workspaceId = app.home.id;
      const delivered = Promise.withResolvers<void>();
      const mayCommit = Promise.withResolvers<void>();
      const delivery = app.runtime.db.inWorkspace(workspaceId, async (tx) => {
        await accept(tx, workspaceId, [incoming('leaver')], app.clock.now());
        delivered.resolve();
        await mayCommit.promise;
      });
      await delivered.promise;
      const leaving = app.call('DELETE', '/v1/users/leaver');
      const { pool } = app.runtime.database;
      const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      await expect.poll(async () => (await pool.query(waiting)).rowCount, { timeout: 10_000 }).toBe(1);
      mayCommit.resolve();
      await delivery;
      expect((await leaving).status).toBe(204);
      await app.runtime.db.inWorkspace(workspaceId, async (tx) => {
        expect(await verifyCounters(tx)).toEqual([]);
        expect(await tx.rows(sql`select notification_id from receipts where user_id = 'leaver'`)).toEqual([]);
      });
    });

  const incoming = (user: string): Incoming => ({
    id: app.runtime.newId('notification'),
    title: 'Meanwhile',
    body: '',
    content: { icon: null, image: null, link: null, actions: [], data: {} },
    type: 'message',
    category: 'general',
    priority: 1,
    actor: { kind: 'system', id: 'test', name: null },
    audience: { users: [user] },
    state: 'published',
    collapse_key: null,
    expires_at: null,
    correlation_id: 'req_test',
    users: [user],
  });

  interface Scene {
    run: number;
    names: string[];
    tokens: string[];
    lists: { id: string }[][];
    sent: string[];
    undos: [number, string][];
  }

  async function act(step: Step, scene: Scene): Promise<number> {
    const collapseKey = 'collapse' in step && step.collapse ? { collapseKey: `c${scene.run}-${step.collapse}` } : {};
    const publish = async (audience: object) => {
      const { status, body } = await app.call('POST', '/v1/notifications', {
        body: { audience, title: 'Title', ...collapseKey },
      });
      scene.sent.push(body.id);
      return status;
    };
    const marked = async (by: number, answer: Promise<{ status: number; body: { undo?: string } }>) => {
      const { status, body } = await answer;
      if (body.undo) scene.undos.push([by, body.undo]);
      return status;
    };
    const picked = (by: number, pick: number) => scene.lists[by]?.[pick % (scene.lists[by]?.length || 1)]?.id;
    switch (step.do) {
      case 'direct':
        return publish({ users: step.users.map((i) => scene.names[i]) });
      case 'everyone':
        return publish({ everyone: true });
      case 'topic':
        return publish({ topic: `c${scene.run}` });
      case 'newcomer':
        return (await app.call('PUT', `/v1/users/c${scene.run}-new-${step.user}`, { body: {} })).status;
      case 'mark': {
        const id = picked(step.user, step.pick);
        const as = scene.tokens[step.user] as string;
        if (!id) return 404;
        return marked(
          step.user,
          step.change === 'delete'
            ? app.call('DELETE', `/v1/inbox/${id}`, { as })
            : app.call('POST', `/v1/inbox/${id}/${step.change}`, { as }),
        );
      }
      case 'snooze': {
        const id = picked(step.user, step.pick);
        const until = new Date(app.clock.nowMs() + step.forMs).toISOString();
        return id
          ? marked(
              step.user,
              app.call('POST', `/v1/inbox/${id}/snooze`, { as: scene.tokens[step.user] as string, body: { until } }),
            )
          : 404;
      }
      case 'markAll':
        return marked(
          step.user,
          app.call('POST', '/v1/inbox/mark', {
            as: scene.tokens[step.user] as string,
            body: { mark: step.change, filter: { state: step.state } },
          }),
        );
      case 'undo': {
        const [by, undo] = scene.undos[step.pick % (scene.undos.length || 1)] ?? [];
        if (by === undefined) return 404;
        return (await app.call('POST', '/v1/inbox/undo', { as: scene.tokens[by] as string, body: { undo } })).status;
      }
      case 'retract': {
        const id = scene.sent[step.pick % (scene.sent.length || 1)];
        return id ? (await app.call('DELETE', `/v1/notifications/${id}`)).status : 404;
      }
      case 'tick':
        await Promise.all([app.worker.runDue(), app.ticker.runDue()]);
        return 200;
    }
  }

  async function expectEverythingToAddUp(tokens: readonly string[]): Promise<void> {
    await app.runtime.db.inWorkspace(app.home.id, async (tx) => {
      expect(await verifyCounters(tx)).toEqual([]);
      const crooked = sql`
        select seq from (
          select seq, ordinal, category_ordinal, row_number() over (order by seq) as place, row_number() over (partition by category order by seq) as category_place
          from broadcasts where workspace_id = ${app.home.id}
        ) as b
        where ordinal <> place or category_ordinal <> category_place`;
      expect(await tx.rows(crooked)).toEqual([]);
      const miscounted = sql`
        select joined_after, sum(users) from (
          select joined_after, users from user_cohorts where workspace_id = ${app.home.id}
          union all
          select joined_after, -1 from users where workspace_id = ${app.home.id}
        ) as c
        group by joined_after having sum(users) <> 0`;
      expect(await tx.rows(miscounted)).toEqual([]);
    });
    for (const as of tokens) {
      const counts = (await app.call('GET', '/v1/inbox/counts', { as })).body;
      for (const state of ['unread', 'unseen'] as const) {
        const { items } = (await app.call('GET', `/v1/inbox?state=${state}&limit=100`, { as })).body;
        expect(counts[state]).toBe(items.length);
      }
    }
  }
});
