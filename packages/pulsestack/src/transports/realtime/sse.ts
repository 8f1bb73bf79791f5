import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Access, serveEvents } from 'pushstream';
import { grantOf, hubs, ticketsOf, workspaceOfTicket } from '../../features/streams/index.ts';
import { fail } from '../../kernel/errors.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { authorize } from '../http/authorize.ts';
import type { HttpKit } from '../http/server.ts';

export const STREAM_PATH = '/v1/stream';
const MAX_TOPICS = 50;

/**
 * `GET /v1/stream`: everything that concerns the caller as server-sent events, resumable by one cursor. In the address:
 * `topic` (several), `filter`, `since`, `client`, `last_event_id`, and `ticket` in place of a token.
 */
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
      const { revocations } = hubs.of(runtime);
      const ctx = await kit.admit(request, reply);
      const query = new URL(request.url, 'http://local').searchParams;
      const ticket = query.get('ticket');
      if (ticket !== null) {
        const workspaceId = workspaceOfTicket(ticket);
        if (workspaceId === null)
          throw fail('auth.invalid', 'This is no ticket; get one with POST /v1/stream/tickets.');
        return serve(request, reply, revocations, workspaceId, { refuse: 401 });
      }
      authorize(ctx, 'inbox');
      const topics = query.getAll('topic');
      if (topics.length > MAX_TOPICS) {
        throw fail('request.invalid', undefined, {
          fields: [{ in: 'query', field: '/topic', message: `must not be given more than ${MAX_TOPICS} times` }],
        });
      }
      const grant = await grantOf(ctx, topics);
      return serve(request, reply, revocations, ctx.workspaceId, {
        ...grant,
        meta: { ...grant.meta, transport: 'sse' },
      });
    },
  });

  async function serve(
    request: FastifyRequest,
    reply: FastifyReply,
    revocations: number,
    workspaceId: string,
    access: Access,
  ): Promise<void> {
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    const connection = await serveEvents(request.raw, reply.raw, hubs.of(runtime).of(workspaceId), {
      access,
      tickets: ticketsOf(runtime, workspaceId),
      acks: true,
      // Across origins only bearer tokens count, and tickets, whose cookie stays on the same site.
      cors: { origins: cors, credentials: false },
      replayHeader: 'PulseStack-Replay',
    });
    // A right that ended between the question and the connection: whoever still has it comes back at once.
    if (hubs.of(runtime).revocations !== revocations) connection?.close('expired');
  }
}
