import type { FastifyInstance } from 'fastify';
import { writeFeed } from 'pushstream/relay';
import type { Revocation } from '../../features/accounts/index.ts';
import { hubs, onReadersChanged, toFeedControls } from '../../features/streams/index.ts';
import type { Principal } from '../../kernel/context.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { authorize } from '../http/authorize.ts';
import type { HttpKit } from '../http/server.ts';

// What a right has become is looked at anew this often; a relay comes back at once.
const MAX_OPEN_MS = 24 * 60 * 60 * 1000;

/** `GET /v1/stream/feed`: the whole log of a workspace as it grows, for relays. One connection serves all their readers. */
export function addFeed(server: FastifyInstance, kit: HttpKit, runtime: Runtime): void {
  server.get('/v1/stream/feed', async (request, reply) => {
    const { workspaceId, principal, ...ctx } = await kit.admit(request, reply);
    authorize({ ...ctx, workspaceId, principal }, 'streams.read');
    reply.hijack();
    const release = hubs.of(runtime).hold(workspaceId);
    const feed = writeFeed(reply.raw, hubs.of(runtime).of(workspaceId));
    const stop = onReadersChanged(runtime, (change) => {
      for (const control of toFeedControls(change, workspaceId)) feed.tell(control);
      // A relay whose key was rotated comes back with the new one.
      if (change.kind === 'revoked' && isOver(change.revocation, workspaceId, principal)) feed.close();
    });
    const untilMs = 'expiresAtMs' in principal ? principal.expiresAtMs - runtime.clock.nowMs() : MAX_OPEN_MS;
    const end = setTimeout(() => feed.close(), Math.min(untilMs, MAX_OPEN_MS)).unref();
    reply.raw.on('close', () => {
      clearTimeout(end);
      stop();
      release();
    });
  });
}

/** Does this take the right away from whoever opened the feed? */
function isOver({ kind, id, workspaceId }: Revocation, own: string, principal: Principal): boolean {
  if (workspaceId !== own) return false;
  if (kind === 'session') return principal.kind === 'member' && id === principal.sessionId;
  if (kind === 'workspace') return true;
  return 'id' in principal && id === principal.id && (kind === 'key') === (principal.kind === 'key');
}
