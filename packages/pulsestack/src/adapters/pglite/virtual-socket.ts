import { Duplex } from 'node:stream';

/** What a socket needs of the worker that answers it. */
export interface Exchange {
  /** Says that the socket is there; throws when the database has gone. */
  attach(socket: VirtualSocket): number;
  send(id: number, bytes: Buffer): void;
  detach(id: number): void;
}

/** Stands where the `pg` driver expects a TCP socket, and carries its bytes to the worker and back. */
export class VirtualSocket extends Duplex {
  private id: number | undefined;
  private greeted = false;
  private readonly exchange: Exchange;
  private readonly greeting: Buffer;

  constructor(exchange: Exchange, greeting: Buffer) {
    super({ allowHalfOpen: false });
    this.exchange = exchange;
    this.greeting = greeting;
  }

  connect(): this {
    try {
      this.id = this.exchange.attach(this);
      setImmediate(() => this.emit('connect'));
    } catch (error) {
      this.destroy(error as Error);
    }
    return this;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.forward(chunk);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.forward(
      chunks.length === 1 ? (chunks[0] as { chunk: Buffer }).chunk : Buffer.concat(chunks.map(({ chunk }) => chunk)),
    );
    done();
  }

  override _read(): void {}

  override _final(done: () => void): void {
    this.leave();
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.leave();
    done(error);
  }

  // The startup message asks for a user and a database; there is one of each, so it is answered here.
  private forward(chunk: Buffer): void {
    if (!this.greeted) {
      this.greeted = true;
      this.push(this.greeting);
    } else if (this.id !== undefined) {
      this.exchange.send(this.id, chunk);
    }
  }

  private leave(): void {
    if (this.id !== undefined) this.exchange.detach(this.id);
    this.id = undefined;
  }

  // Asked of a TCP socket by the driver; a message port has nothing to tune and does not keep the process alive.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
