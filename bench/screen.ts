import { createServer } from 'node:http';
import { createEventStream } from 'pushstream/client';
import { Server as SocketServer } from 'socket.io';
import { io } from 'socket.io-client';
import { percentile, report, round } from './machine.ts';
import { DEV_KEY, freshPlace, startProduct } from './process.ts';

const READERS = 50;

/** From handing the notification over to its event at the reader, at a steady rate; beside a stock Socket.IO emit without any database. */
export async function screen(options: { seconds: number; rate: number }): Promise<void> {
  const bare = await socketIoEmit(options);
  for (const kind of ['embedded', 'server'] as const) {
    const times = await product(kind, options);
    report('screen', {
      database: kind,
      ratePerSecond: options.rate,
      delivered: times.length,
      p50Ms: round(percentile(times, 0.5)),
      p99Ms: round(percentile(times, 0.99)),
      socketIoP99Ms: round(percentile(bare, 0.99)),
      ratio: round(percentile(times, 0.99) / percentile(bare, 0.99)),
      bars: { p99Ms: 25, ratio: 2 },
    });
  }
}

async function product(
  kind: 'embedded' | 'server',
  { seconds, rate }: { seconds: number; rate: number },
): Promise<number[]> {
  const place = await freshPlace(kind);
  const server = await startProduct(place);
  const headers = { authorization: `Bearer ${DEV_KEY}`, 'content-type': 'application/json' };
  const times: number[] = [];
  const streams = await Promise.all(
    Array.from({ length: READERS }, async (_, i) => {
      const minted = await fetch(`${server.url}/v1/users/reader-${i}/tokens`, { method: 'POST', headers, body: '{}' });
      const { token } = (await minted.json()) as { token: string };
      return new Promise<ReturnType<typeof createEventStream>>((resolve) => {
        const stream = createEventStream({
          url: `${server.url}/v1/stream`,
          token: async () => token,
          onEvent: (event) => {
            const data = event.data as { notification?: { title: string } };
            if (event.name === 'notification.created' && data.notification)
              times.push(performance.now() - Number(data.notification.title));
          },
          onState: (state) => state === 'open' && resolve(stream),
        });
      });
    }),
  );
  await steadily(seconds + 2, rate, async (i) => {
    const sent = performance.now();
    const answer = await fetch(`${server.url}/v1/notify`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ to: `reader-${i % READERS}`, title: String(sent) }),
    });
    await answer.arrayBuffer();
  });
  await new Promise((done) => setTimeout(done, 500));
  for (const stream of streams) stream.close();
  await server.stop();
  await place.remove();
  // The first two seconds warm the compiler up.
  return times.slice(rate * 2);
}

async function socketIoEmit({ seconds, rate }: { seconds: number; rate: number }): Promise<number[]> {
  const http = createServer();
  const server = new SocketServer(http);
  server.on('connection', (socket) => void socket.join(`reader-${socket.handshake.auth.reader}`));
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const { port } = http.address() as { port: number };
  const times: number[] = [];
  const sockets = await Promise.all(
    Array.from({ length: READERS }, (_, i) => {
      const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true, auth: { reader: i } });
      socket.on('event', (data: { title: string }) => times.push(performance.now() - Number(data.title)));
      return new Promise<typeof socket>((done) => socket.on('connect', () => done(socket)));
    }),
  );
  await steadily(
    seconds + 2,
    rate,
    async (i) => void server.to(`reader-${i % READERS}`).emit('event', { title: String(performance.now()) }),
  );
  await new Promise((done) => setTimeout(done, 200));
  for (const socket of sockets) socket.close();
  await server.close();
  return times.slice(rate * 2);
}

/** Calls `send` at an even rate, without waiting for its end: a slow answer must not slow the clock. */
async function steadily(seconds: number, rate: number, send: (i: number) => Promise<void>): Promise<void> {
  const begun = performance.now();
  const pending: Promise<void>[] = [];
  for (let i = 0; i < seconds * rate; ) {
    const due = Math.floor(((performance.now() - begun) / 1000) * rate);
    while (i < Math.min(due, seconds * rate)) pending.push(send(i++));
    await new Promise((done) => setTimeout(done, 1));
  }
  await Promise.all(pending);
}
