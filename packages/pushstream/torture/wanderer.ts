import { connect, type Socket } from 'node:net';
import { createParser } from '../src/client/parser.ts';

export interface WandererOptions {
  name: string;
  /** Where to connect this time. */
  port(): number;
  path: string;
  cursor: string;
  random: (below: number) => number;
  /** Says how far this reader has come; then it comes back without a cursor. */
  acknowledge?(cursor: string): Promise<unknown>;
}

/** A reader whose connections break at random bytes and stall at random moments, and who keeps only what was dispatched. */
export class Wanderer {
  readonly name: string;
  /** Numbers of events in the order in which they first came; what comes again by acknowledgement counts once. */
  readonly seen: number[] = [];
  /** What went against the promise whatever the events were. */
  fault: string | null = null;
  connections = 0;
  readonly #options: WandererOptions;
  readonly #known = new Set<number>();
  #cursor: string;
  #acknowledged = false;
  #socket: Socket | null = null;
  #closed = false;

  constructor(options: WandererOptions) {
    this.name = options.name;
    this.#options = options;
    this.#cursor = options.cursor;
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  #connect(): void {
    if (this.#closed) return;
    this.connections += 1;
    const { random, path } = this.#options;
    const socket = connect(this.#options.port(), '127.0.0.1');
    this.#socket = socket;
    const resume = this.#acknowledged ? '' : `Last-Event-ID: ${this.#cursor}\r\n`;
    socket.write(`GET ${path} HTTP/1.1\r\nHost: t\r\n${resume}\r\n`);
    const decoder = new TextDecoder();
    const parser = createParser({
      onId: (id) => this.#advance(id),
      onEvent: (event) => {
        if (event.name === 'ps.reset') this.fault ??= `heard ps.reset ${event.data}`;
        if (!event.name.startsWith('ps.')) this.#see((JSON.parse(event.data) as { n: number }).n);
        this.#advance(event.id);
      },
    });
    let left = 100 + random(40_000);
    let head: string | null = '';
    socket.on('data', (bytes) => {
      if (left <= 0) return;
      let text = decoder.decode(bytes.subarray(0, left), { stream: true });
      left -= bytes.length;
      if (head !== null) {
        head += text;
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) text = '';
        else {
          if (!head.startsWith('HTTP/1.1 200')) this.fault ??= `was answered ${head.slice(0, 80)}`;
          text = head.slice(end + 4);
          head = null;
        }
      }
      parser.push(text);
      if (left <= 0) socket.destroy();
      else if (random(20) === 0) {
        socket.pause();
        setTimeout(() => socket.resume(), random(40));
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(() => this.#connect(), random(15)));
  }

  #see(n: number): void {
    if (this.#known.has(n)) {
      if (!this.#options.acknowledge) this.fault ??= `saw ${n} twice`;
      return;
    }
    this.#known.add(n);
    this.seen.push(n);
  }

  #advance(cursor: string): void {
    this.#cursor = cursor;
    const { acknowledge, random } = this.#options;
    if (!acknowledge || random(25) > 0) return;
    // From now on the server remembers the place, which may lie behind what has come.
    void acknowledge(cursor).then(() => {
      this.#acknowledged = true;
    });
  }
}
