import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPushStream } from 'pushstream';
import { Server } from 'socket.io';
import { PacketEncoder } from '../../packages/pulsestack/src/transports/realtime/packet.ts';
import { SocketIoSink } from '../../packages/pulsestack/src/transports/realtime/socket-io-sink.ts';

// One Socket.IO server of the comparison, in a process of its own so that its CPU time is its own.

const http = createServer();
const io = new Server(http, { serveClient: false, perMessageDeflate: false, pingInterval: 600_000 });

const contenders: Record<string, () => (text: string) => void> = {
  pulsestack() {
    const stream = createPushStream({ heartbeatMs: 600_000 });
    const encoder = new PacketEncoder('/');
    io.on('connection', async (socket) => {
      stream.hub.attach(new SocketIoSink(socket, encoder), { streams: ['w'], start: await stream.hub.locate(null) });
    });
    return (text) => void stream.publish({ everyone: true }, 'bench.event', text);
  },
  // As a library is used: one call for everybody in a room, which encodes once. Without cursors and without memory.
  'io.emit'() {
    return (text) => void io.emit('bench.event', text, 'epoch1.1');
  },
  'socket.emit'() {
    return (text) => {
      for (const socket of io.sockets.sockets.values()) socket.emit('bench.event', text, 'epoch1.1');
    };
  },
};

interface Order {
  events: number;
  perTick: number;
  everyMs: number;
  bytes: number;
}

const publish = contenders[process.argv[2] ?? '']?.();
if (!publish) throw new Error(`Name one of: ${Object.keys(contenders).join(', ')}.`);
http.listen(0, '127.0.0.1', () => process.send?.({ port: (http.address() as AddressInfo).port }));

process.on('message', ({ events, perTick, everyMs, bytes }: Order) => {
  const text = 'x'.repeat(bytes);
  const before = process.cpuUsage();
  let left = events;
  const timer = setInterval(() => {
    for (let i = 0; i < perTick && left > 0; i += 1, left -= 1) publish(text);
    if (left > 0) return;
    clearInterval(timer);
    // What was published last is still to be written.
    setTimeout(() => {
      const { user, system } = process.cpuUsage(before);
      process.send?.({ cpuMicros: user + system });
    }, 200);
  }, everyMs);
});
process.on('disconnect', () => process.exit());
