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
