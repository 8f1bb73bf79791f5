import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createPushStream } from '../src/index.ts';

// One server of the comparison, in a process of its own so that its CPU time and memory are its own.

interface Contender {
  listener: Parameters<typeof createServer>[1];
  attach?: (server: ReturnType<typeof createServer>) => void;
  publish: (text: string) => void;
}

const contenders: Record<string, () => Promise<Contender>> = {
  async pushstream() {
    const stream = createPushStream({ heartbeatMs: 60_000 });
    return {
      listener: stream.handler,
      publish: (text) => void stream.publish({ everyone: true }, 'bench.event', text),
    };
  },

  // Every reader is a user with a stream of her own besides the common one, so no two read the same streams.
  async 'pushstream, all different'() {
    let user = 0;
    const stream = createPushStream({
      heartbeatMs: 60_000,
      access() {
        user += 1;
        return { streams: ['w', `u.${user}`], meta: { user: `${user}` } };
      },
    });
    return {
      listener: stream.handler,
      publish: (text) => void stream.publish({ everyone: true }, 'bench.event', text),
    };
  },

  async 'res.write'() {
    const readers = new Set<ServerResponse>();
    let seq = 0;
    return {
      listener(_, response) {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write(':\n\n');
        readers.add(response);
        response.on('close', () => readers.delete(response));
      },
      publish(text) {
        seq += 1;
        const frame = `event: bench.event\ndata: ${JSON.stringify(text)}\nid: ${seq}\n\n`;
        for (const response of readers) response.write(frame);
      },
    };
  },

  // The floor: one ready buffer, one write, no bookkeeping at all.
  async 'socket.write'() {
    const sockets = new Set<Socket>();
    return {
      listener(_, response) {
        const { socket } = response;
        if (!socket) return;
        response.detachSocket(socket);
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n:\n\n');
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      },
      publish(text) {
        const frame = Buffer.from(`event: bench.event\ndata: ${JSON.stringify(text)}\nid: epoch1.1\n\n`);
        for (const socket of sockets) socket.write(frame);
      },
    };
  },

  async 'socket.io'() {
    const { Server } = await import('socket.io');
    const io = new Server({ transports: ['websocket'], pingInterval: 600_000, perMessageDeflate: false });
    return {
      listener: undefined,
      attach(server) {
        io.attach(server);
        io.engine.on('connection', (socket: { request: unknown }) => {
          // As its own documentation advises, to save memory.
          socket.request = null;
        });
      },
      publish: (text) => void io.emit('bench.event', text),
    };
  },
};

interface Order {
  kind: 'memory' | 'publish';
  events?: number;
  perTick?: number;
  everyMs?: number;
  bytes?: number;
}

const contender = await contenders[process.argv[2] ?? '']?.();
if (!contender) throw new Error(`Name one of: ${Object.keys(contenders).join(', ')}.`);
const server = createServer(contender.listener);
contender.attach?.(server);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on('message', (order: Order) => {
  if (order.kind === 'memory') {
    globalThis.gc?.();
    setTimeout(() => {
      globalThis.gc?.();
      process.send?.({ rss: process.memoryUsage().rss, heapUsed: process.memoryUsage().heapUsed });
    }, 300);
    return;
  }
  const text = 'x'.repeat(order.bytes ?? 150);
  const perTick = order.perTick ?? 1;
  let left = order.events ?? 0;
  const before = process.cpuUsage();
  const timer = setInterval(() => {
    for (let i = 0; i < perTick && left > 0; i += 1, left -= 1) contender.publish(text);
    if (left > 0) return;
    clearInterval(timer);
    // What was published last is still to be written.
    setTimeout(() => {
      const used = process.cpuUsage(before);
      process.send?.({ cpuMicros: used.user + used.system });
    }, 200);
  }, order.everyMs ?? 20);
});
process.on('disconnect', () => process.exit());
