import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { databases, type TestApp, testApp } from 'pulsestack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PulseStack, PulseStackError } from './index.ts';
import { startFlakyProxy } from './testing/flaky-proxy.ts';

describe.each(databases)('PulseStack for servers, on the %s database', (database) => {
  let app: TestApp;
  let url: string;
  let pulse: PulseStack;

  beforeAll(async () => {
    app = await testApp({ database });
    url = await app.url();
    pulse = new PulseStack({ key: app.home.key, url });
  });
  afterAll(() => app.close());

  const inboxOf = async (user: string) =>
    (await app.call('GET', '/v1/inbox', { as: await app.home.user(user) })).body.items;

  it('notifies a user who was unknown until now', async () => {
    const accepted = await pulse.notify({ to: 'ada', title: 'Hi', body: 'It works' });

    expect(accepted).toMatchObject({ audience: 'users', recipients: 1 });
    expect(await inboxOf('ada')).toMatchObject([{ id: accepted.id, title: 'Hi', body: 'It works' }]);
  });

  it('manages users and topics', async () => {
    await pulse.users.upsert('grace', { name: 'Grace Hopper', timeZone: 'America/New_York' });
    const { added } = await pulse.topics.subscribe('repo:acme.api', { users: ['grace', 'linus'] });
    await pulse.notifications.create({ audience: { topic: 'repo:acme.api' }, title: 'Release 2.0' });
    await app.settle();

    expect(added).toBe(2);
    expect(await pulse.users.get('grace')).toMatchObject({ id: 'grace', name: 'Grace Hopper' });
    expect(await inboxOf('linus')).toMatchObject([{ title: 'Release 2.0' }]);
    await pulse.users.delete('linus');
    await expect(pulse.users.get('linus')).rejects.toMatchObject({ code: 'resource.not_found', status: 404 });
  });

  it('sends many at once with a result for each, and retracts', async () => {
    const { results } = await pulse.notifications.bulk({
      notifications: [
        { audience: { users: ['bulk-1'] }, title: 'One' },
        { audience: { users: ['bulk-2'] }, title: 'Two' },
      ],
    });
    const [first] = results;
    if (!first || !('id' in first)) throw new Error('the first was refused');
    await pulse.notifications.retract(first.id);

    expect(results.map(({ status }) => status)).toEqual([202, 202]);
    expect(await inboxOf('bulk-1')).toEqual([]);
    expect(await inboxOf('bulk-2')).toHaveLength(1);
  });

  it('mints a token for the browser', async () => {
    const { token } = await pulse.users.createToken('ada', { ttlMinutes: 5 });

    expect((await app.call('GET', '/v1/inbox', { as: token })).status).toBe(200);
  });

  it('walks through every page of a list, and gives one page when awaited', async () => {
    const ids = Array.from({ length: 7 }, (_, i) => `paged-${i}`);
    await pulse.users.bulk({ users: ids.map((id) => ({ id })) });

    const seen: string[] = [];
    for await (const user of pulse.users.list({ q: 'paged-', limit: 3 })) seen.push(user.id);
    const page = await pulse.users.list({ q: 'paged-', limit: 3 });

    expect(seen).toEqual(ids);
    expect(page.items).toHaveLength(3);
    expect(page.nextCursor).toEqual(expect.any(String));
  });

  it('says what was wrong with a request, field by field, and does not try it again', async () => {
    const failed = await pulse.notify({ to: 'ada', title: '' }).catch((error: PulseStackError) => error);

    expect(failed).toBeInstanceOf(PulseStackError);
    expect(failed).toMatchObject({
      code: 'request.invalid',
      status: 400,
      fields: [{ in: 'body', field: '/title' }],
      requestId: expect.stringMatching(/^req_/),
    });
  });

  it('does not notify twice when the connection is cut after the server committed', async () => {
    const proxy = await startFlakyProxy(url, ['cut-answer', 'cut-answer', 'pass']);
    const flaky = new PulseStack({ key: app.home.key, url: proxy.url });

    const accepted = await flaky.notify({ to: 'unlucky', title: 'Once' });

    expect(proxy.passed).toBe(3);
    expect(await inboxOf('unlucky')).toMatchObject([{ id: accepted.id, title: 'Once' }]);
    await proxy.close();
  });

  it('does not make a second API key when the answer with the first one is lost', async () => {
    const proxy = await startFlakyProxy(url, ['cut-answer', 'pass']);
    const flaky = new PulseStack({ key: app.home.key, url: proxy.url });
    await expect(flaky.apiKeys.create({ name: 'made once' })).rejects.toMatchObject({ code: 'network.failed' });
    const { items } = (await app.call('GET', '/v1/api-keys')).body;
    expect(items.filter((key: { name: string }) => key.name === 'made once')).toHaveLength(1);
    await proxy.close();
  });

  it('gives the same answer to the same idempotency key, also from another client', async () => {
    const first = await pulse.notify({ to: 'ivan', title: 'Once' }, { idempotencyKey: 'order-1' });
    const again = await new PulseStack({ key: app.home.key, url }).notify(
      { to: 'ivan', title: 'Once' },
      { idempotencyKey: 'order-1' },
    );

    expect(again).toEqual(first);
    await expect(pulse.notify({ to: 'ivan', title: 'Other' }, { idempotencyKey: 'order-1' })).rejects.toMatchObject({
      code: 'idempotency.mismatch',
    });
    expect(await inboxOf('ivan')).toHaveLength(1);
  });

  it('gives up after its retries with a sentence that names the address', async () => {
    const proxy = await startFlakyProxy(url, ['refuse', 'refuse']);
    const impatient = new PulseStack({ key: app.home.key, url: proxy.url, maxRetries: 1 });

    await expect(impatient.users.get('ada')).rejects.toMatchObject({
      code: 'network.failed',
      status: 0,
      message: expect.stringContaining(proxy.url),
    });
    await proxy.close();
  });
});

