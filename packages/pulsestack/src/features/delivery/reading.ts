import { type Message, type MessageStory, makeId, PRIORITIES } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { decodeCursor, encodeCursor, toPage } from '../../kernel/pagination.ts';
import { act, madeAt } from './enqueue.ts';
import { cancelMessages } from './states.ts';
import * as store from './store/reading.ts';

// An id that is greater than all of today's: where the newest page begins.
const NEWEST = makeId('message', 2 ** 45, new Uint8Array(16).fill(31));

export interface MessagesQuery {
  limit: number;
  cursor?: string | undefined;
  user?: string | undefined;
  channel?: string | string[] | undefined;
  state?: string | string[] | undefined;
  workflow?: string | undefined;
  category?: string | undefined;
  run?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export async function messagePage(ctx: Context, query: MessagesQuery) {
  const [before] = query.cursor === undefined ? [NEWEST] : decodeCursor('messages', query.cursor, ['string']);
  const id = String(before);
  const asked = toList(query.state);
  // `sending` is a queued message that a worker holds.
  const states = asked?.map((state) => (state === 'sending' ? 'queued' : state)) ?? null;
  const rows = await store.listMessages(
    ctx.tx,
    ctx.workspaceId,
    {
      userId: query.user ?? null,
      channels: toList(query.channel),
      states,
      sending: asked?.length === 1 && asked[0] === 'sending',
      workflow: query.workflow ?? null,
      category: query.category ?? null,
      runId: query.run ?? null,
      from: query.from === undefined ? null : new Date(query.from),
      to: query.to === undefined ? null : new Date(query.to),
    },
    { before: id, beforeAt: madeAt(id), limit: query.limit + 1, now: ctx.clock.now() },
  );
  return toPage(rows, query.limit, toMessage, (row) => encodeCursor('messages', [row.id]));
}

export async function messageStory(ctx: Context, id: string): Promise<MessageStory> {
  const createdAt = madeAt(id);
  const row = await store.findMessage(ctx.tx, ctx.workspaceId, id, createdAt, ctx.clock.now());
  if (!row) throw notFound('message');
  const attempts = await store.listAttempts(ctx.tx, ctx.workspaceId, id, createdAt);
  const items = row.is_digest ? await store.itemsOfDigest(ctx.tx, ctx.workspaceId, id) : [];
  return {
    ...toMessage(row),
    content: row.content,
    items: items.map((item) => item.id),
    tries: attempts.map((attempt) => ({
      id: attempt.id,
      number: attempt.number,
      provider: attempt.provider,
      at: attempt.at.toISOString(),
      durationMs: attempt.duration_ms,
      outcome: attempt.outcome,
      status: attempt.status,
      detail: attempt.detail,
      providerMessageId: attempt.provider_ref,
    })),
  };
}

/** Gives a message that has failed all of its tries again. */
export async function retry(ctx: Context, id: string): Promise<MessageStory> {
  const row = await store.requeue(ctx.tx, ctx.workspaceId, id, madeAt(id), ctx.clock.now());
  if (!row) {
    await messageStory(ctx, id);
    throw fail('resource.conflict', 'Only a message that has failed can be sent again.');
  }
  await act(ctx, [row]);
  return messageStory(ctx, id);
}

/** Cancels a message that waits. */
export async function cancel(ctx: Context, id: string): Promise<MessageStory> {
  if ((await cancelMessages(ctx, { ids: [id] })) === 0) {
    const { state } = await messageStory(ctx, id);
    if (state !== 'cancelled')
      throw fail('resource.conflict', `The message is ${state}; only one that waits can be cancelled.`);
  }
  return messageStory(ctx, id);
}

function toMessage(row: store.ShownRow): Message {
  return {
    id: row.id,
    userId: row.user_id,
    channel: row.channel,
    category: row.category,
    priority: PRIORITIES[row.priority] ?? 'normal',
    state: row.state === 'queued' && row.sending ? 'sending' : row.state,
    reason: row.reason,
    sentence: row.sentence,
    workflow: row.workflow,
    runId: row.run_id,
    stepId: row.step_id,
    to: row.address,
    subject: row.subject,
    provider: row.provider,
    dueAt: iso(row.due_at),
    createdAt: row.created_at.toISOString(),
    sentAt: iso(row.sent_at),
    deliveredAt: iso(row.delivered_at),
    seenAt: iso(row.seen_at),
    readAt: iso(row.read_at),
    clickedAt: iso(row.clicked_at),
    digestId: row.digest_id,
    attempts: row.attempts,
    decision: row.decision,
    correlationId: row.correlation_id,
    isTest: row.is_test,
  };
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

function toList(value: string | string[] | undefined): string[] | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? value : [value];
}
