import { connect, type Socket } from 'node:net';

/** Many readers that only count how often the event's name arrives. */
export class Crowd {
  seen = 0;
  readonly #sockets: Socket[] = [];
  readonly #name: string;
  readonly #port: number;

  constructor(name: string, port: number) {
    this.#name = name;
    this.#port = port;
  }

  get size(): number {
    return this.#sockets.length;
  }

  async grow(by: number): Promise<void> {
    for (let done = 0; done < by; done += 100) {
      await Promise.all(Array.from({ length: Math.min(100, by - done) }, () => this.#join()));
    }
  }

  shrink(to: number): void {
    for (const socket of this.#sockets.splice(to)) socket.destroy();
  }

  #join(): Promise<void> {
    const websocket = this.#name === 'socket.io';
    const ready = websocket ? '40{' : this.#name.startsWith('pushstream') ? 'ps.open' : ':\n\n';
    const socket = connect(this.#port, '127.0.0.1');
    this.#sockets.push(socket);
    socket.on('error', () => {});
    socket.write(
      websocket
        ? 'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: b\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
        : 'GET / HTTP/1.1\r\nHost: b\r\nAccept: text/event-stream\r\n\r\n',
    );
    return new Promise((resolve) => {
      let opening = '';
      let joined = false;
      let tail = Buffer.alloc(0);
      socket.on('data', (bytes) => {
        if (!joined) {
          opening += bytes.toString('latin1');
          if (websocket && opening.includes('0{"sid"') && !opening.includes('\0asked')) {
            opening += '\0asked';
            // "40", masked with zeros: join the default namespace.
            socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]));
          }
          if (!opening.includes(ready)) return;
          joined = true;
          opening = '';
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
        const keep = Math.max(from, all.length - NAME.length + 1);
        tail = keep < all.length ? Buffer.from(all.subarray(keep)) : EMPTY;
      });
    });
  }
}

const NAME = Buffer.from('bench.event');
const EMPTY = Buffer.alloc(0);
