import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { PulseStackError } from './error.ts';
import { createHttp, type Http } from './http.ts';
import { createTokens, type TokenSource } from './token.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const open: { close(): void }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

describe('a token', () => {
  it.each(['sk_live_4fT9abcdef', 'sk_dev_local'])(
    'that is the secret key %s is refused with the reason and the remedy',
    (key) => {
      expect(() => createTokens(key)).toThrow(
        expect.objectContaining({
          code: 'client.secret_key',
          message: expect.stringMatching(/belongs to everyone .* mint a user token/s),
        }),
      );
    },
  );

  it('that turns out to be a secret key when it is fetched is never sent', async () => {
    const server = await serve((_, response) => json(response, 200, {}));
    const http = client(server.url, () => 'sk_live_4fT9abcdef');
    await expect(http.get('/v1/inbox')).rejects.toMatchObject({ code: 'client.secret_key' });
    expect(server.requests).toEqual([]);
  });

  it('is fetched once, however many requests begin at the same time', async () => {
    let fetched = 0;
    const server = await serve((_, response) => json(response, 200, {}));
    const http = client(server.url, async () => `token-${++fetched}`);
    await Promise.all([http.get('/a'), http.get('/b'), http.get('/c')]);
    expect(fetched).toBe(1);
  });
});

it('a token that cannot be had right now is asked for again', async () => {
  let asked = 0;
  const server = await serve((_, response) => json(response, 200, { unread: 1 }));
  const http = client(server.url, () => {
    asked += 1;
    if (asked < 3) throw new TypeError('Failed to fetch');
    return 'token';
  });
  await expect(http.get('/v1/inbox/counts')).resolves.toEqual({ unread: 1 });
  await expect(
    client(server.url, () => Promise.reject(new Error('gone'))).post('/v1/inbox/mark'),
  ).rejects.toMatchObject({
    code: 'client.token_failed',
    cause: { message: 'gone' },
  });
});

describe('a refused token', () => {
  it('is replaced once and the request repeated', async () => {
    let fetched = 0;
    const server = await serve((request, response) =>
      request.headers.authorization === 'Bearer token-2'
        ? json(response, 200, { ok: true })
        : problem(response, 401, 'auth.expired'),
    );
    const http = client(server.url, () => `token-${++fetched}`);
    await expect(http.post('/v1/inbox/mark', { body: { mark: 'read' } })).resolves.toEqual({ ok: true });
    expect(server.requests.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('is an error when the new one is refused as well', async () => {
    const server = await serve((_, response) => problem(response, 401, 'auth.invalid'));
    await expect(client(server.url, () => 'token').get('/v1/inbox')).rejects.toMatchObject({
      code: 'auth.invalid',
      status: 401,
    });
    expect(server.requests).toHaveLength(2);
  });

  it('that cannot be replaced is not sent again', async () => {
    const server = await serve((_, response) => problem(response, 401, 'auth.expired'));
    await expect(client(server.url, 'token').get('/v1/inbox')).rejects.toMatchObject({ code: 'auth.expired' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('an error', () => {
  it('carries code, sentence, fields and the id of the request', async () => {
    const errors = [{ in: 'body', field: '/until', message: 'must be in the future' }];
    const server = await serve((_, response) =>
      problem(response, 400, 'request.invalid', { detail: 'Snooze until later.', errors }),
    );
    const error = await client(server.url, 'token')
      .post('/v1/inbox/ntf_1/snooze')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PulseStackError);
    expect(error).toMatchObject({
      code: 'request.invalid',
      status: 400,
      message: 'Snooze until later.',
      fields: errors,
      requestId: 'req_1',
    });
  });

  it('of a proxy, in HTML, still has the status', async () => {
    const server = await serve((_, response) =>
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>'),
    );
    await expect(client(server.url, 'token').get('/v1/inbox')).rejects.toMatchObject({
      code: 'client.unexpected_answer',
      status: 404,
    });
  });

  it('of an answer that is no JSON says so', async () => {
    const server = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Log in</h1>'),
    );
    await expect(client(server.url, 'token').get('/v1/inbox')).rejects.toMatchObject({
      code: 'client.unexpected_answer',
      status: 200,
    });
  });
});

describe('what only reads', () => {
  it('is tried again when the server fails, and waits as long as it is told', async () => {
    const server = await serve((_, response, count) => {
      if (count === 1) return problem(response, 503, 'server.unavailable');
      if (count === 2) return problem(response, 429, 'request.rate_limited', {}, { 'retry-after': '1' });
      json(response, 200, { unread: 3 });
    });
    const startedAt = Date.now();
    await expect(client(server.url, 'token').get('/v1/inbox/counts')).resolves.toEqual({ unread: 3 });
    expect(Date.now() - startedAt).toBeGreaterThan(1_000);
    expect(server.requests).toHaveLength(3);
  });

  it('gives up after four attempts', async () => {
    const server = await serve((_, response) => response.destroy());
    await expect(client(server.url, 'token').get('/v1/inbox')).rejects.toMatchObject({
      code: 'client.unreachable',
      status: 0,
    });
    expect(server.requests).toHaveLength(4);
  });

  it('is not tried again when the answer would be the same', async () => {
    const server = await serve((_, response) => problem(response, 404, 'resource.not_found'));
    await expect(client(server.url, 'token').get('/v1/inbox/ntf_1')).rejects.toMatchObject({
      code: 'resource.not_found',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('stops when nobody waits for it any more', async () => {
    const server = await serve((_, response) => problem(response, 503, 'server.unavailable'));
    const controller = new AbortController();
    const reading = client(server.url, 'token').get('/v1/inbox', { signal: controller.signal });
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.requests).toHaveLength(1);
  });
});

it('what changes something is sent once', async () => {
  const server = await serve((_, response) => problem(response, 503, 'server.unavailable'));
  await expect(client(server.url, 'token').post('/v1/inbox/ntf_1/read')).rejects.toMatchObject({ status: 503 });
  expect(server.requests).toHaveLength(1);
});

function client(url: string, token: TokenSource): Http {
  return createHttp({ url, tokens: createTokens(token), fetch: globalThis.fetch });
}

interface Seen {
  path: string;
  authorization: string | undefined;
}

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => ReturnType<Answer> | unknown,
) {
  const requests: Seen[] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization });
    answer(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function problem(
  response: ServerResponse,
  status: number,
  code: string,
  more: object = {},
  headers: Record<string, string> = {},
): void {
  json(
    response,
    status,
    { type: `https://pulsestack.dev/errors/${code}`, title: code, status, code, requestId: 'req_1', ...more },
    headers,
  );
}
