import {
  CapRule,
  Category,
  CategoryInput,
  DEFAULT_CAPS,
  PageQuery,
  PreferenceDefaults,
  pageOf,
  Slug,
  WorkflowRule,
  WorkflowRuleInput,
} from '@pulsestack/core';
import { z } from 'zod';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { loadRules } from '../load.ts';
import { readCaps } from '../store/load.ts';
import * as store from '../store/registry.ts';

const category = z.strictObject({ key: Slug });

const listCategories = operation({
  id: 'categories.list',
  method: 'GET',
  path: '/v1/categories',
  summary: 'List categories',
  description: 'Messages without a category belong to `general`, which exists without being created.',
  allow: 'preferences.read',
  query: PageQuery,
  output: pageOf(Category),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const [after] = query.cursor ? decodeCursor('categories', query.cursor, ['string']) : [''];
    const rows = await store.listCategories(ctx.tx, ctx.workspaceId, { after: String(after), limit: query.limit + 1 });
    return toPage(
      rows,
      query.limit,
      (row) => row,
      (row) => encodeCursor('categories', [row.key]),
    );
  },
});

const putCategory = operation({
  id: 'categories.put',
  method: 'PUT',
  path: '/v1/categories/{key}',
  summary: 'Create or replace a category',
  allow: 'preferences.write',
  params: category,
  body: CategoryInput,
  output: Category,
  example: { name: 'News', description: 'What is new, at most once a week', defaults: { sms: false } },
  audit: { action: 'category.put', target: ({ params }) => params.key },
  async run(ctx, { params, body }) {
    await store.putCategory(ctx.tx, ctx.workspaceId, params.key, body, ctx.clock.now());
    const { categories } = await loadRules(ctx.tx, ctx.workspaceId);
    const stored = categories.get(params.key);
    if (!stored) throw notFound('category');
    return stored;
  },
});

const getCategory = operation({
  id: 'categories.get',
  method: 'GET',
  path: '/v1/categories/{key}',
  summary: 'Get a category',
  allow: 'preferences.read',
  params: category,
  output: Category,
  errors: ['resource.not_found'],
  async run(ctx, { params }) {
    const found = (await loadRules(ctx.tx, ctx.workspaceId)).categories.get(params.key);
    if (!found) throw notFound('category');
    return found;
  },
});

const deleteCategory = operation({
  id: 'categories.delete',
  method: 'DELETE',
  path: '/v1/categories/{key}',
  summary: 'Delete a category',
  description: 'Messages may still name it; nobody can choose about it any more.',
  allow: 'preferences.write',
  params: category,
  output: null,
  errors: ['resource.not_found'],
  audit: { action: 'category.deleted', target: ({ params }) => params.key },
  async run(ctx, { params }) {
    if (!(await store.deleteCategory(ctx.tx, ctx.workspaceId, params.key))) throw notFound('category');
  },
});

const getDefaults = operation({
  id: 'preferences.getDefaults',
  method: 'GET',
  path: '/v1/preferences/defaults',
  summary: 'Get what holds for users who have not chosen',
  allow: 'preferences.read',
  output: PreferenceDefaults,
  run: async (ctx) => (await loadRules(ctx.tx, ctx.workspaceId)).defaults,
});

const putDefaults = operation({
  id: 'preferences.putDefaults',
  method: 'PUT',
  path: '/v1/preferences/defaults',
  summary: 'Replace what holds for users who have not chosen',
  allow: 'preferences.write',
  body: PreferenceDefaults,
  output: PreferenceDefaults,
  example: { defaults: { sms: false }, timeZone: 'Europe/Vienna', quietHours: [{ start: '22:00', end: '07:00' }] },
  audit: { action: 'preferences.defaults_put', detail: ({ body }) => ({ ...body }) },
  async run(ctx, { body }) {
    await store.putDefaults(ctx.tx, ctx.workspaceId, body, ctx.clock.now());
    return body;
  },
});

const listWorkflows = operation({
  id: 'preferences.listWorkflows',
  method: 'GET',
  path: '/v1/preferences/workflows',
  summary: 'List the workflows users can choose about',
  allow: 'preferences.read',
  output: z.object({ items: z.array(WorkflowRule) }),
  run: async (ctx) => ({ items: [...(await loadRules(ctx.tx, ctx.workspaceId)).workflows.values()] }),
});

const putWorkflow = operation({
  id: 'preferences.putWorkflow',
  method: 'PUT',
  path: '/v1/preferences/workflows/{workflow}',
  summary: 'Replace the defaults and forced values of a workflow',
  description: 'The workflow must have been published.',
  allow: 'preferences.write',
  params: z.strictObject({ workflow: Slug }),
  body: WorkflowRuleInput,
  output: WorkflowRule,
  errors: ['resource.not_found'],
  example: { defaults: { push: false }, forced: { email: true } },
  audit: {
    action: 'preferences.workflow_put',
    target: ({ params }) => params.workflow,
    detail: ({ body }) => ({ ...body }),
  },
  async run(ctx, { params, body }) {
    const row = await store.putWorkflowRule(ctx.tx, ctx.workspaceId, params.workflow, body);
    if (!row) throw notFound('workflow');
    return row;
  },
});

const Caps = z.strictObject({
  caps: z
    .array(CapRule)
    .max(20)
    .refine((caps) => new Set(caps.map((cap) => cap.key)).size === caps.length, 'must have distinct keys'),
});

const getCaps = operation({
  id: 'preferences.getCaps',
  method: 'GET',
  path: '/v1/preferences/caps',
  summary: 'Get the frequency caps',
  allow: 'preferences.read',
  output: Caps,
  run: async (ctx) => ({ caps: (await readCaps(ctx.tx, ctx.workspaceId)) ?? [...DEFAULT_CAPS] }),
});

const putCaps = operation({
  id: 'preferences.putCaps',
  method: 'PUT',
  path: '/v1/preferences/caps',
  summary: 'Replace the frequency caps',
  description: 'A cap whose key and window stay keeps its count. Critical messages pass every cap, and count.',
  allow: 'preferences.write',
  body: Caps,
  output: Caps,
  example: { caps: [{ key: 'daily', scope: 'user', limit: 20, window: '1d' }] },
  audit: { action: 'preferences.caps_put', detail: ({ body }) => ({ caps: body.caps }) },
  async run(ctx, { body }) {
    await store.putCaps(ctx.tx, ctx.workspaceId, body.caps, ctx.clock.now());
    return body;
  },
});

export const workspacePreferenceOperations = [
  listCategories,
  putCategory,
  getCategory,
  deleteCategory,
  getDefaults,
  putDefaults,
  listWorkflows,
  putWorkflow,
  getCaps,
  putCaps,
];
