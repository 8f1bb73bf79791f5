import { z } from 'zod';
import { UserId } from './audience.ts';
import { Channel } from './channel.ts';
import { DecisionLine, ReasonCode } from './decision.ts';
import { idSchema, MessageId, RunId } from './ids.ts';
import { Action, Priority } from './notification.ts';
import { Instant } from './text.ts';

const Attachment = z.object({
  filename: z.string(),
  contentType: z.string(),
  /** Base64; at most 2 MB decoded. */
  content: z.string(),
});

/** What a message says, rendered, in the shape of its channel. */
export const MessageContent = z.discriminatedUnion('channel', [
  z.object({
    channel: z.literal('in_app'),
    title: z.string(),
    body: z.string(),
    icon: z.string().nullish(),
    image: z.string().nullish(),
    link: z.string().nullish(),
    actions: z.array(Action).optional(),
    data: z.record(z.string(), z.json()).optional(),
    type: z.string().optional(),
    collapseKey: z.string().nullish(),
  }),
  z.object({
    channel: z.literal('email'),
    subject: z.string(),
    html: z.string(),
    text: z.string(),
    preheader: z.string().optional(),
    from: z.string().nullish(),
    replyTo: z.string().nullish(),
    cc: z.array(z.string()).optional(),
    bcc: z.array(z.string()).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    attachments: z.array(Attachment).optional(),
  }),
  z.object({ channel: z.literal('sms'), body: z.string() }),
  z.object({
    channel: z.literal('push'),
    title: z.string(),
    body: z.string(),
    link: z.string().nullish(),
    image: z.string().nullish(),
    data: z.record(z.string(), z.json()).optional(),
  }),
  z.object({ channel: z.literal('whatsapp'), body: z.string() }),
  z.object({ channel: z.literal('chat'), body: z.string() }),
  z.object({ channel: z.literal('webhook'), body: z.json(), headers: z.record(z.string(), z.string()).optional() }),
]);
export type MessageContent = z.infer<typeof MessageContent>;

/**
 * queued → sending → sent → delivered; held and digested wait; skipped, failed, expired and cancelled are ends.
 * A message of the inbox is delivered in the transaction that makes it.
 */
export const MESSAGE_STATES = [
  'queued',
  'held',
  'digested',
  'sending',
  'sent',
  'delivered',
  'skipped',
  'failed',
  'expired',
  'cancelled',
] as const;

/** One try to hand a message to a provider. */
export const Attempt = z
  .object({
    id: idSchema('attempt'),
    number: z.number().int(),
    provider: z.string(),
    at: Instant,
    durationMs: z.number(),
    outcome: z.enum(['accepted', 'refused', 'retry', 'unknown']),
    status: z.number().int().nullable(),
    detail: z.string().nullable(),
    providerMessageId: z.string().nullable(),
  })
  .meta({ id: 'Attempt' });
export type Attempt = z.infer<typeof Attempt>;

/** One notification for one user on one channel, sent or not. */
export const Message = z
  .object({
    id: MessageId,
    userId: UserId,
    channel: Channel,
    category: z.string(),
    priority: Priority,
    state: z.enum(MESSAGE_STATES),
    reason: ReasonCode.nullable(),
    sentence: z.string().nullable().meta({ description: 'The reason in words' }),
    workflow: z.string().nullable(),
    runId: RunId.nullable(),
    stepId: z.string().nullable(),
    to: z.string().nullable().meta({ description: 'The address it goes to' }),
    subject: z.string().nullable(),
    provider: z.string().nullable(),
    dueAt: Instant.nullable(),
    createdAt: Instant,
    sentAt: Instant.nullable(),
    deliveredAt: Instant.nullable(),
    seenAt: Instant.nullable(),
    readAt: Instant.nullable(),
    clickedAt: Instant.nullable(),
    digestId: MessageId.nullable().meta({ description: 'The digest it became a line of' }),
    attempts: z.number().int().meta({ description: 'How often a provider was asked' }),
    decision: z.array(DecisionLine),
    correlationId: z.string(),
    isTest: z.boolean().meta({ description: 'A member sent it to try a template' }),
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof Message>;

/** A message with what it says and every try to hand it over. */
export const MessageStory = Message.extend({
  content: MessageContent.nullable(),
  items: z.array(MessageId).meta({ description: 'Of a digest: the messages in it' }),
  tries: z.array(Attempt),
}).meta({ id: 'MessageStory' });
export type MessageStory = z.infer<typeof MessageStory>;
