import { type Applied, CodeStepAnswer, type CodeStepRequest, Discovery } from '@pulsestack/core';
import type { Context } from '../../../kernel/context.ts';
import { fail } from '../../../kernel/errors.ts';
import type { Data } from '../engine/live.ts';
import { noteSynced } from '../store/endpoints.ts';
import { applyDefinitions } from './apply.ts';
import { askEndpoint, MAX_LISTING_BYTES, MAX_OUTPUT_BYTES } from './ask.ts';
import { getEndpoint } from './endpoints.ts';

const LISTING_TIMEOUT_MS = 15_000;
const PREVIEW_TIMEOUT_MS = 10_000;

/** Asks the code behind an endpoint for its workflows, and publishes those that are new or have changed. */
export async function syncEndpoint(
  ctx: Context,
  key: string,
  wanted: { dryRun: boolean; force: boolean; prune: boolean },
): Promise<Applied> {
  await known(ctx, key);
  const reply = await askEndpoint(ctx, ctx.workspaceId, key, {
    method: 'GET',
    id: ctx.newId('request'),
    timeoutMs: LISTING_TIMEOUT_MS,
    maxBytes: MAX_LISTING_BYTES,
  });
  if (reply.kind !== 'answer') throw fail('endpoint.failed', reply.sentence);
  const listing = Discovery.safeParse(reply.body);
  if (!listing.success) {
    const [issue] = listing.error.issues;
    throw fail(
      'endpoint.failed',
      `The endpoint "${key}" answered something else than a list of workflows: ${issue?.path.join('.') || 'answer'} ${issue?.message ?? ''}.`,
    );
  }
  const given = listing.data.workflows.map((one) => ({ ...one, steps: atEndpoint(one.steps, key) }));
  const applied = await applyDefinitions(ctx, {
    given,
    origin: { kind: 'code', endpoint: key },
    publish: true,
    ...wanted,
  });
  if (applied.applied)
    await ctx.db.inWorkspace(ctx.workspaceId, (tx) => noteSynced(tx, ctx.workspaceId, key, ctx.clock.now()));
  return applied;
}

/** Has a code step say what it would answer, marked as a preview so that it changes nothing. */
export async function previewStep(
  ctx: Context,
  key: string,
  { workflow, step, data }: { workflow: string; step: string; data: Data },
) {
  await known(ctx, key);
  const id = ctx.newId('request');
  const request: CodeStepRequest = {
    protocol: 1,
    type: 'preview',
    workflow,
    version: 0,
    step,
    run: id,
    attempt: 1,
    timeoutMs: PREVIEW_TIMEOUT_MS,
    data: { ...data, payload: data.payload ?? {}, user: data.user ?? {}, steps: data.steps ?? {} },
  };
  const begin = performance.now();
  const reply = await askEndpoint(ctx, ctx.workspaceId, key, {
    method: 'POST',
    id,
    body: JSON.stringify(request),
    timeoutMs: PREVIEW_TIMEOUT_MS,
    maxBytes: MAX_OUTPUT_BYTES,
  });
  const durationMs = Math.round(performance.now() - begin);
  if (reply.kind !== 'answer') return { ok: false, sentence: reply.sentence, output: null, durationMs };
  const answer = CodeStepAnswer.safeParse(reply.body);
  return answer.success
    ? { ok: true, sentence: 'The code answered.', output: answer.data.output, durationMs }
    : { ok: false, sentence: `The endpoint "${key}" answered no output.`, output: null, durationMs };
}

/** Throws when there is no such endpoint, before anybody is asked. */
function known(ctx: Context, key: string): Promise<unknown> {
  return ctx.db.inWorkspace(ctx.workspaceId, (tx) => getEndpoint({ ...ctx, tx }, key));
}

/** The lists in which steps stand. */
const LISTS = new Set(['steps', 'else', 'onTimeout', 'branches', 'events', 'arms']);

/** Code does not know under which key it was registered, so its steps are told here. */
function atEndpoint(list: unknown, endpoint: string): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((one: unknown) => {
    if (typeof one !== 'object' || one === null) return one;
    const inner = Object.entries(one).map(([name, value]) => [
      name,
      LISTS.has(name) ? atEndpoint(value, endpoint) : (value as unknown),
    ]);
    const step = Object.fromEntries(inner) as Record<string, unknown>;
    return step.type === 'code' && step.endpoint === undefined ? { ...step, endpoint } : step;
  });
}
