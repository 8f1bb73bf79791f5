import { UserId } from '@pulsestack/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ensureDevelopment, mintUserToken, signInDevelopmentOwner } from '../../features/accounts/index.ts';
import { fail } from '../../kernel/errors.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import type { Mailer } from '../../ports/mailer.ts';
import { validate } from './validate.ts';

const SESSION_MINUTES = 24 * 60;
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Conveniences of development, reachable from this machine only: a session for any user, the owner's sign-in, the mailbox.
 * The Host must be loopback too, or a page elsewhere could reach them by pointing its own name at 127.0.0.1.
 */
export function addDevelopment(server: FastifyInstance, runtime: Runtime, mailer: Mailer): void {
  const guard = async (request: FastifyRequest) => {
    const fetchSite = request.headers['sec-fetch-site'];
    const fromElsewhere = fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none';
    if (!LOOPBACK_HOST.test(request.headers.host ?? '') || fromElsewhere)
      throw fail('auth.origin_refused', 'Development conveniences answer on this machine only.');
  };

  server.get('/dev/session', { onRequest: guard }, async (request) => {
    const { user } = validate(z.strictObject({ user: UserId }), request.query, 'query') as { user: string };
    const { workspaceId } = await ensureDevelopment(runtime, {});
    return { workspaceId, ...(await mintUserToken(runtime, workspaceId, user, SESSION_MINUTES)) };
  });
  server.post('/dev/sign-in', { onRequest: guard }, async (request) =>
    signInDevelopmentOwner(runtime, {
      ip: request.ip,
      userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
    }),
  );
  server.get('/dev/key', { onRequest: guard }, async () => {
    const { key, workspaceId } = await ensureDevelopment(runtime, {});
    return { key, workspaceId };
  });
  server.get('/dev/mailbox', { onRequest: guard }, async () => ({
    mails: 'mails' in mailer ? (mailer as { mails(): unknown }).mails() : [],
  }));
}
