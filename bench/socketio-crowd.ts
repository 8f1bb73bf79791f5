import { connect, type Socket } from 'node:net';

const NAME = Buffer.from('bench.event');
const HANDSHAKE =
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: b\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
// "40", masked with zeros: join the default namespace.
const JOIN = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]);

/** Many Socket.IO readers over WebSocket that only count how often the event's name arrives. */
export class SocketIoCrowd {
  seen = 0;
  readonly #sockets: Socket[] = [];
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  get size(): number {
    return this.#sockets.length;
  }

  async grow(by: number): Promise<void> {
    for (let done = 0; done < by; done += 100)
      await Promise.all(Array.from({ length: Math.min(100, by - done) }, () => this.#join()));
  }

  close(): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
  }

  #join(): Promise<void> {
    const socket = connect(this.#port, '127.0.0.1');
    this.#sockets.push(socket);
    socket.on('error', () => {});
    socket.write(HANDSHAKE);
    return new Promise((resolve) => {
      let opening: string | null = '';
      let asked = false;
      let tail: Buffer = Buffer.alloc(0);
      socket.on('data', (bytes) => {
        if (opening !== null) {
          opening += bytes.toString('latin1');
          if (!asked && opening.includes('0{"sid"')) {
            asked = true;
            socket.write(JOIN);
          }
          if (!opening.includes('40{')) return;
          opening = null;
          resolve();
          return;
        }
        // A name may be cut in two.
        const all = tail.length > 0 ? Buffer.concat([tail, bytes]) : bytes;
        let from = 0;
        for (let at = all.indexOf(NAME); at >= 0; at = all.indexOf(NAME, from)) {
          this.seen += 1;
          from = at + NAME.length;
        }
        tail = Buffer.from(all.subarray(Math.max(from, all.length - NAME.length + 1)));
      });
    });
  }
}
