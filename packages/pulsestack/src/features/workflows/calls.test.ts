import { eventually } from '@pulsestack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpSink, startHttpSink } from '../../channels/testing/http-sink.ts';
import { databases, type TestApp, type TestWorkspace, testApp } from '../../testing/index.ts';
import { engine } from './engine/engine.ts';

describe.each(databases)('steps that ask servers, on the %s database', (database) => {
  let app: TestApp;
  let sink: HttpSink;

  beforeAll(async () => {
    app = await testApp({ database, timers: true });
    sink = await startHttpSink();
  });
  afterAll(async () => {
    await app.close();
    await sink.close();
  });

  async function publish({ key: as }: TestWorkspace): Promise<void> {
    const steps = [
      { id: 'ask', type: 'http', url: `${sink.url}/ask`, method: 'POST', timeoutMs: 30_000 },
      { id: 'tell', type: 'in_app', title: 'Asked', body: '' },
    ];
    const put = await app.call('PUT', '/v1/workflows/asking', {
      as,
      body: { name: 'Asking', trigger: { event: 'it.happened' }, steps },
    });
    expect(put.status, JSON.stringify(put.body)).toBe(200);
    const published = await app.call('POST', '/v1/workflows/asking/publish', { as, body: {} });
    expect(published.status, JSON.stringify(published.body)).toBe(200);
  }
  const happen = async ({ key: as }: TestWorkspace, to: string[]) =>
    expect((await app.call('POST', '/v1/events', { as, body: { name: 'it.happened', to, payload: {} } })).status).toBe(
      202,
    );
  const hang = (calls: number) =>
    sink.script.push(...Array.from({ length: calls }, () => ({ status: 200, hang: true })));
  const users = (howMany: number) => Array.from({ length: howMany }, (_, n) => `user-${n}`);

  it('keep nobody else waiting when the server of a workspace does not answer', async () => {
    const other = await app.newWorkspace();
    await publish(app.home);
    await publish(other);
    hang(16);
    await happen(app.home, users(60));
    await eventually('its calls to be open', () => sink.requests.length === 16);
    await happen(other, ['ada']);
    const as = await other.user('ada');
    await eventually(
      'the run of the other',
      async () => (await app.call('GET', '/v1/inbox', { as })).body.items.length === 1,
      10_000,
    );
    // Nobody may have more than their share of calls.
    expect(sink.requests).toHaveLength(17);
  });

  it.each([
    ['a host of the payload', { url: 'https://{{ payload.host }}/x' }, /written out/],
    ['an end of the host of the payload', { url: 'https://good.example{{ payload.more }}/x' }, /written out/],
    ['a password of the payload', { url: 'https://me:{{ payload.password }}@good.example/' }, /written out/],
    ['no host before the payload', { url: 'https:///{{ payload.host }}' }, /written out/],
    ['another Host', { headers: { Host: 'other.example' } }, /headers\/Host is set by PulseStack/],
    ['a length of its own', { headers: { 'content-length': '5' } }, /set by PulseStack/],
    ['chunks of its own', { headers: { 'Transfer-Encoding': 'chunked' } }, /set by PulseStack/],
    ['a signature of its own', { headers: { 'webhook-signature': 'v1,x' } }, /set by PulseStack/],
    ['a name that is none', { headers: { 'a b': 'x' } }, /no name of a header/],
  ])('are not published with %s', async (_what, change, problem) => {
    const step = { id: 'ask', type: 'http', url: 'https://good.example/{{ payload.path }}?a={{ user.id }}', ...change };
    const saved = await app.call('PUT', '/v1/workflows/wrong', { body: { name: 'Wrong', steps: [step] } });
    expect(saved.body.problems).toMatchObject([{ message: expect.stringMatching(problem) }]);
    expect((await app.call('POST', '/v1/workflows/wrong/publish', { body: {} })).body.code).toBe('workflow.invalid');
  });

  it.each([
    ['an output', 200, '{"said":"a\\u0000b\\ud83d"}', 'done'],
    ['a refusal', 500, `a\u0000${'x'.repeat(497)}😀`, 'failed'],
  ])('end with %s that no database keeps as it is', async (_what, status, body, state) => {
    const workspace = await app.newWorkspace();
    const { key: as } = workspace;
    await publish(workspace);
    const before = sink.requests.length;
    sink.script.push({ status, body });
    await happen(workspace, ['ada']);
    await eventually(
      'its run to end',
      async () => (await app.call('GET', `/v1/runs?state=${state}`, { as })).body.items.length === 1,
    );
    expect(sink.requests).toHaveLength(before + 1);
  });

  it('are refused where what was published lets the payload say who is asked', async () => {
    const step = { id: 'ask', type: 'http', url: `${sink.url}/asked`, headers: { 'x-kind': 'order' } };
    const { key: as } = await app.newWorkspace();
    await app.call('PUT', '/v1/workflows/old', { as, body: { name: 'Old', steps: [step] } });
    expect((await app.call('POST', '/v1/workflows/old/publish', { as, body: {} })).status).toBe(200);
    // As a version without this check would have stored it.
    await app.runtime.database.pool.query(
      `update workflow_versions set definition = jsonb_set(definition, '{steps,0,url}', to_jsonb('{{ payload.url }}'::text)) where key = 'old'`,
    );
    const before = sink.requests.length;
    const body = { to: 'ada', payload: { url: `${sink.url}/asked` } };
    const started = await app.call('POST', '/v1/workflows/old/trigger', { as, body });
    expect(started.status).toBe(202);
    const run = await eventually('its run to end', async () => {
      const { items } = (await app.call('GET', '/v1/runs?workflow=old', { as })).body;
      return items[0]?.state === 'failed' ? items[0] : null;
    });
    expect(run).toMatchObject({ code: 'http.refused' });
    expect(sink.requests).toHaveLength(before);
  });

  const isWaitingFor = async (words: string) =>
    (
      await app.runtime.database.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
        [`%${words}%`],
      )
    ).rowCount === 1;
  /** Another transaction touches the runs of a workspace, as an event that wakes them or a longer lease does. */
  async function touching(workspaceId: string, words: string, meanwhile: () => void): Promise<void> {
    const other = await app.runtime.database.pool.connect();
    try {
      await other.query('begin');
      await other.query('update runs set due_at = due_at where workspace_id = $1', [workspaceId]);
      meanwhile();
      await eventually('somebody to wait for it', () => isWaitingFor(words));
      await other.query('commit');
    } finally {
      other.release();
    }
  }

  if (database === 'server')
    it('go on, and can be cancelled, while somebody else touches their runs', async () => {
      const workspace = await app.newWorkspace();
      const { key: as } = workspace;
      await publish(workspace);
      const { promise: after, resolve: answerNow } = Promise.withResolvers<void>();
      const before = sink.requests.length;
      sink.script.push({ status: 200, after }, { status: 200, hang: true });
      await happen(workspace, ['ada']);
      await eventually('the call to be open', () => sink.requests.length === before + 1);
      await touching(workspace.id, 'as place', answerNow);
      await eventually(
        'the run to end',
        async () => (await app.call('GET', '/v1/runs?state=done', { as })).body.items.length === 1,
      );
      expect(sink.requests).toHaveLength(before + 1);

      await happen(workspace, ['ada']);
      const run = await eventually('the next call to be open', async () =>
        sink.requests.length === before + 2
          ? (await app.call('GET', '/v1/runs?state=running', { as })).body.items[0]
          : undefined,
      );
      let cancelling: Promise<{ body: unknown }> | undefined;
      await touching(workspace.id, 'run.cancelled', () => {
        cancelling = app.call('DELETE', `/v1/runs/${run.id}`, { as });
      });
      expect((await cancelling)?.body).toEqual({ cancelled: true });
      expect((await app.call('GET', `/v1/runs/${run.id}`, { as })).body.state).toBe('cancelled');
    });

  it('are given up at once when the process ends, and their runs begin again elsewhere', async () => {
    const startedMs = performance.now();
    await engine.of(app.runtime).close();
    expect(performance.now() - startedMs).toBeLessThan(4000);
    const { rows } = await app.runtime.database.pool.query(
      'select state, count(*)::int as n, count(lease)::int as leased from runs where workspace_id = $1 group by state',
      [app.home.id],
    );
    expect(rows).toEqual([{ state: 'ready', n: 60, leased: 0 }]);
  });
});
