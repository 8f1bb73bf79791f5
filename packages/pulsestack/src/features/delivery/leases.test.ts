import { eventually } from '@pulsestack/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HttpSink, startHttpSink } from '../../channels/testing/http-sink.ts';
import { workContext } from '../../kernel/context.ts';
import { draft } from '../../testing/delivery/index.ts';
import { databases, type TestApp, type TestWorkspace, testApp } from '../../testing/index.ts';
import { enqueueMessages } from './index.ts';
import { sender } from './sender.ts';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const MINUTE = 60_000;

describe.each(databases)('messages on their way, on the %s database', (database) => {
  let app: TestApp;
  let hooks: HttpSink;

  beforeAll(async () => {
    app = await testApp({ database, timers: true });
    hooks = await startHttpSink();
    await prepare(app.home);
  });
  afterAll(async () => {
    await app.close();
    await hooks.close();
  });
  beforeEach(() => {
    hooks.requests.length = 0;
    hooks.script.length = 0;
  });

  async function prepare({ key }: TestWorkspace): Promise<void> {
    await app.call('PUT', '/v1/users/ada', { as: key, body: { name: 'Ada' } });
    const connected = await app.call('POST', '/v1/integrations', {
      as: key,
      body: { provider: 'webhook', credentials: { url: hooks.url, secret: SECRET } },
    });
    expect(connected.status).toBe(201);
  }
  const send = async (workspaceId: string, howMany: number) => {
    const drafts = Array.from({ length: howMany }, () => draft(app, { content: { channel: 'webhook', body: {} } }));
    await app.runtime.db.inWorkspace(workspaceId, (tx) =>
      enqueueMessages(workContext(app.runtime, workspaceId, 'req_test', tx), drafts),
    );
    return drafts.map((one) => one.id);
  };
  const answer = (calls: number, how: Partial<HttpSink['script'][number]>) =>
    hooks.script.push(...Array.from({ length: calls }, () => ({ status: 200, ...how })));
  const idsAsked = () => hooks.requests.map((request) => request.headers['webhook-id']);
  const stateOf = async (ids: string[]) =>
    (
      await app.runtime.database.pool.query(
        'select string_agg(distinct state, $2) as s from messages where id = any($1)',
        [ids, ' '],
      )
    ).rows[0].s;

  const waitingFor = async (words: string) =>
    (
      await app.runtime.database.pool.query(
        `select count(*)::int as n from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
        [`%${words}%`],
      )
    ).rows[0].n;

  it('are asked for once, although the process stood still for longer than its lease and claims them again', async () => {
    const { promise: after, resolve: answerAll } = Promise.withResolvers<void>();
    answer(16, { after });
    const ids = await send(app.home.id, 40);
    await eventually('the first to be on their way', () => hooks.requests.length === 16);
    const first = new Set(idsAsked());
    const claims = async () =>
      (await app.runtime.database.pool.query('select count(distinct lease)::int as n from deliveries')).rows[0].n;
    expect(await claims()).toBe(1);
    // Time has passed for everybody but this process, whose calls are open and whose queue is full.
    app.clock.advance(2 * MINUTE);
    const before = (await app.runtime.database.pool.query('select min(lease) as lease from deliveries')).rows[0].lease;
    await eventually('them to be claimed anew', async () => {
      const { rows } = await app.runtime.database.pool.query('select distinct lease from deliveries');
      return rows.every(({ lease }) => lease !== before);
    });
    answerAll();
    await eventually('all to be sent', async () => (await stateOf(ids)) === 'sent');
    for (const id of ids) {
      const asked = idsAsked().filter((one) => one === id).length;
      // What was being asked when the lease ran out may be asked once more, by the same id; nothing else is.
      expect(asked, id).toBe(first.has(id) ? 2 : 1);
    }
  });

  if (database === 'server')
    it('are not asked for again when their lease is extended while the answer is written', async () => {
      const { pool } = app.runtime.database;
      const { promise: after, resolve: answerNow } = Promise.withResolvers<void>();
      answer(1, { after });
      const ids = await send(app.home.id, 1);
      await eventually('the call to be open', () => hooks.requests.length === 1);
      const extending = await pool.connect();
      try {
        await extending.query('begin');
        await extending.query('update deliveries set due_at = due_at where message_id = any($1)', [ids]);
        answerNow();
        await eventually('the answer to wait for the extension', async () => (await waitingFor('attempts')) === 1);
        await extending.query('commit');
      } finally {
        extending.release();
      }
      await eventually('it to be sent', async () => (await stateOf(ids)) === 'sent');
      expect((await pool.query('select from deliveries where message_id = any($1)', [ids])).rowCount).toBe(0);
    });

  it('are written down although another answer holds what no database keeps', async () => {
    const other = await app.newWorkspace();
    await prepare(other);
    const { promise: after, resolve: answerAll } = Promise.withResolvers<void>();
    hooks.script.push({ status: 200, body: `a\u0000b ${'x'.repeat(484)}😀😀`, after }, { status: 200, after });
    const ids = [...(await send(app.home.id, 1)), ...(await send(other.id, 1))];
    await eventually('both calls to be open', () => hooks.requests.length === 2);
    answerAll();
    await eventually('both to be sent', async () => (await stateOf(ids)) === 'sent');
    const { tries } = (await app.call('GET', `/v1/messages/${ids[0]}`)).body;
    expect(tries).toMatchObject([{ outcome: 'accepted', detail: expect.stringContaining('HTTP 200') }]);
    const { rows } = await app.runtime.database.pool.query('select detail from attempts where message_id = any($1)', [
      ids,
    ]);
    expect(rows.filter(({ detail }) => detail.includes('a\uFFFDb'))).toHaveLength(1);
    expect(hooks.requests).toHaveLength(2);
  });

  it('leave room for everybody else, although the endpoints of two workspaces never answer', async () => {
    const [one, two, third] = [await app.newWorkspace(), await app.newWorkspace(), await app.newWorkspace()];
    for (const workspace of [one, two, third]) await prepare(workspace);
    answer(32, { hang: true });
    await Promise.all([send(one.id, 250), send(two.id, 250)]);
    await eventually('their calls to be open', () => hooks.requests.length === 32);
    const [id] = await send(third.id, 1);
    await eventually('the message of the third', () => idsAsked().includes(id), 10_000);
  });

  it('are given back at once when the process ends, whatever a provider does', async () => {
    answer(16, { hang: true });
    const ids = await send(app.home.id, 30);
    await eventually('the first to be on their way', () => hooks.requests.length === 16);
    const startedMs = performance.now();
    await sender.of(app.runtime).close();
    expect(performance.now() - startedMs).toBeLessThan(4000);
    const { rows } = await app.runtime.database.pool.query(
      `select count(*)::int as n, count(lease)::int as leased, max(due_at) <= $1 as due from deliveries where message_id = any($2)`,
      [app.clock.now(), ids],
    );
    expect(rows).toEqual([{ n: 30, leased: 0, due: true }]);
    // Who was asked is written down: nobody knows whether it was done.
    const tries = await Promise.all(ids.map(async (id) => (await app.call('GET', `/v1/messages/${id}`)).body.tries));
    expect(tries.flat().map((one) => one.outcome)).toEqual(Array(16).fill('unknown'));
  });
});
