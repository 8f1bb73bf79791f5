import type { FastifyInstance, FastifyRequest } from 'fastify';
import { receiveHook } from '../../features/workflows/index.ts';
import { fail, ProductError } from '../../kernel/errors.ts';
import { type Draw, networkOf, RateLimiter } from '../../kernel/rate-limit.ts';
import type { Runtime } from '../../kernel/runtime.ts';

const MAX_BYTES = 2_000_000;
/** A hundred a second of one hook, unless credentials are allowed less. */
const HOOK_PER_MINUTE = 6000;

/** Where others post to. Outside of the operations, because a signature covers the bytes as they came. */
export async function addHooks(server: FastifyInstance, runtime: Runtime): Promise<void> {
  const limits = createHookLimits(runtime);
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BYTES }, (_request, bytes, done) =>
      done(null, bytes),
    );
    // Before the body is read.
    scope.addHook('onRequest', async (request) => limits.checkSender(request.ip));
    scope.post('/v1/hooks/:token', async (request: FastifyRequest<{ Params: { token: string } }>, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]),
      );
      const received = { headers, body, requestId: request.id, admit: limits.drawHook };
      const accepted = await receiveHook(runtime, request.params.token, received).catch((error: unknown) => {
        limits.noteRefused(request.ip, error);
        throw error;
      });
      return reply
        .code(202)
        .send(accepted === null ? { status: 'ignored' } : { id: accepted.id, status: accepted.status });
    });
  });
}

/**
 * A hook has a limit, and so has whoever posts what is refused: who guesses addresses or signatures uses up only their own, and
 * nothing of the hook's.
 */
function createHookLimits(runtime: Runtime) {
  const limiter = new RateLimiter(runtime.clock);
  const { ipPerMinute, keyPerMinute } = runtime.settings.rateLimits;
  const senderOf = (ip: string) => `sender ${networkOf(ip)}`;

  return {
    checkSender(ip: string): void {
      const draw = limiter.draw(senderOf(ip), ipPerMinute, 0);
      if (draw.remaining < 1) throw tooMany(draw, 'refused requests a minute per address');
    },
    noteRefused(ip: string, error: unknown): void {
      if (error instanceof ProductError && (error.status === 401 || error.status === 404))
        limiter.draw(senderOf(ip), ipPerMinute);
    },
    drawHook(hookId: string): void {
      const draw = limiter.draw(`hook ${hookId}`, Math.min(HOOK_PER_MINUTE, keyPerMinute));
      if (!draw.allowed) throw tooMany(draw, 'requests a minute per hook');
    },
  };
}

function tooMany({ limit, resetSeconds }: Draw, of: string): ProductError {
  const afterS = Math.max(1, resetSeconds);
  return fail('request.rate_limited', `The limit of ${limit} ${of} is reached; try again in ${afterS} s.`, {
    headers: { 'retry-after': String(afterS) },
  });
}
