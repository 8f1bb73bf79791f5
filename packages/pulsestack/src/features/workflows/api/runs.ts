import { idSchema, PageQuery, pageOf, RUN_STATES, Run, RunId, RunWithTrace, Slug, UserId } from '@pulsestack/core';
import { z } from 'zod';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { findRun, listRuns, type RunRow, traceOf } from '../store/reading.ts';

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
      before: String(before),
      limit: query.limit + 1,
    });
    return toPage(rows, query.limit, toRun, (row) => encodeCursor('runs', [row.id]));
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

export const runOperations = [list, get];
