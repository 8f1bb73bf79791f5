import { Channel, MessageId, ReasonCode, RunId, UserId } from '@pulsestack/core';
import { z } from 'zod';
import { event } from '../../kernel/event.ts';

/** What every fact about a message tells. */
export const MessageFact = z.object({
  id: MessageId,
  userId: UserId,
  channel: Channel,
  category: z.string(),
  workflow: z.string().nullable(),
  runId: RunId.nullable(),
  stepId: z.string().nullable(),
  reason: ReasonCode.nullable(),
});
export type MessageFact = z.infer<typeof MessageFact>;

const fact = (state: string, summary: string) => event(`message.${state}`, MessageFact, { summary, public: false });

/** One fact for each state a message comes into. */
export const messageEvents = {
  queued: fact('queued', 'A message waits for its provider'),
  held: fact('held', 'A message waits for a better time'),
  digested: fact('digested', 'A message joined a digest'),
  sent: fact('sent', 'A provider has taken a message'),
  delivered: fact('delivered', 'A message has arrived'),
  skipped: fact('skipped', 'A message was not sent, for a reason'),
  failed: fact('failed', 'A message could not be sent'),
  expired: fact('expired', 'The time of a message was over before it was sent'),
  cancelled: fact('cancelled', 'A message was cancelled before it was sent'),
} as const;

export type StoredState = keyof typeof messageEvents;

export const events = Object.values(messageEvents);
