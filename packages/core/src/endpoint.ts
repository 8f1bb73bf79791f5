import { z } from 'zod';
import { FieldError } from './errors.ts';
import { Change } from './run.ts';
import { Instant, JsonObject, Slug, text } from './text.ts';

/** Body of `POST /v1/workflow-endpoints`. */
export const EndpointInput = z.strictObject({
  key: Slug.default('app').meta({ description: 'What code steps name it by; the same in every environment' }),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .meta({ examples: ['https://app.example.com/api/pulsestack'] }),
});
export type EndpointInput = z.infer<typeof EndpointInput>;

/** An address of the host application that lists its workflows and runs their code steps. */
export const WorkflowEndpoint = z
  .object({
    key: Slug,
    url: z.string(),
    hint: z.string().meta({ description: 'The last characters of its secret' }),
    rotatingUntil: Instant.nullable().meta({
      description: 'Until then requests are signed with the former secret as well',
    }),
    syncedAt: Instant.nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'WorkflowEndpoint' });
export type WorkflowEndpoint = z.infer<typeof WorkflowEndpoint>;

/** What became, or would become, of one workflow that came from code or files. */
export const AppliedWorkflow = z
  .object({
    key: z.string(),
    status: z.enum(['created', 'changed', 'unchanged', 'archived', 'missing', 'refused']).meta({
      description: 'missing: it is no longer there, and stays as it is. refused: `problems` tells why.',
    }),
    version: z.number().int().nullable().meta({ description: 'The version that runs' }),
    changes: z.array(Change).meta({ description: 'Against what runs' }),
    problems: z.array(FieldError),
  })
  .meta({ id: 'AppliedWorkflow' });
export type AppliedWorkflow = z.infer<typeof AppliedWorkflow>;

/** The answer to a sync or a push: all of it was done, or nothing. */
export const Applied = z
  .object({
    applied: z.boolean().meta({ description: 'False for a dry run, and when anything was refused' }),
    workflows: z.array(AppliedWorkflow),
  })
  .meta({ id: 'AppliedWorkflows' });
export type Applied = z.infer<typeof Applied>;

const MAX_PUSHED = 500;

/** Body of `POST /v1/workflows/push`. */
export const PushInput = z.strictObject({
  workflows: z
    .array(z.record(z.string(), z.json()).meta({ description: 'A WorkflowDefinition' }))
    .min(1)
    .max(MAX_PUSHED),
  expected: z
    .record(Slug, z.string().max(64).nullable())
    .optional()
    .meta({ description: 'The hash of each draft when it was pulled; another one there now is a conflict' }),
  publish: z.boolean().default(false).meta({ description: 'Publish as well; otherwise drafts are saved' }),
  dryRun: z.boolean().default(false),
  force: z.boolean().default(false).meta({ description: 'Overwrite what was changed elsewhere' }),
});
export type PushInput = z.infer<typeof PushInput>;

/** What an endpoint answers when it is asked which workflows it has. */
export const Discovery = z.object({
  protocol: z.literal(1),
  sdk: z.string().max(100).optional(),
  workflows: z.array(z.record(z.string(), z.json())).max(MAX_PUSHED),
});

/** What an endpoint is sent to run a code step. */
export const CodeStepRequest = z.object({
  protocol: z.literal(1),
  type: z.enum(['run', 'preview']),
  workflow: Slug,
  version: z.number().int().meta({ description: 'The version the run is on; 0 in a preview' }),
  step: Slug,
  run: z.string(),
  attempt: z.number().int().meta({ description: '1 for the first try' }),
  timeoutMs: z.number().int().meta({ description: 'How long the answer is waited for' }),
  data: z.record(z.string(), z.json()).meta({ description: 'What conditions and texts of the run see' }),
});
export type CodeStepRequest = z.infer<typeof CodeStepRequest>;

/** What an endpoint answers to it. */
export const CodeStepAnswer = z.object({ output: z.record(z.string(), z.json()) });

/** Body of `POST /v1/workflow-endpoints/{key}/preview`. */
export const CodeStepPreview = z.strictObject({
  workflow: Slug,
  step: Slug,
  data: JsonObject.default({}).meta({ description: 'What the step sees: payload, user, steps and so on' }),
});

export const CodeStepPreviewed = z.object({
  ok: z.boolean(),
  sentence: text(1000),
  output: z.record(z.string(), z.json()).nullable(),
  durationMs: z.number().int(),
});
