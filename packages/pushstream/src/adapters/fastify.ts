import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PushStream } from '../pushstream.ts';
import type { RouteOptions } from './express.ts';

export interface PluginOptions extends RouteOptions<FastifyRequest> {
  stream: PushStream;
  /** Default: `/events`. */
  path?: string;
}

/**
 * Serves a stream in Fastify: `app.register(pushStream, { stream, path: '/events' })`. Hooks of the application run before it,
 * and headers they set are sent. When the application closes, the stream is closed with it.
 */
export async function pushStream(
  app: FastifyInstance,
  { stream, path = '/events', access, ...options }: PluginOptions,
): Promise<void> {
  for (const url of [path, `${path.replace(/\/$/, '')}/ack`]) {
    app.all(url, async (request, reply) => {
      const { raw } = request;
      // Fastify has read it, and nobody can read it twice.
      if (request.body !== undefined) Object.assign(raw, { body: request.body });
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) reply.raw.setHeader(name, value);
      const allowed = typeof access === 'function' ? () => access(request) : access;
      reply.hijack();
      try {
        await stream.serve(raw, reply.raw, { ...options, ...(allowed && { access: allowed }) });
      } catch (error) {
        request.log.error(error);
        if (reply.raw.headersSent) reply.raw.destroy();
        else reply.raw.writeHead(500).end();
      }
    });
  }
  // Before the server waits for its connections to end: streams do not end by themselves.
  app.addHook('preClose', () => stream.close());
}
