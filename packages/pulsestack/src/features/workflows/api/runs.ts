import {
  Duration,
  durationMs,
  Instant,
  idSchema,
  PageQuery,
  pageOf,
  RUN_STATES,
  Run,
  RunId,
  RunWithTrace,
  Slug,
  UserId,
} from '@pulsestack/core';
import { z } from 'zod';
import { actorOf } from '../../../kernel/audit.ts';
import type { Context } from '../../../kernel/context.ts';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { cancel, flush } from '../engine/cancel.ts';
import { findRun, listRuns, type RunRow, tallyRuns, traceOf } from '../store/reading.ts';

const list = operation({
  id: 'runs.list',
  method: 'GET',
  path: '/v1/runs',
  summary: 'List runs, the newest first',
  allow: 'workflows.read',
  query: PageQuery.extend({
    user: UserId.optional(),
    event: idSchema('event').optional(),
    workflow: Slug.optional(),
    state: z.enum(RUN_STATES).optional(),
    key: z.string().min(1).max(255).optional().meta({ description: 'The cancel key' }),
  }),
  output: pageOf(Run),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const [before] = query.cursor ? decodeCursor('runs', query.cursor, ['string']) : ['run_~'];
    const rows = await listRuns(ctx.tx, ctx.workspaceId, {
      user: query.user ?? null,
      event: query.event ?? null,
      workflow: query.workflow ?? null,
      state: query.state ?? null,
      key: query.key ?? null,
      before: String(before),
      limit: query.limit + 1,
    });
    return toPage(rows, query.limit, toRun, (row) => encodeCursor('runs', [row.id]));
  },
});

/** Enough to tell a busy workflow from a quiet one, and little enough to be asked for on every look at the list. */
const MAX_TALLIED = 10_000;

const summary = operation({
  id: 'runs.summary',
  method: 'GET',
  path: '/v1/runs/summary',
  summary: 'Count the runs that began lately, by workflow and state',
  description: `Looks at the newest ${MAX_TALLIED} runs; \`complete\` is false when more began in that time, and the numbers are then the least there are.`,
  allow: 'workflows.read',
  query: z.strictObject({ within: Duration.default('1d') }),
  output: z.object({
    since: Instant,
    complete: z.boolean(),
    workflows: z.array(
      z.object({
        workflow: Slug,
        runs: z.number().int(),
        states: z.partialRecord(z.enum(RUN_STATES), z.number().int()),
      }),
    ),
  }),
  async run(ctx, { query }) {
    const since = new Date(ctx.clock.nowMs() - durationMs(query.within));
    const rows = await tallyRuns(ctx.tx, ctx.workspaceId, since, MAX_TALLIED);
    const byWorkflow = new Map<
      string,
      { workflow: string; runs: number; states: Partial<Record<Run['state'], number>> }
    >();
    for (const { workflow, state, runs } of rows) {
      const one = byWorkflow.get(workflow) ?? { workflow, runs: 0, states: {} };
      byWorkflow.set(workflow, { workflow, runs: one.runs + runs, states: { ...one.states, [state]: runs } });
    }
    const all = rows.reduce((sum, row) => sum + row.runs, 0);
    return { since: since.toISOString(), complete: all < MAX_TALLIED, workflows: [...byWorkflow.values()] };
  },
});

const get = operation({
  id: 'runs.get',
  method: 'GET',
  path: '/v1/runs/{id}',
  summary: 'Get a run with every decision it took',
  allow: 'workflows.read',
  params: z.strictObject({ id: RunId }),
  output: RunWithTrace,
  errors: ['resource.not_found'],
  async run(ctx, { params }) {
    const row = await findRun(ctx.tx, ctx.workspaceId, params.id);
    if (!row) throw notFound('run');
    return { ...toRun(row), trace: await traceOf(ctx.tx, ctx.workspaceId, params.id) };
  },
});

