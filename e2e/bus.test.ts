import { eventually, type PrivateServer, startKafka, startNats } from '@pulsestack/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEV_KEY, freshPlace, type Place, type Server, startProduct } from '../bench/process.ts';
import { openKafkaBus } from '../packages/pulsestack/src/adapters/kafka/index.ts';
import { openNatsBus } from '../packages/pulsestack/src/adapters/nats/bus.ts';
import { testEnvironment } from '../packages/pulsestack/src/config.ts';
import type { Bus } from '../packages/pulsestack/src/ports/bus.ts';
import { silentLog } from '../packages/pulsestack/src/ports/log.ts';

let place: Place;
let server: Server | undefined;
let bus: Bus;

async function call(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${server?.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${DEV_KEY}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: await answer.json() };
}

interface Told {
  id: string;
  type: string;
  workspace: string;
  data: { n: number };
}

/** Everything on the common topic, as a reader of another program gets it. */
async function listen(): Promise<Told[]> {
  const told: Told[] = [];
  await bus.subscribe(
    'pulsestack.events',
    `reader-${Math.random()}`,
    async (messages) => void told.push(...messages.map((one) => JSON.parse(one.value.toString()) as Told)),
    { from: 'earliest' },
  );
  return told;
}

// Connections to brokers are given ports above these, so that none takes the one the product is about to listen on.
const portOfItsOwn = () => String(20_000 + Math.floor(Math.random() * 10_000));

const publish = (n: number) =>
  call('POST', '/v1/stream/events', { to: { user: 'ada' }, name: 'counter.moved', data: { n } });

/** Has the topic every event up to the last that was acknowledged, in the order of the log? */
async function expectComplete(told: Told[], last: number): Promise<void> {
  const moved = () => told.filter((one) => one.type === 'counter.moved');
  await eventually('the last event on the topic', () => moved().some((one) => one.data.n === last), 60_000);
  const seen = new Set<string>();
  const first = moved().filter(({ id }) => !seen.has(id) && seen.add(id));
  expect(first.map((one) => one.data.n)).toEqual(Array.from({ length: last + 1 }, (_, n) => n));
}

