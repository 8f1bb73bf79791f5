import { createHmac } from 'node:crypto';
import express from 'express';
import { type TestApp, testApp } from 'pulsestack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PulseStack } from '../pulse-stack.ts';
import { frameworks, type Served } from '../testing/serve.ts';
import { eq, gt, StepFailed, workflow } from '../workflows/index.ts';
import type { AnyWorkflow } from '../workflows/workflow.ts';
import { serveWorkflows } from './express.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp({ timers: false });
});
afterAll(() => app.close());

interface Asked {
  payload: unknown;
  user: string;
  attempt: number;
  key: string;
}

/** A workflow with a code step and made content; `asked` fills with what the code was told. */
function priceWorkflow(key: string, price: (asked: Asked) => object | Promise<object>) {
  const asked: Asked[] = [];
  const made = workflow(key, { payload: z.object({ order: z.number() }) }, (step, { payload }) => {
    const quote = step.run(
      'price',
      async (context) => {
        const { user, attempt, idempotencyKey } = context;
        const one = { payload: context.payload, user: user.id, attempt, key: idempotencyKey };
        asked.push(one);
        return (await price(one)) as { amount: number };
      },
      { output: z.object({ amount: z.number() }), retries: 2 },
    );
    step.inApp('tell', { title: `Order ${payload.order} costs ${quote.amount}`, if: gt(quote.amount, 10) });
  });
  return { made, asked };
}

/** Serves workflows and registers them under the key of the endpoint; `close` takes the application down. */
async function serve(key: string, workflows: AnyWorkflow[], framework = 'http'): Promise<Served & { secret: string }> {
  // The secret is told before there is anybody to check it.
  const created = await app.call('POST', '/v1/workflow-endpoints', { body: { key, url: 'http://127.0.0.1:1' } });
  expect(created.status, JSON.stringify(created.body)).toBe(201);
  const { secret } = created.body;
  const served = await (frameworks[framework] as (typeof frameworks)['http'])?.({
    workflows,
    secret,
    now: () => app.clock.nowMs(),
  });
  if (!served) throw new Error(`there is no framework ${framework}`);
  await app.call('PUT', `/v1/workflow-endpoints/${key}`, { body: { url: served.url } });
  return { ...served, secret };
}

const sync = async (key: string, body: object = {}) =>
  (await app.call('POST', `/v1/workflow-endpoints/${key}/sync`, { body })).body;

async function start(key: string, user: string, payload: object): Promise<string> {
  const answer = await app.call('POST', `/v1/workflows/${key}/trigger`, { body: { to: user, payload } });
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  await settle();
  return answer.body.id;
}

async function settle() {
  await app.settle();
  await app.settle();
}

async function run(event: string) {
  const { items } = (await app.call('GET', `/v1/runs?event=${event}`)).body;
  return (await app.call('GET', `/v1/runs/${items[0].id}`)).body;
}

const titles = async (user: string) =>
  (await app.call('GET', '/v1/inbox', { as: await app.home.user(user) })).body.items.map(
    (item: { title: string }) => item.title,
  );

