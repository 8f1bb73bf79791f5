import {
  ApiKey,
  ApiKeyWithSecret,
  Instant,
  idSchema,
  line,
  PageQuery,
  Permission,
  pageOf,
  UserId,
  UserToken,
} from '@pulsestack/core';
import { z } from 'zod';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { createApiKey, revokeApiKey, rotateApiKey, toApiKey } from '../api-keys.ts';
import { trustedKeys } from '../keyring.ts';
import { listKeys } from '../store/api-keys.ts';
import { mintUserToken } from '../user-tokens.ts';

const KeyParams = z.strictObject({ id: idSchema('apiKey') });
const WEEK_MINUTES = 7 * 24 * 60;

export const keyOperations = [
  operation({
    id: 'accounts.listApiKeys',
    method: 'GET',
    path: '/v1/api-keys',
    summary: 'API keys, the newest first, without their secrets',
    allow: 'keys.manage',
    query: PageQuery,
    output: pageOf(ApiKey),
    errors: ['request.cursor_invalid'],
    run: async (ctx, { query }) => {
      const [before] = query.cursor === undefined ? [null] : decodeCursor('api-keys', query.cursor, ['string']);
      const rows = await listKeys(ctx.tx, ctx.workspaceId, before as string | null, query.limit + 1);
      return toPage(rows, query.limit, toApiKey, (row) => encodeCursor('api-keys', [row.id]));
    },
  }),
  operation({
    id: 'accounts.createApiKey',
    method: 'POST',
    path: '/v1/api-keys',
    summary: 'Create an API key',
    description:
      'The secret is in this answer and is never shown again. Without `permissions` the key may do what you may; it can never do more.',
    allow: 'keys.manage',
    body: z.strictObject({
      name: line(80),
      permissions: z.array(Permission).max(Permission.options.length).optional(),
      expiresAt: Instant.optional(),
    }),
    output: ApiKeyWithSecret,
    status: 201,
    errors: ['auth.forbidden', 'resource.limit'],
    example: { name: 'Billing server', permissions: ['notifications.create'] },
    audit: {
      action: 'api_key.created',
      target: (_input, key) => key.id,
      detail: (_input, key) => ({ name: key.name, permissions: key.permissions, expiresAt: key.expiresAt }),
    },
    // Answers of a workspace's transaction are kept for idempotency; a secret must not be.
    transaction: 'system',
    run: (ctx, { body }) => createApiKey(ctx, body),
  }),
  operation({
    id: 'accounts.rotateApiKey',
    method: 'POST',
    path: '/v1/api-keys/{id}/rotate',
    summary: 'Replace an API key by a new one',
    description: 'The old key works on for `overlapMinutes`, 0 to 10080.',
    allow: 'keys.manage',
    params: KeyParams,
    body: z.strictObject({ overlapMinutes: z.number().int().min(0).max(WEEK_MINUTES).default(60) }),
    output: ApiKeyWithSecret,
    status: 201,
    errors: ['resource.not_found', 'resource.conflict', 'auth.forbidden'],
    example: { overlapMinutes: 60 },
    audit: {
      action: 'api_key.rotated',
      target: ({ params }) => params.id,
      detail: ({ body }, key) => ({ replacedBy: key.id, overlapMinutes: body.overlapMinutes }),
    },
    transaction: 'system',
    run: (ctx, { params, body }) => rotateApiKey(ctx, params.id, body.overlapMinutes),
  }),
  operation({
    id: 'accounts.revokeApiKey',
    method: 'DELETE',
    path: '/v1/api-keys/{id}',
    summary: 'Revoke an API key at once',
    allow: 'keys.manage',
    params: KeyParams,
    output: null,
    errors: ['resource.not_found'],
    audit: { action: 'api_key.revoked', target: ({ params }) => params.id },
    run: (ctx, { params }) => revokeApiKey(ctx, params.id),
  }),
  operation({
    id: 'accounts.mintUserToken',
    method: 'POST',
    path: '/v1/users/{id}/tokens',
    summary: 'Mint a token for one user’s browser',
    description: 'Your server asks for it when the user is signed in there. An unknown user comes into being.',
    allow: 'users.impersonate',
    params: z.strictObject({ id: UserId }),
    body: z.strictObject({ ttlMinutes: z.number().int().min(1).max(1440).default(60) }),
    output: UserToken,
    status: 201,
    example: { ttlMinutes: 60 },
    audit: 'own-record',
    // Neither kept for idempotency, being a secret, nor signed while the database waits.
    transaction: 'none',
    run: async (ctx, { params, body }, reply) => {
      reply.headers['cache-control'] = 'no-store';
      return mintUserToken(ctx, ctx.workspaceId, params.id, body.ttlMinutes);
    },
  }),
  operation({
    id: 'accounts.getKeySet',
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'Public keys that verify our tokens (JWKS, RFC 7517)',
    allow: 'public',
    output: z.object({ keys: z.array(z.record(z.string(), z.json())) }),
    transaction: 'none',
    run: async (ctx, _input, reply) => {
      reply.headers['cache-control'] = 'public, max-age=300';
      return { keys: await trustedKeys(ctx) };
    },
  }),
];
