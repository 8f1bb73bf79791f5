import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection, Hub, Start } from './contract.ts';
import { formatCursor } from './cursor.ts';
import { bothFilters, checkFilter, type Filter, FilterError } from './filter.ts';
import { encodeControl } from './frame.ts';
import { answer, type CorsOptions, crossOrigin, type Headers, preflight, type Refusal, refuse } from './http-answer.ts';
import { clientOf, cursorOf, filterOf, queryOf, RequestError, sinceOf } from './request.ts';
import { ResponseSink } from './response-sink.ts';
import type { ByteSink } from './sink.ts';
import { SocketSink } from './socket-sink.ts';
import { takeSocket } from './takeover.ts';
import type { Admission, Tickets } from './tickets.ts';

/** What a reader may see. */
export interface Grant {
  streams: readonly string[];
  /** Which of their events it may see; what the reader itself asks for is narrowed by it. */
  filter?: Filter;
  /** When its right ends, in milliseconds since 1970. */
  expiresAt?: number;
  meta?: Readonly<Record<string, string>>;
}

/** What a reader may see, or how it is refused. */
export type Access = Grant | Refusal;

export interface ServeOptions {
  /** Asked after the method and Accept are found right, before the first byte of a 200. */
  access: Access | ((request: IncomingMessage) => Access | Promise<Access>);
  /** Without it, no cross-origin header is sent. */
  cors?: CorsOptions;
  /** Name of the response header that tells what became of the cursor. Default: `PushStream-Replay`. */
  replayHeader?: string;
  /** Further response headers. */
  headers?: Readonly<Record<string, string>>;
  /** Whether readers may narrow what they receive by `?filter=`. Default: `client`. */
  filters?: 'client' | false;
  /** Whether readers acknowledge: one without a cursor then resumes where its session, or `?client=`, has acknowledged. */
  acks?: boolean;
  /** Accepts `?ticket=` instead of asking `access`. */
  tickets?: Tickets;
}

const METHODS = 'GET, HEAD, OPTIONS';

/**
 * Answers one request with an event stream and takes its socket over. Resolves to the connection, or to `null` when the
 * request was answered otherwise (preflight, HEAD, refusal, client gone). Under Fastify call `reply.hijack()` first and
 * pass `request.raw` and `reply.raw`.
 */
export async function serveEvents(
  request: IncomingMessage,
  response: ServerResponse,
  hub: Hub,
  options: ServeOptions,
): Promise<Connection | null> {
  const replayHeader = options.replayHeader ?? 'PushStream-Replay';
  const cors = crossOrigin(request, options.cors, replayHeader);
  if (request.method === 'OPTIONS')
    return answer(response, 204, { ...cors, ...preflight(request, options.cors, METHODS), Allow: METHODS });
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return answer(response, 405, { ...cors, Allow: METHODS }, 'Events are read with GET.');
  }
  if (!acceptsEvents(request)) {
    return answer(response, 406, cors, 'This address speaks text/event-stream; send Accept: text/event-stream.');
  }
  const query = queryOf(request);
  const headers: Headers = { ...cors, ...options.headers, ...STREAM_HEADERS };
  const { access, admitted } = await identify(request, query, options);
  if ('refuse' in access) {
    return access.refuse === 'busy' ? softRefusal(response, headers, 'unavailable') : refuse(response, access, cors);
  }

  let wanted: Wanted;
  try {
    wanted = readWishes(query, access, options);
  } catch (error) {
    // No EventSource comes back from a 400, which is right: the same request would be as wrong again.
    if (error instanceof FilterError || error instanceof RequestError)
      return answer(response, 400, cors, error.message);
    throw error;
  }
  if (request.method === 'HEAD') return answer(response, 200, headers);
  if (!hub.accepting) return softRefusal(response, headers, 'busy');
  let start: Start;
  try {
    start = await hub.locate(cursorOf(request, query), wanted);
  } catch {
    // A log that cannot be read now is read later; a native EventSource would not come back from a 503.
    return softRefusal(response, headers, 'unavailable');
  }
  headers[replayHeader] = describe(start);
  if (response.destroyed || request.destroyed) return null;
  if (admitted) {
    const taken = await admitted.take().catch(() => null);
    if (taken === null) return softRefusal(response, headers, 'unavailable');
    if (!taken) return refuse(response, NO_TICKET, cors);
    if (response.destroyed || request.destroyed) {
      admitted.ended();
      return null;
    }
    addCookie(response, admitted.cookie);
  }
  const connection = hub.attach(sinkFor(request, response, headers), {
    ...wanted,
    streams: access.streams,
    start,
    expiresAt: access.expiresAt,
    meta: access.meta,
  });
  if (admitted) {
    admitted.opened(connection);
    tellOfEnd(admitted, response.socket === null ? request.socket : response);
  }
  return connection;
}

