import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Hub, HubOptions } from './contract.ts';
import { formatCursor } from './cursor.ts';
import { isEventName } from './frame.ts';
import { type Access, type ServeOptions, serveEvents } from './http.ts';
import { createHub } from './hub.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';

/** Whom an event is for; a string names a stream directly. */
export type Target = string | { everyone: true } | { user: string } | { session: string } | { topic: string };

export interface PushStreamOptions extends Omit<HubOptions, 'log'>, Omit<ServeOptions, 'access'> {
  /** Who may read what. Default: everybody reads what is for everyone, and the topics named in `?topic=`. */
  access?: ServeOptions['access'];
  /** Events kept for readers who come back. Default: 10,000. */
  keep?: number;
  /** Bytes of JSON one event may have. Default: 262,144. */
  maxEventBytes?: number;
}

export interface PushStream {
  readonly hub: Hub;
  /**
   * Commits one event and pushes it; resolves to its cursor. `data` becomes JSON.
   * Throws a `PublishError` when the name is not `domain.action` or the data is too large.
   */
  publish(target: Target, name: string, data: unknown): Promise<string>;
  /** A request handler for node:http and Express. */
  handler: (request: IncomingMessage, response: ServerResponse) => void;
  /** Tells every reader to come back elsewhere, and ends them within `graceMs` (default 0: at once). */
  close(graceMs?: number): Promise<void>;
}

/** What was published cannot be sent as it is; `status` is the HTTP status that says so. */
export class PublishError extends Error {
  readonly status: 400 | 413;

  constructor(status: 400 | 413, message: string) {
    super(message);
    this.name = 'PublishError';
    this.status = status;
  }
}

/**
 * Server-sent events without a database: a log in memory, a hub, and a request handler.
 *
 * ```ts
 * const stream = createPushStream();
 * createServer(stream.handler).listen(3000);
 * await stream.publish({ everyone: true }, 'price.changed', { eur: 12 });
 * ```
 */
export function createPushStream(options: PushStreamOptions = {}): PushStream {
  const log = createMemoryLog({ keep: options.keep, now: options.clock ? () => options.clock?.now() ?? 0 : undefined });
  const hub = createHub({ ...options, log });
  const serve: ServeOptions = { ...options, access: options.access ?? readPublic };
  const maxEventBytes = options.maxEventBytes ?? 262_144;

  return {
    hub,
    async publish(target, name, data) {
      const stream = streamOf(target);
      const event = append(log, stream, name, JSON.stringify(data) ?? 'null', maxEventBytes);
      const { epoch } = await log.head();
      await hub.apply([event]);
      return formatCursor({ epoch, seq: event.seq });
    },
    handler(request, response) {
      serveEvents(request, response, hub, serve).catch((error: unknown) => {
        options.onError?.(error);
        if (response.headersSent) response.destroy();
        else response.writeHead(500).end();
      });
    },
    close: (graceMs = 0) => hub.drain(graceMs),
  };
}

/** The name of the stream a target is read by. */
export function streamOf(target: Target): string {
  if (typeof target === 'string') return target;
  if ('user' in target) return `u.${target.user}`;
  if ('session' in target) return `s.${target.session}`;
  if ('topic' in target) return `t.${target.topic}`;
  return 'w';
}

function append(log: MemoryLog, stream: string, name: string, data: string, maxBytes: number) {
  if (!isEventName(name)) {
    throw new PublishError(
      400,
      `An event is named domain.action, such as order.shipped; ${JSON.stringify(name)} is not.`,
    );
  }
  if (Buffer.byteLength(data) > maxBytes) {
    throw new PublishError(413, `An event may have ${maxBytes} bytes; send a reference to the large part instead.`);
  }
  return log.append({ stream, name, data });
}

function readPublic(request: IncomingMessage): Access {
  const query = new URL(request.url ?? '/', 'http://local').searchParams;
  return { streams: ['w', ...query.getAll('topic').map((topic) => streamOf({ topic }))] };
}
