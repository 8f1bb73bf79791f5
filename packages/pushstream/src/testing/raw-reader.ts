import { connect, type Socket } from 'node:net';
import { createParser, type ParsedEvent } from '../client/parser.ts';
import { createDechunker } from './dechunk.ts';

export interface RawReader {
  readonly socket: Socket;
  /** Everything received, head included. */
  readonly text: string;
  readonly head: string;
  readonly headers: Map<string, string>;
  readonly status: number;
  readonly body: string;
  readonly events: readonly ParsedEvent[];
  readonly ended: boolean;
  /** Resolves when the condition holds; checked whenever bytes arrive or the connection ends. */
  until(condition: (reader: RawReader) => boolean, what?: string): Promise<RawReader>;
  cut(): void;
}

export interface RawRequest {
  port: number;
  /** Where the server is. Default: 127.0.0.1. */
  address?: string;
  path?: string;
  method?: string;
  /** The Host header. Default: test. */
  host?: string;
  headers?: Record<string, string>;
  /** How long `until` waits. Default: 10,000. */
  patienceMs?: number;
}

const PATIENCE_MS = 10_000;

/** Speaks HTTP over bare TCP, so that a test sees the bytes as they are. */
export function openRaw(request: RawRequest): RawReader {
  const socket = connect(request.port, request.address ?? '127.0.0.1');
  const events: ParsedEvent[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const waiting = new Set<() => void>();
  let pieces: string[] = [];
  let bodyAt = -1;
  let ended = false;
  let opening = Buffer.alloc(0);
  let unframe: ((bytes: Buffer) => Buffer) | null = null;

  function text(): string {
    if (pieces.length > 1) pieces = [pieces.join('')];
    return pieces[0] ?? '';
  }

  function take(bytes: Buffer): void {
    const piece = decoder.decode(unframe ? unframe(bytes) : bytes, { stream: true });
    pieces.push(piece);
    parser.push(piece);
  }

  const lines = Object.entries(request.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `${request.method ?? 'GET'} ${request.path ?? '/'} HTTP/1.1\r\nHost: ${request.host ?? 'test'}\r\n${lines.join('')}\r\n`,
  );
  socket.on('data', (bytes: Buffer) => {
    if (bodyAt >= 0) take(bytes);
    else {
      opening = Buffer.concat([opening, bytes]);
      const end = opening.indexOf('\r\n\r\n');
      if (end < 0) pieces = [opening.toString()];
      else {
        pieces = [opening.toString('utf8', 0, end + 4)];
        bodyAt = text().length;
        if (/^transfer-encoding: chunked\r$/im.test(text())) unframe = createDechunker();
        take(opening.subarray(end + 4));
      }
    }
    for (const check of waiting) check();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    ended = true;
    for (const check of waiting) check();
  });

  const reader: RawReader = {
    socket,
    get text() {
      return text();
    },
    get head() {
      return bodyAt < 0 ? '' : text().slice(0, bodyAt);
    },
    get headers() {
      const headers = new Map<string, string>();
      for (const line of reader.head.split('\r\n').slice(1)) {
        const colon = line.indexOf(':');
        if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
      }
      return headers;
    },
    get status() {
      return Number(text().split(' ', 2)[1] ?? 0);
    },
    get body() {
      return bodyAt < 0 ? '' : text().slice(bodyAt);
    },
    get events() {
      return events;
    },
    get ended() {
      return ended;
    },
    until(condition, what = 'what was waited for') {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`Did not see ${what}; received so far:\n${text().slice(-2_000)}`));
        }, request.patienceMs ?? PATIENCE_MS);
        function check() {
          if (!condition(reader)) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(reader);
        }
        waiting.add(check);
        check();
      });
    },
    cut: () => socket.destroy(),
  };
  return reader;
}

/** The events of the application, without the engine's own. */
export function dataEvents(reader: { events: readonly ParsedEvent[] }): ParsedEvent[] {
  return reader.events.filter((event) => !event.name.startsWith('ps.'));
}
