import { connect, type Socket } from 'node:net';

/** By what an event is recognised: a mark, and how many bytes there are of it and what follows. */
export interface Mark {
  text: Buffer;
  bytes: number;
  found?: (bytes: Buffer, at: number) => void;
}

// From one address, connections to one port run out; Linux answers on all of 127.0.0.0/8.
const PER_ADDRESS = 5_000;
const AT_ONCE = 100;
const EMPTY = Buffer.alloc(0);
const NAME: Mark = { text: Buffer.from('bench.event'), bytes: 11 };
const GREETINGS: Record<string, string> = { 'socket.io': '40{', pushstream: 'ps.open' };
const JOIN_SOCKET_IO =
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: b\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
// "40", masked with zeros.
const JOIN_NAMESPACE = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]);

/** Many readers that only count how often an event arrives. */
export class Crowd {
  seen = 0;
  /** The last id the first of them was told. */
  cursor = '';
  onProgress: () => void = () => {};
  readonly #sockets: Socket[] = [];
  readonly #protocol: string;
  readonly #port: number;
  readonly #mark: Mark;

  constructor(protocol: string, port: number, mark: Mark = NAME) {
    this.#protocol = protocol;
    this.#port = port;
    this.#mark = mark;
  }

  get size(): number {
    return this.#sockets.length;
  }

  /** With `cursor` all come at once and resume there. */
  async grow(by: number, cursor?: string): Promise<void> {
    const step = cursor === undefined ? AT_ONCE : by;
    for (let done = 0; done < by; done += step) {
      await Promise.all(Array.from({ length: Math.min(step, by - done) }, () => this.#join(cursor)));
    }
  }

  shrink(to: number): void {
    for (const socket of this.#sockets.splice(to)) socket.resetAndDestroy();
  }

  #join(cursor?: string): Promise<void> {
    const index = this.#sockets.length;
    const localAddress = process.platform === 'linux' ? `127.0.0.${1 + Math.floor(index / PER_ADDRESS)}` : undefined;
    const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress });
    this.#sockets.push(socket);
    socket.on('error', () => {});
    const resume = cursor === undefined ? '' : `Last-Event-ID: ${cursor}\r\n`;
    socket.write(
      this.#protocol === 'socket.io'
        ? JOIN_SOCKET_IO
        : `GET / HTTP/1.1\r\nHost: b\r\nAccept: text/event-stream\r\n${resume}\r\n`,
    );
    return new Promise((resolve) => {
      const greeting = new Greeting(this.#protocol, socket, resolve);
      let tail: Buffer = EMPTY;
      socket.on('data', (bytes: Buffer) => {
        if (!greeting.over) greeting.hear(bytes);
        if (index === 0) this.cursor = /[\s\S]*^id: (\S+)$/m.exec(bytes.toString('latin1'))?.[1] ?? this.cursor;
        // A mark may be cut in two.
        tail = this.#count(tail.length > 0 ? Buffer.concat([tail, bytes]) : bytes);
        this.onProgress();
      });
    });
  }

  /** Counts the marks and returns what may be the beginning of one. */
  #count(bytes: Buffer): Buffer {
    const { text, bytes: size, found } = this.#mark;
    let from = 0;
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, from)) {
      if (at + size > bytes.length) return Buffer.from(bytes.subarray(at));
      this.seen += 1;
      found?.(bytes, at);
      from = at + size;
    }
    const keep = Math.max(from, bytes.length - text.length + 1);
    return keep < bytes.length ? Buffer.from(bytes.subarray(keep)) : EMPTY;
  }
}

/** What a server says before the first event, by which a reader knows that it will miss none. */
class Greeting {
  over = false;
  #heard = '';
  #asked = false;
  readonly #protocol: string;
  readonly #socket: Socket;
  readonly #welcome: () => void;

  constructor(protocol: string, socket: Socket, welcome: () => void) {
    this.#protocol = protocol;
    this.#socket = socket;
    this.#welcome = welcome;
  }

  hear(bytes: Buffer): void {
    this.#heard += bytes.toString('latin1');
    if (this.#protocol === 'socket.io' && !this.#asked && this.#heard.includes('0{"sid"')) {
      this.#asked = true;
      this.#socket.write(JOIN_NAMESPACE);
    }
    const expected = GREETINGS[this.#protocol];
    const body = this.#heard.indexOf('\r\n\r\n');
    if (expected ? !this.#heard.includes(expected) : body < 0 || !this.#heard.includes('\n\n', body + 4)) return;
    this.over = true;
    this.#heard = '';
    this.#welcome();
  }
}
