import {
  type Channel,
  type Decision,
  durationMs,
  type MessageContent,
  type ReasonCode,
  type StepOf,
} from '@pulsestack/core';
import type { Context } from '../../../kernel/context.ts';
import type { Clock } from '../../../ports/clock.ts';
import { decideMessages } from '../../delivery/index.ts';
import { type Compiled, START, stepAt } from '../compile.ts';
import { dataOf } from './data.ts';
import { answer, interpret } from './interpret.ts';
import type { Data, Effect, Line, Live, UserFacts } from './live.ts';
import { renderMessages } from './render.ts';

const MAX_ROUNDS = 2000;

/** What is rehearsed: one event for one user, and what the user would do meanwhile. */
export interface Rehearsal {
  workflow: Compiled;
  user: UserFacts;
  payload: Data;
  event: { id: string; name: string; actor: string | null };
  begins: Date;
  /** Events that come so long after the beginning, for steps that wait. */
  hears?: readonly { name: string; after: string; payload: Data }[];
  /** Asks the code behind a step what it would answer; null when it does not say. */
  preview?(step: StepOf<'code'>, data: Data): Promise<Data | null>;
}

export interface Rehearsed {
  state: 'done' | 'failed';
  code: string;
  sentence: string;
  endsAt: Date;
  trace: Line[];
  messages: RehearsedMessage[];
}

export interface RehearsedMessage {
  step: string;
  channel: Channel;
  at: Date;
  /** Missing when it was skipped by a step, or could not be rendered. */
  content: MessageContent | null;
  skipped: { code: ReasonCode; sentence: string | null } | null;
}

/**
 * Carries a run to its end in memory, on a clock of its own that jumps from wake to wake. It uses the interpreter of the real
 * engine; nothing is stored, sent or called. Throttles let through, digests hold this one event, requests are not made.
 */
export async function rehearse(
  ctx: Pick<Context, 'newId' | 'workspaceId'>,
  rehearsal: Rehearsal,
): Promise<{ live: Live; result: Rehearsed }> {
  let now = rehearsal.begins;
  const clock: Clock = { now: () => now, nowMs: () => now.getTime() };
  const around = { clock, newId: ctx.newId };
  const live = toLive(ctx.workspaceId, rehearsal);
  const made: { effect: Extract<Effect, { kind: 'message' | 'skipped' }>; at: Date }[] = [];
  const trace: Line[] = [];
  let closesAt = now;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    interpret(live, around);
    const { outcome } = live;
    if (outcome.kind === 'ask') {
      const { ask } = outcome;
      switch (ask.kind) {
        case 'throttle':
          answer(live, { granted: true, asked: 1, resetsAt: ask.resetsAt.toISOString() }, around);
          break;
        case 'digest.join': {
          closesAt = ask.closesAt;
          const lookedBack = ask.lookBackMs !== null;
          const id = `dig_${ask.step}`;
          live.digests.set(id, {
            key: ask.key,
            openedAt: now.toISOString(),
            events: [{ id: live.event.id, at: live.event.at.toISOString(), payload: live.payload }],
          });
          answer(
            live,
            lookedBack ? { is: 'passed' } : { is: 'led', digest: id, closesAt: closesAt.toISOString() },
            around,
          );
          break;
        }
        case 'digest.close':
          answer(live, { is: 'closed', digest: ask.id, events: 1 }, around);
          break;
        case 'wait':
          live.phase = { kind: 'wait', since: ask.since.toISOString(), until: ask.until.toISOString() };
          now = firstHeard(live, ask.names, ask.since, ask.until);
          break;
      }
    } else if (outcome.kind === 'call') {
      answer(live, await answerTo(rehearsal, live, now), around);
    }
    for (const effect of live.effects)
      if (effect.kind === 'message' || effect.kind === 'skipped') made.push({ effect, at: now });
    trace.push(...live.lines);
    live.effects = [];
    live.lines = [];
    const after = live.outcome;
    if (after.kind === 'done' || after.kind === 'failed') {
      live.effects = made.map(({ effect }) => effect);
      const messages = made.map(
        ({ effect, at }): RehearsedMessage =>
          effect.kind === 'message'
            ? { step: effect.step, channel: effect.request.channel, at, content: null, skipped: null }
            : {
                step: effect.step,
                channel: effect.channel,
                at,
                content: null,
                skipped: { code: effect.code, sentence: effect.sentence ?? null },
              },
      );
      return {
        live,
        result: { state: after.kind, code: after.code, sentence: after.sentence, endsAt: now, trace, messages },
      };
    }
    if (after.kind === 'sleep') {
      now = after.until ?? closesAt;
      live.dueAt = now;
    }
  }
  throw new Error(`the rehearsal of ${rehearsal.workflow.key} comes to no end`);
}

