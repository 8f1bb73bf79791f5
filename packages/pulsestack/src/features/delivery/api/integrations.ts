import { Integration, IntegrationId, IntegrationInput, IntegrationPatch, line, ProviderInfo } from '@pulsestack/core';
import { z } from 'zod';
import { operation } from '../../../kernel/operation.ts';
import * as integrations from '../integrations.ts';

const params = z.strictObject({ id: IntegrationId });

const providers = operation({
  id: 'integrations.providers',
  method: 'GET',
  path: '/v1/providers',
  summary: 'List the providers that can be connected',
  allow: 'integrations.manage',
  output: z.object({ items: z.array(ProviderInfo) }),
  run: async (ctx) => ({ items: integrations.listProviders(ctx) }),
});

const list = operation({
  id: 'integrations.list',
  method: 'GET',
  path: '/v1/integrations',
  summary: 'List the connected providers, each channel in the order in which they are tried',
  allow: 'integrations.manage',
  output: z.object({ items: z.array(Integration) }),
  run: async (ctx) => ({ items: await integrations.listAll(ctx) }),
});

const create = operation({
  id: 'integrations.create',
  method: 'POST',
  path: '/v1/integrations',
  summary: 'Connect a provider',
  description:
    'It is tried after those that are connected for its channel already. Credentials are stored encrypted and never answered.',
  allow: 'integrations.manage',
  body: IntegrationInput,
  output: Integration,
  status: 201,
  errors: ['request.invalid', 'resource.limit'],
  example: {
    provider: 'smtp',
    name: 'Mail relay',
    credentials: { url: 'smtp://user:password@mail.example.com:587' },
    settings: { from: 'Acme <hello@acme.example>' },
  },
  audit: {
    action: 'integration.connected',
    target: (_input, output) => output.id,
    detail: ({ body }) => ({ provider: body.provider }),
  },
  run: (ctx, { body }) => integrations.connect(ctx, body),
});

const get = operation({
  id: 'integrations.get',
  method: 'GET',
  path: '/v1/integrations/{id}',
  summary: 'Get a connected provider',
  allow: 'integrations.manage',
  params,
  output: Integration,
  errors: ['resource.not_found'],
  run: (ctx, { params }) => integrations.getOne(ctx, params.id),
});

const update = operation({
  id: 'integrations.update',
  method: 'PATCH',
  path: '/v1/integrations/{id}',
  summary: 'Change a connected provider',
  description: 'A field left out stays as it is. Whatever is changed, the provider counts as working again.',
  allow: 'integrations.manage',
  params,
  body: IntegrationPatch,
  output: Integration,
  errors: ['resource.not_found', 'request.invalid', 'resource.conflict'],
  example: { enabled: false },
  audit: {
    action: 'integration.changed',
    target: ({ params }) => params.id,
    detail: ({ body }) => ({ fields: Object.keys(body) }),
  },
  run: (ctx, { params, body }) => integrations.change(ctx, params.id, body),
});

const remove = operation({
  id: 'integrations.delete',
  method: 'DELETE',
  path: '/v1/integrations/{id}',
  summary: 'Disconnect a provider',
  allow: 'integrations.manage',
  params,
  output: null,
  errors: ['resource.not_found'],
  audit: { action: 'integration.disconnected', target: ({ params }) => params.id },
  run: (ctx, { params }) => integrations.disconnect(ctx, params.id),
});

const order = operation({
  id: 'integrations.reorder',
  method: 'PUT',
  path: '/v1/integrations/order',
  summary: 'Set the order in which the providers of a channel are tried',
  allow: 'integrations.manage',
  body: z.strictObject({ ids: z.array(IntegrationId).min(1).max(100) }),
  output: z.object({ items: z.array(Integration) }),
  errors: ['resource.not_found', 'request.invalid'],
  example: { ids: ['itg_01jd0c5m8xk7q2w9v4t6r3n1ab'] },
  audit: { action: 'integration.reordered', detail: ({ body }) => ({ ids: body.ids }) },
  run: async (ctx, { body }) => ({ items: await integrations.reorder(ctx, body.ids) }),
});

const test = operation({
  id: 'integrations.test',
  method: 'POST',
  path: '/v1/integrations/{id}/test',
  summary: 'Send a test message through a provider and see its answer',
  allow: 'integrations.manage',
  params,
  body: z.strictObject({
    to: line(320).meta({ description: 'An address of the channel', examples: ['me@example.com'] }),
  }),
  output: z.object({
    outcome: z.enum(['accepted', 'refused', 'retry']),
    class: z
      .string()
      .nullable()
      .meta({ description: 'What a refusal is about: address, content, auth, rate, server, network or other' }),
    detail: z.string().nullable().meta({ description: 'What the provider said' }),
  }),
  errors: ['resource.not_found', 'resource.conflict'],
  example: { to: 'me@example.com' },
  audit: 'own-record',
  transaction: 'none',
  run: (ctx, { params, body }) => integrations.sendTest(ctx, params.id, body.to),
});

export const integrationOperations = [providers, list, create, order, get, update, remove, test];
