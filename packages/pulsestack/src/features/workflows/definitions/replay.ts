import type { Channel, Decision, ReasonCode, WorkflowDefinition } from '@pulsestack/core';
import type { Context } from '../../../kernel/context.ts';
import { findUsers } from '../../audience/index.ts';
import { type Compiled, compile } from '../compile.ts';
import type { Data, UserFacts } from '../engine/live.ts';
import { decideRehearsed, rehearse } from '../engine/rehearse.ts';
import { lastTriggered } from '../store/reading.ts';

/** What becomes of messages, counted. */
export interface Tally {
  channel: Channel;
  outcome: Decision['outcome'];
  code: ReasonCode | null;
  messages: number;
}

export interface Replayed {
  examined: number;
  before: Tally[];
  after: Tally[];
  /** Users who got something and would get nothing now, and the other way round. */
  silenced: string[];
  reached: string[];
}

const MAX_NAMED = 100;

/** Runs the last real events of a workflow through what runs now and through the draft, and compares. Nothing is sent. */
export async function replay(
  ctx: Context,
  key: string,
  current: WorkflowDefinition | null,
  draft: WorkflowDefinition,
  limit: number,
): Promise<Replayed> {
  const events = await lastTriggered(ctx.tx, ctx.workspaceId, key, limit);
  const rows = await findUsers(ctx.tx, ctx.workspaceId, [...new Set(events.map((one) => one.user_id))]);
  const users = new Map(rows.map((row) => [row.id, toFacts(row)]));
  const versions = { before: current && compile(key, 0, current), after: compile(key, 0, draft) };
  const tallies = { before: new Map<string, Tally>(), after: new Map<string, Tally>() };
  const reached = { before: new Set<string>(), after: new Set<string>() };
  for (const one of events) {
    const user = users.get(one.user_id) ?? blankUser(one.user_id);
    for (const which of ['before', 'after'] as const) {
      const workflow = versions[which];
      if (!workflow) continue;
      const sent = await tally(ctx, workflow, user, one, tallies[which]);
      if (sent) reached[which].add(user.id);
    }
  }
  const without = (a: Set<string>, b: Set<string>) => [...a].filter((user) => !b.has(user)).slice(0, MAX_NAMED);
  return {
    examined: events.length,
    before: [...tallies.before.values()],
    after: [...tallies.after.values()],
    silenced: without(reached.before, reached.after),
    reached: without(reached.after, reached.before),
  };
}

/** True when at least one message would reach the user, now or later. */
async function tally(
  ctx: Context,
  workflow: Compiled,
  user: UserFacts,
  event: { event_id: string; name: string | null; payload: Data; actor: string | null },
  counts: Map<string, Tally>,
): Promise<boolean> {
  const { live, result } = await rehearse(ctx, {
    workflow,
    user,
    payload: event.payload,
    event: { id: event.event_id, name: event.name ?? workflow.key, actor: event.actor },
    begins: ctx.clock.now(),
  });
  const decisions = await decideRehearsed(ctx, live, result.messages);
  let sent = false;
  for (const [i, message] of result.messages.entries()) {
    const decision = decisions[i];
    const outcome = decision?.outcome ?? 'skip';
    const code = message.skipped?.code ?? (decision && 'code' in decision ? decision.code : null);
    if (outcome !== 'skip') sent = true;
    const id = `${message.channel} ${outcome} ${code}`;
    const known = counts.get(id);
    if (known) known.messages++;
    else counts.set(id, { channel: message.channel, outcome, code, messages: 1 });
  }
  return sent;
}

export function toFacts(row: Awaited<ReturnType<typeof findUsers>>[number]): UserFacts {
  const { id, name, email, phone, locale, attributes } = row;
  return { id, name, email, phone, locale, timeZone: row.time_zone, attributes };
}

export function blankUser(id: string): UserFacts {
  return { id, name: null, email: null, phone: null, locale: null, timeZone: null, attributes: {} };
}
