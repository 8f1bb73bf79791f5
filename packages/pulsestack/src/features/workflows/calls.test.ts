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
