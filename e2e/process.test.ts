import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createEventStream } from 'pushstream/client';
import { afterEach, describe, expect, it } from 'vitest';
import { DEV_KEY, freshPlace, type Place, type Server, startProduct } from '../bench/process.ts';
import { openCollector } from '../packages/pulsestack/src/testing/collector.ts';
import { databases } from '../packages/pulsestack/src/testing/index.ts';

const MAIN = fileURLToPath(new URL('../packages/pulsestack/src/main.ts', import.meta.url));
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function place(kind: 'embedded' | 'server'): Promise<Place> {
  const one = await freshPlace(kind);
  cleanUp.push(one.remove);
  return one;
}

async function start(where: Place, env: Record<string, string> = {}): Promise<Server> {
  const server = await startProduct(where, { LOG_LEVEL: 'silent', ...env });
  cleanUp.push(() => server.child.kill('SIGKILL'));
  return server;
}

function post(server: Server, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${DEV_KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function tokenOf(server: Server, user: string): Promise<string> {
  return ((await (await post(server, `/v1/users/${user}/tokens`, { ttlMinutes: 60 })).json()) as { token: string })
    .token;
}

/** Runs one command line to its end. */
function command(args: string[], env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      ['--conditions=source', '--disable-warning=ExperimentalWarning', MAIN, ...args],
      { env: { PATH: process.env.PATH, ...env } },
    );
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('exit', (code) => resolve({ code, output }));
  });
}

describe.each(databases)('a process on the %s database', (kind) => {
  it('loses nothing it acknowledged when it is killed, and a stream resumes over the restart without a gap', async () => {
    const where = await place(kind);
    const acknowledged: string[] = [];
    const port = String(20_000 + (randomBytes(2).readUInt16BE() % 20_000));
    let server = await start(where, { PORT: port });
    let token = await tokenOf(server, 'ada');

    const arrived: string[] = [];
    const live = Promise.withResolvers<void>();
    const stream = createEventStream({
      url: `${server.url}/v1/stream`,
      token: async () => token,
      onEvent: (event) => {
        const { notification } = event.data as { notification?: { title: string } };
        if (notification) arrived.push(notification.title);
      },
      onState: (state) => state === 'open' && live.resolve(),
    });
    cleanUp.push(() => stream.close());
    await live.promise;

    for (let round = 0; round < 3; round++) {
      let sending = true;
      const senders = Array.from({ length: 8 }, async (_, sender) => {
        for (let i = 0; sending; i++) {
          const title = `${round}-${sender}-${i}`;
          const answer = await post(server, '/v1/notify', { to: 'ada', title }).catch(() => undefined);
          if (answer?.status !== 202) return;
          await answer.arrayBuffer();
          acknowledged.push(title);
        }
      });
      const before = acknowledged.length;
      await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(before + 150 + round * 40);
      server.child.removeAllListeners('exit');
      server.child.kill('SIGKILL');
      sending = false;
      await Promise.all(senders);
      server = await start(where, { PORT: port });
      token = await tokenOf(server, 'ada');
    }

    const missing = () => acknowledged.filter((title) => !arrived.includes(title));
    await expect.poll(missing, { timeout: 30_000 }).toEqual([]);
    const counts = (await (
      await fetch(`${server.url}/v1/inbox/counts`, { headers: { authorization: `Bearer ${token}` } })
    ).json()) as { unread: number };
    // What was stored but not acknowledged when the process died arrives, too.
    await expect.poll(() => arrived.length, { timeout: 30_000 }).toBe(counts.unread);
    expect(new Set(arrived).size).toBe(arrived.length);
    expect(counts.unread).toBeGreaterThanOrEqual(acknowledged.length);
  });

  it('drains when it is asked to stop: what is under way is answered, streams are told to come back, and it ends with 0', async () => {
    const where = await place(kind);
    const server = await start(where);
    const token = await tokenOf(server, 'ada');
    const response = await fetch(`${server.url}/v1/stream`, { headers: { authorization: `Bearer ${token}` } });
    const reader = response.body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    expect(first).toContain('ps.open');
    const last = post(server, '/v1/notify', { to: 'ada', title: 'last words' });
    const ended = new Promise<number | null>((resolve) => {
      server.child.removeAllListeners('exit');
      server.child.on('exit', resolve);
    });
    expect((await last).status).toBe(202);
    server.child.kill('SIGTERM');
    let rest = '';
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read())
      rest += new TextDecoder().decode(chunk.value);
    expect(rest).toContain('last words');
    expect(rest).toContain('ps.drain');
    expect(await ended).toBe(0);
  });
});

