import {
  Change,
  FieldError,
  line,
  PageQuery,
  pageOf,
  Slug,
  Workflow,
  WorkflowDefinition,
  WorkflowVersion,
} from '@pulsestack/core';
import { z } from 'zod';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import * as use from '../definitions/definitions.ts';
import { diff } from '../definitions/diff.ts';
import { listVersions, listWorkflows } from '../store/definitions.ts';

const params = z.strictObject({ key: Slug });
const example = {
  name: 'Comment digest',
  trigger: { event: 'comment.created' },
  steps: [
    { id: 'digest', type: 'digest' as const, window: '10m', key: 'payload.post.id' },
    { id: 'inbox', type: 'in_app' as const, title: '{{ digest.count }} new comments', body: '' },
  ],
};
const Saved = z.object({
  ...Workflow.shape,
  problems: z.array(FieldError).meta({ description: 'What keeps the draft from being published' }),
});

const put = operation({
  id: 'workflows.put',
  method: 'PUT',
  path: '/v1/workflows/{key}',
  summary: 'Save the draft of a workflow',
  description:
    'What runs does not change before `publish`. A draft may be unfinished; `problems` says what keeps it from being published. A workflow that is kept in code or files (`origin`) is refused; `force=true` takes it over.',
  allow: 'workflows.write',
  params,
  query: z.strictObject({ force: z.enum(['true', 'false']).default('false') }),
  body: WorkflowDefinition.omit({ key: true }),
  output: Saved,
  errors: ['workflow.managed'],
  example,
  audit: { action: 'workflow.saved', target: ({ params }) => params.key },
  bodyLimitBytes: 2_000_000,
  async run(ctx, { params, query, body }) {
    const definition = { ...body, key: params.key };
    const { workflow, problems } = await use.saveByHand(ctx, definition, query.force === 'true');
    return { ...workflow, problems };
  },
});

const list = operation({
  id: 'workflows.list',
  method: 'GET',
  path: '/v1/workflows',
  summary: 'List workflows',
  allow: 'workflows.read',
  query: PageQuery.extend({
    archived: z.enum(['true', 'false']).default('false'),
    q: z.string().max(100).optional().meta({ description: 'Part of the name or of the key' }),
    status: z.enum(['draft', 'published', 'off']).optional(),
  }),
  output: pageOf(Workflow),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const [after] = query.cursor ? decodeCursor('workflows', query.cursor, ['string']) : [''];
    const rows = await listWorkflows(ctx.tx, ctx.workspaceId, {
      after: String(after),
      limit: query.limit + 1,
      archived: query.archived === 'true',
      words: query.q?.trim() || null,
      status: query.status ?? null,
    });
    return toPage(rows, query.limit, use.toWorkflow, (row) => encodeCursor('workflows', [row.key]));
  },
});

const get = operation({
  id: 'workflows.get',
  method: 'GET',
  path: '/v1/workflows/{key}',
  summary: 'Get a workflow with its draft',
  allow: 'workflows.read',
  params,
  output: Workflow,
  errors: ['resource.not_found'],
  run: (ctx, { params }) => use.getWorkflow(ctx, params.key),
});

const validate = operation({
  id: 'workflows.validate',
  method: 'POST',
  path: '/v1/workflows/{key}/validate',
  summary: 'Check a definition without saving it',
  allow: 'workflows.read',
  params,
  body: WorkflowDefinition.omit({ key: true }),
  output: z.object({
    ok: z.boolean(),
    problems: z.array(FieldError),
    changes: z.array(Change).meta({ description: 'Against what runs now' }),
  }),
  example,
  bodyLimitBytes: 2_000_000,
  errors: ['resource.not_found'],
  async run(ctx, { params, body }) {
    const workflow = await use.getWorkflow(ctx, params.key);
    const definition = { ...body, key: params.key };
    const problems = await use.validate(ctx, definition);
    const current = workflow.version === null ? null : await use.getVersion(ctx, params.key, workflow.version);
    return { ok: problems.length === 0, problems, changes: diff(current?.definition ?? null, definition) };
  },
});

const publish = operation({
  id: 'workflows.publish',
  method: 'POST',
  path: '/v1/workflows/{key}/publish',
  summary: 'Let the draft run',
  description:
    'Makes a version that never changes. Runs under way stay on theirs. Publishing the same draft again makes no version.',
  allow: 'workflows.publish',
  params,
  body: z.strictObject({ note: line(500).optional() }),
  output: z.object({ version: WorkflowVersion, changes: z.array(Change), changed: z.boolean() }),
  errors: ['resource.not_found', 'workflow.invalid'],
  example: { note: 'Shorter digest' },
  audit: {
    action: 'workflow.published',
    target: ({ params }) => params.key,
    detail: (_input, output) => ({ version: output?.version.version, changed: output?.changed }),
  },
  run: (ctx, { params, body }) => use.publish(ctx, params.key, body.note ?? null),
});

