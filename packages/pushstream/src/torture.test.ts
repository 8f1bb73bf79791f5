import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createEventStream } from './client/index.ts';
import { createParser } from './client/parser.ts';
import { createPushStream, type PushStreamOptions, streamOf } from './pushstream.ts';
import { createRandom } from './testing/random.ts';
import { serve, type TestServer } from './testing/serve.ts';

const SEED = 20_261_120;
const CLIENTS = 50;
const EVENTS = 10_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A reader whose connection breaks, or stalls, at random byte counts, and who keeps only what was dispatched. */
class Unlucky {
  readonly seen: number[] = [];
  connections = 0;
  #lastId = '';
  #socket: Socket | null = null;
  #closed = false;
  readonly #port: number;
  readonly #path: string;
  readonly #random: (below: number) => number;

  constructor(port: number, path: string, random: (below: number) => number) {
    this.#port = port;
    this.#path = path;
    this.#random = random;
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  #connect(): void {
    if (this.#closed) return;
    this.connections += 1;
    const socket = connect(this.#port, '127.0.0.1');
    this.#socket = socket;
    const resume = this.#lastId ? `Last-Event-ID: ${this.#lastId}\r\n` : '';
    socket.write(`GET ${this.#path} HTTP/1.1\r\nHost: t\r\n${resume}\r\n`);
    const decoder = new TextDecoder();
    const parser = createParser({
      onId: (id) => {
        this.#lastId = id;
      },
      onEvent: (event) => {
        this.#lastId = event.id;
        if (event.name === 'test.event') this.seen.push(JSON.parse(event.data).n);
        if (event.name === 'ps.reset') this.seen.push(Number.NaN);
      },
    });
    let left = 200 + this.#random(60_000);
    let inBody = false;
    let head = '';
    socket.on('data', (bytes) => {
      if (left <= 0) return;
      // The cut comes in the middle of whatever has arrived.
      let text = decoder.decode(bytes.subarray(0, left), { stream: true });
      left -= bytes.length;
      if (!inBody) {
        head += text;
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) text = '';
        else {
          inBody = true;
          text = head.slice(end + 4);
        }
      }
      parser.push(text);
      if (left <= 0) socket.destroy();
      else if (this.#random(20) === 0) {
        socket.pause();
        setTimeout(() => socket.resume(), this.#random(30));
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(() => this.#connect(), this.#random(10)));
  }
}

async function start(
  options: PushStreamOptions,
): Promise<{ stream: ReturnType<typeof createPushStream>; server: TestServer }> {
  const stream = createPushStream({
    access(request) {
      const user = new URL(request.url ?? '/', 'http://local').searchParams.get('user') ?? '';
      return { streams: [streamOf({ everyone: true }), streamOf({ user })] };
    },
    keep: 2 * EVENTS,
    ...options,
  });
  const server = await serve(stream.handler);
  cleanups.push(() => server.stop());
  await stream.hub.cursor();
  return { stream, server };
}

/** Publishes numbered events, most for everyone and some for one user; returns what each user must see. */
async function publish(stream: ReturnType<typeof createPushStream>, random: (below: number) => number) {
  const expected = Array.from({ length: CLIENTS }, () => [] as number[]);
  for (let n = 1; n <= EVENTS; n += 1) {
    const user = random(CLIENTS);
    const forAll = random(4) > 0;
    await stream.publish(forAll ? { everyone: true } : { user: `${user}` }, 'test.event', {
      n,
      text: 'é'.repeat(random(60)),
    });
    for (const [index, numbers] of expected.entries()) if (forAll || index === user) numbers.push(n);
    if (random(20) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return expected;
}

describe(`torture (seed ${SEED})`, () => {
  it('23, 24, 26: gives 50 readers with broken connections 10,000 events, once each, in order', {
    timeout: 60_000,
  }, async () => {
    const random = createRandom(SEED);
    // A ring much smaller than the absences, so that ring, log and live meet all the time.
    const { stream, server } = await start({
      retryMs: 5,
      limits: { ringEvents: 300, pageEvents: 64, chunkBytes: 4_096 },
    });
    const cursor = await stream.hub.cursor();
    const readers = Array.from(
      { length: CLIENTS },
      (_, user) => new Unlucky(server.port, `/?user=${user}&last_event_id=${cursor}`, createRandom(SEED + user)),
    );
    cleanups.push(() => readers.forEach((reader) => reader.close()));
    const expected = await publish(stream, random);
    await expect
      .poll(() => readers.filter((reader, user) => reader.seen.length < (expected[user] ?? []).length).length, {
        timeout: 50_000,
      })
      .toBe(0);
    for (const [user, reader] of readers.entries()) expect(reader.seen).toEqual(expected[user]);
    const cuts = readers.reduce((sum, reader) => sum + reader.connections, 0);
    expect(cuts).toBeGreaterThan(CLIENTS * 5);
    expect(stream.hub.stats().replayedFromLog).toBeGreaterThan(0);
    expect(stream.hub.stats().replayedFromRing).toBeGreaterThan(0);
  });

  it('23: our client loses and doubles nothing when the server throws it out again and again', {
    timeout: 60_000,
  }, async () => {
    const random = createRandom(SEED + 1);
    const { stream, server } = await start({ retryMs: 1 });
    const clients = Array.from({ length: CLIENTS }, (_, user) => {
      const seen: number[] = [];
      const client = createEventStream<{ 'test.event': { n: number } }>({
        url: `${server.url}?user=${user}`,
        onEvent: (event) => seen.push(event.data.n),
        onReset: () => seen.push(Number.NaN),
      });
      cleanups.push(() => client.close());
      return { client, seen };
    });
    await expect.poll(() => clients.every(({ client }) => client.state === 'open')).toBe(true);
    const thrower = setInterval(() => stream.hub.close(() => random(10) === 0, 'gone'), 5);
    cleanups.push(() => clearInterval(thrower));
    const expected = await publish(stream, createRandom(SEED + 2));
    clearInterval(thrower);
    await expect
      .poll(() => clients.filter(({ seen }, user) => seen.length < (expected[user] ?? []).length).length, {
        timeout: 50_000,
      })
      .toBe(0);
    for (const [user, { seen }] of clients.entries()) expect(seen).toEqual(expected[user]);
  });
});
