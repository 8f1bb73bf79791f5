import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection, Hub, Start } from './contract.ts';
import { formatCursor } from './cursor.ts';
import { encodeControl } from './frame.ts';
import { ResponseSink } from './response-sink.ts';
import type { ByteSink } from './sink.ts';
import { SocketSink } from './socket-sink.ts';
import { takeSocket } from './takeover.ts';

/** What a reader may see, or how it is refused. 204 tells a native EventSource to stop for good. */
export type Access =
  | { streams: readonly string[]; expiresAt?: number; meta?: Readonly<Record<string, string>> }
  | { refuse: 204 | 401 | 403; challenge?: string };

export interface CorsOptions {
  /** Exact origins, or a rule. */
  origins: readonly string[] | ((origin: string) => boolean);
  /** Whether cookies may be sent. Default: true. */
  credentials?: boolean;
  /** How long browsers may keep the answer to a preflight. Default: 600. */
  maxAgeSeconds?: number;
}

export interface ServeOptions {
  /** Asked after the method and Accept are found right, before the first byte of a 200. */
  access: Access | ((request: IncomingMessage) => Access | Promise<Access>);
  /** Without it, no cross-origin header is sent. */
  cors?: CorsOptions;
  /** Name of the response header that tells what became of the cursor. Default: `PushStream-Replay`. */
  replayHeader?: string;
  /** Further response headers. */
  headers?: Readonly<Record<string, string>>;
}

type Headers = Record<string, string>;

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
    return answer(response, 204, { ...cors, ...preflight(request, options.cors), Allow: METHODS });
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return answer(response, 405, { ...cors, Allow: METHODS }, 'Events are read with GET.');
  }
  if (!acceptsEvents(request)) {
    return answer(response, 406, cors, 'This address speaks text/event-stream; send Accept: text/event-stream.');
  }
  const access = typeof options.access === 'function' ? await options.access(request) : options.access;
  if ('refuse' in access) return refuse(response, access, cors);

  const headers: Headers = { ...cors, ...options.headers, ...STREAM_HEADERS };
  if (request.method === 'HEAD') return answer(response, 200, headers);
  if (!hub.accepting) return softRefusal(response, headers, 'busy');
  let start: Start;
  try {
    start = await hub.locate(cursorOf(request));
  } catch {
    // A log that cannot be read now is read later; a native EventSource would not come back from a 503.
    return softRefusal(response, headers, 'unavailable');
  }
  headers[replayHeader] = describe(start);
  if (response.destroyed || request.destroyed) return null;
  return hub.attach(sinkFor(request, response, headers), {
    streams: access.streams,
    start,
    expiresAt: access.expiresAt,
    meta: access.meta,
  });
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

const FRAMING = new Set(['connection', 'content-length', 'transfer-encoding', 'date', 'keep-alive']);

/** The header wins over the query: after the first reconnect the query of an EventSource's address is old. */
function cursorOf(request: IncomingMessage): string | null {
  const header = request.headers['last-event-id'];
  if (typeof header === 'string' && header !== '') return header;
  const query = new URL(request.url ?? '/', 'http://local').searchParams;
  return query.get('last_event_id') || query.get('lastEventId');
}

function describe(start: Start): string {
  if (start.kind === 'reset') return `reset; reason=${start.reason}`;
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

function answer(response: ServerResponse, status: number, headers: Headers, text = ''): null {
  response.writeHead(status, text ? { ...headers, 'Content-Type': 'text/plain; charset=utf-8' } : headers);
  response.end(text);
  return null;
}

function refuse(
  response: ServerResponse,
  access: { refuse: 204 | 401 | 403; challenge?: string },
  cors: Headers,
): null {
  const headers: Headers = { ...cors, 'Cache-Control': 'no-store' };
  if (access.refuse === 204) return answer(response, 204, headers);
  if (access.refuse === 401) headers['WWW-Authenticate'] = access.challenge ?? 'Bearer';
  else if (access.challenge) headers['WWW-Authenticate'] = access.challenge;
  const text = access.refuse === 401 ? 'Sign in to read these events.' : 'These events are not yours to read.';
  return answer(response, access.refuse, headers, text);
}

/** A native EventSource gives up on any status but 200; so it is told with one to come back. */
function softRefusal(response: ServerResponse, headers: Headers, reason: string): null {
  const retryMs = 200 + Math.floor(Math.random() * 4_800);
  const body = encodeControl('ps.busy', { reason, retryMs }, { retryMs });
  response.writeHead(200, { ...headers, 'Content-Length': String(body.length) });
  response.end(body);
  return null;
}

// ---- other origins

function crossOrigin(request: IncomingMessage, cors: CorsOptions | undefined, replayHeader: string): Headers {
  const { origin } = request.headers;
  if (!cors || !origin) return cors ? { Vary: 'Origin' } : {};
  const { origins } = cors;
  const allowed = typeof origins === 'function' ? origins(origin) : origins.includes(origin);
  if (!allowed) return { Vary: 'Origin' };
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    ...(cors.credentials === false ? {} : { 'Access-Control-Allow-Credentials': 'true' }),
    'Access-Control-Expose-Headers': replayHeader,
  };
}

function preflight(request: IncomingMessage, cors: CorsOptions | undefined): Headers {
  if (!cors || !request.headers.origin) return {};
  return {
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers': 'Last-Event-ID, Authorization, Content-Type, Cache-Control',
    'Access-Control-Max-Age': String(cors.maxAgeSeconds ?? 600),
  };
}
