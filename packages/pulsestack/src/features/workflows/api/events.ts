import { CloudEvent, EventAccepted, EventInput, EventStatus, idSchema, Slug, TriggerInput } from '@pulsestack/core';
import { z } from 'zod';
import { type Context, demand } from '../../../kernel/context.ts';
import { notFound, ProductError } from '../../../kernel/errors.ts';
import { operation, type Reply } from '../../../kernel/operation.ts';
import { countRuns } from '../store/reading.ts';
import { findTrigger } from '../store/triggers.ts';
import { acceptor, answerOf, type Incoming, KEY_SPACE } from '../triggers/acceptor.ts';
import { eventOfCloud } from '../triggers/cloud-event.ts';
import type { Asked } from '../triggers/draft.ts';

const MAX_BULK = 100;
const BODY_BYTES = 4_000_000;
const errors = ['request.invalid', 'auth.forbidden', 'idempotency.mismatch', 'idempotency.invalid'] as const;

const create = operation({
  id: 'events.create',
  method: 'POST',
  path: '/v1/events',
  summary: 'Send an event, which starts the workflows that wait for it',
  description:
    'Answers after the commit: what was acknowledged is durable. A CloudEvent 1.0 is taken as well, in structured mode and in binary mode with `ce-` headers: `type` names the event, `subject` the user. Starts every published workflow whose trigger names the event and whose condition holds. Unknown users are created. The same transaction id is accepted once, and so is the same Idempotency-Key. Everyone in the workspace needs `notifications.broadcast` too.',
  allow: 'events.create',
  body: z.union([EventInput, CloudEvent]),
  output: EventAccepted,
  status: 202,
  errors,
  example: { name: 'comment.created', to: 'ada', payload: { post: { id: 'p1' }, text: 'Nice' } },
  audit: 'own-record',
  transaction: 'none',
  bodyLimitBytes: BODY_BYTES,
  cloudEvents: true,
  run: (ctx, { body }, reply) => acceptOne(ctx, toEvent(body), reply),
});

const bulk = operation({
  id: 'events.bulk',
  method: 'POST',
  path: '/v1/events/bulk',
  summary: 'Send up to 100 events at once',
  description:
    'Each entry is a body of `POST /v1/events`, a CloudEvent too (`application/cloudevents-batch+json`), with a result of its own, in the same order. An entry at fault fails alone; the others are stored together.',
  allow: 'events.create',
  body: z.union([
    z.strictObject({ events: z.array(z.record(z.string(), z.json())).min(1).max(MAX_BULK) }),
    z.array(z.record(z.string(), z.json())).min(1).max(MAX_BULK),
  ]),
  output: z.object({
    results: z.array(
      z.union([
        z.object({ ...EventAccepted.shape, ok: z.literal(true) }),
        z.object({
          ok: z.literal(false),
          code: z.string(),
          detail: z.string(),
          errors: z.array(z.object({ field: z.string(), message: z.string() })),
        }),
      ]),
    ),
  }),
  status: 202,
  errors: ['auth.forbidden', 'idempotency.invalid'],
  example: {
    events: [
      { name: 'comment.created', to: 'ada' },
      { name: 'comment.created', to: 'grace' },
    ],
  },
  audit: 'own-record',
  transaction: 'none',
  bodyLimitBytes: BODY_BYTES,
  async run(ctx, { body }) {
    const entries = (Array.isArray(body) ? body : body.events).map((entry, i) => readEntry(ctx, entry, i));
    const good = entries.filter((entry) => !(entry instanceof ProductError) && !('ok' in entry)) as Incoming[];
    const outcomes = good.length > 0 ? await acceptor.of(ctx).accept(ctx.workspaceId, good) : [];
    let next = 0;
    return {
      results: entries.map((entry) => {
        if ('ok' in entry) return entry;
        const outcome = entry instanceof ProductError ? entry : outcomes[next++];
        return outcome instanceof ProductError
          ? refused(outcome)
          : { ok: true as const, ...(outcome as EventAccepted) };
      }),
    };
  },
});

