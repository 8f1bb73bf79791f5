import { z } from 'zod';
import { TopicKey, UserId, UserInput } from './audience.ts';
import { idSchema } from './ids.ts';
import { Instant, Slug, text } from './text.ts';
import { EventName } from './workflow.ts';

const MAX_PAYLOAD_CHARS = 3_000_000;

/** What happened, in the words of the host application. Files in it are base64. */
export const EventPayload = z
  .record(z.string().max(128), z.json())
  .refine(
    (payload) => JSON.stringify(payload).length <= MAX_PAYLOAD_CHARS,
    'must not exceed 3,000,000 characters of JSON',
  );

/** A user by id, or with what is to be stored of the user; what is left out stays, null removes. */
export const Recipient = z.union([UserId, UserInput.extend({ id: UserId })]);
export type Recipient = z.infer<typeof Recipient>;

const Target = z.union([Recipient, z.strictObject({ topic: TopicKey })]);

/** Who an event is for. Whoever is named in several ways gets it once; the actor gets it only when named as a user. */
export const EventAudience = z.union(
  [Target, z.array(Target).min(1).max(1000), z.strictObject({ everyone: z.literal(true) })],
  { error: 'must be a user, { "topic": "…" }, a list of those, or { "everyone": true }' },
);
export type EventAudience = z.infer<typeof EventAudience>;

const shared = {
  to: EventAudience.optional(),
  payload: EventPayload.default({}),
  transactionId: text(255, 1)
    .optional()
    .meta({ description: 'The same id is accepted once; later ones get the first answer' }),
  actor: UserId.optional().meta({ description: 'Who caused it: left out when a topic or everyone is addressed' }),
  cancelKey: text(255, 1).optional().meta({ description: 'Runs that are under way can be cancelled by it' }),
};

/** Body of `POST /v1/events`. */
export const EventInput = z.strictObject({ name: EventName, ...shared });
export type EventInput = z.infer<typeof EventInput>;

/** An event in the envelope of CloudEvents 1.0, structured: `type` is the name, `subject` the user, `source` and `id` the transaction. */
export const CloudEvent = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: text(128, 1),
    source: text(256, 1),
    type: EventName,
    subject: UserId.optional(),
    time: Instant.optional(),
    datacontenttype: z.string().max(100).optional(),
    data: z.json().optional(),
  })
  .meta({ id: 'CloudEvent' });
export type CloudEvent = z.infer<typeof CloudEvent>;

/** Body of `POST /v1/workflows/{key}/trigger`. */
export const TriggerInput = z.strictObject(shared);
export type TriggerInput = z.infer<typeof TriggerInput>;

/** The answer once an event is durable. */
export const EventAccepted = z
  .object({
    id: idSchema('event'),
    transactionId: z.string().nullable(),
    status: z.enum(['accepted', 'not_active', 'no_workflow']).meta({
      description:
        'accepted: runs begin. not_active: the workflow is not published, switched off or archived. no_workflow: nothing starts with this event, or no condition holds.',
    }),
    workflows: z.array(Slug).meta({ description: 'What it starts' }),
    recipients: z.number().int().nullable().meta({ description: 'Null while topics or everyone are fanned out' }),
    duplicate: z.boolean().meta({ description: 'The transaction id was accepted before; this is the answer it got' }),
  })
  .meta({ id: 'EventAccepted' });
export type EventAccepted = z.infer<typeof EventAccepted>;

/** What was accepted and how far it is. */
export const EventStatus = z
  .object({
    ...EventAccepted.omit({ duplicate: true }).shape,
    name: z.string().nullable(),
    workflow: z.string().nullable(),
    payload: z.record(z.string(), z.json()),
    actor: z.string().nullable(),
    source: z.string(),
    createdAt: Instant,
    state: z.enum(['fanning', 'done']).meta({ description: 'fanning: users of topics are still being reached' }),
    runs: z.record(z.string(), z.number().int()).meta({ description: 'How many runs are in which state' }),
  })
  .meta({ id: 'EventStatus' });
export type EventStatus = z.infer<typeof EventStatus>;