/** What a call to the outside is answered with: nothing, or what code says that was asked for a preview. */
async function answerTo({ workflow, preview }: Rehearsal, live: Live, now: Date): Promise<Data> {
  const step = stepAt(workflow.definition.steps, live.position);
  if (step?.type !== 'code') {
    const sentence = 'The request was not made, because this is a rehearsal.';
    return { failed: false, output: {}, said: { code: 'http.answered', sentence } };
  }
  const output = (await preview?.(step, dataOf(live, now))) ?? null;
  const sentence = output ? 'The code answered a preview.' : 'The code was not called, because this is a rehearsal.';
  return { failed: false, output: output ?? {}, said: { code: 'code.answered', sentence }, attempt: 1 };
}

/** Fills in what each message would say. Outside of transactions. */
export async function renderRehearsed(
  ctx: Context,
  { live, result }: Awaited<ReturnType<typeof rehearse>>,
): Promise<void> {
  await renderMessages(ctx, ctx.workspaceId, [live]);
  for (const [i, message] of result.messages.entries()) {
    const effect = live.effects[i];
    if (effect?.kind === 'message') message.content = effect.content ?? null;
    else if (effect?.kind === 'skipped') message.skipped = { code: effect.code, sentence: effect.sentence ?? null };
  }
}

/** What the layers say to each message at its time; null for those that a step has skipped. */
export async function decideRehearsed(
  ctx: Context,
  live: Live,
  messages: readonly RehearsedMessage[],
): Promise<(Decision | null)[]> {
  const { category, priority, critical } = live.workflow.definition;
  const decisions: (Decision | null)[] = [];
  for (const message of messages) {
    if (message.skipped) {
      decisions.push(null);
      continue;
    }
    const clock: Clock = { now: () => message.at, nowMs: () => message.at.getTime() };
    const [outcome] = await decideMessages(
      { ...ctx, clock },
      [
        {
          userId: live.user.id,
          category,
          workflow: live.workflow.key,
          priority,
          critical,
          content: { channel: message.channel },
        },
      ],
      { record: false },
    );
    decisions.push(outcome?.decision ?? null);
  }
  return decisions;
}

/** The moment at which the wait ends: with the first event that may count, or with its time. */
function firstHeard(live: Live, names: readonly string[], since: Date, until: Date): Date {
  const next = live.heard.filter(
    (one) => names.includes(one.name) && one.at >= since && !live.vars.consumed?.includes(one.eventId),
  )[0];
  return next && next.at < until ? next.at : until;
}

function toLive(workspaceId: string, { workflow, user, payload, event, begins, hears = [] }: Rehearsal): Live {
  return {
    id: 'run_rehearsal',
    workspaceId,
    workflow,
    user,
    event: { ...event, at: begins },
    payload: workflow.schema ? (workflow.schema.withDefaults(payload) as Data) : payload,
    position: START,
    phase: null,
    vars: { steps: {}, messages: {}, digests: {}, loops: {} },
    depth: 0,
    correlationId: '',
    cancelKey: null,
    dueAt: begins,
    lineCount: 0,
    attempts: 0,
    digests: new Map(),
    states: new Map(),
    heard: hears
      .map((one, i) => ({
        eventId: `evt_${i}`,
        name: one.name,
        at: new Date(begins.getTime() + durationMs(one.after)),
        payload: one.payload,
      }))
      .toSorted((a, b) => a.at.getTime() - b.at.getTime()),
    online: false,
    isRehearsal: true,
    lines: [],
    effects: [],
    outcome: { kind: 'running' },
  };
}
