import { get } from 'node:http';
import { createGunzip } from 'node:zlib';
import { eventually, type PrivateServer } from '@pulsestack/testing';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  callPatiently,
  type Fleet,
  startFleet,
  startShippedHaproxy,
  startShippedNginx,
} from '../bench/cluster/fleet.ts';
import { ride } from '../bench/cluster/storm.ts';
import { runCommand } from '../bench/process.ts';
import { testEnvironment } from '../packages/pulsestack/src/config.ts';

const SEED = 20_261_120;
const READERS = 200;
const EVENTS = 10_000;

/** Three processes on one database and one Redis, behind the configurations as they are shipped. */
describe.skipIf(!testEnvironment().databaseUrl)('three nodes', () => {
  let fleet: Fleet;
  const cleanUp: (() => unknown)[] = [];
  beforeAll(async () => {
    fleet = await startFleet(3);
  });
  afterAll(() => fleet?.close());
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  async function begin(start: (ports: readonly number[]) => Promise<PrivateServer>): Promise<string> {
    const proxy = await start(fleet.ports);
    cleanUp.push(proxy.close);
    return proxy.url;
  }

  async function tokenOf(base: string, user: string): Promise<string> {
    const path = `/v1/users/${user}/tokens`;
    return (await callPatiently<{ token: string }>(base, path, { ttlMinutes: 60 }, `token-${user}`)).token;
  }

  async function notify(base: string, user: string, from: number, to: number): Promise<void> {
    for (let n = from; n < to; n += 50) {
      const notifications = Array.from({ length: Math.min(50, to - n) }, (_, i) => ({
        audience: { users: [user] },
        title: String(n + i),
      }));
      await callPatiently(base, '/v1/notifications/bulk', { notifications }, `${user}-${n}`);
    }
  }

  it.each([
    ['nginx', startShippedNginx],
    ['HAProxy', startShippedHaproxy],
  ])(
    'behind %s lose nothing through restarts, kills and disconnections',
    async (name, startProxy) => {
      const { tallies } = await ride(await begin((ports) => startProxy(ports)), fleet, {
        readers: READERS,
        events: EVENTS,
        eventsPerSecond: 800,
        cutEveryMs: 4_000,
        seed: SEED + name.length,
      });
      expect(tallies.map(({ seen, faults, repeated, resets }) => ({ seen, faults, repeated, resets }))).toEqual(
        Array.from({ length: READERS }, () => ({ seen: EVENTS, faults: [], repeated: 0, resets: 0 })),
      );
      // Nobody was spared.
      expect(Math.min(...tallies.map(({ connections }) => connections))).toBeGreaterThan(1);
    },
    300_000,
  );

  it('give a client that asks for gzip each event before the next one is sent, whatever nginx would rather do', async () => {
    const base = await begin((ports) =>
      startShippedNginx(ports, (site) =>
        site.replace(
          /proxy_buffering off;\s+gzip off;/,
          'proxy_buffering on; gzip on; gzip_types *; gzip_proxied any; gzip_min_length 0;',
        ),
      ),
    );
    const token = await tokenOf(base, 'zoe');
    let text = '';
    const headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' };
    const encoding = new Promise<string | undefined>((resolve) => {
      const request = get(`${base}/v1/stream`, { agent: false, headers }, (response) => {
        resolve(response.headers['content-encoding']);
        const gunzip = createGunzip();
        gunzip.on('error', () => {});
        response.pipe(gunzip).on('data', (bytes: Buffer) => {
          text += bytes.toString();
        });
      });
      request.on('error', () => {});
      cleanUp.push(() => request.destroy());
    });
    expect(await encoding).toBe('gzip');
    await eventually('an open stream', () => text.includes('ps.open'));
    for (let n = 0; n < 5; n++) {
      await notify(base, 'zoe', n, n + 1);
      await eventually(`event ${n} alone`, () => text.includes(`"title":"${n}"`), 5_000);
    }
  });

  it('serve Socket.IO anywhere by WebSocket and sticky by polling, and lose nothing when a node is killed', async () => {
    const [nginx, haproxy] = [await begin((ports) => startShippedNginx(ports)), await begin(startShippedHaproxy)];
    const token = await tokenOf(nginx, 'eve');
    const clients = [
      ...Array.from({ length: 6 }, () => openSocket(nginx, token, ['websocket'])),
      ...Array.from({ length: 3 }, () => openSocket(nginx, token, ['polling'])),
      ...Array.from({ length: 6 }, () => openSocket(haproxy, token, ['websocket'])),
      ...Array.from({ length: 3 }, () => openSocket(haproxy, token, ['polling'])),
      ...Array.from({ length: 3 }, () => openSocket(haproxy, token, ['polling', 'websocket'])),
    ];
    await Promise.all(clients.map((client) => client.opened));
    const connections = () => Promise.all(fleet.ports.map((_, node) => fleet.figure(node, 'stream_connections')));
    expect((await connections()).filter((count) => count > 0).length).toBe(3);
    await notify(nginx, 'eve', 0, 150);
    await fleet.kill(2);
    await notify(haproxy, 'eve', 150, 300);
    const expected = Array.from({ length: 300 }, (_, n) => n);
    await eventually('all events on every socket', () => clients.every((client) => client.seen.length >= 300), 30_000);
    for (const client of clients) expect(client.seen).toEqual(expected);
    await fleet.start(2);
  });

  it.each([
    ['REDIS_URL', 'redis://user:secret@127.0.0.1:1', 'Redis does not answer at redis://user:…@127.0.0.1:1'],
    ['NATS_URL', 'nats://127.0.0.1:1', 'NATS does not answer at nats://127.0.0.1:1'],
  ])('do not start when %s names nobody, and doctor finds it', async (setting, url, sentence) => {
    const env = { ...fleet.env, PORT: '0', [setting]: url };
    const started = await runCommand(['start'], env);
    expect(started.code).toBe(1);
    expect(started.output).toContain(`${setting} is set, but cannot be used. ${sentence}`);
    expect(started.output).not.toMatch(/secret|^ {4}at /m);
    const examined = await runCommand(['doctor'], env);
    expect(examined).toMatchObject({ code: 1, output: expect.stringMatching(`✗ backplane +${setting}`) });
  });

  it('are well for doctor when their Redis answers', async () => {
    const examined = await runCommand(['doctor'], { ...fleet.env, PORT: '0', REDIS_URL: fleet.redis.url });
    expect(examined).toMatchObject({ code: 0, output: expect.stringMatching(/✓ backplane +redis, connected/) });
  });

  /** The official client, which keeps the cursor of its last event and sends it when it comes back. */
  function openSocket(base: string, token: string, transports: string[]) {
    const seen: number[] = [];
    let cursor: string | null = null;
    const socket: Socket = io(`${base}/notifications`, {
      transports,
      // The sticky cookie, in a client that is no browser.
      withCredentials: true,
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 500,
      auth: (give) => give({ token, cursor }),
    });
    cleanUp.push(() => socket.disconnect());
    const opened = new Promise<void>((resolve) =>
      socket.on('ps.open', (_data: unknown, at: string) => {
        cursor = at;
        resolve();
      }),
    );
    socket.on('notification.created', (data: { notification: { title: string } }, at: string) => {
      cursor = at;
      seen.push(Number(data.notification.title));
    });
    socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 50);
    });
    return { seen, opened };
  }
});