const trigger = operation({
  id: 'workflows.trigger',
  method: 'POST',
  path: '/v1/workflows/{key}/trigger',
  summary: 'Start a workflow by its key',
  description:
    'Answers after the commit. A workflow that is not published or switched off accepts and starts nothing, and the status says so.',
  allow: 'events.create',
  params: z.strictObject({ key: Slug }),
  body: TriggerInput,
  output: EventAccepted,
  status: 202,
  errors: [...errors, 'workflow.not_found'],
  example: { to: 'ada', payload: { post: { id: 'p1' } } },
  audit: 'own-record',
  transaction: 'none',
  bodyLimitBytes: BODY_BYTES,
  run: (ctx, { params, body }, reply) => acceptOne(ctx, { ...body, workflow: params.key }, reply),
});

const get = operation({
  id: 'events.get',
  method: 'GET',
  path: '/v1/events/{id}',
  summary: 'Get an event that was accepted, and what became of it',
  allow: 'workflows.read',
  params: z.strictObject({ id: idSchema('event') }),
  output: EventStatus,
  errors: ['resource.not_found'],
  async run(ctx, { params }) {
    const row = await findTrigger(ctx.tx, ctx.workspaceId, params.id);
    if (!row) throw notFound('event');
    const { duplicate: _duplicate, ...answer } = answerOf(row, false);
    return {
      ...answer,
      name: row.name,
      workflow: row.workflow,
      payload: row.payload as EventStatus['payload'],
      actor: row.actor,
      source: row.source,
      createdAt: row.created_at.toISOString(),
      state: row.state,
      runs: await countRuns(ctx.tx, ctx.workspaceId, row.id),
    };
  },
});

/** Accepts one event, and answers as the first time when it was accepted before. */
export async function acceptOne(ctx: Context, asked: Asked, reply: Reply): Promise<EventAccepted> {
  const [outcome] = await acceptor.of(ctx).accept(ctx.workspaceId, [incomingOf(ctx, asked, undefined)]);
  if (outcome instanceof ProductError) throw outcome;
  const accepted = outcome as EventAccepted;
  if (accepted.duplicate && ctx.idempotencyKey !== undefined) reply.headers['idempotency-replay'] = 'true';
  return accepted;
}

function toEvent(body: EventInput | CloudEvent): EventInput {
  return 'specversion' in body ? eventOfCloud(body as CloudEvent) : (body as EventInput);
}

function incomingOf(ctx: Context, asked: Asked, position: number | undefined): Incoming {
  if (asked.to !== undefined && typeof asked.to === 'object' && 'everyone' in asked.to)
    demand(ctx, 'notifications.broadcast');
  // A key that is sent as a header is one of ours as well, in a space of its own.
  const key =
    ctx.idempotencyKey === undefined
      ? undefined
      : `${KEY_SPACE}${ctx.idempotencyKey}${position === undefined ? '' : ` ${position}`}`;
  const strict = asked.transactionId === undefined && key !== undefined;
  return { ctx, asked: strict ? { ...asked, transactionId: key } : asked, source: 'api', strict };
}

function readEntry(
  ctx: Context,
  entry: object,
  position: number,
): Incoming | ProductError | ReturnType<typeof refused> {
  const parsed = ('specversion' in entry ? CloudEvent : EventInput).safeParse(entry);
  if (!parsed.success)
    return {
      ok: false as const,
      code: 'request.invalid',
      detail: 'The event does not fit its description.',
      errors: parsed.error.issues.map((issue) => ({ field: `/${issue.path.join('/')}`, message: issue.message })),
    };
  try {
    return incomingOf(ctx, toEvent(parsed.data), position);
  } catch (error) {
    if (error instanceof ProductError) return error;
    throw error;
  }
}

function refused(error: ProductError) {
  return {
    ok: false as const,
    code: error.code as string,
    detail: error.message,
    errors: (error.fields ?? []).map(({ field, message }) => ({ field, message })),
  };
}

export const eventOperations = [create, bulk, trigger, get];