describe('retrying', () => {
  const servers: { close(): void; closeAllConnections(): void }[] = [];
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('waits as long as Retry-After asks, and carries one idempotency key through all attempts', async () => {
    const keys: unknown[] = [];
    const atMs: number[] = [];
    const url = await serve((request, response) => {
      keys.push(request.headers['idempotency-key']);
      atMs.push(performance.now());
      if (keys.length === 1)
        return response.writeHead(429, { 'retry-after': '1' }).end('{"code":"request.rate_limited"}');
      if (keys.length === 2) return response.writeHead(502).end('<h1>Bad gateway</h1>');
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"id":"ntf_1"}');
    });

    await new PulseStack({ key: 'sk_test_key', url }).notify({ to: 'ada', title: 'Hi' });

    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect((atMs[1] ?? 0) - (atMs[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('reports an answer that did not come from PulseStack', async () => {
    const url = await serve((_request, response) => response.writeHead(404).end('<h1>nginx</h1>'));

    await expect(new PulseStack({ key: 'sk_test_key', url }).users.get('ada')).rejects.toMatchObject({
      code: 'response.unreadable',
      status: 404,
    });
  });

  it('stops waiting for a silent server when the time of an attempt is over', async () => {
    const url = await serve(() => undefined);

    await expect(
      new PulseStack({ key: 'sk_test_key', url, timeoutMs: 50, maxRetries: 0 }).users.get('ada'),
    ).rejects.toMatchObject({ code: 'network.timeout' });
  });

  it('stops at once when the caller aborts, also between attempts', async () => {
    const controller = new AbortController();
    const url = await serve((_request, response) => {
      response.writeHead(503, { 'retry-after': '30' }).end();
      setImmediate(() => controller.abort(new Error('changed my mind')));
    });

    await expect(
      new PulseStack({ key: 'sk_test_key', url }).users.get('ada', { signal: controller.signal }),
    ).rejects.toThrow('changed my mind');
  });

  it('leaves it to the caller when the server asks for more than a minute of patience', async () => {
    let attempts = 0;
    const url = await serve((_request, response) => {
      attempts++;
      response.writeHead(503, { 'retry-after': '3600' }).end();
    });

    await expect(new PulseStack({ key: 'sk_test_key', url }).users.get('ada')).rejects.toMatchObject({ status: 503 });
    expect(attempts).toBe(1);
  });
});

describe('a wrong start', () => {
  it('refuses to run without a key, with something else than a key, or with a url that is none', () => {
    expect(() => new PulseStack({ key: '' })).toThrow('needs an API key');
    expect(() => new PulseStack({ key: 'eyJhbGciOi' })).toThrow('keys begin with sk_');
    expect(() => new PulseStack({ key: 'sk_abc\n' })).toThrow('line breaks');
    expect(() => new PulseStack({ key: 'sk_abc', url: 'localhost:4000' })).toThrow('http(s) address');
  });

  it('refuses to run in a browser, where anyone can read the key', () => {
    Object.assign(globalThis, { window: globalThis, document: {} });
    try {
      expect(() => new PulseStack({ key: 'sk_abc' })).toThrow('must not run in a browser');
    } finally {
      for (const name of ['window', 'document']) Reflect.deleteProperty(globalThis, name);
    }
  });
});
