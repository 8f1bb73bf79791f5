import { Socket as NetSocket } from 'node:net';
import type { ObjectSink, SinkOwner, StreamMessage } from 'pushstream';
import type { Socket } from 'socket.io';
import type { PacketEncoder } from './packet.ts';

// Packets waiting in one socket; beyond that the hub keeps the reader's place in the log instead of its messages.
const MAX_WAITING_PACKETS = 64;

/**
 * Hands events to one Socket.IO socket. Over WebSocket the ready frame goes straight to the TCP socket, in one write whatever the
 * number of events; over polling, and while anything else waits to be sent, it takes the engine's way, which keeps the order.
 */
export class SocketIoSink implements ObjectSink {
  readonly kind = 'objects';
  readonly #socket: Socket;
  readonly #engine: Engine;
  readonly #encoder: PacketEncoder;
  #owner: SinkOwner | null = null;
  #transport: unknown = null;
  #line: Line | null = null;

  /** All sockets of a namespace share its encoder. */
  constructor(socket: Socket, encoder: PacketEncoder) {
    this.#socket = socket;
    // Private to the engine's own types, but what its WebSocket transport and adapters work with, too.
    this.#engine = socket.conn as unknown as Engine;
    this.#encoder = encoder;
  }

  open(owner: SinkOwner): void {
    this.#owner = owner;
    this.#engine.on('drain', this.#onDrain);
    this.#socket.on('disconnect', () => {
      this.#engine.off('drain', this.#onDrain);
      this.#line?.tcp.off('drain', this.#onDrain);
      owner.closed();
    });
  }

  send(message: StreamMessage): boolean {
    const packet = this.#encoder.encode(message);
    const line = this.#directLine();
    if (line) return line.tcp.write(packet.frame);
    this.#engine.write(packet.text, { compress: false });
    return this.#engine.writeBuffer.length < MAX_WAITING_PACKETS;
  }

  sendMany(frames: readonly { readonly message: StreamMessage }[]): boolean {
    const line = this.#directLine();
    if (line) return line.tcp.write(this.#encoder.join(frames));
    let room = true;
    for (const { message } of frames) room = this.send(message);
    return room;
  }

  end(): void {
    this.#socket.disconnect(true);
  }

  destroy(): void {
    this.#socket.disconnect(true);
  }

  readonly #onDrain = (): void => this.#owner?.drained();

  /** The TCP socket of an open WebSocket, when all that was sent before has been handed to it. */
  #directLine(): Line | null {
    const engine = this.#engine;
    if (engine.transport !== this.#transport) this.#findLine();
    const line = this.#line;
    if (line === null || line.webSocket.readyState !== OPEN) return null;
    return engine.readyState === 'open' && engine.writeBuffer.length === 0 && !engine.upgrading ? line : null;
  }

  /** An upgrade from polling changes the transport. */
  #findLine(): void {
    const { transport } = this.#engine;
    this.#transport = transport;
    this.#line?.tcp.off('drain', this.#onDrain);
    this.#line = lineOf(transport);
    this.#line?.tcp.on('drain', this.#onDrain);
  }
}

const OPEN = 1;

/** The engine's socket, with what it does not declare. */
interface Engine {
  readonly transport: EngineTransport;
  readonly readyState: string;
  readonly upgrading: boolean;
  readonly writeBuffer: readonly unknown[];
  write(text: string, options: { compress: boolean }): unknown;
  on(event: 'drain', listener: () => void): unknown;
  off(event: 'drain', listener: () => void): unknown;
}

interface EngineTransport {
  readonly name: string;
  readonly socket?: { readonly readyState: number; readonly extensions?: string };
}

interface Line {
  readonly webSocket: { readonly readyState: number };
  readonly tcp: NetSocket;
}

/** `null` when it is no WebSocket, when one compresses, or when the library keeps its TCP socket elsewhere. */
function lineOf({ name, socket }: EngineTransport): Line | null {
  if (name !== 'websocket' || !socket || socket.extensions) return null;
  const tcp: unknown = Reflect.get(socket, '_socket');
  return tcp instanceof NetSocket ? { webSocket: socket, tcp } : null;
}
