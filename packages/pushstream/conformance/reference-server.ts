import { readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Access, createPushStream, PublishError, type PushStream, type PushStreamOptions } from '../src/index.ts';
import type { Publication, ServerFigures } from './target.ts';

export const HEARTBEAT_MS = 1_000;
export const MAX_EVENT_BYTES = 262_144;
export const ORIGIN = 'https://app.example';

/** This project's engine as a server for the suite: `/events` to read, `/publish`, `/revoke` and `/figures` to work it. */
export function createReference(options: PushStreamOptions = {}) {
  const revoked = new Set<string>();
  const stream = createPushStream({
    heartbeatMs: HEARTBEAT_MS,
    maxEventBytes: MAX_EVENT_BYTES,
    retryMs: 100,
    cors: { origins: [ORIGIN] },
    access: (request) => accessOf(request, revoked),
    ...options,
  });
  return {
    stream,
    listener(request: IncomingMessage, response: ServerResponse): void {
      if (request.url?.startsWith('/events')) return stream.handler(request, response);
      work(stream, revoked, request, response).catch((error: unknown) => {
        response.writeHead(error instanceof PublishError ? error.status : 500).end(String(error));
      });
    },
  };
}

/** `Bearer <user>/<end in milliseconds since 1970>`. A server that somebody else could reach would sign it. */
function accessOf(request: IncomingMessage, revoked: ReadonlySet<string>): Access {
  const { authorization } = request.headers;
  if (new URL(request.url ?? '/', 'http://local').searchParams.has('as')) return { refuse: 403 };
  if (authorization === undefined) return { streams: ['w'] };
  const [, user, ends] = /^Bearer ([a-z]+)\/(\d+)$/.exec(authorization) ?? [];
  if (!user || Number(ends) <= Date.now()) return { refuse: 401 };
  return { streams: revoked.has(user) ? ['w'] : ['w', `u.${user}`], expiresAt: Number(ends), meta: { user } };
}

/** Twice: buffers are given back when the objects that had them are gone. */
async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Resident memory would tell more about the allocator, which keeps what was freed. */
function heldBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function work(stream: PushStream, revoked: Set<string>, request: IncomingMessage, response: ServerResponse) {
  if (request.url === '/figures') {
    await collectGarbage();
    const figures: ServerFigures = {
      connections: stream.hub.stats().connections,
      descriptors: readdirSync('/proc/self/fd').length,
      heldBytes: heldBytes(),
    };
    return response.end(JSON.stringify(figures));
  }
  const body = JSON.parse(await text(request)) as Publication & { user: string };
  if (request.url === '/revoke') {
    revoked.add(body.user);
    stream.hub.close((connection) => connection.meta.user === body.user);
    return response.writeHead(204).end();
  }
  const target = body.to === 'everyone' ? { everyone: true as const } : body.to;
  await stream.publish(target, body.name, body.data, body.tags ? { tags: body.tags } : {});
  return response.writeHead(202).end();
}
