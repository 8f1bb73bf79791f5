import { Change, FieldError, Slug, TemplateContent, Workflow, WorkflowDefinition } from '@pulsestack/core';
import { z } from 'zod';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { readyMade } from '../../templates/index.ts';
import { install } from '../definitions/install.ts';
import { promote } from '../definitions/promote.ts';
import { takenKeys } from '../store/definitions.ts';

const listReadyMade = operation({
  id: 'workflows.readyMade',
  method: 'GET',
  path: '/v1/ready-made-workflows',
  summary: 'List the workflows that can be installed with one call',
  allow: 'workflows.read',
  output: z.object({
    items: z.array(
      z.object({
        key: Slug,
        name: z.string(),
        description: z.string(),
        sample: z.record(z.string(), z.json()),
        templates: z.array(Slug),
        installed: z.boolean().meta({ description: 'There is a workflow with this key already' }),
      }),
    ),
  }),
  async run(ctx) {
    const taken = await takenKeys(
      ctx.tx,
      ctx.workspaceId,
      readyMade.map((ready) => ready.key),
    );
    return {
      items: readyMade.map(({ key, name, description, sample, templates }) => ({
        key,
        name,
        description,
        sample,
        templates: templates.map((template) => template.key),
        installed: taken.has(key),
      })),
    };
  },
});

const getReadyMade = operation({
  id: 'workflows.getReadyMade',
  method: 'GET',
  path: '/v1/ready-made-workflows/{key}',
  summary: 'Look into a workflow that can be installed: its steps and what its templates say',
  allow: 'workflows.read',
  params: z.strictObject({ key: Slug }),
  output: z.object({
    key: Slug,
    name: z.string(),
    description: z.string(),
    sample: z.record(z.string(), z.json()),
    sampleEvents: z.array(z.record(z.string(), z.json())).meta({ description: 'What a digest in it might hold' }),
    workflow: WorkflowDefinition,
    templates: z.array(z.object({ key: Slug, name: z.string(), content: TemplateContent })),
  }),
  errors: ['resource.not_found'],
  async run(_ctx, { params }) {
    const ready = readyMade.find((one) => one.key === params.key);
    if (!ready) throw notFound('ready-made workflow');
    const { key, name, description, sample, sampleEvents = [], workflow, templates } = ready;
    return {
      key,
      name,
      description,
      sample,
      sampleEvents,
      workflow: WorkflowDefinition.parse(workflow),
      templates: templates.map((one) => ({ ...one, content: TemplateContent.parse(one.content) })),
    };
  },
});

const installOne = operation({
  id: 'workflows.install',
  method: 'POST',
  path: '/v1/workflows/install',
  summary: 'Install a ready-made workflow with its templates',
  description:
    'Templates and workflow are saved and published. What has been installed or written under the same keys already stays as it is.',
  allow: 'workflows.publish',
  body: z.strictObject({ key: Slug }),
  output: z.object({
    workflow: Workflow,
    installed: z.boolean().meta({ description: 'False when there was a workflow with this key' }),
    templates: z.array(Slug).meta({ description: 'Templates that were added' }),
  }),
  status: 201,
  errors: ['resource.not_found', 'workflow.invalid', 'template.invalid'],
  example: { key: 'welcome' },
  audit: {
    action: 'workflow.installed',
    target: ({ body }) => body.key,
    detail: (_input, output) => ({ templates: output?.templates }),
  },
  run(ctx, { body }) {
    const ready = readyMade.find((one) => one.key === body.key);
    if (!ready) throw notFound('ready-made workflow');
    return install(ctx, ready);
  },
});

const promoteAll = operation({
  id: 'workflows.promote',
  method: 'POST',
  path: '/v1/workflows/promote',
  summary: 'Take over workflows from the sandbox of this workspace',
  description:
    'What is published in the sandbox is published here, as it is. With `dryRun` only the differences are told. A workflow that is the same already is left alone, so promoting twice changes nothing. Users, runs and keys never move.',
  allow: 'workflows.publish',
  body: z.strictObject({
    keys: z.array(Slug).min(1).max(200).optional().meta({ description: 'Default: all that are published there' }),
    dryRun: z.boolean().default(false),
  }),
  output: z.object({
    workflows: z.array(
      z.object({
        key: Slug,
        changed: z.boolean(),
        version: z.number().int().nullable().meta({ description: 'The version that runs here now' }),
        changes: z.array(Change),
        problems: z.array(FieldError).meta({ description: 'Why it was not taken over' }),
      }),
    ),
  }),
  errors: ['resource.not_found'],
  example: { dryRun: true },
  audit: 'own-record',
  transaction: 'none',
  run: (ctx, { body }) => promote(ctx, body),
});

export const installingOperations = [listReadyMade, getReadyMade, installOne, promoteAll];
