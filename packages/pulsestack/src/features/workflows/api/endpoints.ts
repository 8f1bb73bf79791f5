import {
  Applied,
  CodeStepPreview,
  CodeStepPreviewed,
  EndpointInput,
  PageQuery,
  PushInput,
  pageOf,
  Slug,
  WorkflowEndpoint,
} from '@pulsestack/core';
import { z } from 'zod';
import { demand } from '../../../kernel/context.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { applyDefinitions } from '../endpoints/apply.ts';
import * as use from '../endpoints/endpoints.ts';
import { previewStep, syncEndpoint } from '../endpoints/sync.ts';
import type { Data } from '../engine/live.ts';
import { listEndpoints } from '../store/endpoints.ts';

const params = z.strictObject({ key: Slug });
const WithSecret = z.object({
  ...WorkflowEndpoint.shape,
  secret: z.string().meta({ description: 'Told only now; the application checks requests with it' }),
});

const create = operation({
  id: 'workflowEndpoints.create',
  method: 'POST',
  path: '/v1/workflow-endpoints',
  summary: 'Register an address of your application that has workflows in code',
  description:
    'PulseStack asks it which workflows there are (`sync`) and calls it to run their code steps. Requests are signed with the secret of the answer, as Standard Webhooks says.',
  allow: 'workflows.publish',
  body: EndpointInput,
  output: WithSecret,
  status: 201,
  errors: ['resource.exists', 'resource.limit'],
  example: { key: 'shop', url: 'https://app.example.com/api/pulsestack' },
  // Answers of a workspace's transaction are kept for idempotency; a secret must not be.
  transaction: 'system',
  audit: {
    action: 'workflow_endpoint.created',
    target: ({ body }) => body.key,
    detail: ({ body }) => ({ url: body.url }),
  },
  run: (ctx, { body }) => use.createEndpoint(ctx, body),
});

const list = operation({
  id: 'workflowEndpoints.list',
  method: 'GET',
  path: '/v1/workflow-endpoints',
  summary: 'List the addresses that have workflows in code',
  allow: 'workflows.read',
  query: PageQuery,
  output: pageOf(WorkflowEndpoint),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const [after] = query.cursor ? decodeCursor('workflow-endpoints', query.cursor, ['string']) : [''];
    const rows = await listEndpoints(ctx.tx, ctx.workspaceId, { after: String(after), limit: query.limit + 1 });
    return toPage(rows, query.limit, use.toEndpoint, (row) => encodeCursor('workflow-endpoints', [row.key]));
  },
});

const get = operation({
  id: 'workflowEndpoints.get',
  method: 'GET',
  path: '/v1/workflow-endpoints/{key}',
  summary: 'Get an address that has workflows in code',
  allow: 'workflows.read',
  params,
  output: WorkflowEndpoint,
  errors: ['resource.not_found'],
  run: (ctx, { params }) => use.getEndpoint(ctx, params.key),
});

const update = operation({
  id: 'workflowEndpoints.update',
  method: 'PUT',
  path: '/v1/workflow-endpoints/{key}',
  summary: 'Change the address; the secret stays',
  allow: 'workflows.publish',
  params,
  body: EndpointInput.pick({ url: true }),
  output: WorkflowEndpoint,
  errors: ['resource.not_found'],
  example: { url: 'https://app.example.com/api/pulsestack' },
  audit: {
    action: 'workflow_endpoint.moved',
    target: ({ params }) => params.key,
    detail: ({ body }) => ({ url: body.url }),
  },
  run: (ctx, { params, body }) => use.moveEndpoint(ctx, params.key, body.url),
});

const rotate = operation({
  id: 'workflowEndpoints.rotate',
  method: 'POST',
  path: '/v1/workflow-endpoints/{key}/rotate',
  summary: 'Give an address a new secret',
  description: 'For 24 hours requests are signed with the former secret as well.',
  allow: 'workflows.publish',
  params,
  output: WithSecret,
  errors: ['resource.not_found'],
  transaction: 'system',
  audit: { action: 'workflow_endpoint.rotated', target: ({ params }) => params.key },
  run: (ctx, { params }) => use.rotateSecret(ctx, params.key),
});

const remove = operation({
  id: 'workflowEndpoints.delete',
  method: 'DELETE',
  path: '/v1/workflow-endpoints/{key}',
  summary: 'Forget an address',
  description:
    'Its workflows stay and can be edited from then on. Refused while something published has code steps that run there.',
  allow: 'workflows.publish',
  params,
  output: null,
  errors: ['resource.not_found', 'resource.conflict'],
  audit: { action: 'workflow_endpoint.deleted', target: ({ params }) => params.key },
  run: (ctx, { params }) => use.removeEndpoint(ctx, params.key),
});

const sync = operation({
  id: 'workflowEndpoints.sync',
  method: 'POST',
  path: '/v1/workflow-endpoints/{key}/sync',
  summary: 'Take over the workflows that the code has now',
  description:
    'Asks the address for its workflows, checks them, and publishes those that are new or have changed: all, or none when one is refused. With `dryRun` only tells what would happen. What the code has no more is archived with `prune`.',
  allow: 'workflows.publish',
  params,
  body: z.strictObject({
    dryRun: z.boolean().default(false),
    force: z.boolean().default(false).meta({ description: 'Take over workflows that were made elsewhere' }),
    prune: z.boolean().default(false),
  }),
  output: Applied,
  errors: ['resource.not_found', 'endpoint.failed'],
  example: { dryRun: true },
  audit: 'own-record',
  transaction: 'none',
  run: (ctx, { params, body }) => syncEndpoint(ctx, params.key, body),
});

const preview = operation({
  id: 'workflowEndpoints.preview',
  method: 'POST',
  path: '/v1/workflow-endpoints/{key}/preview',
  summary: 'Ask what a code step would answer',
  description: 'The request is marked as a preview: only code that says it changes nothing answers it.',
  allow: 'workflows.publish',
  params,
  body: CodeStepPreview,
  output: CodeStepPreviewed,
  errors: ['resource.not_found'],
  example: { workflow: 'order-shipped', step: 'price', data: { payload: { order: 7 } } },
  transaction: 'none',
  run: (ctx, { params, body }) => previewStep(ctx, params.key, { ...body, data: body.data as Data }),
});

const push = operation({
  id: 'workflows.push',
  method: 'POST',
  path: '/v1/workflows/push',
  summary: 'Take over workflows that are kept in files',
  description:
    'Checks all of them and changes nothing when one is refused. `expected` guards what others have changed since the files were pulled. `publish` needs `workflows.publish` too.',
  allow: 'workflows.write',
  body: PushInput,
  output: Applied,
  errors: ['auth.forbidden'],
  example: {
    workflows: [{ key: 'welcome-you', name: 'Welcome', steps: [{ id: 'hi', type: 'in_app', title: 'Hi' }] }],
    dryRun: true,
  },
  audit: 'own-record',
  transaction: 'none',
  bodyLimitBytes: 8_000_000,
  async run(ctx, { body }) {
    if (body.publish) demand(ctx, 'workflows.publish');
    const { workflows: given, ...wanted } = body;
    return applyDefinitions(ctx, { given, origin: { kind: 'files' }, ...wanted });
  },
});

export const endpointOperations = [create, list, get, update, rotate, remove, sync, preview, push];
