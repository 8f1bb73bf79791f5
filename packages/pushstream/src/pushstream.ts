import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AckStore, createMemoryAcks } from './acks.ts';
import type { Hub, HubOptions } from './contract.ts';
import { formatCursor } from './cursor.ts';
import { isEventName } from './frame.ts';
import { type Access, type ServeOptions, serveEvents } from './http.ts';
import { serveAck } from './http-ack.ts';
import { createHub } from './hub.ts';
import type { AppendableLog, LogEvent, NewEvent, Tags } from './log.ts';
import { createMemoryLog } from './memory-log.ts';
import { queryOf } from './request.ts';

/** Whom an event is for; a string names a stream directly. */
export type Target = string | { everyone: true } | { user: string } | { session: string } | { topic: string };

/** Which events may be published. */
export interface Catalogue {
  /** What is wrong with an event, and where in its data; `null` when nothing is. */
  check(name: string, data: unknown): null | { message: string; path: string };
}

export interface PublishOptions {
  /** For filters: `tags.<key>`. Not sent to readers. */
  tags?: Tags;
  /** Users the event tells something about, besides those it is for: it is erased with them. Not sent to readers. */
  about?: readonly string[];
}

export interface PushStreamOptions extends Omit<HubOptions, 'log' | 'acks'>, Omit<ServeOptions, 'access' | 'acks'> {
  /** Who may read what. Default: everybody reads what is for everyone, and the topics named in `?topic=`. */
  access?: ServeOptions['access'];
  /** Where events are kept. Default: in memory. */
  log?: AppendableLog;
  /** Events the log in memory keeps for readers who come back. Default: 10,000. */
  keep?: number;
  /** Bytes of JSON one event may have. Default: 262,144. */
  maxEventBytes?: number;
  /** Refuses events that do not fit. */
  catalogue?: Catalogue;
  /** Lets readers acknowledge at `<path>/ack`. `true` keeps what they say in memory. Default: false. */
  acks?: boolean | AckStore;
}

export interface PushStream {
  readonly hub: Hub;
  readonly log: AppendableLog;
  /**
   * Commits one event and pushes it; resolves to its cursor. `data` becomes JSON. A list of targets makes one event for each
   * stream, all or none, and resolves to the last one's cursor.
   * Throws a `PublishError` when the name is not `domain.action`, the data is too large, or the catalogue refuses it.
   */
  publish(target: Target | readonly Target[], name: string, data: unknown, options?: PublishOptions): Promise<string>;
  /** A request handler for node:http and Express. */
  handler: (request: IncomingMessage, response: ServerResponse) => void;
  /** The same for frameworks: may serve a request otherwise than the rest, and rejects where something fails. */
  serve(request: IncomingMessage, response: ServerResponse, own?: Partial<ServeOptions>): Promise<void>;
  /**
   * Erases what is for a user, and what is about that user, from the log and from memory; resolves to the number of events.
   * Positions stay, so nobody else notices. What was sent is with its readers, and is not called back.
   */
  erase(person: { user: string }): Promise<number>;
  /** Tells every reader to come back elsewhere, ends them within `graceMs` (default 0: at once), and closes the log. */
  close(graceMs?: number): Promise<void>;
}

/** What was published cannot be sent as it is; `status` is the HTTP status that says so, `path` the place in the data. */
export class PublishError extends Error {
  readonly status: 400 | 413 | 422;
  readonly path: string | undefined;

  constructor(status: 400 | 413 | 422, message: string, path?: string) {
    super(message);
    this.name = 'PublishError';
    this.status = status;
    this.path = path;
  }
}

/**
 * Server-sent events without a database: a log, a hub, and a request handler.
 *
 * ```ts
 * const stream = createPushStream();
 * createServer(stream.handler).listen(3000);
 * await stream.publish({ everyone: true }, 'price.changed', { eur: 12 });
 * ```
 */
export function createPushStream(options: PushStreamOptions = {}): PushStream {
  const { clock } = options;
  const log = options.log ?? createMemoryLog({ keep: options.keep, now: clock ? () => clock.now() : undefined });
  const acks = options.acks === true ? createMemoryAcks() : options.acks || undefined;
  const hub = createHub({ ...options, log, acks });
  const serve: ServeOptions = { ...options, access: options.access ?? readPublic, acks: acks !== undefined };
  const maxEventBytes = options.maxEventBytes ?? 262_144;

  return {
    hub,
    log,
    async publish(target, name, data, { tags, about } = {}) {
      const text = JSON.stringify(data) ?? 'null';
      refuseUnfit(name, data, text, maxEventBytes, options.catalogue);
      const event: Omit<NewEvent, 'stream'> = { name, data: text, ...(tags && { tags }), ...(about && { about }) };
      const targets = isList(target) ? target : [target];
      const streams = [...new Set(targets.map(streamOf))];
      if (streams.length === 0 || streams.includes('')) throw new PublishError(400, 'Name whom the event is for.');
      const events = await log.append(streams.map((stream) => ({ stream, ...event })));
      const { epoch } = await log.head();
      await hub.apply(events);
      return formatCursor({ epoch, seq: (events.at(-1) as LogEvent).seq });
    },
    serve: serveOne,
    handler(request, response) {
      serveOne(request, response).catch((error: unknown) => {
        options.onError?.(error);
        if (response.headersSent) response.destroy();
        else response.writeHead(500).end();
      });
    },
    async erase({ user }) {
      const stream = streamOf({ user });
      const match = (event: LogEvent) => event.stream === stream || (event.about?.includes(user) ?? false);
      const count = await log.erase(match);
      const { head } = await log.head();
      hub.forget(match, head);
      await acks?.forget((client) => client.startsWith(`${user}/`));
      return count;
    },
    async close(graceMs = 0) {
      await hub.drain(graceMs);
      await log.close?.();
    },
  };

  async function serveOne(request: IncomingMessage, response: ServerResponse, own?: Partial<ServeOptions>) {
    const acknowledges = acks !== undefined && pathOf(request).endsWith('/ack');
    await (acknowledges ? serveAck : serveEvents)(request, response, hub, { ...serve, ...own });
  }
}

/** The name of the stream a target is read by. */
export function streamOf(target: Target): string {
  if (typeof target === 'string') return target;
  if ('user' in target) return `u.${target.user}`;
  if ('session' in target) return `s.${target.session}`;
  if ('topic' in target) return `t.${target.topic}`;
  return 'w';
}

function refuseUnfit(name: string, data: unknown, text: string, maxBytes: number, catalogue?: Catalogue): void {
  if (!isEventName(name)) {
    throw new PublishError(
      400,
      `An event is named domain.action, such as order.shipped; ${JSON.stringify(name)} is not.`,
    );
  }
  if (Buffer.byteLength(text) > maxBytes) {
    throw new PublishError(413, `An event may have ${maxBytes} bytes; send a reference to the large part instead.`);
  }
  const problem = catalogue?.check(name, data);
  if (problem) throw new PublishError(422, problem.message, problem.path);
}

function isList(target: Target | readonly Target[]): target is readonly Target[] {
  return Array.isArray(target);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function readPublic(request: IncomingMessage): Access {
  return {
    streams: [
      'w',
      ...queryOf(request)
        .getAll('topic')
        .map((topic) => streamOf({ topic })),
    ],
  };
}