/** A function of its own, so that nothing of the request stays in memory with it. */
function tellOfEnd(admitted: Admission, carrier: Socket | ServerResponse): void {
  if (carrier.destroyed) admitted.ended();
  else carrier.once('close', () => admitted.ended());
}

export const NO_TICKET = { refuse: 401, challenge: 'Ticket' } as const;

interface Wanted {
  filter?: Filter;
  client?: string;
  since?: number;
}

/** What the address asks for besides the streams. */
function readWishes(query: URLSearchParams, access: Grant, options: ServeOptions): Wanted {
  const own = options.filters === false ? undefined : filterOf(query);
  const filter = bothFilters(access.filter, own);
  return {
    // Both together may be more than one may be.
    filter: own && filter ? checkFilter(filter) : filter,
    client: options.acks ? clientOf(access.meta, query.get('client')) : undefined,
    since: sinceOf(query),
  };
}

/** Finds out who this is: by the ticket when there is one, else by asking. */
export async function identify(
  request: IncomingMessage,
  query: URLSearchParams,
  { access, tickets }: ServeOptions,
): Promise<{ access: Access; admitted: Admission | null }> {
  const ticket = tickets ? query.get('ticket') : null;
  if (tickets && ticket !== null) {
    try {
      const admitted = await tickets.admit(ticket, request);
      return { access: admitted?.grant ?? NO_TICKET, admitted };
    } catch {
      // Whether it is still good cannot be said now.
      return { access: { refuse: 'busy' }, admitted: null };
    }
  }
  return { access: typeof access === 'function' ? await access(request) : access, admitted: null };
}

const STREAM_HEADERS: Readonly<Headers> = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-store, no-transform',
  // nginx holds back what it proxies unless told otherwise.
  'X-Accel-Buffering': 'no',
};

function sinkFor(request: IncomingMessage, response: ServerResponse, headers: Headers): ByteSink {
  const socket = takeSocket(request, response);
  if (socket) return new SocketSink(socket, streamHead(response, headers));
  response.writeHead(200, headers);
  response.flushHeaders();
  return new ResponseSink(response);
}

/** No length and no chunks: the body ends with the connection, so its bytes are the same for every reader. */
function streamHead(response: ServerResponse, headers: Headers): Buffer {
  let head = `HTTP/1.1 200 OK\r\nDate: ${new Date().toUTCString()}\r\nConnection: close\r\n`;
  const own = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  // What a framework or its plugins have set before us, such as a request id or a cookie, belongs to the answer.
  for (const [name, value] of Object.entries(response.getHeaders())) {
    if (value === undefined || own.has(name) || FRAMING.has(name)) continue;
    for (const one of Array.isArray(value) ? value : [value]) head += `${name}: ${one}\r\n`;
  }
  for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
  return Buffer.from(`${head}\r\n`, 'latin1');
}

function addCookie(response: ServerResponse, cookie: string): void {
  const before = response.getHeader('Set-Cookie');
  response.setHeader('Set-Cookie', [...(Array.isArray(before) ? before : before ? [String(before)] : []), cookie]);
}

const FRAMING = new Set(['connection', 'content-length', 'transfer-encoding', 'date', 'keep-alive']);

function describe(start: Start): string {
  if (start.kind === 'reset')
    return `reset; reason=${start.reason}${start.from ? `; from=${formatCursor(start.from)}` : ''}`;
  return `${start.kind === 'replay' ? 'complete' : 'live'}; from=${formatCursor(start)}`;
}

function acceptsEvents(request: IncomingMessage): boolean {
  const accept = request.headers.accept;
  if (!accept) return true;
  return accept.split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) return false;
    return type === 'text/event-stream' || type === 'text/*' || type === '*/*';
  });
}

// ---- answers that are no streams

/** A native EventSource gives up on any status but 200; so it is told with one to come back. */
function softRefusal(response: ServerResponse, headers: Headers, reason: string): null {
  const retryMs = 200 + Math.floor(Math.random() * 4_800);
  const body = encodeControl('ps.busy', { reason, retryMs }, { retryMs });
  response.writeHead(200, { ...headers, 'Content-Length': String(body.length) });
  response.end(body);
  return null;
}
