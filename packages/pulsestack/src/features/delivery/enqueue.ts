import {
  type Channel,
  type Decision,
  type DecisionLine,
  type JsonObject,
  type MessageContent,
  PRIORITIES,
  type Priority,
  type ReasonCode,
  timeOfId,
} from '@pulsestack/core';
import type { z } from 'zod';
import type { Context } from '../../kernel/context.ts';
import { announce } from '../../kernel/event.ts';
import { deliverAddressed } from '../inbox/index.ts';
import { decideAll, type Outcome, sentenceOf } from './deciding.ts';
import { type MessageFact, messageEvents, type StoredState } from './events.ts';
import { MAX_WAIT_DAYS, notificationIdOf, subjectOf } from './rules.ts';
import { wakeSender } from './sender.ts';
import { addToDigests, type DigestItem } from './store/digests.ts';
import { type FreshMessage, findStates, insertMessages } from './store/messages.ts';
import { addWaiting } from './store/queue.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** One rendered message, before anybody has decided whether it may be sent. */
export interface MessageDraft {
  /** Holds the instant of its making, so make it when the message is made; the same id is the same message. */
  id: string;
  userId: string;
  content: MessageContent;
  category: string;
  priority: Priority;
  /** Passes preferences, caps and quiet hours. */
  critical: boolean;
  workflow: string | null;
  runId: string | null;
  stepId: string | null;
  correlationId: string;
  sendAt?: Date;
  expiresAt?: Date;
  /** How it looks as a line of a digest: `title`, `body` and `link` are shown. */
  digestItem?: z.infer<typeof JsonObject>;
}

/** What became of a draft. */
export interface Enqueued {
  id: string;
  state: StoredState;
  code: ReasonCode | null;
  sentence: string | null;
  until: Date | null;
}

/**
 * Decides about messages and stores each with its decision, in the transaction of the caller: those of the inbox are there
 * with the commit, the others are queued, held, joined to a digest or skipped. The same draft again changes nothing and gives
 * the state it has reached. The answers are in the order of the drafts.
 */
export async function enqueueMessages(ctx: Context, drafts: readonly MessageDraft[]): Promise<Enqueued[]> {
  if (drafts.length === 0) return [];
  const known = await knownStates(
    ctx,
    drafts.map((draft) => draft.id),
  );
  const fresh = [...new Map(drafts.map((draft) => [draft.id, draft])).values()].filter(({ id }) => !known.has(id));
  const outcomes = await decideAll(ctx, fresh, { record: true });
  const messages = fresh.map((draft, i) => toMessage(ctx, draft, outcomes[i] as Outcome));
  const inserted = await insertMessages(ctx.tx, ctx.workspaceId, messages);
  await act(
    ctx,
    messages.filter((message) => inserted.has(message.id)),
  );
  const made = new Map(messages.map((message) => [message.id, toEnqueued(message)]));
  return drafts.map(({ id }) => (known.get(id) ?? made.get(id)) as Enqueued);
}

/** A step that sent nothing, for a reason of the workflow, is a row as well. */
export interface SkippedDraft {
  id: string;
  userId: string;
  channel: FreshMessage['channel'];
  category: string;
  priority: Priority;
  workflow: string | null;
  runId: string | null;
  stepId: string | null;
  correlationId: string;
  code: ReasonCode;
  /** Default: what the code means. */
  sentence?: string;
}

/** Stores messages that were skipped before there was anything to decide about. */
export async function recordSkipped(ctx: Context, skipped: readonly SkippedDraft[]): Promise<void> {
  const messages = skipped.map(
    (one): FreshMessage => ({
      ...blank(one),
      channel: one.channel,
      critical: false,
      state: 'skipped',
      reason: one.code,
      sentence: one.sentence ?? sentenceOf(one.code, []),
    }),
  );
  const inserted = await insertMessages(ctx.tx, ctx.workspaceId, messages);
  await announceStates(
    ctx,
    messages.filter((message) => inserted.has(message.id)),
  );
}

/** The message as it is stored: the decision made it what it is. */
export function toMessage(ctx: Context, draft: MessageDraft, { decision, address, critical }: Outcome): FreshMessage {
  const { content } = draft;
  return {
    ...blank(draft),
    ...stateOf(ctx, content.channel, decision),
    channel: content.channel,
    critical,
    address,
    subject: subjectOf(content),
    content,
    item: draft.digestItem ?? null,
    expires_at: draft.expiresAt ?? null,
  };
}

/** The state a decision leads to. */
export function stateOf(
  ctx: Context,
  channel: Channel,
  decision: Decision,
): Pick<FreshMessage, 'state' | 'reason' | 'sentence' | 'decision' | 'due_at' | 'sent_at' | 'delivered_at'> {
  const now = ctx.clock.now();
  const lines: DecisionLine[] = decision.lines;
  const none = { due_at: null, sent_at: null, delivered_at: null, decision: lines };
  if (decision.outcome === 'send') {
    const open = { ...none, reason: null, sentence: null };
    return channel === 'in_app'
      ? { ...open, state: 'delivered', sent_at: now, delivered_at: now }
      : { ...open, state: 'queued', due_at: now };
  }
  const why = { reason: decision.code, sentence: sentenceOf(decision.code, lines) };
  if (decision.outcome === 'skip') {
    const state = decision.code === 'message.expired' ? 'expired' : 'skipped';
    return { ...none, ...why, state };
  }
  const latest = now.getTime() + MAX_WAIT_DAYS * DAY_MS;
  const until = new Date(Math.min(latest, new Date(decision.until).getTime()));
  if (decision.outcome === 'digest') return { ...none, ...why, state: 'digested', due_at: until };
  return { ...none, ...why, state: 'held', due_at: until };
}

