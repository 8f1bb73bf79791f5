import type { FastifyInstance, FastifyRequest } from 'fastify';
import { receiveHook } from '../../features/workflows/index.ts';
import type { Runtime } from '../../kernel/runtime.ts';

const MAX_BYTES = 2_000_000;

/** Where others post to. Outside of the operations, because a signature covers the bytes as they came. */
export async function addHooks(server: FastifyInstance, runtime: Runtime): Promise<void> {
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BYTES }, (_request, bytes, done) =>
      done(null, bytes),
    );
    scope.post('/v1/hooks/:token', async (request: FastifyRequest<{ Params: { token: string } }>, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]),
      );
      const accepted = await receiveHook(runtime, request.params.token, {
        headers,
        body,
        requestId: runtime.newId('request'),
      });
      return reply
        .code(202)
        .send(accepted === null ? { status: 'ignored' } : { id: accepted.id, status: accepted.status });
    });
  });
}
