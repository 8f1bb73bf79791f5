import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { fail } from '../../kernel/errors.ts';
import type { Runtime } from '../../kernel/runtime.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** What operators and orchestrators ask: is it alive, may it get traffic, and how is it doing. */
export function addOperating(
  server: FastifyInstance,
  runtime: Runtime,
  state: { ready: boolean; draining: boolean },
  metricsToken?: string,
): void {
  server.get('/healthz', async () => ({ status: 'ok' }));

  server.get('/readyz', async (_request, reply) => {
    if (state.draining || !state.ready)
      return reply.code(503).send({ status: state.draining ? 'draining' : 'starting' });
    try {
      const { latencyMs } = await runtime.database.health();
      return { status: 'ready', databaseLatencyMs: latencyMs, bus: runtime.bus.healthy ? 'ok' : 'away' };
    } catch (error) {
      runtime.log.warn({ err: error }, 'not ready: the database does not answer');
      return reply.code(503).send({ status: 'database unreachable' });
    }
  });

  server.get('/metrics', async (request, reply) => {
    if (metricsToken !== undefined) {
      if (!equal(request.headers.authorization ?? '', `Bearer ${metricsToken}`))
        throw fail('auth.required', 'Metrics need the token of PULSESTACK_METRICS_TOKEN.');
    } else if (!runtime.settings.development || !LOOPBACK.has(request.socket.remoteAddress ?? '')) {
      // In production a proxy on the same machine makes every stranger look like loopback.
      throw fail(
        'auth.forbidden',
        'Set PULSESTACK_METRICS_TOKEN to read the metrics; only in development they are open to this machine.',
      );
    }
    const { contentType, body } = await runtime.telemetry.expose();
    return reply.type(contentType).send(body);
  });
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
