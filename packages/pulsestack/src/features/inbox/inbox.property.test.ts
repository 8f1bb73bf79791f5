import { InboxState } from '@pulsestack/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { verifyCounters } from './index.ts';
import type { UserChange } from './rules.ts';
import { InboxModel } from './testing/model.ts';

const USERS = 3;
const CATEGORIES = ['general', 'deploys'];

const user = fc.nat(USERS - 1);
const category = fc.constantFrom(...CATEGORIES);
const extras = {
  category,
  collapse: fc.option(fc.constantFrom('k1', 'k2'), { nil: undefined, freq: 3 }),
  expiresInMs: fc.option(fc.integer({ min: 1, max: 90_000 }), { nil: undefined, freq: 4 }),
};
const MARKS = ['seen', 'read', 'unread', 'archive', 'unarchive', 'delete'] as const;

const step = fc.oneof(
  fc.record({ do: fc.constant('join' as const), user }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('direct' as const),
      users: fc.uniqueArray(user, { minLength: 1 }),
      ...extras,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('everyone' as const), ...extras }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('topic' as const), ...extras }) },
  fc.record({ do: fc.constant('subscribe' as const), user }),
  fc.record({ do: fc.constant('leave' as const), user }),
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('mark' as const),
      user,
      pick: fc.nat(50),
      change: fc.constantFrom(...MARKS, 'unsnooze' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('snooze' as const),
      user,
      pick: fc.nat(50),
      forMs: fc.integer({ min: 1, max: 60_000 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('markAll' as const),
      user,
      change: fc.constantFrom(...MARKS),
      category: fc.option(category, { nil: undefined }),
      state: fc.option(fc.constantFrom(...InboxState.options), { nil: undefined }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('undo' as const), pick: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('retract' as const), pick: fc.nat(50) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1000, max: 60_000 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe.each(databases)('the inbox on the %s database', (database) => {
  let app: TestApp;
  let runs = 0;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
  });
  afterAll(() => app.close());

  /** The people of one run, who share the workspace with those of all runs before. */
  function cast() {
    const run = ++runs;
    const names = Array.from({ length: USERS }, (_, i) => `u${run}-${i}`);
    const tokens = new Map<string, Promise<string>>();
    return {
      topic: `t${run}`,
      name: (i: number) => names[i] as string,
      forget: (name: string) => tokens.delete(name),
      token(name: string) {
        let token = tokens.get(name);
        if (!token) tokens.set(name, (token = app.home.user(name)));
        return token;
      },
    };
  }
  type Cast = ReturnType<typeof cast>;

  const content = (
    one: { category: string; collapse: string | undefined; expiresInMs: number | undefined },
    scope: string,
  ) => ({
    title: 'Title',
    category: one.category,
    // Broadcasts of other runs live in the same workspace, so keys carry the run.
    ...(one.collapse === undefined ? {} : { collapseKey: `${scope}-${one.collapse}` }),
    ...(one.expiresInMs === undefined
      ? {}
      : { expiresAt: new Date(app.clock.nowMs() + one.expiresInMs).toISOString() }),
  });

  async function ok(answer: Promise<{ status: number; body: ReturnType<typeof JSON.parse> }>) {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
  }

  async function take(step: Step, model: InboxModel, people: Cast): Promise<void> {
    const now = app.clock.now();
    const known = (i: number) => (model.users.has(people.name(i)) ? people.name(i) : undefined);
    const ofModel = (id: string, body: { category: string; collapseKey?: string; expiresAt?: string }) => ({
      id,
      category: body.category,
      collapseKey: body.collapseKey,
      expiresAt: body.expiresAt === undefined ? undefined : new Date(body.expiresAt),
    });
    switch (step.do) {
      case 'join':
        await ok(app.call('PUT', `/v1/users/${people.name(step.user)}`, { body: {} }));
        model.join(people.name(step.user));
        return;
      case 'leave': {
        const name = known(step.user);
        if (!name) return;
        await ok(app.call('DELETE', `/v1/users/${name}`));
        model.leave(name);
        people.forget(name);
        // Tokens of that very millisecond are withdrawn with the user.
        app.clock.advance(1);
        return;
      }
      case 'direct': {
        const users = step.users.map(people.name);
        const body = content(step, people.topic);
        const { id } = await ok(app.call('POST', '/v1/notifications', { body: { audience: { users }, ...body } }));
        model.publish(ofModel(id, body), users, now);
        return;
      }
      case 'everyone': {
        const body = content(step, people.topic);
        const { id } = await ok(
          app.call('POST', '/v1/notifications', { body: { audience: { everyone: true }, ...body } }),
        );
        model.broadcast(ofModel(id, body), now);
        return;
      }
      case 'subscribe': {
        const name = people.name(step.user);
        await ok(app.call('POST', `/v1/topics/${people.topic}/subscribers`, { body: { users: [name] } }));
        model.join(name);
        model.topics.set(people.topic, (model.topics.get(people.topic) ?? new Set()).add(name));
        return;
      }
      case 'topic': {
        const body = content(step, people.topic);
        const { id } = await ok(
          app.call('POST', '/v1/notifications', { body: { audience: { topic: people.topic }, ...body } }),
        );
        await app.worker.runDue();
        model.publish(ofModel(id, body), [...(model.topics.get(people.topic) ?? [])], now);
        return;
      }
      case 'mark':
      case 'snooze': {
        const name = known(step.user);
        const ids = name ? [...model.visible(name).keys()] : [];
        const id = ids[step.pick % ids.length];
        if (!name || !id) return;
        const as = await people.token(name);
        const until = step.do === 'snooze' ? new Date(app.clock.nowMs() + step.forMs) : undefined;
        const change: UserChange = step.do === 'snooze' ? 'snooze' : step.change;
        const answer =
          change === 'delete'
            ? await ok(app.call('DELETE', `/v1/inbox/${id}`, { as }))
            : await ok(
                app.call('POST', `/v1/inbox/${id}/${change}`, {
                  as,
                  ...(until ? { body: { until: until.toISOString() } } : {}),
                }),
              );
        const expected = model.mark(
          name,
          [id],
          change === 'snooze' ? { kind: change, until: until as Date } : { kind: change },
          now,
        );
        expect(answer.changed).toBe(expected.changed);
        expect(answer.own).toMatchObject(model.own(name));
        if (answer.undo) expected.remember(answer.undo);
        return;
      }
      case 'markAll': {
        const name = known(step.user);
        if (!name) return;
        const filter = {
          ...(step.category ? { category: step.category } : {}),
          ...(step.state ? { state: step.state } : {}),
        };
        const answer = await ok(
          app.call('POST', '/v1/inbox/mark', { as: await people.token(name), body: { mark: step.change, filter } }),
        );
        const state = step.state ?? (step.change === 'unarchive' ? 'archived' : 'active');
        const ids = model
          .list(name, state)
          .filter((id) => step.category === undefined || model.find(id).category === step.category);
        const expected = model.mark(name, ids, { kind: step.change }, now);
        expect(answer.changed).toBe(expected.changed);
        expect(answer.own).toMatchObject(model.own(name));
        if (answer.undo) expected.remember(answer.undo);
        return;
      }
      case 'undo': {
        const handles = [...model.notes.keys()];
        const handle = handles[step.pick % handles.length];
        const note = handle && model.notes.get(handle);
        if (!handle || !note) return;
        if (!model.users.has(note.user)) return void model.notes.delete(handle);
        const answer = await app.call('POST', '/v1/inbox/undo', {
          as: await people.token(note.user),
          body: { undo: handle },
        });
        // Whoever was deleted and came back has nothing to take back.
        if (answer.status === 404) return void model.notes.delete(handle);
        expect(answer.body.changed).toBe(model.undo(handle));
        return;
      }
      case 'retract': {
        const live = model.notifications.filter((one) => !one.gone);
        const one = live[step.pick % live.length];
        if (!one) return;
        await ok(app.call('DELETE', `/v1/notifications/${one.id}`));
        model.withdraw(one, now);
        return;
      }
      case 'wait':
        app.clock.advance(step.ms);
        await app.settle();
        model.passTime(app.clock.now());
    }
  }

  async function listed(name: string, state: string, as: string): Promise<string[]> {
    const ids: string[] = [];
    let cursor = '';
    do {
      const page = await ok(
        app.call('GET', `/v1/inbox?state=${state}&limit=4${cursor && `&cursor=${cursor}`}`, { as }),
      );
      ids.push(...page.items.map((item: { id: string }) => item.id));
      cursor = page.nextCursor ?? '';
    } while (cursor);
    expect(new Set(ids).size, `${name} sees nothing twice in ${state}`).toBe(ids.length);
    return ids;
  }

  async function expectCountersToBeCounts(): Promise<void> {
    expect(await app.runtime.db.inWorkspace(app.home.id, verifyCounters)).toEqual([]);
    // The reconciler ran as the clock moved on: it must not have had anything to mend.
    expect((await app.runtime.telemetry.expose()).body).not.toMatch(/inbox_counters_mended_total [1-9]/);
  }

  it('shows and counts what the rules say, after any sequence of everything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 50 }), async (steps) => {
        const people = cast();
        const model = new InboxModel();
        model.head = (await ok(app.call('GET', '/v1/inbox/counts', { as: await people.token('clerk') }))).lastBroadcast;
        for (const one of steps) await take(one, model, people);
        for (const name of model.users.keys()) {
          const as = await people.token(name);
          const counts = await ok(app.call('GET', '/v1/inbox/counts', { as }));
          expect({ unread: counts.unread, unseen: counts.unseen }, name).toEqual(model.counts(name));
          expect(counts.own).toMatchObject(model.own(name));
          for (const category of CATEGORIES) {
            expect(counts.categories[category] ?? { unread: 0, unseen: 0 }).toEqual(model.counts(name, category));
          }
          for (const state of InboxState.options)
            expect(await listed(name, state, as), `${name} ${state}`).toEqual(model.list(name, state));
          const { items } = await ok(app.call('GET', '/v1/inbox?state=all&limit=100', { as }));
          for (const item of items) {
            const state = model.visible(name).get(item.id);
            expect([item.deliveredAt, item.seenAt, item.readAt, item.archivedAt, item.snoozedUntil]).toEqual(
              [state?.feedAt, state?.seenAt, state?.readAt, state?.archivedAt, state?.snoozedUntil].map(
                (at) => at?.toISOString() ?? null,
              ),
            );
          }
        }
        await expectCountersToBeCounts();
      }),
      { numRuns: 30 },
    );
  }, 240_000);
});
