import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { signingSecrets } from './engine/signing.ts';
import { inApp, tell } from './testing/story.ts';

describe.each(databases)('steps on the %s database', (database) => {
  let app: TestApp;
  let story: ReturnType<typeof tell>;
  let server: Server;
  let url: string;
  let asked: { headers: Record<string, unknown>; body: string }[] = [];
  const answers = new Map<string, () => { status: number; body: string } | null>();

  beforeAll(async () => {
    app = await testApp({ database, timers: false, settings: { allowPrivateNetworks: true } });
    story = tell(app);
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        asked.push({ headers: request.headers, body });
        const answer = answers.get(request.url ?? '')?.();
        if (answer) response.writeHead(answer.status).end(answer.body);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await app.close();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const http = (key: string, more: object = {}) =>
    story.define({
      key,
      name: key,
      steps: [
        {
          id: 'h',
          type: 'http',
          url: `${url}/${key}?user={{ user.id }}`,
          body: { order: '{{ payload.order }}', fixed: 1 },
          ...more,
        } as never,
        inApp('a', 'score {{ steps.h.score }}'),
      ],
    });
  const answering = (key: string, status: number, body: string) =>
    answers.set(`/${key}?user=h1`, () => ({ status, body }));

  it('an answer in JSON is there for later steps; the request is signed and repeatable', async () => {
    asked = [];
    await http('ok');
    answering('ok', 200, '{"score":42}');
    const event = await story.start('ok', 'h1', { order: 7 });
    await story.settle();
    expect(await story.titles('h1')).toEqual(['score 42']);
    const run = await story.run(event);
    expect(story.codes(run)).toEqual(['http.answered', 'message.made']);
    const [request] = asked;
    expect(JSON.parse(request?.body ?? '')).toEqual({ order: 7, fixed: 1 });
    const {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature,
    } = (request?.headers ?? {}) as Record<string, string>;
    expect(request?.headers['idempotency-key']).toBe(id);
    const [secret] = signingSecrets(app.runtime, app.home.id) as [Buffer];
    expect(signature).toBe(
      `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${request?.body}`).digest('base64')}`,
    );
  });

  it('39 · an object is used, what is no object warns, what fails ends the run unless it goes on, what does not fit names the path', async () => {
    await http('list');
    answering('list', 200, '[1,2]');
    await http('broken');
    answering('broken', 500, 'oops');
    await http('tolerated', { continueOnFailure: true });
    answering('tolerated', 500, 'oops');
    await http('slow', { timeoutMs: 150 });
    answers.set('/slow?user=h1', () => null);
    await http('misfit', { expect: { type: 'object', properties: { score: { type: 'number' } } } });
    answering('misfit', 200, '{"score":"high"}');
    const runs: Record<string, Awaited<ReturnType<typeof story.run>>> = {};
    const events = Object.fromEntries(
      await Promise.all(
        ['list', 'broken', 'tolerated', 'slow', 'misfit'].map(async (key) => [key, await story.start(key, 'h1')]),
      ),
    );
    await story.settle();
    for (const [key, event] of Object.entries(events)) runs[key] = await story.run(event as string);
    expect(story.codes(runs.list)[0]).toBe('http.warning');
    expect(runs.broken).toMatchObject({ state: 'failed', code: 'http.failed', sentence: 'The server answered 500.' });
    expect(runs.tolerated).toMatchObject({ state: 'done' });
    expect(runs.slow).toMatchObject({ state: 'failed', code: 'http.failed' });
    expect(runs.misfit).toMatchObject({ state: 'failed', code: 'http.mismatch' });
    expect(runs.misfit.sentence).toContain('/score');
  });

  it('a private address is not asked', async () => {
    const guarded = await testApp({ database, timers: false, settings: { allowPrivateNetworks: false } });
    const inside = tell(guarded);
    asked = [];
    await inside.define({
      key: 'ssrf',
      name: 'S',
      steps: [{ id: 'h', type: 'http', url: `${url}/ssrf`, method: 'GET' }],
    });
    const event = await inside.start('ssrf', 'h1');
    await inside.settle();
    expect(await inside.run(event)).toMatchObject({ state: 'failed', code: 'http.refused' });
    expect(asked).toEqual([]);
    await guarded.close();
  });

  it('updates the user and the subscriptions, and later steps see it', async () => {
    await app.call('PUT', '/v1/users/up', { body: { attributes: { kept: 1, old: 2 } } });
    await story.define({
      key: 'updates',
      name: 'Updates',
      steps: [
        {
          id: 'u',
          type: 'update_user',
          attributes: { plan: '{{ payload.plan }}', seats: '{{ payload.seats }}', old: null },
        },
        { id: 't', type: 'update_topic', topic: 'plan:{{ user.attributes.plan }}', action: 'subscribe' },
        inApp('a', 'now {{ user.attributes.plan }}'),
      ],
    });
    await story.start('updates', 'up', { plan: 'pro', seats: 3 });
    await story.settle();
    expect((await app.call('GET', '/v1/users/up')).body.attributes).toEqual({ kept: 1, plan: 'pro', seats: 3 });
    expect((await app.call('GET', '/v1/topics/plan:pro/subscribers')).body.items).toMatchObject([{ userId: 'up' }]);
    expect(await story.titles('up')).toEqual(['now pro']);
  });

  it('starts another workflow for the same user, and refuses circles at publish', async () => {
    await story.define({ key: 'inner', name: 'Inner', steps: [inApp('a', 'inner {{ payload.n }}')] });
    await story.define({
      key: 'outer',
      name: 'Outer',
      steps: [{ id: 'i', type: 'invoke', workflow: 'inner', payload: { n: '{{ payload.n }}' } }, inApp('a', 'outer')],
    });
    await story.start('outer', 'inv', { n: 5 });
    await story.settle();
    expect((await story.titles('inv')).toSorted()).toEqual(['inner 5', 'outer']);
    await app.call('PUT', '/v1/workflows/inner', {
      body: { name: 'Inner', steps: [{ id: 'i', type: 'invoke', workflow: 'outer' }] },
    });
    const refused = await app.call('POST', '/v1/workflows/inner/publish', { body: {} });
    expect([refused.status, refused.body.code]).toEqual([422, 'workflow.invalid']);
    expect(refused.body.detail).toContain('inner → outer → inner');
  });

  it('goes round a list with a bound, branches, splits by a stable hash, and stops', async () => {
    await story.define({
      key: 'flow',
      name: 'Flow',
      steps: [
        {
          id: 'l',
          type: 'loop',
          over: 'payload.items',
          as: 'thing',
          max: 3,
          steps: [inApp('a', '{{ index }} {{ thing.name }}')],
        },
        {
          id: 'b',
          type: 'branch',
          branches: [{ name: 'big', if: { '>': [{ var: 'payload.total' }, 10] }, steps: [inApp('c', 'big')] }],
          else: [{ id: 's', type: 'stop', reason: 'Too small' }],
        },
        {
          id: 'p',
          type: 'split',
          arms: [
            { name: 'x', weight: 1, steps: [inApp('x', 'x')] },
            { name: 'y', weight: 1, steps: [inApp('y', 'y')] },
          ],
        },
      ],
    });
    const items = ['p', 'q', 'r', 's'].map((name) => ({ name }));
    const first = await story.start('flow', 'fl', { items, total: 11 });
    const small = await story.start('flow', 'fs', { items: [], total: 1 });
    await story.settle();
    const titles = await story.titles('fl');
    expect(titles.slice(0, 4)).toEqual(['0 p', '1 q', '2 r', 'big']);
    expect(await story.run(small)).toMatchObject({ code: 'run.stopped', sentence: 'Too small' });
    await story.start('flow', 'fl', { items: [], total: 11 });
    await story.settle();
    expect((await story.titles('fl')).filter((title) => title === titles[4])).toHaveLength(2);
    expect((await story.run(first)).trace.map((line: { code: string }) => line.code)).toContain('split.taken');
    const arms = { x: 0, y: 0 };
    const events = Array.from({ length: 40 }, (_, i) => ({ name: 'never.mind', to: `arm-${i}` }));
    await story.define({
      key: 'arms',
      name: 'Arms',
      trigger: { event: 'never.mind' },
      steps: [
        {
          id: 'p',
          type: 'split',
          arms: [
            { name: 'x', weight: 1, steps: [{ id: 'xs', type: 'stop', reason: 'x' }] },
            { name: 'y', weight: 1, steps: [{ id: 'ys', type: 'stop', reason: 'y' }] },
          ],
        },
      ],
    });
    await app.call('POST', '/v1/events/bulk', { body: { events } });
    await story.settle();
    for (const run of await story.runs('workflow=arms')) arms[run.sentence as 'x' | 'y']++;
    expect(arms.x + arms.y).toBe(40);
    expect(Math.min(arms.x, arms.y)).toBeGreaterThan(8);
  });

  it('skips what cannot be rendered and says why, and goes on', async () => {
    await story.define({ key: 'torn', name: 'Torn', steps: [inApp('a', '{{ payload.title }}'), inApp('b', 'after')] });
    const event = await story.start('torn', 'tr', { title: '' });
    await story.settle();
    expect(await story.titles('tr')).toEqual(['after']);
    expect(story.codes(await story.run(event))).toEqual(['template.failed', 'message.made']);
  });
});