type Acted = FreshMessage & { content: MessageContent | null };

/** Does what the states of new or decided-again messages ask for. */
export async function act(ctx: Context, messages: readonly Acted[]): Promise<void> {
  const { tx, workspaceId } = ctx;
  await deliverAddressed(ctx, messages.flatMap(toAddressed));
  const waiting = messages.filter(({ state }) => state === 'queued' || state === 'held');
  await addWaiting(
    tx,
    workspaceId,
    waiting.map((message) => ({
      message_id: message.id,
      created_at: message.created_at,
      kind: message.state === 'held' ? 'hold' : 'send',
      rank: rankOf(message.priority),
      due_at: message.due_at as Date,
    })),
  );
  await addToDigests(tx, workspaceId, messages.flatMap(toDigestItem), ctx.clock.now());
  await announceStates(ctx, messages);
  if (waiting.some(({ state }) => state === 'queued')) tx.afterCommit(() => wakeSender(ctx));
}

/** The most important first. */
export function rankOf(priority: number): number {
  return PRIORITIES.length - 1 - priority;
}

function toAddressed(message: Acted) {
  const { content } = message;
  if (message.state !== 'delivered' || content?.channel !== 'in_app') return [];
  return [
    {
      id: notificationIdOf(message.id),
      userId: message.user_id,
      title: content.title,
      body: content.body,
      icon: content.icon ?? null,
      image: content.image ?? null,
      link: content.link ?? null,
      actions: content.actions ?? [],
      data: content.data ?? {},
      type: content.type ?? 'message',
      category: message.category,
      priority: PRIORITIES[message.priority] ?? 'normal',
      collapseKey: content.collapseKey ?? null,
      expiresAt: message.expires_at,
      sender: message.workflow,
      correlationId: message.correlation_id,
    },
  ];
}

function toDigestItem(message: Acted): DigestItem[] {
  if (message.state !== 'digested' || message.due_at === null) return [];
  return [
    {
      message_id: message.id,
      message_created_at: message.created_at,
      user_id: message.user_id,
      channel: message.channel,
      category: message.category,
      priority: message.priority,
      item: message.item ?? itemOf(message.content),
      due_at: message.due_at,
      by_cadence: message.reason === 'digest.cadence',
    },
  ];
}

/** How a message without a line of its own looks in a digest. */
function itemOf(content: MessageContent | null): z.infer<typeof JsonObject> {
  if (!content) return {};
  const title = subjectOf(content) ?? '';
  if (content.channel === 'in_app' || content.channel === 'push') {
    return { title, body: content.body.slice(0, 500), ...(content.link ? { link: content.link } : {}) };
  }
  if (content.channel === 'email') return { title, body: (content.preheader ?? content.text).slice(0, 300) };
  return { title };
}

/** Says on the log what state messages have come into. */
export async function announceStates(
  ctx: Pick<Context, 'tx' | 'db' | 'database' | 'clock' | 'workspaceId' | 'requestId'>,
  messages: readonly Pick<
    FreshMessage,
    | 'id'
    | 'user_id'
    | 'channel'
    | 'category'
    | 'workflow'
    | 'run_id'
    | 'step_id'
    | 'state'
    | 'reason'
    | 'correlation_id'
  >[],
  options: { groupCommit?: boolean } = {},
): Promise<void> {
  const facts = messages.map((message) => ({
    event: messageEvents[message.state],
    data: {
      id: message.id,
      userId: message.user_id,
      channel: message.channel,
      category: message.category,
      workflow: message.workflow,
      runId: message.run_id,
      stepId: message.step_id,
      reason: message.reason,
    } satisfies MessageFact,
    stream: null,
    correlationId: message.correlation_id,
  }));
  await announce(ctx, ctx.tx, ctx.workspaceId, facts, ctx.requestId, options);
}

async function knownStates(ctx: Context, ids: readonly string[]): Promise<Map<string, Enqueued>> {
  const rows = await findStates(ctx.tx, ctx.workspaceId, ids, ids.map(madeAt));
  return new Map(
    rows.map(({ id, state, reason, sentence, due_at }) => [id, { id, state, code: reason, sentence, until: due_at }]),
  );
}

function toEnqueued({ id, state, reason, sentence, due_at }: FreshMessage): Enqueued {
  return { id, state, code: reason, sentence, until: state === 'queued' ? null : due_at };
}

/** The instant inside the id, which is the partition of the message. */
export function madeAt(id: string): Date {
  return new Date(timeOfId(id));
}

function blank(draft: Omit<SkippedDraft, 'channel' | 'code' | 'sentence'>) {
  return {
    id: draft.id,
    created_at: madeAt(draft.id),
    user_id: draft.userId,
    category: draft.category,
    priority: PRIORITIES.indexOf(draft.priority),
    workflow: draft.workflow,
    run_id: draft.runId,
    step_id: draft.stepId,
    correlation_id: draft.correlationId,
    decision: [],
    address: null,
    subject: null,
    content: null,
    item: null,
    is_digest: false,
    is_test: false,
    due_at: null,
    expires_at: null,
    sent_at: null,
    delivered_at: null,
  };
}
