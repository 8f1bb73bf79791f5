import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from './testing/index.ts';

describe.each(databases)('the product on the %s database', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database });
  });
  afterAll(() => app.close());

  it('answers whether it is alive and ready', async () => {
    expect((await app.call('GET', '/healthz', { as: null })).body).toEqual({ status: 'ok' });
    expect((await app.call('GET', '/readyz', { as: null })).body.status).toBe('ready');
  });
});