const changes = operation({
  id: 'workflows.diff',
  method: 'GET',
  path: '/v1/workflows/{key}/diff',
  summary: 'Compare the draft with what runs, or two versions',
  allow: 'workflows.read',
  params,
  query: z.strictObject({
    from: z.coerce.number().int().min(1).optional(),
    to: z.coerce.number().int().min(1).optional(),
  }),
  output: z.object({ changes: z.array(Change) }),
  errors: ['resource.not_found'],
  async run(ctx, { params, query }) {
    const workflow = await use.getWorkflow(ctx, params.key);
    const from = query.from ?? workflow.version;
    const before = from === null ? null : (await use.getVersion(ctx, params.key, from)).definition;
    const after =
      query.to === undefined ? workflow.draft : (await use.getVersion(ctx, params.key, query.to)).definition;
    return { changes: diff(before, after) };
  },
});

const versions = operation({
  id: 'workflows.versions',
  method: 'GET',
  path: '/v1/workflows/{key}/versions',
  summary: 'List what was published, the newest first',
  allow: 'workflows.read',
  params,
  query: PageQuery,
  output: pageOf(WorkflowVersion),
  errors: ['resource.not_found', 'request.cursor_invalid'],
  async run(ctx, { params, query }) {
    await use.getWorkflow(ctx, params.key);
    const [before] = query.cursor ? decodeCursor('workflows.versions', query.cursor, ['number']) : [2_147_483_647];
    const rows = await listVersions(ctx.tx, ctx.workspaceId, params.key, Number(before), query.limit + 1);
    return toPage(rows, query.limit, use.toVersion, (row) => encodeCursor('workflows.versions', [row.version]));
  },
});

const rollBack = operation({
  id: 'workflows.rollBack',
  method: 'POST',
  path: '/v1/workflows/{key}/rollback',
  summary: 'Let an earlier version run again',
  description: 'It becomes the draft and is published as a new version.',
  allow: 'workflows.publish',
  params,
  body: z.strictObject({ version: z.number().int().min(1) }),
  output: z.object({ version: WorkflowVersion, changes: z.array(Change) }),
  errors: ['resource.not_found', 'workflow.invalid'],
  example: { version: 1 },
  audit: {
    action: 'workflow.rolled_back',
    target: ({ params }) => params.key,
    detail: ({ body }) => ({ to: body.version }),
  },
  run: (ctx, { params, body }) => use.rollBack(ctx, params.key, body.version),
});

const duplicate = operation({
  id: 'workflows.duplicate',
  method: 'POST',
  path: '/v1/workflows/{key}/duplicate',
  summary: 'Copy the draft under another key',
  allow: 'workflows.write',
  params,
  body: z.strictObject({ key: Slug, name: line(120).optional() }),
  output: Workflow,
  status: 201,
  errors: ['resource.not_found', 'resource.exists'],
  example: { key: 'comment-digest-2' },
  audit: {
    action: 'workflow.duplicated',
    target: ({ params }) => params.key,
    detail: ({ body }) => ({ to: body.key }),
  },
  run: (ctx, { params, body }) => use.duplicate(ctx, params.key, { key: body.key, name: body.name }),
});

const setActive = operation({
  id: 'workflows.setActive',
  method: 'POST',
  path: '/v1/workflows/{key}/active',
  summary: 'Switch a workflow on or off',
  description: 'While it is off, events are accepted and start nothing. Runs under way go on.',
  allow: 'workflows.publish',
  params,
  body: z.strictObject({ active: z.boolean() }),
  output: Workflow,
  errors: ['resource.not_found'],
  example: { active: false },
  audit: { action: 'workflow.switched', target: ({ params }) => params.key, detail: ({ body }) => body },
  run: (ctx, { params, body }) => use.setActive(ctx, params.key, body.active),
});

const archive = operation({
  id: 'workflows.archive',
  method: 'DELETE',
  path: '/v1/workflows/{key}',
  summary: 'Archive a workflow',
  description:
    'It starts no more and is not listed. Its versions and runs stay; saving and publishing it brings it back.',
  allow: 'workflows.publish',
  params,
  output: null,
  errors: ['resource.not_found'],
  audit: { action: 'workflow.archived', target: ({ params }) => params.key },
  run: (ctx, { params }) => use.archive(ctx, params.key),
});

export const workflowOperations = [
  put,
  list,
  get,
  validate,
  publish,
  changes,
  versions,
  rollBack,
  duplicate,
  setActive,
  archive,
];