describe.each(Object.keys(frameworks))('workflows served with %s', (framework) => {
  let served: Awaited<ReturnType<typeof serve>>;
  const { made, asked } = priceWorkflow(`price-${framework}`, () => ({ amount: 42 }));
  beforeAll(async () => {
    served = await serve(framework, [made], framework);
  });
  afterAll(() => served.close());

  it('are taken over, and their code is called once, signed, when a run gets there', async () => {
    expect(await sync(framework)).toMatchObject({
      applied: true,
      workflows: [{ key: made.key, status: 'created', version: 1, problems: [] }],
    });
    await start(made.key, `u-${framework}`, { order: 7 });
    expect(asked).toEqual([
      { payload: { order: 7 }, user: `u-${framework}`, attempt: 1, key: expect.stringMatching(/^run_/) },
    ]);
    expect(await titles(`u-${framework}`)).toEqual(['Order 7 costs 42']);
    expect(await sync(framework)).toMatchObject({ applied: true, workflows: [{ status: 'unchanged' }] });
  });

  it('answer nobody else: without signature, with a wrong or an old one, with another body', async () => {
    const body = JSON.stringify({
      protocol: 1,
      type: 'run',
      workflow: made.key,
      step: 'price',
      timeoutMs: 1000,
      data: {},
    });
    const send = async (key: string, atS: number, sent = body) => {
      const signature = createHmac('sha256', Buffer.from(key.replace('whsec_', ''), 'base64'))
        .update(`msg_1.${atS}.${body}`)
        .digest('base64');
      const response = await fetch(served.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': 'msg_1',
          'webhook-timestamp': String(atS),
          'webhook-signature': `v1,${signature}`,
        },
        body: sent,
      });
      return response.status;
    };
    const before = asked.length;
    const nowS = Math.floor(app.clock.nowMs() / 1000);
    expect((await fetch(served.url)).status).toBe(401);
    expect(await send('whsec_AAAA', nowS)).toBe(401);
    expect(await send(served.secret, nowS - 301)).toBe(401);
    expect(await send(served.secret, nowS, body.replace('price"', 'price" '))).toBe(401);
    expect(asked).toHaveLength(before);
    // The same request, signed as it should be, is let in: its payload does not fit, which is what is answered.
    expect(await send(served.secret, nowS)).toBe(422);
  });
});

it('says what is wrong with an application that parses bodies first, or has no secret', async () => {
  const { made } = priceWorkflow('late', () => ({ amount: 1 }));
  const server = express();
  server.use(express.json());
  server.use('/late', serveWorkflows({ workflows: [made], secret: 'whsec_AAAA' }));
  server.use('/bare', serveWorkflows({ workflows: [made], secret: undefined }));
  const listening = server.listen(0, '127.0.0.1');
  await new Promise((done) => listening.once('listening', done));
  const url = `http://127.0.0.1:${(listening.address() as { port: number }).port}`;
  const ask = async (path: string, method: string) => {
    const body = method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {};
    const response = await fetch(`${url}${path}`, { method, ...body });
    return [response.status, ((await response.json()) as { error: { message: string } }).error.message];
  };
  expect(await ask('/late', 'POST')).toEqual([500, expect.stringContaining('before express.json()')]);
  expect(await ask('/late', 'DELETE')).toEqual([405, 'This address answers GET and POST.']);
  expect(await ask('/bare', 'GET')).toEqual([503, expect.stringContaining('has no secret')]);
  await new Promise((done) => listening.close(done));
});

