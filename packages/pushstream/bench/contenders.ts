import type { Server as HttpServer, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createPushStream } from '../src/index.ts';

/** A way to push events from Node, as its documentation shows it. */
export interface Contender {
  listener?: RequestListener;
  attach?: (server: HttpServer) => void;
  publish: (text: string) => void;
}

// Nobody's heartbeats and pings fall into a measurement.
const QUIET_MS = 600_000;
const NAME = 'bench.event';

export const contenders: Record<string, () => Promise<Contender>> = {
  async pushstream() {
    const stream = createPushStream({ heartbeatMs: QUIET_MS });
    return { listener: stream.handler, publish: (text) => void stream.publish({ everyone: true }, NAME, text) };
  },

  // Every reader is a user with a stream of her own besides the common one, so no two read the same streams.
  async 'pushstream, all apart'() {
    let user = 0;
    const stream = createPushStream({
      heartbeatMs: QUIET_MS,
      access() {
        user += 1;
        return { streams: ['w', `u.${user}`], meta: { user: `${user}` } };
      },
    });
    return { listener: stream.handler, publish: (text) => void stream.publish({ everyone: true }, NAME, text) };
  },

  // The floor: one ready buffer, one write, no bookkeeping at all.
  async 'socket.write'() {
    const sockets = new Set<Socket>();
    return {
      listener(_, response) {
        const { socket } = response;
        if (!socket) return;
        response.detachSocket(socket);
        socket.setNoDelay(true);
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n:\n\n');
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      },
      publish(text) {
        const frame = Buffer.from(`event: ${NAME}\ndata: ${JSON.stringify(text)}\nid: epoch1.1\n\n`);
        for (const socket of sockets) socket.write(frame);
      },
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
        const frame = `event: ${NAME}\ndata: ${JSON.stringify(text)}\nid: ${seq}\n\n`;
        for (const response of readers) response.write(frame);
      },
    };
  },

  async 'better-sse'() {
    const { createChannel, createSession } = await import('better-sse');
    const channel = createChannel();
    return {
      async listener(request, response) {
        channel.register(await createSession(request, response, { keepAlive: QUIET_MS }));
      },
      publish: (text) => void channel.broadcast(text, NAME),
    };
  },

  async 'socket.io'() {
    const { Server } = await import('socket.io');
    const io = new Server({ transports: ['websocket'], pingInterval: QUIET_MS, perMessageDeflate: false });
    return {
      attach(server) {
        io.attach(server);
        io.engine.on('connection', (socket: { request: unknown }) => {
          // As its own documentation advises, to save memory.
          socket.request = null;
        });
      },
      publish: (text) => void io.emit(NAME, text),
    };
  },
};
