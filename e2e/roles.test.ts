import { createEventStream } from 'pushstream/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEV_KEY, freshPlace, type Place, type Server, startProduct } from '../bench/process.ts';
import { testEnvironment } from '../packages/pulsestack/src/config.ts';

/** One build, three deployments: each process plays one part on the same database. */
describe.skipIf(!testEnvironment().databaseUrl)('api, realtime and worker as processes of their own', () => {
  let place: Place;
  let api: Server;
  let realtime: Server;
  let worker: Server;

  beforeAll(async () => {
    place = await freshPlace('server');
    api = await startProduct(place, { PULSESTACK_ROLE: 'api', LOG_LEVEL: 'silent' });
    [realtime, worker] = await Promise.all([
      startProduct(place, { PULSESTACK_ROLE: 'realtime', LOG_LEVEL: 'silent' }),
      startProduct(place, { PULSESTACK_ROLE: 'worker', LOG_LEVEL: 'silent' }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([api, realtime, worker].map((server) => server?.stop()));
    await place?.remove();
  });

  const call = async (method: string, path: string, body?: unknown, token = DEV_KEY) => {
    const answer = await fetch(`${api.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: answer.status === 204 ? null : await answer.json() };
  };

  it('carry a notification from one to the other, through the work of the third', async () => {
    await call('POST', '/v1/topics/news/subscribers', { users: ['ada', 'ben'] });
    const { body } = await call('POST', '/v1/users/ada/tokens', {});
    const titles: string[] = [];
    const open = Promise.withResolvers<void>();
    const stream = createEventStream({
      url: `${realtime.url}/v1/stream`,
      token: async () => body.token,
      onEvent: (event) => {
        const { notification } = event.data as { notification?: { title: string } };
        if (notification) titles.push(notification.title);
      },
      onState: (state) => state === 'open' && open.resolve(),
    });
    await open.promise;
    await call('POST', '/v1/notify', { to: 'ada', title: 'direct' });
    await expect.poll(() => titles).toEqual(['direct']);
    await call('POST', '/v1/notify', { to: { topic: 'news' }, title: 'fanned out by the worker' });
    await expect.poll(() => titles, { timeout: 10_000 }).toEqual(['direct', 'fanned out by the worker']);
    stream.close();
  });

  it('serve their own part only', async () => {
    expect((await fetch(`${api.url}/v1/stream`)).status).toBe(404);
    expect((await fetch(`${realtime.url}/v1/users`)).status).toBe(404);
    for (const server of [api, realtime, worker]) expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  it('forget a revoked session everywhere at once', async () => {
    const { body } = await call('POST', '/v1/users/eve/tokens', {});
    const controller = new AbortController();
    const response = await fetch(`${realtime.url}/v1/stream`, {
      headers: { authorization: `Bearer ${body.token}` },
      signal: controller.signal,
    });
    expect(response.status).toBe(200);
    const ended = (async () => {
      let text = '';
      const decoder = new TextDecoder();
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
        text += decoder.decode(chunk, { stream: true });
      return text;
    })();
    expect((await call('DELETE', '/v1/users/eve')).status).toBe(204);
    expect(await ended).toContain('ps.expired');
    expect(
      (await fetch(`${realtime.url}/v1/stream`, { headers: { authorization: `Bearer ${body.token}` } })).status,
    ).toBe(401);
  });
});
