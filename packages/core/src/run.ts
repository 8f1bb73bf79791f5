import { z } from 'zod';
import { UserId } from './audience.ts';
import { idSchema, RunId } from './ids.ts';
import { Instant, Slug } from './text.ts';
import { WorkflowDefinition } from './workflow.ts';

/** ready → running → waiting …; done, failed and cancelled are ends. */
export const RUN_STATES = ['ready', 'running', 'waiting', 'done', 'failed', 'cancelled'] as const;

/** One decision of a run, in words. */
export const TraceLine = z
  .object({
    at: Instant,
    step: z.string().nullable(),
    type: z.string().nullable(),
    code: z.string(),
    sentence: z.string(),
    detail: z.record(z.string(), z.json()).optional(),
  })
  .meta({ id: 'TraceLine' });
export type TraceLine = z.infer<typeof TraceLine>;

/** One execution of a workflow for one user. */
export const Run = z
  .object({
    id: RunId,
    workflow: Slug,
    version: z.number().int(),
    userId: UserId,
    eventId: idSchema('event'),
    state: z.enum(RUN_STATES),
    step: z.string().nullable().meta({ description: 'The step it stands at' }),
    code: z.string().nullable().meta({ description: 'How it ended' }),
    sentence: z.string().nullable(),
    wakesAt: Instant.nullable(),
    cancelKey: z.string().nullable(),
    createdAt: Instant,
    finishedAt: Instant.nullable(),
    correlationId: z.string(),
  })
  .meta({ id: 'Run' });
export type Run = z.infer<typeof Run>;

export const RunWithTrace = z.object({ ...Run.shape, trace: z.array(TraceLine) }).meta({ id: 'RunWithTrace' });
export type RunWithTrace = z.infer<typeof RunWithTrace>;

const By = z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() });

/** Where a workflow is kept when not in the dashboard: in the code behind an endpoint, or in files that are pushed. */
export const WorkflowOrigin = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('code'), endpoint: Slug }),
    z.object({ kind: z.literal('files') }),
  ])
  .meta({ id: 'WorkflowOrigin' });
export type WorkflowOrigin = z.infer<typeof WorkflowOrigin>;

/** A workflow: its draft, and which version of it runs. */
export const Workflow = z
  .object({
    key: Slug,
    name: z.string(),
    status: z.enum(['draft', 'published', 'off', 'archived']),
    version: z.number().int().nullable().meta({ description: 'The version that runs; null before the first publish' }),
    changed: z.boolean().meta({ description: 'The draft differs from the version that runs' }),
    draft: WorkflowDefinition,
    hash: z.string().meta({ description: 'Of the draft: equal definitions have equal hashes' }),
    origin: WorkflowOrigin.nullable().meta({ description: 'Where it is kept; null when it is edited here' }),
    createdAt: Instant,
    updatedAt: Instant,
    updatedBy: By,
    publishedAt: Instant.nullable(),
  })
  .meta({ id: 'Workflow' });
export type Workflow = z.infer<typeof Workflow>;

export const WorkflowVersion = z
  .object({
    version: z.number().int(),
    hash: z.string(),
    note: z.string().nullable(),
    publishedAt: Instant,
    publishedBy: By,
    definition: WorkflowDefinition,
  })
  .meta({ id: 'WorkflowVersion' });
export type WorkflowVersion = z.infer<typeof WorkflowVersion>;

/** One difference between two definitions. Steps are compared by their ids, wherever they stand. */
export const Change = z
  .object({
    kind: z.enum(['added', 'removed', 'changed', 'moved']),
    step: z.string().nullable(),
    path: z.string().meta({ description: 'JSON pointer inside the step, or inside the workflow' }),
    before: z.json().optional(),
    after: z.json().optional(),
  })
  .meta({ id: 'Change' });
export type Change = z.infer<typeof Change>;
