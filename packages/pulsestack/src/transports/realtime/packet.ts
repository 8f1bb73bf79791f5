import type { StreamMessage } from 'pushstream';

/** One event as Socket.IO sends it. */
export interface Packet {
  /** For the engine: a packet of Socket.IO's protocol. */
  readonly text: string;
  /** For a socket: the same as one complete WebSocket frame. */
  readonly frame: Buffer;
}

/**
 * Encodes messages for a namespace, each once for however many sockets receive it. Data is JSON already and is put in as it
 * is. What was encoded is remembered until the end of the turn only, for the hub serves all its readers in one.
 */
export class PacketEncoder {
  readonly #prefix: string;
  readonly #packets = new Map<StreamMessage, Packet>();
  #joined: { messages: readonly StreamMessage[]; bytes: Buffer } | null = null;
  #last: StreamMessage | null = null;
  #lastPacket: Packet | null = null;

  constructor(namespace: string) {
    // 2 is an event.
    this.#prefix = namespace === '/' ? '2' : `2${namespace},`;
  }

  encode(message: StreamMessage): Packet {
    if (message === this.#last && this.#lastPacket) return this.#lastPacket;
    let packet = this.#packets.get(message);
    if (!packet) {
      const data = message.kind === 'event' ? message.data : JSON.stringify(message.data);
      const text = `${this.#prefix}[${JSON.stringify(message.name)},${data},${JSON.stringify(message.cursor)}]`;
      packet = { text, frame: frameOf(text) };
      if (message.kind === 'control') return packet;
      if (this.#packets.size === 0) setImmediate(() => this.#forget());
      this.#packets.set(message, packet);
    }
    this.#last = message;
    this.#lastPacket = packet;
    return packet;
  }

  /** The frames of several messages, one after the other. */
  join(frames: readonly { readonly message: StreamMessage }[]): Buffer {
    const joined = this.#joined;
    if (joined?.messages.length === frames.length && frames.every(({ message }, i) => message === joined.messages[i]))
      return joined.bytes;
    const messages = frames.map(({ message }) => message);
    const bytes = Buffer.concat(messages.map((message) => this.encode(message).frame));
    this.#joined = { messages, bytes };
    return bytes;
  }

  #forget(): void {
    this.#packets.clear();
    this.#joined = null;
    this.#last = null;
    this.#lastPacket = null;
  }
}

/** A server's text frame, whole and unmasked, of the engine's packet 4: a message. */
function frameOf(text: string): Buffer {
  const length = Buffer.byteLength(text) + 1;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + lengthBytes + length);
  frame[0] = 0x81;
  if (lengthBytes === 0) frame[1] = length;
  else if (lengthBytes === 2) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write('4', 2 + lengthBytes, 'latin1');
  frame.write(text, 3 + lengthBytes, 'utf8');
  return frame;
}
