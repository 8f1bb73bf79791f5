import { Job, JobDetails, JobId, JobName, JobState, JobStats, PageQuery, pageOf } from '@pulsestack/core';
import { z } from 'zod';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { toJob, toJobDetails, toStats } from '../items.ts';
import { drop, redrive, redriveJobs } from '../redrive.ts';
import { countJobs, findJob, listDead, listJobs } from '../store.ts';

const params = z.strictObject({ id: JobId });

const list = operation({
  id: 'jobs.list',
  method: 'GET',
  path: '/v1/jobs',
  summary: 'Background work that waits, runs, or has failed too often, the newest first',
  allow: 'jobs.read',
  query: PageQuery.extend({ state: JobState.optional(), name: JobName.optional() }),
  output: pageOf(Job),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const before = query.cursor === undefined ? null : String(decodeCursor('jobs', query.cursor, ['string'])[0]);
    const page = { name: query.name, before, limit: query.limit + 1 };
    const rows =
      query.state === 'dead'
        ? await listDead(ctx.tx, ctx.workspaceId, page)
        : await listJobs(ctx.tx, ctx.workspaceId, { ...page, state: query.state });
    return toPage(rows, query.limit, toJob, (row) => encodeCursor('jobs', [row.id]));
  },
});

const get = operation({
  id: 'jobs.get',
  method: 'GET',
  path: '/v1/jobs/{id}',
  summary: 'One job: its data, its progress, and why it has failed',
  allow: 'jobs.read',
  params,
  output: JobDetails,
  errors: ['resource.not_found'],
  async run(ctx, { params }) {
    const row = await findJob(ctx.tx, ctx.workspaceId, params.id);
    if (!row) throw notFound('job');
    return toJobDetails(row);
  },
});

const stats = operation({
  id: 'jobs.stats',
  method: 'GET',
  path: '/v1/job-stats',
  summary: 'How much background work there is, by state and name',
  allow: 'jobs.read',
  output: JobStats,
  run: async (ctx) => toStats(await countJobs(ctx.tx, ctx.workspaceId), ctx.clock.now()),
});

const redriveOne = operation({
  id: 'jobs.redrive',
  method: 'POST',
  path: '/v1/jobs/{id}/redrive',
  summary: 'Run a job now that was given up or waits for its time',
  allow: 'jobs.manage',
  params,
  output: JobDetails,
  errors: ['resource.not_found', 'resource.conflict'],
  audit: { action: 'job.redriven', target: ({ params }) => params.id, detail: (_input, job) => ({ name: job.name }) },
  async run(ctx, { params }) {
    await redrive(ctx, params.id);
    const row = await findJob(ctx.tx, ctx.workspaceId, params.id);
    if (!row) throw notFound('job');
    return toJobDetails(row);
  },
});

const redriveAll = operation({
  id: 'jobs.redriveAll',
  method: 'POST',
  path: '/v1/jobs/redrive',
  summary: 'Run again all jobs that were given up, or those of one name',
  description: 'The first thousand are ready with the answer; when there are more, a job goes on with the rest.',
  allow: 'jobs.manage',
  body: z.strictObject({ name: JobName.optional() }),
  output: z.object({
    redriven: z.number().int(),
    more: z.boolean().meta({ description: 'A job goes on with the rest' }),
  }),
  example: { name: 'inbox.fanOut' },
  audit: {
    action: 'job.redriven_all',
    detail: ({ body }, output) => ({ name: body.name ?? null, redriven: output.redriven }),
  },
  run: (ctx, { body }) => redriveJobs(ctx, body),
});

const dropOne = operation({
  id: 'jobs.drop',
  method: 'DELETE',
  path: '/v1/jobs/{id}',
  summary: 'Delete a job that waits or was given up',
  allow: 'jobs.manage',
  params,
  output: null,
  errors: ['resource.not_found', 'resource.conflict'],
  audit: { action: 'job.dropped', target: ({ params }) => params.id },
  run: (ctx, { params }) => drop(ctx, params.id),
});

export const jobOperations = [list, get, stats, redriveOne, redriveAll, dropOne];
