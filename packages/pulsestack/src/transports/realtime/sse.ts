import type { FastifyInstance } from 'fastify';
import { serveEvents } from 'pushstream';
import { connectionMeta, hubs, streamsOf } from '../../features/streams/index.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { authorize } from '../http/authorize.ts';
import type { HttpKit } from '../http/server.ts';

export const STREAM_PATH = '/v1/stream';

/** `GET /v1/stream`: everything that concerns the caller as server-sent events, resumable by one cursor. */
export function addEventStream(
  server: FastifyInstance,
  kit: HttpKit,
  runtime: Runtime,
  cors: (origin: string) => boolean,
): void {
  server.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: STREAM_PATH,
    handler: async (request, reply) => {
      const ctx = await kit.admit(request, reply);
      authorize(ctx, 'inbox');
      const { principal } = ctx;
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) reply.raw.setHeader(name, value);
      await serveEvents(request.raw, reply.raw, hubs.of(runtime).of(ctx.workspaceId), {
        access: {
          streams: streamsOf(principal),
          meta: connectionMeta(principal),
          ...('expiresAtMs' in principal ? { expiresAt: principal.expiresAtMs } : {}),
        },
        // Only bearer tokens count across origins, so no cookie needs to travel.
        cors: { origins: cors, credentials: false },
        replayHeader: 'PulseStack-Replay',
      });
    },
  });
}