/** Ends the product as a power cut would. */
async function kill(): Promise<void> {
  const { child } = server as Server;
  const ended = new Promise((resolve) => child.removeAllListeners('exit').once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  server = undefined;
}

afterEach(async () => {
  await server?.stop();
  server = undefined;
  await bus?.close();
  await place?.remove();
});

describe('a product on Kafka', () => {
  let broker: Awaited<ReturnType<typeof startKafka>>;
  beforeAll(async () => {
    broker = await startKafka();
  });
  afterAll(() => broker.close());

  it('starts a workflow once with what is delivered twice, and loses no event when it is killed', async () => {
    const url = `kafka://${broker.brokers.join(',')}`;
    bus = await openKafkaBus({ url, log: silentLog, drainMs: 500, sessionMs: 3_000 });
    place = await freshPlace('embedded');
    server = await startProduct(place, { BUS_URL: url, PORT: portOfItsOwn() });
    const { body: status } = await call('GET', '/v1/bus');
    expect(status).toMatchObject({ kind: 'kafka', healthy: true });
    const topic = status.topics[0].replace('*', 'orders');
    await call('PUT', '/v1/workflows/order', {
      name: 'Order',
      trigger: { event: 'order.placed' },
      steps: [{ id: 'tell', type: 'in_app', title: 'Thanks' }],
    });
    await call('POST', '/v1/workflows/order/publish', {});
    const source = await call('POST', '/v1/event-sources', { name: 'Orders', topic, startAt: 'earliest' });
    expect(source.status).toBe(201);
    const order = (id: string) => ({
      id: `${Math.random()}`,
      key: id,
      value: JSON.stringify({ specversion: '1.0', id, source: '/shop', type: 'order.placed', subject: 'ada' }),
      headers: { 'content-type': 'application/cloudevents+json' },
    });
    await bus.publish(topic, [order('1'), order('2'), order('1')]);
    await eventually('three messages', async () => {
      const { body } = await call('GET', `/v1/event-sources/${source.body.id}`);
      return body.received === 3;
    });
    const runs = await eventually('the runs', async () => {
      const { body } = await call('GET', '/v1/runs?workflow=order');
      return body.items.length >= 2 && body.items;
    });
    expect(runs).toHaveLength(2);

    let last = -1;
    const busy = (async () => {
      try {
        for (let n = 0; n < 2_000; n++) {
          if ((await publish(n)).status < 300) last = n;
        }
      } catch {
        // The product was killed in the middle.
      }
    })();
    await eventually('some events', () => last > 150);
    await kill();
    await busy;
    server = await startProduct(place, { BUS_URL: url, PORT: portOfItsOwn() });
    // The one that was under way may be stored as well, though nobody heard so.
    const after = await publish(last + 1);
    expect(after.status).toBeLessThan(300);
    const told = await listen();
    const moved = () => told.filter((one) => one.type === 'counter.moved');
    await eventually('the last event on the topic', () => moved().at(-1)?.data.n === last + 1, 60_000);
    const numbers = new Set(moved().map((one) => one.data.n));
    expect([...numbers]).toEqual(Array.from({ length: last + 2 }, (_, n) => n));
  });
});

describe.skipIf(!testEnvironment().databaseUrl)('two processes on one database and one broker', () => {
  let broker: PrivateServer;
  beforeAll(async () => {
    broker = await startNats();
  });
  afterAll(() => broker.close());

  it('bring each event to the topic once, and work at each message once', async () => {
    bus = await openNatsBus({ url: broker.url, log: silentLog, drainMs: 500 });
    place = await freshPlace('server');
    const env = () => ({ BUS_URL: broker.url, PORT: portOfItsOwn(), LOG_LEVEL: 'silent' });
    server = await startProduct(place, env());
    const other = await startProduct(place, env());
    try {
      const told = await listen();
      const topic = (await call('GET', '/v1/bus')).body.topics[0].replace('*', 'counts');
      const source = await call('POST', '/v1/event-sources', { name: 'Counts', topic, startAt: 'earliest' });
      const counted = { specversion: '1.0', source: '/counter', type: 'count.read', subject: 'ada' };
      await bus.publish(
        topic,
        Array.from({ length: 40 }, (_, n) => ({
          id: `count ${n}`,
          key: 'k',
          value: JSON.stringify({ ...counted, id: String(n) }),
          headers: {},
        })),
      );
      for (let n = 0; n < 100; n += 10) await Promise.all(Array.from({ length: 10 }, (_, i) => publish(n + i)));
      const moved = () => told.filter((one) => one.type === 'counter.moved');
      await eventually('all events', () => new Set(moved().map((one) => one.id)).size === 100, 60_000);
      expect(moved()).toHaveLength(100);
      const places = moved().map((one) => Number.parseInt(one.id.split('.')[1] ?? '', 36));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      const { body } = await eventually(
        'all messages',
        async () => {
          const answer = await call('GET', `/v1/event-sources/${source.body.id}`);
          return answer.body.received >= 40 && answer;
        },
        60_000,
      );
      expect([body.received, body.refused, body.lastError]).toEqual([40, 0, null]);
    } finally {
      await other.stop();
    }
  });
});

describe('a product on NATS JetStream', () => {
  let broker: PrivateServer;
  beforeAll(async () => {
    broker = await startNats();
  });
  afterAll(() => broker.close());

  it('goes on while the broker is dead, and brings everything when it is back', async () => {
    bus = await openNatsBus({ url: broker.url, log: silentLog, drainMs: 500 });
    place = await freshPlace('embedded');
    server = await startProduct(place, { BUS_URL: broker.url, PORT: portOfItsOwn(), LOG_LEVEL: 'silent' });
    await publish(0);
    const told = await listen();
    await eventually('the first', () => told.some((one) => one.type === 'counter.moved'));
    await broker.kill();
    for (let n = 1; n <= 50; n++) expect((await publish(n)).status).toBeLessThan(300);
    await eventually('that it is known', async () => {
      const { body } = await call('GET', '/readyz');
      return body.status === 'ready' && body.bus === 'away';
    });
    await broker.start();
    await expectComplete(told, 50);
    expect((await call('GET', '/readyz')).body.bus).toBe('ok');
  });
});
