import type { FastifyInstance } from 'fastify';

const METHODS = 'GET, POST, PUT, PATCH, DELETE';
const HEADERS = 'Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Request-Id';
const EXPOSED = 'X-Request-Id, RateLimit, RateLimit-Policy, Retry-After, Idempotency-Replay, PulseStack-Replay';
const MAX_AGE_SECONDS = 600;

/** Decides which pages of other origins may call. `*` allows any, which is safe because only bearer tokens count across origins. */
export function originRule(origins: readonly string[]): (origin: string) => boolean {
  if (origins.includes('*')) return () => true;
  const allowed = new Set(origins);
  return (origin) => allowed.has(origin);
}

/** Cross-origin rules for the API (Fetch standard). Cookies never travel across origins. */
export function addCors(server: FastifyInstance, allows: (origin: string) => boolean): void {
  server.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (!request.url.startsWith('/v1/') || origin === undefined) return;
    reply.header('vary', 'Origin');
    if (!allows(origin)) return;
    reply.header('access-control-allow-origin', origin);
    reply.header('access-control-expose-headers', EXPOSED);
  });
  server.options('/v1/*', async (request, reply) => {
    if (request.headers.origin !== undefined && allows(request.headers.origin)) {
      reply.header('access-control-allow-methods', METHODS);
      reply.header('access-control-allow-headers', HEADERS);
      reply.header('access-control-max-age', String(MAX_AGE_SECONDS));
    }
    return reply.code(204).send();
  });
}
