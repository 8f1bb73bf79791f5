import {
  Channel,
  Decision,
  Duration,
  EventName,
  EventPayload,
  Instant,
  MessageContent,
  REASONS,
  ReasonCode,
  Slug,
  type StepOf,
  TraceLine,
  UserId,
} from '@pulsestack/core';
import { z } from 'zod';
import { type Context, demand } from '../../../kernel/context.ts';
import { operation } from '../../../kernel/operation.ts';
import { findUser } from '../../audience/index.ts';
import { compile } from '../compile.ts';
import * as use from '../definitions/definitions.ts';
import { blankUser, replay, toFacts } from '../definitions/replay.ts';
import { previewStep } from '../endpoints/sync.ts';
import type { Data } from '../engine/live.ts';
import { decideRehearsed, rehearse, renderRehearsed } from '../engine/rehearse.ts';

const MAX_REPLAYED = 200;
const params = z.strictObject({ key: Slug });

const test = operation({
  id: 'workflows.test',
  method: 'POST',
  path: '/v1/workflows/{key}/test',
  summary: 'Rehearse the draft for one user; nothing is stored or sent',
  description:
    'The run is carried to its end on a clock that jumps from wake to wake. Each message comes with what it would say and what every layer decides at its time. Throttles let through, digests hold this one event, requests are not made; `events` are what the user does meanwhile.',
  allow: 'workflows.read',
  params,
  body: z.strictObject({
    user: UserId,
    payload: EventPayload.default({}),
    version: z.number().int().min(1).optional().meta({ description: 'A version instead of the draft' }),
    actor: UserId.optional(),
    callCode: z
      .boolean()
      .default(false)
      .meta({ description: 'Ask code steps for a preview, as far as they give one; needs `workflows.publish`' }),
    events: z
      .array(z.strictObject({ name: EventName, after: Duration, payload: EventPayload.default({}) }))
      .max(20)
      .default([]),
  }),
  output: z.object({
    state: z.enum(['done', 'failed']),
    code: z.string(),
    sentence: z.string(),
    beginsAt: Instant,
    endsAt: Instant,
    trace: z.array(TraceLine),
    messages: z.array(
      z.object({
        step: z.string(),
        channel: Channel,
        at: Instant,
        content: MessageContent.nullable(),
        skipped: z
          .object({ code: ReasonCode, sentence: z.string() })
          .nullable()
          .meta({ description: 'By the workflow itself' }),
        decision: Decision.nullable().meta({ description: 'What the layers say' }),
      }),
    ),
  }),
  errors: ['resource.not_found', 'workflow.invalid'],
  example: { user: 'ada', payload: { post: { id: 'p1' } } },
  transaction: 'none',
  async run(ctx, { params, body }) {
    if (body.callCode) demand(ctx, 'workflows.publish');
    const begins = ctx.clock.now();
    const { definition, user } = await ctx.db.inWorkspace(ctx.workspaceId, async (tx) => {
      const inside = { ...ctx, tx };
      const workflow = await use.getWorkflow(inside, params.key);
      const definition =
        body.version === undefined
          ? workflow.draft
          : (await use.getVersion(inside, params.key, body.version)).definition;
      const problems = await use.validate(inside, definition);
      if (problems.length > 0) throw use.refusal(params.key, problems);
      const row = await findUser(tx, ctx.workspaceId, body.user);
      return { definition, user: row ? toFacts(row) : blankUser(body.user) };
    });
    const rehearsed = await rehearse(ctx, {
      workflow: compile(params.key, body.version ?? 0, definition),
      user,
      payload: body.payload as Data,
      event: { id: ctx.newId('event'), name: definition.trigger.event ?? params.key, actor: body.actor ?? null },
      begins,
      hears: body.events.map((one) => ({ ...one, payload: one.payload as Data })),
      ...(body.callCode ? { preview: (step, data) => outputOf(ctx, params.key, step, data) } : {}),
    });
    await renderRehearsed(ctx, rehearsed);
    const { live, result } = rehearsed;
    const decisions = await ctx.db.inWorkspace(ctx.workspaceId, (tx) =>
      decideRehearsed({ ...ctx, tx }, live, result.messages),
    );
    return {
      state: result.state,
      code: result.code,
      sentence: result.sentence,
      beginsAt: begins.toISOString(),
      endsAt: result.endsAt.toISOString(),
      trace: result.trace,
      messages: result.messages.map((message, i) => ({
        step: message.step,
        channel: message.channel,
        at: message.at.toISOString(),
        content: message.content,
        skipped: message.skipped && {
          code: message.skipped.code,
          sentence: message.skipped.sentence ?? REASONS[message.skipped.code],
        },
        decision: decisions[i] ?? null,
      })),
    };
  },
});

async function outputOf(ctx: Context, workflow: string, step: StepOf<'code'>, data: Data): Promise<Data | null> {
  const { output } = await previewStep(ctx, step.endpoint, { workflow, step: step.id, data });
  return output as Data | null;
}

const Tally = z.object({
  channel: Channel,
  outcome: z.enum(['send', 'skip', 'hold', 'digest']),
  code: ReasonCode.nullable(),
  messages: z.number().int(),
});

const replayed = operation({
  id: 'workflows.replay',
  method: 'POST',
  path: '/v1/workflows/{key}/replay',
  summary: 'Run the last real events through the draft and compare; nothing is sent',
  description: 'Each event is rehearsed as if it came now, once with what runs and once with the draft.',
  allow: 'workflows.read',
  params,
  body: z.strictObject({ limit: z.number().int().min(1).max(MAX_REPLAYED).default(50) }),
  output: z.object({
    examined: z.number().int(),
    before: z.array(Tally),
    after: z.array(Tally),
    silenced: z.array(UserId).meta({ description: 'Users who would get nothing any more; at most 100' }),
    reached: z.array(UserId).meta({ description: 'Users who would get something now; at most 100' }),
  }),
  errors: ['resource.not_found', 'workflow.invalid'],
  example: { limit: 20 },
  run: async (ctx, { params, body }) => compareDraft(ctx, params.key, body.limit),
});

async function compareDraft(ctx: Context, key: string, limit: number) {
  const workflow = await use.getWorkflow(ctx, key);
  const problems = await use.validate(ctx, workflow.draft);
  if (problems.length > 0) throw use.refusal(key, problems);
  const current = workflow.version === null ? null : (await use.getVersion(ctx, key, workflow.version)).definition;
  return replay(ctx, key, current, workflow.draft, limit);
}

export const tryingOperations = [test, replayed];
