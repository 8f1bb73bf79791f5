import type { EventInput, FieldError, Recipient, TriggerInput } from '@pulsestack/core';
import type { Context } from '../../../kernel/context.ts';
import { fail } from '../../../kernel/errors.ts';
import { holds } from '../../../kernel/logic.ts';
import { type Compiled, hashOf } from '../compile.ts';
import type { Published } from '../definitions/cache.ts';
import type { FreshRun } from '../store/runs.ts';
import type { FreshTrigger } from '../store/triggers.ts';

/** Named users up to this many begin in the transaction that accepts; more, and topics, are reached by a job. */
const INLINE_USERS = 100;

/** What is asked for: an event by name, or one workflow by its key. */
export type Asked = (EventInput & { workflow?: undefined }) | (TriggerInput & { workflow: string; name?: undefined });

/** Who is addressed, as it is stored. */
export interface StoredAudience {
  users: string[];
  topics: string[];
  everyone: boolean;
}

/** An event that was accepted in form, with all that its commit writes. */
export interface Drafted {
  trigger: FreshTrigger;
  runs: FreshRun[];
  /** Users as they are described, each once. */
  described: ({ id: string } & object)[];
  named: string[];
  heard: { user: string; name: string; event: string }[];
  fansOut: boolean;
  /** The part of the audience that the job begins with: the named users, unless they began at once. */
  firstPart: number;
}

/** Decides what an event starts, for whom at once and for whom later. Stops when it cannot be accepted; nothing is stored then. */
export function draftEvent(ctx: Context, asked: Asked, published: Published, source: string): Drafted {
  const id = ctx.newId('event');
  const audience = audienceOf(asked.to);
  const { status, workflows } = started(asked, published, id);
  const users = audience.users.map(idOf);
  const inline = users.length <= INLINE_USERS;
  const fansOut = !inline || audience.topics.length > 0 || audience.everyone;
  const now = inline ? users : [];
  const described = new Map<string, { id: string }>();
  for (const user of audience.users)
    if (typeof user !== 'string') described.set(user.id, { ...described.get(user.id), ...user });
  const stored: StoredAudience = { users, topics: audience.topics, everyone: audience.everyone };
  return {
    trigger: {
      id,
      name: asked.name ?? null,
      workflow: asked.workflow ?? null,
      payload: asked.payload,
      audience: stored,
      actor: asked.actor ?? null,
      source,
      transaction_id: asked.transactionId ?? null,
      cancel_key: asked.cancelKey ?? null,
      status,
      workflows: workflows.map((one) => one.key),
      state: fansOut ? 'fanning' : 'done',
      users: now.length,
      correlation_id: ctx.requestId,
    },
    runs: runsFor(ctx, { id, cancelKey: asked.cancelKey ?? null, correlationId: ctx.requestId }, workflows, now),
    described: [...described.values()],
    named: now,
    heard: asked.name !== undefined && published.awaited.has(asked.name) ? heardBy(asked.name, id, now) : [],
    fansOut,
    firstPart: inline ? 1 : 0,
  };
}

/** The runs that an event begins for some users. */
export function runsFor(
  ctx: Pick<Context, 'newId'>,
  event: { id: string; cancelKey: string | null; correlationId: string },
  workflows: readonly { key: string; version: number }[],
  users: readonly string[],
): FreshRun[] {
  return workflows.flatMap((workflow) =>
    users.map((user) => ({
      id: ctx.newId('run'),
      workflow: workflow.key,
      version: workflow.version,
      user_id: user,
      event_id: event.id,
      depth: 0,
      cancel_key: event.cancelKey,
      correlation_id: event.correlationId,
    })),
  );
}

export function heardBy(name: string, event: string, users: readonly string[]) {
  return users.map((user) => ({ user, name, event }));
}

/** What makes two requests under one Idempotency-Key the same. */
export function sameRequest(
  a: FreshTrigger,
  b: { name: string | null; workflow: string | null; payload: unknown; audience: unknown },
): boolean {
  const print = ({ name, workflow, payload, audience }: typeof b) => hashOf({ name, workflow, payload, audience });
  return print(a) === print(b);
}

function started(asked: Asked, published: Published, id: string): { status: string; workflows: Compiled[] } {
  if (asked.workflow !== undefined) {
    const workflow = published.byKey.get(asked.workflow);
    if (!workflow && !published.inactive.has(asked.workflow))
      throw fail('workflow.not_found', `There is no workflow "${asked.workflow}".`);
    if (!workflow) return { status: 'not_active', workflows: [] };
    checkPayload(workflow, asked.payload);
    return { status: 'accepted', workflows: [workflow] };
  }
  const matching = (published.byEvent.get(asked.name) ?? []).filter(({ definition }) => {
    if (definition.trigger.if === undefined) return true;
    return holds(definition.trigger.if, {
      payload: asked.payload,
      event: { id, name: asked.name },
      actor: asked.actor ?? null,
    });
  });
  for (const workflow of matching) checkPayload(workflow, asked.payload);
  return { status: matching.length > 0 ? 'accepted' : 'no_workflow', workflows: matching };
}

function checkPayload({ key, schema }: Compiled, payload: object): void {
  if (!schema) return;
  const misfit = schema.misfit(schema.withDefaults(payload));
  if (!misfit) return;
  // The complaint about a missing property stands at the object that misses it.
  const missing = /required property "([^"]+)"/.exec(misfit.message)?.[1];
  const field = `/payload${misfit.path}${missing === undefined ? '' : `/${missing}`}`;
  const fields: FieldError[] = [{ in: 'body', field, message: misfit.message }];
  throw fail('request.invalid', `The payload does not fit the workflow "${key}": ${field} ${misfit.message}`, {
    fields,
  });
}

function idOf(recipient: Recipient): string {
  return typeof recipient === 'string' ? recipient : recipient.id;
}

function audienceOf(to: EventInput['to']): { users: Recipient[]; topics: string[]; everyone: boolean } {
  if (to === undefined) return { users: [], topics: [], everyone: false };
  if (typeof to === 'object' && 'everyone' in to) return { users: [], topics: [], everyone: true };
  const targets = Array.isArray(to) ? to : [to];
  const users = new Map<string, Recipient>();
  const topics = new Set<string>();
  for (const target of targets) {
    if (typeof target === 'object' && 'topic' in target) topics.add(target.topic);
    else {
      const known = users.get(idOf(target));
      // The one that says more counts; the fields of several are put together where they are stored.
      if (known === undefined || typeof target === 'object')
        users.set(
          idOf(target),
          typeof known === 'object' && typeof target === 'object' ? { ...known, ...target } : target,
        );
    }
  }
  return { users: [...users.values()], topics: [...topics], everyone: false };
}
