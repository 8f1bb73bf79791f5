import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, testApp, testSettings } from '../../testing/index.ts';

const SECRET = 'a secret of both sides';
let app: TestApp;
let path: string;

beforeAll(async () => {
  const rateLimits = { ...testSettings.rateLimits, ipPerMinute: 3, keyPerMinute: 20 };
  app = await testApp({ timers: false, settings: { rateLimits } });
  const made = await app.call('POST', '/v1/inbound-hooks', {
    body: {
      name: 'Shop',
      mapping: { name: { value: 'shop.order' }, to: { value: 'ada' }, payload: 'body' },
      signature: { kind: 'hmac', header: 'x-signature', prefix: '' },
      secret: SECRET,
    },
  });
  path = new URL(made.body.url).pathname;
});
afterAll(() => app.close());

const post = (signature: string | null, to = path, raw: string | Buffer = '{"order":1}') =>
  app.call('POST', to, {
    as: null,
    raw,
    headers: { 'x-signature': signature ?? createHmac('sha256', SECRET).update(raw).digest('hex') },
  });

it('takes so many requests a minute of a hook, and says when to come back', async () => {
  app.clock.advance(60_000);
  for (let i = 0; i < 20; i++) expect((await post(null)).status).toBe(202);
  const refused = await post(null);
  expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([
    429,
    'request.rate_limited',
    '3',
  ]);
  app.clock.advance(3000);
  expect((await post(null)).status).toBe(202);
});

it('refuses an address that goes on guessing, and the hook itself is not touched by it', async () => {
  app.clock.advance(60_000);
  expect((await post('guessed')).status).toBe(401);
  expect((await post('guessed')).status).toBe(401);
  expect((await post(null, '/v1/hooks/hk_guessed')).status).toBe(404);
  const refused = await post('guessed');
  expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
  app.clock.advance(60_000);
  for (let i = 0; i < 20; i++) expect((await post(null)).status).toBe(202);
});

it('reads no more than two megabytes', async () => {
  app.clock.advance(60_000);
  const large = await post(null, path, JSON.stringify({ text: 'x'.repeat(2_000_000) }));
  expect([large.status, large.headers['content-type']]).toEqual([413, expect.stringContaining('problem+json')]);
  expect(large.body.code).toBe('request.too_large');
});
