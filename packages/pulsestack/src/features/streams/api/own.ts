import { Cursor, Instant } from '@pulsestack/core';
import { z } from 'zod';
import type { Context } from '../../../kernel/context.ts';
import { fail } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { grantOf } from '../access.ts';
import { hubs } from '../hubs.ts';
import { issueTicket } from '../tickets.ts';

const Client = z.string().regex(/^[A-Za-z0-9._-]{1,128}$/, 'must be 1–128 characters of letters, digits and . _ -');

const acknowledge = operation({
  id: 'streams.acknowledge',
  method: 'POST',
  path: '/v1/stream/ack',
  summary: 'Say that everything up to a cursor has arrived',
  description:
    'Cumulative; about once a second is enough. A reader that comes back with the same `client` and no cursor resumes behind it.',
  allow: 'inbox',
  body: z.strictObject({
    cursor: Cursor,
    client: Client.optional().meta({
      description: 'The name given as `?client=` when connecting; members may leave it out',
    }),
  }),
  output: null,
  errors: ['request.cursor_invalid'],
  example: { cursor: 'k3v9QaXY.0', client: 'phone' },
  // Every reader says this about every second; who received what is kept as deliveries.
  audit: 'own-record',
  transaction: 'none',
  async run(ctx, { body }) {
    const { meta } = await grantOf(ctx, []);
    const client = meta.session ?? body.client;
    if (client === undefined) {
      throw fail('request.invalid', 'Say which client acknowledges.', {
        fields: [{ in: 'body', field: '/client', message: 'is required with a user token' }],
      });
    }
    const outcome = await hubs.of(ctx).of(ctx.workspaceId).acknowledge(`${meta.user}/${client}`, body.cursor);
    if (outcome === 'foreign') throw fail('request.cursor_invalid', 'This cursor is none of this stream.');
  },
});

const TopicsQuery = z.strictObject({
  topics: z.array(z.string().max(128)).max(50).default([]).meta({ description: 'Topics whose events are read, too' }),
});

const ticket = operation({
  id: 'streams.ticket',
  method: 'POST',
  path: '/v1/stream/tickets',
  summary: 'Get a ticket for a reader that cannot send a header',
  description:
    'For a bare `EventSource`: `new EventSource("/v1/stream?ticket=" + ticket)`. It opens one connection within a minute, which then reconnects by itself until the token it was made with expires.',
  allow: 'inbox',
  body: TopicsQuery,
  output: z.object({ ticket: z.string(), expiresAt: Instant.meta({ description: 'It must be used before' }) }),
  example: { topics: [] },
  audit: 'own-record',
  async run(ctx, { body }) {
    const grant = await grantOf(ctx, body.topics);
    return {
      ticket: issueTicket(ctx, ctx.workspaceId, grant),
      expiresAt: new Date(ctx.clock.nowMs() + 60_000).toISOString(),
    };
  },
});

const access = operation({
  id: 'streams.access',
  method: 'POST',
  path: '/v1/stream/access',
  summary: 'What may the caller read?',
  description: 'For relays, which ask on behalf of their readers with the token of each.',
  allow: 'inbox',
  body: TopicsQuery,
  output: z.object({
    workspaceId: z.string(),
    streams: z.array(z.string()),
    meta: z.record(z.string(), z.string()),
    expiresAt: Instant.nullable(),
  }),
  example: { topics: [] },
  audit: 'own-record',
  async run(ctx, { body }) {
    const grant = await grantOf(ctx, body.topics);
    return {
      workspaceId: ctx.workspaceId,
      streams: [...grant.streams],
      meta: grant.meta,
      expiresAt: expiryOf(ctx),
    };
  },
});

function expiryOf({ principal }: Context): string | null {
  return 'expiresAtMs' in principal ? new Date(principal.expiresAtMs).toISOString() : null;
}

export const ownOperations = [acknowledge, ticket, access];