export function toRun(row: RunRow): Run {
  return {
    id: row.id,
    workflow: row.workflow,
    version: row.version,
    userId: row.user_id,
    eventId: row.event_id,
    state: row.state,
    step: row.step,
    code: row.code,
    sentence: row.sentence,
    wakesAt: row.state === 'waiting' ? ((row.due_at ?? row.closes_at)?.toISOString() ?? null) : null,
    cancelKey: row.cancel_key,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    correlationId: row.correlation_id,
  };
}

const cancelOne = operation({
  id: 'runs.cancel',
  method: 'DELETE',
  path: '/v1/runs/{id}',
  summary: 'Cancel a run',
  description:
    'Cancels what it has not sent yet, too. A run that leads a digest hands it over to the next event in it; a run whose event has joined one takes it out again.',
  allow: 'runs.manage',
  params: z.strictObject({ id: RunId }),
  output: z.object({ cancelled: z.boolean().meta({ description: 'False when it had ended already' }) }),
  errors: ['resource.not_found'],
  audit: { action: 'run.cancelled', target: ({ params }) => params.id },
  async run(ctx, { params }) {
    if (!(await findRun(ctx.tx, ctx.workspaceId, params.id))) throw notFound('run');
    return { cancelled: (await cancel(ctx, { ids: [params.id] }, byWhom(ctx))) > 0 };
  },
});

const cancelMany = operation({
  id: 'runs.cancelMany',
  method: 'POST',
  path: '/v1/runs/cancel',
  summary: 'Cancel runs by their cancel key, user, event or workflow',
  description: 'What is given is meant together.',
  allow: 'runs.manage',
  body: z
    .strictObject({
      key: z.string().min(1).max(255).optional(),
      user: UserId.optional(),
      event: idSchema('event').optional(),
      workflow: Slug.optional(),
    })
    .refine(
      (body) => Object.values(body).some((one) => one !== undefined),
      'needs at least one of key, user, event and workflow',
    ),
  output: z.object({ cancelled: z.number().int() }),
  example: { key: 'order-17' },
  audit: { action: 'runs.cancelled', detail: ({ body }, output) => ({ ...body, cancelled: output?.cancelled }) },
  run: async (ctx, { body }) => ({
    cancelled: await cancel(
      ctx,
      { key: body.key ?? null, user: body.user ?? null, event: body.event ?? null, workflow: body.workflow ?? null },
      byWhom(ctx),
    ),
  }),
});

const flushOne = operation({
  id: 'digests.flush',
  method: 'POST',
  path: '/v1/digests/{id}/flush',
  summary: 'Let an open digest of a workflow end now',
  allow: 'runs.manage',
  params: z.strictObject({ id: idSchema('digest') }),
  output: z.object({ flushed: z.number().int() }),
  errors: ['resource.not_found'],
  audit: { action: 'digest.flushed', target: ({ params }) => params.id },
  async run(ctx, { params }) {
    const flushed = await flush(ctx, { id: params.id });
    if (flushed === 0) throw notFound('open digest');
    return { flushed };
  },
});

const flushMany = operation({
  id: 'digests.flushMany',
  method: 'POST',
  path: '/v1/digests/flush',
  summary: 'Let open digests of a workflow end now, by user and key',
  allow: 'runs.manage',
  body: z.strictObject({
    workflow: Slug,
    step: Slug.optional(),
    user: UserId.optional(),
    key: z.string().max(256).optional(),
  }),
  output: z.object({ flushed: z.number().int() }),
  example: { workflow: 'comment-digest', user: 'ada', key: 'p1' },
  audit: { action: 'digests.flushed', target: ({ body }) => body.workflow, detail: ({ body }) => body },
  run: async (ctx, { body }) => ({ flushed: await flush(ctx, body) }),
});

function byWhom(ctx: Context): string {
  const { kind, id, name } = actorOf(ctx);
  return `${kind} ${name ?? id}`;
}

export const runOperations = [list, summary, get, cancelOne, cancelMany, flushOne, flushMany];
