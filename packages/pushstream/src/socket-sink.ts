import type { Socket } from 'node:net';
import type { ByteSink, SinkOwner } from './sink.ts';

const SINK = Symbol('pushstream.sink');

interface OwnedSocket extends Socket {
  [SINK]?: SocketSink;
}

/** Writes straight to a socket taken from the HTTP server: one write, one system call, no framing around it. */
export class SocketSink implements ByteSink {
  readonly kind = 'bytes';
  readonly #socket: OwnedSocket;
  // Leaves together with the first bytes of the stream.
  #head: Buffer | null;
  #owner: SinkOwner | null = null;

  constructor(socket: Socket, head: Buffer) {
    this.#socket = socket;
    this.#head = head;
  }

  open(owner: SinkOwner): void {
    const socket = this.#socket;
    this.#owner = owner;
    socket[SINK] = this;
    socket.setTimeout(0);
    socket.setNoDelay(true);
    // A peer that vanished without a word is found by the kernel, long after the last byte we can send it.
    socket.setKeepAlive(true, 30_000);
    // Shared functions, not closures: there is one socket for each of many readers.
    socket.on('drain', onDrain);
    socket.on('close', onClose);
    socket.on('end', onEnd);
    socket.on('error', onError);
    socket.resume();
    if (socket.destroyed) queueMicrotask(() => owner.closed());
  }

  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (this.#head) {
      bytes = Buffer.concat([this.#head, bytes]);
      this.#head = null;
    }
    // A large write is refused by count even when the kernel took it all; then there is nothing to wait for.
    return socket.write(bytes) || socket.writableLength === 0;
  }

  end(): void {
    if (this.#head) this.write(new Uint8Array(0));
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  drained(): void {
    this.#owner?.drained();
  }

  closed(): void {
    const owner = this.#owner;
    this.#owner = null;
    owner?.closed();
  }
}

function onDrain(this: OwnedSocket): void {
  this[SINK]?.drained();
}

function onClose(this: OwnedSocket): void {
  this[SINK]?.closed();
}

function onEnd(this: OwnedSocket): void {
  this.destroy();
}

// The close that follows says all we need.
function onError(): void {}
