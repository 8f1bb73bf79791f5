import { HookInput, InboundHook, idSchema, PageQuery, pageOf } from '@pulsestack/core';
import { z } from 'zod';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { deleteHook, listHooks } from '../store/hooks.ts';
import * as use from '../triggers/hooks.ts';

const params = z.strictObject({ id: idSchema('hook') });
const example = {
  name: 'GitHub',
  mapping: {
    name: { path: 'headers.x-github-event' },
    prefix: 'github',
    to: { topic: 'repo:acme.api' },
    payload: 'body',
  },
  signature: { kind: 'hmac' as const, header: 'x-hub-signature-256', prefix: 'sha256=' },
  secret: 'a secret of both sides',
};

const create = operation({
  id: 'inboundHooks.create',
  method: 'POST',
  path: '/v1/inbound-hooks',
  summary: 'Make an address that others post to',
  description:
    'What is posted there becomes an event by the mapping. The address is told once; requests may be signed.',
  allow: 'workflows.publish',
  body: HookInput,
  output: z.object({ ...InboundHook.shape, url: z.string().meta({ description: 'Told only now' }) }),
  status: 201,
  errors: ['resource.limit'],
  example,
  transaction: 'workspace',
  audit: { action: 'inbound_hook.created', target: (_input, output) => output?.id ?? null },
  async run(ctx, { body }) {
    const { hook, token } = await use.createHook(ctx, body);
    return { ...hook, url: `${ctx.settings.publicUrl}/v1/hooks/${token}` };
  },
});

const list = operation({
  id: 'inboundHooks.list',
  method: 'GET',
  path: '/v1/inbound-hooks',
  summary: 'List the addresses that others post to',
  allow: 'workflows.read',
  query: PageQuery,
  output: pageOf(InboundHook),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const [after] = query.cursor ? decodeCursor('inbound-hooks', query.cursor, ['string']) : [''];
    const rows = await listHooks(ctx.tx, ctx.workspaceId, { after: String(after), limit: query.limit + 1 });
    return toPage(rows, query.limit, use.toHook, (row) => encodeCursor('inbound-hooks', [row.id]));
  },
});

const get = operation({
  id: 'inboundHooks.get',
  method: 'GET',
  path: '/v1/inbound-hooks/{id}',
  summary: 'Get an address that others post to',
  allow: 'workflows.read',
  params,
  output: InboundHook,
  errors: ['resource.not_found'],
  run: (ctx, { params }) => use.getHook(ctx, params.id),
});

const update = operation({
  id: 'inboundHooks.update',
  method: 'PUT',
  path: '/v1/inbound-hooks/{id}',
  summary: 'Change how what is posted becomes an event',
  description: 'The address stays.',
  allow: 'workflows.publish',
  params,
  body: HookInput,
  output: InboundHook,
  errors: ['resource.not_found'],
  example,
  audit: { action: 'inbound_hook.updated', target: ({ params }) => params.id },
  run: (ctx, { params, body }) => use.updateHook(ctx, params.id, body),
});

const remove = operation({
  id: 'inboundHooks.delete',
  method: 'DELETE',
  path: '/v1/inbound-hooks/{id}',
  summary: 'Remove an address that others post to',
  allow: 'workflows.publish',
  params,
  output: null,
  errors: ['resource.not_found'],
  audit: { action: 'inbound_hook.deleted', target: ({ params }) => params.id },
  async run(ctx, { params }) {
    if (!(await deleteHook(ctx.tx, ctx.workspaceId, params.id))) throw notFound('hook');
  },
});

export const hookOperations = [create, list, get, update, remove];
