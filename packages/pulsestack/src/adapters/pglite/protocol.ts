/** The PostgreSQL wire protocol, as much of it as sharing one session between many connections needs. */

/** Frontend message types, as their byte. */
export const From = {
  query: 0x51,
  parse: 0x50,
  bind: 0x42,
  describe: 0x44,
  execute: 0x45,
  close: 0x43,
  sync: 0x53,
  flush: 0x48,
  terminate: 0x58,
} as const;

/** Backend message types, as their byte. */
export const To = {
  parseComplete: 0x31,
  ready: 0x5a,
  error: 0x45,
  complete: 0x43,
  row: 0x44,
  notification: 0x41,
} as const;

/** What ReadyForQuery says about the session. */
export const Status = { idle: 0x49, inTransaction: 0x54, failed: 0x45 } as const;

const HEADER_BYTES = 5;
// Nothing we send comes near; a length beyond it means the stream is not the protocol.
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

export interface Message {
  type: number;
  /** The whole message, header included. */
  bytes: Buffer;
  body: Buffer;
}

/** Walks the whole messages at the beginning of a buffer. */
export function* messages(buffer: Buffer): Generator<Message> {
  for (let at = 0; at + HEADER_BYTES <= buffer.length; ) {
    const end = at + 1 + buffer.readUInt32BE(at + 1);
    if (end > buffer.length) return;
    yield {
      type: buffer[at] as number,
      bytes: buffer.subarray(at, end),
      body: buffer.subarray(at + HEADER_BYTES, end),
    };
    at = end;
  }
}

/** Collects what one client writes and gives out its messages, whole and in order. */
export class MessageReader {
  private rest: Buffer = Buffer.alloc(0);

  /** Throws when the bytes cannot be the protocol. */
  *read(chunk: Buffer): Generator<Message> {
    const buffer = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    for (const message of messages(buffer)) {
      at += message.bytes.length;
      yield message;
    }
    this.rest = buffer.subarray(at);
    if (this.rest.length >= HEADER_BYTES && this.rest.readUInt32BE(1) > MAX_MESSAGE_BYTES)
      throw new Error('a message is too long to be one');
  }
}

export function message(type: number, ...parts: (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  bytes[0] = type;
  bytes.writeUInt32BE(body.length + 4, 1);
  body.copy(bytes, HEADER_BYTES);
  return bytes;
}

export const sync = message(From.sync);

export function query(text: string): Buffer {
  return message(From.query, `${text}\0`);
}

export function closeStatement(name: string): Buffer {
  return message(From.close, `S${name}\0`);
}

/** Reads the zero-terminated string that begins at `at`. */
export function readString(body: Buffer, at = 0): string {
  const end = body.indexOf(0, at);
  return body.toString('utf8', at, end === -1 ? body.length : end);
}

/** What an ErrorResponse says to people. */
export function readErrorText(body: Buffer): string {
  for (let at = 0; at < body.length && body[at] !== 0; ) {
    const text = readString(body, at + 1);
    if (body[at] === MESSAGE_FIELD) return text;
    at += Buffer.byteLength(text) + 2;
  }
  return 'unknown error';
}

const MESSAGE_FIELD = 0x4d;

export interface Refusal {
  severity: 'ERROR' | 'FATAL';
  code: string;
  message: string;
  hint?: string;
}

export function errorResponse({ severity, code, message: text, hint }: Refusal): Buffer {
  return message(To.error, `S${severity}\0V${severity}\0C${code}\0M${text}\0${hint ? `H${hint}\0` : ''}\0`);
}

export function readyForQuery(status: number): Buffer {
  return message(To.ready, Buffer.from([status]));
}

/** The greeting of a server that trusts its client: authenticated, these are my settings, go ahead. */
export function greeting(settings: Record<string, string>): Buffer {
  return Buffer.concat([
    message(0x52, Buffer.alloc(4)),
    ...Object.entries(settings).map(([name, value]) => message(0x53, `${name}\0${value}\0`)),
    readyForQuery(Status.idle),
  ]);
}
