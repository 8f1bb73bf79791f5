import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../testing/index.ts';

describe.each(databases)('what a workspace may have only so many of, on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
  });
  afterAll(() => app.close());

  it.each([
    ['/v1/workflow-endpoints', 50, (n: number) => ({ key: `app-${n}`, url: 'https://app.example.com/' })],
    ['/v1/event-sinks', 50, (n: number) => ({ name: `${n}`, topic: `${app.home.id}.t${n}`, events: ['*'] })],
    ['/v1/inbound-hooks', 200, () => ({ name: 'Hook', mapping: { name: { value: 'it.came' }, payload: 'body' } })],
    [
      '/v1/integrations',
      100,
      () => ({
        provider: 'webhook',
        credentials: { url: 'https://a.example/', secret: `whsec_${Buffer.alloc(24).toString('base64')}` },
      }),
    ],
  ])('%s makes no more than that, however many ask at once', async (path, most, body) => {
    const made = await Promise.all(
      Array.from({ length: most + 4 }, (_, n) => app.call('POST', path, { body: body(n) })),
    );
    expect(made.filter((one) => one.status === 201)).toHaveLength(most);
    for (const { status, body } of made.filter((one) => one.status !== 201))
      expect([status, body.code]).toEqual([422, 'resource.limit']);
    const other = await app.newWorkspace();
    expect(
      (
        await app.call('POST', path, {
          as: other.key,
          body: path.includes('sinks') ? { ...body(0), topic: `${other.id}.t` } : body(0),
        })
      ).status,
    ).toBe(201);
  });
});
