import { UserId } from '@pulsestack/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ensureDevelopment, mintUserToken, signInDevelopmentOwner } from '../../features/accounts/index.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import type { CaughtMail, Mailbox } from '../../ports/mailbox.ts';
import { validate } from './validate.ts';

const SESSION_MINUTES = 24 * 60;
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Conveniences of development, reachable from this machine only: a session for any user, the owner's sign-in, the mailbox.
 * The Host must be loopback too, or a page elsewhere could reach them by pointing its own name at 127.0.0.1.
 */
export function addDevelopment(server: FastifyInstance, runtime: Runtime, mailbox: Mailbox | undefined): void {
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
  if (mailbox) addMailbox(server, mailbox, guard);
}

/** What was mailed in development, for the page and for tests that look for a mail. */
function addMailbox(
  server: FastifyInstance,
  mailbox: Mailbox,
  guard: (request: FastifyRequest) => Promise<void>,
): void {
  const find = (id: string): CaughtMail => {
    const mail = mailbox.mails().find((one) => one.id === id);
    if (!mail) throw notFound('mail');
    return mail;
  };
  const list = async (request: FastifyRequest) => {
    const { to } = validate(z.strictObject({ to: z.string().max(320).optional() }), request.query, 'query') as {
      to?: string;
    };
    return {
      mails: mailbox
        .mails()
        .filter((mail) => to === undefined || mail.to.includes(to))
        .map(toListed),
    };
  };
  server.get('/dev/mailbox', { onRequest: guard }, list);
  server.get('/v1/dev/mails', { onRequest: guard }, list);
  server.get<{ Params: { id: string } }>('/v1/dev/mails/:id', { onRequest: guard }, async (request) =>
    find(request.params.id),
  );
  server.delete<{ Params: { id: string } }>('/v1/dev/mails/:id', { onRequest: guard }, async (request, reply) => {
    if (!mailbox.remove(request.params.id)) throw notFound('mail');
    return reply.status(204).send();
  });
  server.delete('/v1/dev/mails', { onRequest: guard }, async (_request, reply) => {
    mailbox.clear();
    return reply.status(204).send();
  });
}

/** A list is asked for often, so what is large stays out of it. */
function toListed({ source: _source, html: _html, attachments, ...mail }: CaughtMail) {
  return { ...mail, attachments: attachments.length };
}
