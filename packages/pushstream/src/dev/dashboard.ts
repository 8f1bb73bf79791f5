import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection } from '../contract.ts';
import type { LogEvent } from '../log.ts';
import { PublishError, type PushStream, type Target } from '../pushstream.ts';
import { CONTENT_SECURITY_POLICY, PAGE } from './page.ts';
import { Recorder } from './recorder.ts';

const MAX_BODY = 300_000;
const MAX_CONNECTIONS_SHOWN = 200;

export interface DevDashboardOptions {
  /** Who may see it. Default: requests from this machine that came through no proxy. */
  allow?: (request: IncomingMessage) => boolean;
  /** Events shown. Default: 200. */
  keep?: number;
}

export interface DevDashboard {
  /** Mount it below a path of its own: `app.use('/pushstream', dashboard.handler)`. */
  handler: (request: IncomingMessage, response: ServerResponse) => void;
  close(): void;
}

type Answer = { status: number; body: unknown };

/**
 * A page for development: who is connected, which events pass and what becomes of each, and buttons to send, replay and
 * disconnect. In Express one line: `app.use('/pushstream', createDevDashboard(stream).handler)`.
 */
export function createDevDashboard(stream: PushStream, options: DevDashboardOptions = {}): DevDashboard {
  const recorder = new Recorder(stream.hub, options.keep ?? 200);
  const allow = options.allow ?? isLocal;
  const watching = new Set<ServerResponse>();
  const tell = (name: string, data: object) => {
    for (const response of watching) response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const stops = [
    stream.hub.onEvent((event, cursor) => tell('event', toShown(event, cursor))),
    stream.hub.onConnection((connection, change) => tell('connection', { change, id: connection.id })),
  ];

  async function act(path: string, body: Record<string, unknown>): Promise<Answer> {
    switch (path) {
      case '/send': {
        const cursor = await stream.publish(body.target as Target, String(body.name), body.data ?? null);
        return { status: 202, body: { cursor } };
      }
      case '/replay': {
        const event = recorder.find(String(body.cursor));
        if (!event) return { status: 404, body: { message: 'This event is no longer remembered.' } };
        const { tags, about } = event;
        const extra = { ...(tags && { tags }), ...(about && { about }) };
        const cursor = await stream.publish(event.stream, event.name, JSON.parse(event.data), extra);
        return { status: 202, body: { cursor } };
      }
      case '/disconnect':
        return { status: 202, body: { closed: stream.hub.close(({ id }) => id === body.id, 'drain') } };
      default:
        return { status: 404, body: { message: 'There is nothing here.' } };
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A stranger learns not even that it exists.
    if (!allow(request)) return void response.writeHead(404).end();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
    // Mounted, it sees the rest of the path; bare, the whole.
    const path = `/${pathname.split('/').at(-1) ?? ''}`;
    if (request.method === 'POST') {
      if (!isOwnPage(request))
        return json(response, { status: 403, body: { message: 'Only its own page may do this.' } });
      return json(response, await answerTo(() => bodyOf(request).then((body) => act(path, body))));
    }
    if (path === '/state') return json(response, { status: 200, body: stateOf(stream, recorder) });
    if (path === '/ways')
      return json(response, { status: 200, body: recorder.waysOf(searchParams.get('cursor') ?? '') });
    if (path === '/live') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write('retry: 1000\n\n');
      watching.add(response);
      response.on('close', () => watching.delete(response));
      return;
    }
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'Cache-Control': 'no-store',
    });
    response.end(PAGE);
  }

  return {
    handler(request, response) {
      serve(request, response).catch(() => response.destroy());
    },
    close() {
      for (const stop of stops) stop();
      for (const response of watching) response.end();
      recorder.close();
    },
  };
}

async function answerTo(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PublishError)
      return { status: error.status, body: { message: error.message, path: error.path } };
    return { status: 400, body: { message: error instanceof Error ? error.message : String(error) } };
  }
}

function stateOf({ hub }: PushStream, recorder: Recorder) {
  const all = [...hub.connections()];
  return {
    stats: hub.stats(),
    total: all.length,
    connections: all.slice(0, MAX_CONNECTIONS_SHOWN).map(toRow),
    events: recorder.recent().map(({ event, cursor }) => toShown(event, cursor)),
  };
}

function toRow(connection: Connection) {
  const { id, meta, streams, filter, client, state, openedAt, cursor, eventsSent, bytesSent, lag, unacknowledged } =
    connection;
  return { id, meta, streams, filter, client, state, openedAt, cursor, eventsSent, bytesSent, lag, unacknowledged };
}

function toShown({ stream, name, data, tags, time }: LogEvent, cursor: string) {
  return {
    cursor,
    stream,
    name,
    data: data.length > 2_000 ? `${data.slice(0, 2_000)}…` : data,
    tags: tags ?? null,
    time,
  };
}

function json(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const LOCAL_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * From this machine, by a name of this machine: behind a proxy everyone would be local, and a page elsewhere whose name
 * was made to point here must not be.
 */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const isForwarded = headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined;
  return !isForwarded && LOOPBACK.has(socket.remoteAddress ?? '') && LOCAL_NAME.test(headers.host ?? '');
}

/** Another site could make a browser post a form here; it cannot make it post JSON in this page's name. */
function isOwnPage({ headers }: IncomingMessage): boolean {
  const sameOrigin = headers.origin === undefined || headers.origin.replace(/^https?:\/\//, '') === headers.host;
  return sameOrigin && (headers['content-type'] ?? '').startsWith('application/json');
}

async function bodyOf(request: IncomingMessage & { body?: unknown }): Promise<Record<string, unknown>> {
  // A framework before us may have read it already.
  if (typeof request.body === 'object' && request.body !== null) return request.body as Record<string, unknown>;
  let text = '';
  for await (const bytes of request as AsyncIterable<Buffer>) {
    text += bytes.toString();
    if (text.length > MAX_BODY) throw new Error('The request is too large.');
  }
  const body: unknown = JSON.parse(text);
  if (typeof body !== 'object' || body === null) throw new Error('Send a JSON object.');
  return body as Record<string, unknown>;
}
