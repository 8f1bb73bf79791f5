import type { FastifyInstance } from 'fastify';
import { writeFeed } from 'pushstream/relay';
import { hubs, onReadersChanged, toFeedControls } from '../../features/streams/index.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { authorize } from '../http/authorize.ts';
import type { HttpKit } from '../http/server.ts';

/** `GET /v1/stream/feed`: the whole log of a workspace as it grows, for relays. One connection serves all their readers. */
export function addFeed(server: FastifyInstance, kit: HttpKit, runtime: Runtime): void {
  server.get('/v1/stream/feed', async (request, reply) => {
    const { workspaceId, principal, ...ctx } = await kit.admit(request, reply);
    authorize({ ...ctx, workspaceId, principal }, 'streams.read');
    reply.hijack();
    const feed = writeFeed(reply.raw, hubs.of(runtime).of(workspaceId));
    const stop = onReadersChanged(runtime, (change) => {
      for (const control of toFeedControls(change, workspaceId)) feed.tell(control);
      // A relay whose key was rotated comes back with the new one.
      const isOver = change.kind === 'revoked' && principal.kind === 'key' && change.revocation.id === principal.id;
      if (isOver) feed.close();
    });
    reply.raw.on('close', stop);
  });
}