describe('a code step', () => {
  it('is tried again with the same key while the application fails, and then goes on', async () => {
    const { made, asked } = priceWorkflow('flaky', ({ attempt }) => {
      if (attempt < 3) throw new Error('the shop is closed');
      return { amount: 11 };
    });
    const served = await serve('flaky', [made]);
    await sync('flaky');
    const event = await start('flaky', 'fay', { order: 1 });
    expect(await run(event)).toMatchObject({ state: 'waiting', step: 'price' });
    for (let i = 0; i < 2; i++) {
      app.clock.advance(5000);
      await settle();
    }
    expect(asked.map((one) => one.attempt)).toEqual([1, 2, 3]);
    expect(new Set(asked.map((one) => one.key)).size).toBe(1);
    const { trace } = await run(event);
    expect(trace.map((line: { code: string }) => line.code)).toEqual([
      'code.retried',
      'code.retried',
      'code.answered',
      'message.made',
    ]);
    expect(trace[0].sentence).toContain('answered 500: the shop is closed');
    expect(await titles('fay')).toEqual(['Order 1 costs 11']);
    await served.close();
  });

  it('fails the run with a sentence when the application stays away', async () => {
    const { made } = priceWorkflow('away', () => ({ amount: 1 }));
    const served = await serve('away', [made]);
    await sync('away');
    await served.close();
    const event = await start('away', 'amy', { order: 1 });
    for (let i = 0; i < 2; i++) {
      app.clock.advance(60_000);
      await settle();
    }
    const ended = await run(event);
    expect(ended).toMatchObject({ state: 'failed', code: 'code.failed' });
    expect(ended.sentence).toMatch(/^The endpoint "away" was not reached: 127\.0\.0\.1:\d+ could not be reached/);
    expect(ended.trace.at(-1).detail).toEqual({ attempt: 3, attempts: 3 });
  });

  it('is not tried again when its code says so, or answers something else than was agreed', async () => {
    const answers: Record<number, () => object> = {
      1: () => {
        throw new StepFailed('there is no such order');
      },
      2: () => ({ amount: 'much' }),
      3: () => [] as never,
      4: () => ({ amount: 1, text: 'x'.repeat(300_000) }),
    };
    const { made, asked } = priceWorkflow('wrong', ({ payload }) =>
      (answers[(payload as { order: number }).order] as () => object)(),
    );
    const served = await serve('wrong', [made]);
    await sync('wrong');
    const ends = [];
    for (const order of [1, 2, 3, 4]) ends.push(await run(await start('wrong', 'wim', { order })));
    expect(ends.map(({ state, code }) => [state, code])).toEqual([
      ['failed', 'code.failed'],
      ['failed', 'code.mismatch'],
      ['failed', 'code.failed'],
      ['failed', 'code.failed'],
    ]);
    expect(ends[0].sentence).toBe('The endpoint "wrong" answered 422: there is no such order.');
    expect(ends[1].sentence).toContain('/amount');
    expect(ends[2].sentence).toContain('must return an object');
    expect(ends[3].sentence).toContain('more than 262144 bytes');
    expect(asked).toHaveLength(4);
    await served.close();
  });

  it('is refused on private addresses where those are not allowed', async () => {
    const guarded = await testApp({ timers: false, settings: { allowPrivateNetworks: false } });
    await guarded.call('POST', '/v1/workflow-endpoints', { body: { url: 'http://127.0.0.1:9/x' } });
    const answer = await guarded.call('POST', '/v1/workflow-endpoints/app/sync', { body: {} });
    expect([answer.status, answer.body.code]).toEqual([422, 'endpoint.failed']);
    expect(answer.body.detail).toContain('not on the public internet');
    await guarded.close();
  });

  it('makes the content of a message, which is sent as it is', async () => {
    const letter = workflow('letter', {}, (step) => {
      step.email('mail', {
        content: ({ user, payload }) => ({ subject: `For ${user.id}`, html: `<h1>Total {{ ${payload.total} }}</h1>` }),
      });
      step.inApp('told', { content: ({ payload }) => ({ title: '', body: String(payload.total) }) });
      step.inApp('after', { title: 'After' });
    });
    const served = await serve('letters', [letter]);
    expect(await sync('letters')).toMatchObject({ applied: true });
    await app.call('PUT', '/v1/users/lea', { body: { email: 'lea@example.com' } });
    await app.call('POST', '/v1/integrations', {
      body: { provider: 'smtp', credentials: { url: 'smtp://127.0.0.1:1' } },
    });
    const event = await start('letter', 'lea', { total: 9 });
    const { id, trace } = await run(event);
    const { items } = (await app.call('GET', `/v1/messages?user=lea`)).body;
    const email = items.find((one: { runId: string; channel: string }) => one.runId === id && one.channel === 'email');
    expect((await app.call('GET', `/v1/messages/${email.id}`)).body.content).toMatchObject({
      subject: 'For lea',
      html: expect.stringContaining('<h1>Total {{ 9 }}</h1>'),
      text: 'Total {{ 9 }}',
    });
    expect(trace.find((line: { step: string }) => line.step === 'told')).toMatchObject({
      code: 'template.failed',
      sentence: expect.stringContaining('title'),
    });
    expect(await titles('lea')).toEqual(['After']);
    await served.close();
  });

  it('is previewed when it changes nothing, and only then', async () => {
    const both = workflow('both', { payload: z.object({ n: z.number() }) }, (step) => {
      step.run('pure', ({ payload, preview }) => ({ double: payload.n * 2, preview }), { preview: true });
      step.run('charge', () => ({ charged: true }));
    });
    const served = await serve('both', [both]);
    const preview = async (step: string) =>
      (
        await app.call('POST', '/v1/workflow-endpoints/both/preview', {
          body: { workflow: 'both', step, data: { payload: { n: 4 } } },
        })
      ).body;
    expect(await preview('pure')).toMatchObject({ ok: true, output: { double: 8, preview: true } });
    expect(await preview('charge')).toMatchObject({
      ok: false,
      sentence: expect.stringContaining('cannot be previewed'),
    });
    expect(await preview('nothing')).toMatchObject({ ok: false, sentence: expect.stringContaining('answered 404') });
    await served.close();
  });

  it('says in a rehearsal what it would say, when it is asked to', async () => {
    const shown = workflow('shown', { payload: z.object({ n: z.number() }) }, (step) => {
      step.inApp('made', { content: ({ payload }) => ({ title: `Made ${payload.n}` }) });
    });
    const served = await serve('shown', [shown]);
    await sync('shown');
    await app.call('PUT', '/v1/users/sue', { body: {} });
    const rehearse = async (more: object) =>
      (await app.call('POST', '/v1/workflows/shown/test', { body: { user: 'sue', payload: { n: 3 }, ...more } })).body
        .messages[0];
    expect(await rehearse({})).toMatchObject({
      content: { title: '(made by the code step made-content)' },
      decision: { outcome: 'send' },
    });
    expect(await rehearse({ callCode: true })).toMatchObject({ content: { title: 'Made 3' } });
    await served.close();
  });

  it('goes on being answered while the secret is changed', async () => {
    const { made, asked } = priceWorkflow('rotated', () => ({ amount: 12 }));
    const served = await serve('rotated', [made]);
    await sync('rotated');
    const rotated = (await app.call('POST', '/v1/workflow-endpoints/rotated/rotate')).body;
    expect(rotated.secret).not.toBe(served.secret);
    await start('rotated', 'rob', { order: 1 });
    expect(asked).toHaveLength(1);
    app.clock.advance(25 * 60 * 60 * 1000);
    const late = await app.call('POST', '/v1/workflow-endpoints/rotated/sync', { body: {} });
    expect(late.body.detail).toContain('answered 401');
    await served.close();
  });
});