describe('starting', () => {
  it('prints the dashboard, the development key and a line to paste that works', async () => {
    const where = await place('embedded');
    const first = await start(where, { PULSESTACK_DEV_KEY: '' });
    const key = ((await (await fetch(`${first.url}/dev/key`)).json()) as { key: string }).key;
    expect(key).toMatch(/^sk_dev_/);
    const answer = await post(
      first,
      '/v1/notify',
      { to: 'ada', title: 'Hi', body: 'It works' },
      { authorization: `Bearer ${key}` },
    );
    expect(answer.status).toBe(202);
    const again = first.stop();
    await again;
    const second = await start(where, { PULSESTACK_DEV_KEY: '' });
    expect(((await (await fetch(`${second.url}/dev/key`)).json()) as { key: string }).key).toBe(key);
    const { token } = (await (await fetch(`${second.url}/dev/session?user=ada`)).json()) as { token: string };
    const page = (await (
      await fetch(`${second.url}/v1/inbox`, { headers: { authorization: `Bearer ${token}` } })
    ).json()) as { items: { title: string }[] };
    expect(page.items.map((item) => item.title)).toEqual(['Hi']);
  });

  it('names the wrong setting, the missing secret, the busy port and the directory in use', async () => {
    const where = await place('embedded');
    expect(await command(['start'], { ...where.env, PORT: 'x' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('PORT "x" is not usable'),
    });
    expect(await command(['start'], { ...where.env, NODE_ENV: 'production' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('PULSESTACK_SECRET is required'),
    });

    const taken = createServer().listen(0, '127.0.0.1');
    cleanUp.push(() => taken.close());
    await new Promise((done) => taken.once('listening', done));
    const { port } = taken.address() as { port: number };
    const busy = await command(['start'], { ...where.env, PORT: String(port) });
    expect(busy).toMatchObject({ code: 1, output: expect.stringContaining(`port ${port} on 127.0.0.1 is in use`) });

    await start(where);
    const second = await command(['start'], { ...where.env, PORT: '0' });
    expect(second.code).toBe(1);
    expect(second.output).toContain(where.env.PULSESTACK_DATA_DIR);
    expect(second.output).not.toContain('    at ');
  });

  it('says what is missing when the server in DATABASE_URL does not answer', async () => {
    const where = await place('embedded');
    const answer = await command(['start'], { ...where.env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(answer.code).toBe(1);
    expect(answer.output).toMatch(/127\.0\.0\.1:1/);
    expect(answer.output).not.toContain('    at ');
  });

  it('sends its figures to the collector that the environment names, the last ones when it stops', async () => {
    const where = await place('embedded');
    const collector = await openCollector();
    cleanUp.push(() => collector.close());
    const server = await start(where, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc',
      OTEL_SERVICE_NAME: 'shop',
      OTEL_METRIC_EXPORT_INTERVAL: '3600000',
    });
    expect((await post(server, '/v1/notify', { to: 'ada', title: 'Hi' })).status).toBe(202);
    expect(collector.exports).toEqual([]);
    const ended = once(server.child, 'exit');
    server.child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(collector.exports).toMatchObject([
      { headers: { authorization: 'Bearer abc' }, resource: { 'service.name': 'shop' } },
    ]);
    expect(collector.lines()).toContain(
      'pulsestack_http_request_seconds_count{operation="notifications.notify",status="202"} 1',
    );
  });

  it('checks itself with doctor', async () => {
    const where = await place('embedded');
    const well = await command(['doctor'], { ...where.env, PORT: '0' });
    expect(well).toMatchObject({ code: 0, output: expect.stringContaining('✓ clock') });
    for (const what of ['node', 'settings', 'port', 'disk', 'database', 'mail']) expect(well.output).toContain(what);
    const ill = await command(['doctor'], {
      ...where.env,
      PORT: '0',
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    });
    expect(ill).toMatchObject({ code: 1, output: expect.stringContaining('✗ database') });
  });

  it('keeps development conveniences to this machine', async () => {
    const where = await place('embedded');
    const production = await start(where, {
      PULSESTACK_DEV_KEY: '',
      NODE_ENV: 'production',
      PULSESTACK_SECRET: randomBytes(32).toString('hex'),
      PULSESTACK_PUBLIC_URL: 'https://notify.example.com',
    });
    for (const path of ['/dev/key', '/dev/session?user=ada', '/dev/mailbox'])
      expect((await fetch(`${production.url}${path}`)).status, path).toBe(404);
    const stranger = await fetch(`${production.url}/v1/auth/sign-up`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'a@example.com', password: 'long enough password', name: 'A' }),
    });
    expect(stranger.status).toBe(403);

    const development = await start(await place('embedded'));
    const elsewhere = await fetch(`${development.url}/dev/key`, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(elsewhere.status).toBe(403);
  });
});
