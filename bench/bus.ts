import { eventually, startKafka, startNats } from '@pulsestack/testing';
import { openKafkaBus } from '../packages/pulsestack/src/adapters/kafka/index.ts';
import { openNatsBus } from '../packages/pulsestack/src/adapters/nats/bus.ts';
import type { Bus } from '../packages/pulsestack/src/ports/bus.ts';
import { silentLog } from '../packages/pulsestack/src/ports/log.ts';
import { DEV_KEY, freshPlace, startProduct } from './process.ts';

// How many events a second go from the log to a broker, and how many messages a second come in from it and start a workflow.
const EVENTS = Number(process.argv[2] ?? 20_000);
const MESSAGES = Number(process.argv[3] ?? 5_000);
const AT_ONCE = 64;
// Connections to brokers are given ports above these, so that none takes the one the product is about to listen on.
const portOfItsOwn = () => String(20_000 + Math.floor(Math.random() * 10_000));

const kafka = await startKafka();
const nats = await startNats();
const carriers: { kind: string; url: string; open(): Promise<Bus> }[] = [
  {
    kind: 'kafka',
    url: `kafka://${kafka.brokers.join(',')}`,
    open: () => openKafkaBus({ url: `kafka://${kafka.brokers.join(',')}`, log: silentLog }),
  },
  { kind: 'nats', url: nats.url, open: () => openNatsBus({ url: nats.url, log: silentLog }) },
];

for (const { kind, url, open } of carriers) {
  const place = await freshPlace('server');
  // The log is filled before there is a bus, so that only the forwarding is measured.
  const filling = await startProduct(place);
  const call = async (base: string, method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${DEV_KEY}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return answer.json();
  };
  let left = EVENTS;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0)
        await call(filling.url, 'POST', '/v1/stream/events', {
          to: { user: 'ada' },
          name: 'bench.event',
          data: { left },
        });
    }),
  );
  await filling.stop();

  const bus = await open();
  const server = await startProduct(place, { BUS_URL: url, PORT: portOfItsOwn() });
  const sent = async () => {
    const answer = await fetch(`${server.url}/metrics`);
    return Number(/^pulsestack_bus_forwarded_total (\d+)/m.exec(await answer.text())?.[1] ?? 0);
  };
  const began = performance.now();
  await eventually('everything on the bus', async () => (await sent()) >= EVENTS, 300_000);
  const forwardedMs = performance.now() - began;
  console.log(
    JSON.stringify({
      bench: 'bus.forward',
      kind,
      events: EVENTS,
      perSecond: Math.round((EVENTS / forwardedMs) * 1000),
    }),
  );

  const { topics } = (await call(server.url, 'GET', '/v1/bus')) as { topics: string[] };
  const topic = `${(topics[0] ?? '').replace('*', '')}orders`;
  await call(server.url, 'PUT', '/v1/workflows/order', {
    name: 'Order',
    trigger: { event: 'order.placed' },
    steps: [{ id: 'tell', type: 'in_app', title: 'Thanks' }],
  });
  await call(server.url, 'POST', '/v1/workflows/order/publish', {});
  const message = (i: number) => ({
    id: `bench ${i}`,
    key: `user-${i % 1000}`,
    value: JSON.stringify({
      specversion: '1.0',
      id: String(i),
      source: '/b',
      type: 'order.placed',
      subject: `user-${i % 1000}`,
    }),
    headers: {},
  });
  for (let i = 0; i < MESSAGES; i += 500)
    await bus.publish(
      topic,
      Array.from({ length: Math.min(500, MESSAGES - i) }, (_, n) => message(i + n)),
    );
  const source = (await call(server.url, 'POST', '/v1/event-sources', {
    name: 'Orders',
    topic,
    startAt: 'earliest',
  })) as { id: string };
  const received = async () =>
    ((await call(server.url, 'GET', `/v1/event-sources/${source.id}`)) as { received: number }).received;
  await eventually('the first message', async () => (await received()) > 0, 60_000);
  const before = await received();
  const start = performance.now();
  await eventually('all messages', async () => (await received()) >= MESSAGES, 300_000);
  const perSecond = Math.round(((MESSAGES - before) / (performance.now() - start)) * 1000);
  console.log(JSON.stringify({ bench: 'bus.ingest', kind, messages: MESSAGES, perSecond }));
  await server.stop();
  await bus.close();
  await place.remove();
}
await kafka.close();
await nats.close();
process.exit(0);