describe('syncing', () => {
  const simple = (key: string, title: string) => workflow(key, {}, (step) => void step.inApp('hi', { title }));

  it('changes nothing when one of the workflows is wrong, and nothing in a dry run', async () => {
    const workflows: AnyWorkflow[] = [
      simple('right', 'Hi'),
      workflow('torn', {}, (step) => void step.inApp('hi', { title: '{{ payload.name | no_such_filter }}' })),
    ];
    const served = await serve('shop', workflows);
    const refused = await sync('shop');
    expect(refused).toMatchObject({
      applied: false,
      workflows: [
        { key: 'right', status: 'created' },
        { key: 'torn', status: 'refused', problems: [{ field: '/steps/0' }] },
      ],
    });
    expect((await app.call('GET', '/v1/workflows/right')).status).toBe(404);
    await served.close();

    const invoking = workflow('caller', {}, (step) => step.invoke('go', 'right'));
    const again = await frameworks.http?.({
      workflows: [invoking, simple('right', 'Hi')],
      secret: served.secret,
      now: () => app.clock.nowMs(),
    });
    await app.call('PUT', '/v1/workflow-endpoints/shop', { body: { url: again?.url } });
    expect(await sync('shop', { dryRun: true })).toMatchObject({
      applied: false,
      workflows: [{ status: 'created' }, { status: 'created' }],
    });
    expect((await app.call('GET', '/v1/workflows/right')).status).toBe(404);
    expect(await sync('shop')).toMatchObject({ applied: true });
    await again?.close();

    const later = await frameworks.http?.({
      workflows: [simple('right', 'Hello')],
      secret: served.secret,
      now: () => app.clock.nowMs(),
    });
    await app.call('PUT', '/v1/workflow-endpoints/shop', { body: { url: later?.url } });
    expect(await sync('shop')).toMatchObject({
      workflows: [
        { key: 'caller', status: 'missing' },
        {
          key: 'right',
          status: 'changed',
          version: 2,
          changes: [{ step: 'hi', path: '/title', before: 'Hi', after: 'Hello' }],
        },
      ],
    });
    expect(await sync('shop', { prune: true })).toMatchObject({
      workflows: [{ key: 'caller', status: 'archived' }, {}],
    });
    await later?.close();
  });

  it('leaves nothing of a dry run behind, not even in memory', async () => {
    const both = (title: string) => [
      simple('first', title),
      workflow('second', {}, (step) => {
        step.inApp('hi', { title });
        step.invoke('go', 'first');
      }),
    ];
    const served = await serve('twice', both('One'));
    await sync('twice');
    await served.close();
    for (const [title, body] of [
      ['Dry', { dryRun: true }],
      ['Real', {}],
    ] as const) {
      const next = await frameworks.http?.({
        workflows: both(title),
        secret: served.secret,
        now: () => app.clock.nowMs(),
      });
      await app.call('PUT', '/v1/workflow-endpoints/twice', { body: { url: next?.url } });
      expect(await sync('twice', body)).toMatchObject({ workflows: [{ status: 'changed' }, { status: 'changed' }] });
      await next?.close();
    }
    await start('second', 'tom', {});
    expect(await titles('tom')).toEqual(['Real', 'Real']);
  });

  it('leaves alone what others made, and is left alone by them, until somebody forces it', async () => {
    const put = (title: string, query = '') =>
      app.call('PUT', `/v1/workflows/kept${query}`, {
        body: { name: 'Kept', steps: [{ id: 'hi', type: 'in_app', title }] },
      });
    await put('By hand');
    const served = await serve('keeper', [simple('kept', 'By code')]);
    expect(await sync('keeper')).toMatchObject({ applied: false, workflows: [{ status: 'refused' }] });
    expect(await sync('keeper', { force: true })).toMatchObject({ applied: true, workflows: [{ status: 'changed' }] });
    expect((await app.call('GET', '/v1/workflows/kept')).body.origin).toEqual({ kind: 'code', endpoint: 'keeper' });
    const refused = await put('By hand again');
    expect([refused.status, refused.body.code]).toEqual([409, 'workflow.managed']);
    expect(refused.body.detail).toContain('the endpoint "keeper"');
    expect((await put('By hand again', '?force=true')).body.origin).toBeNull();
    expect(await sync('keeper')).toMatchObject({ applied: false, workflows: [{ status: 'refused' }] });
    await served.close();
  });

  it('says what is wrong with an endpoint that is no endpoint', async () => {
    const { createServer } = await import('node:http');
    const server = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const { port } = server.address() as { port: number };
    await app.call('POST', '/v1/workflow-endpoints', { body: { key: 'odd', url: `http://127.0.0.1:${port}` } });
    expect((await app.call('POST', '/v1/workflow-endpoints/odd/sync', { body: {} })).body).toMatchObject({
      code: 'endpoint.failed',
      detail: 'The endpoint "odd" answered something that is not JSON.',
    });
    expect((await app.call('DELETE', '/v1/workflow-endpoints/odd')).status).toBe(204);
    await new Promise((done) => server.close(done));
  });

  it('keeps an endpoint that something published still needs', async () => {
    const { made } = priceWorkflow('needed', () => ({ amount: 1 }));
    const served = await serve('needed', [made]);
    await sync('needed');
    const refused = await app.call('DELETE', '/v1/workflow-endpoints/needed');
    expect([refused.status, refused.body.code]).toEqual([409, 'resource.conflict']);
    await app.call('DELETE', '/v1/workflows/needed');
    expect((await app.call('DELETE', '/v1/workflow-endpoints/needed')).status).toBe(204);
    await served.close();
  });
});

it('decides by what the code has answered, for those who trigger it typed or by its key', async () => {
  const gate = workflow('gate', { payload: z.object({ n: z.number() }) }, (step) => {
    const answer = step.run('ask', ({ payload }) => ({ open: payload.n > 1 }));
    step.branch('door', [{ if: eq(answer.open, true), steps: () => step.inApp('in', { title: 'In' }) }], () =>
      step.inApp('out', { title: 'Out' }),
    );
  });
  const served = await serve('gate', [gate]);
  await sync('gate');
  const pulse = new PulseStack({ key: app.home.key, url: await app.url() });
  await pulse.trigger(gate, { to: 'gil', payload: { n: 1 } });
  await pulse.trigger('gate', { to: 'gil', payload: { n: 2 } });
  await settle();
  expect((await titles('gil')).toSorted()).toEqual(['In', 'Out']);
  await served.close();
});
