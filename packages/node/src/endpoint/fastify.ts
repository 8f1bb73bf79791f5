import type { FastifyInstance } from 'fastify';
import { createHandle, type EndpointOptions, MAX_BODY_BYTES } from './endpoint.ts';

export interface PluginOptions extends EndpointOptions {
  /** Default: `/api/pulsestack`. */
  path?: string;
}

/** Serves workflows in Fastify: `app.register(serveWorkflows, { workflows, secret })`. */
export async function serveWorkflows(
  app: FastifyInstance,
  { path = '/api/pulsestack', ...options }: PluginOptions,
): Promise<void> {
  const handle = createHandle(options);
  // The signature is over the text, so here, and only here, JSON stays text.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.route({
    method: ['GET', 'POST'],
    url: path,
    bodyLimit: MAX_BODY_BYTES,
    async handler({ method, headers, body }, reply) {
      const header = (name: string) => headers[name]?.toString();
      const answer = await handle({ method, header, body: typeof body === 'string' ? body : '' });
      return reply.code(answer.status).headers(answer.headers).send(answer.body);
    },
  });
}
