import { ERRORS } from '@pulsestack/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { features } from '../../features/index.ts';
import { type TestApp, testApp, testSettings } from '../../testing/index.ts';
import { createOpenApi } from './openapi.ts';

describe('the HTTP side', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({
      settings: {
        development: true,
        rateLimits: { ...testSettings.rateLimits, keyPerMinute: 30, workspacePerMinute: 50, signInPerMinute: 6 },
      },
    });
  });
  afterAll(() => app.close());

  it('gives a request the id its caller chose, or one of ours, in the answer and in errors', async () => {
    const chosen = await app.call('GET', '/v1/users', { as: null, headers: { 'x-request-id': 'my-own-id-12345' } });
    expect([chosen.headers['x-request-id'], chosen.body.requestId]).toEqual(['my-own-id-12345', 'my-own-id-12345']);
    const made = await app.call('GET', '/v1/users', { as: null, headers: { 'x-request-id': 'bad id\u0001' } });
    expect(made.body.requestId).toMatch(/^req_/);
  });

  it('refuses the request after the last one allowed, says when to come back, and lets time heal it', async () => {
    const { key } = await app.newWorkspace();
    const statuses: number[] = [];
    for (let i = 0; i < 40; i++) statuses.push((await app.call('GET', '/v1/topics', { as: key })).status);
    expect(statuses.indexOf(429)).toBe(30);
    const refused = await app.call('GET', '/v1/topics', { as: key });
    expect([refused.status, refused.body.code]).toEqual([429, 'request.rate_limited']);
    const waitSeconds = Number(refused.headers['retry-after']);
    expect(waitSeconds).toBeGreaterThan(0);
    app.clock.advance(waitSeconds * 1000);
    expect((await app.call('GET', '/v1/topics', { as: key })).status).toBe(200);
  });

  it('counts the keys of a workspace together, and strangers by their address', async () => {
    const { key, owner } = await app.newWorkspace();
    for (let i = 0; i < 30; i++) await app.call('GET', '/v1/topics', { as: key });
    const statuses: number[] = [];
    for (let i = 0; i < 30; i++) statuses.push((await app.call('GET', '/v1/topics', { as: owner.token })).status);
    expect(statuses).toContain(429);
    const signIns: number[] = [];
    for (let i = 0; i < 10; i++)
      signIns.push(
        (
          await app.call('POST', '/v1/auth/sign-in', {
            as: null,
            body: { email: 'x@example.com', password: 'wrong password' },
          })
        ).status,
      );
    expect(signIns).toContain(429);
  });

  it('takes nothing from what a workspace shares for a caller who has had enough', async () => {
    app.clock.advance(60_000);
    const { key, owner } = await app.newWorkspace();
    for (let i = 0; i < 60; i++) await app.call('GET', '/v1/topics', { as: key });
    expect((await app.call('GET', '/v1/topics', { as: owner.token })).status).toBe(200);
  });

  it('counts whoever shows a made-up key as the stranger they are', async () => {
    const refused = await app.call('GET', '/v1/topics', { as: 'sk_live_thisisnotakeyofanybodyatall00' });
    expect(refused.status).toBe(401);
    expect(refused.headers['ratelimit']).toContain('"ip"');
    const again = await app.call('GET', '/v1/topics', { as: 'sk_live_thisisnotakeyofanybodyatall01' });
    const left = (answer: typeof refused) => Number(/r=(\d+)/.exec(String(answer.headers['ratelimit']))?.[1]);
    expect(left(again)).toBe(left(refused) - 1);
  });

  it('exposes metrics to this machine in development, and never without a token in production', async () => {
    const metrics = await app.call('GET', '/metrics', { as: null });
    expect(metrics.body).toMatch(/pulsestack_http_request_seconds_bucket\{.*operation="topics.list"/);
    expect(metrics.body).toContain('pulsestack_stream_connections');
    const production = await testApp();
    const refused = await production.call('GET', '/metrics', { as: null });
    expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining('PULSESTACK_METRICS_TOKEN')]);
    await production.close();
  });

  it.each([
    new Error('timeout exceeded when trying to connect'),
    new Error('Connection terminated unexpectedly'),
    Object.assign(new Error('deadlock detected'), { code: '40P01' }),
    Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' }),
  ])('asks to come back when the database says: $message', async (refusal) => {
    const { key } = app.home;
    await app.call('GET', '/v1/topics', { as: key });
    const connect = vi.spyOn(app.runtime.database.pool, 'connect').mockImplementation(() => Promise.reject(refusal));
    try {
      const answer = await app.call('GET', '/v1/topics', { as: key });
      expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([
        503,
        'server.unavailable',
        '2',
      ]);
    } finally {
      connect.mockRestore();
    }
  });

  it('answers an unknown address and a known one under another method differently', async () => {
    expect((await app.call('GET', '/v1/nothing', { as: null })).body.code).toBe('request.route_unknown');
    expect((await app.call('DELETE', '/v1/notify', { as: null })).body.code).toBe('request.method');
  });

  it('lets no cookie count across origins and names only origins it allows', async () => {
    const answer = await app.call('GET', '/v1/users', { headers: { origin: 'https://evil.example' } });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });
});

describe('the description of the API', () => {
  const operations = features.flatMap((feature) => feature.operations);
  const document = createOpenApi(operations, { serverUrl: 'http://localhost:4000', version: '0.1.0' }) as {
    openapi: string;
    paths: Record<
      string,
      Record<
        string,
        {
          operationId: string;
          responses: Record<string, { content?: Record<string, { schema: unknown; examples?: object }> }>;
          requestBody?: { content: Record<string, { example?: unknown; schema: unknown }> };
        }
      >
    >;
    components: { schemas: Record<string, unknown> };
  };

  it('holds every operation once, with its answer, its errors and an example of its body', () => {
    expect(document.openapi).toBe('3.1.0');
    for (const op of operations) {
      const described = document.paths[op.path]?.[op.method.toLowerCase()];
      expect(described?.operationId).toBe(op.id);
      const statuses = Object.keys(described?.responses ?? {});
      expect(
        statuses.some((status) => status.startsWith('2')),
        op.id,
      ).toBe(true);
      for (const code of op.errors ?? []) expect(statuses, `${op.id} ${code}`).toContain(String(ERRORS[code].status));
      for (const [status, response] of Object.entries(described?.responses ?? {})) {
        if (Number(status) >= 400)
          expect(response.content?.['application/problem+json']?.examples, `${op.id} ${status}`).toBeDefined();
      }
      if (op.body)
        expect(described?.requestBody?.content['application/json']?.example, `${op.id} has an example`).toBeDefined();
    }
  });

  it('refers only to schemas that it has', () => {
    const text = JSON.stringify(document);
    const referred = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]));
    expect([...referred].filter((name) => !((name as string) in document.components.schemas))).toEqual([]);
    expect(referred).toContain('InboxItem');
    expect(text).not.toContain('#/$defs/');
  });
});
