import { z } from 'zod';
import { TopicKey, UserId } from './audience.ts';
import { Instant, text } from './text.ts';
import { EventName } from './workflow.ts';

/** A position on the log of a workspace, as every event carries it. */
export const Cursor = z
  .string()
  .regex(/^[A-Za-z0-9]{6,8}\.(0|[1-9a-z][0-9a-z]{0,10})$/, 'must be the cursor of an event')
  .meta({ description: 'Position on the log of the workspace', examples: ['k3v9QaXY.z'] });

/** Whom an event on the stream is for. */
export const StreamTarget = z.union(
  [
    z.strictObject({ everyone: z.literal(true) }),
    z.strictObject({ user: UserId }),
    z.strictObject({ topic: TopicKey }),
    z.strictObject({ session: text(128, 1) }),
  ],
  { error: 'must be { "everyone": true }, { "user": "…" }, { "topic": "…" } or { "session": "…" }' },
);
export type StreamTarget = z.infer<typeof StreamTarget>;

/** How large the data of an event of the application may be, as JSON in UTF-8. */
export const MAX_EVENT_BYTES = 262_144;

const Tags = z
  .record(z.string().regex(/^[\w-]{1,64}$/), z.union([text(256), z.number(), z.boolean()]))
  .refine((tags) => Object.keys(tags).length <= 16, 'must not have more than 16 entries');

/** Body of `POST /v1/stream/events`. */
export const StreamEventInput = z.strictObject({
  to: z
    .union([StreamTarget, z.array(StreamTarget).min(1).max(100)])
    .meta({ description: 'Several receive it in one commit' }),
  name: EventName,
  data: z
    .json()
    .default(null)
    .meta({ description: `At most ${MAX_EVENT_BYTES} bytes of JSON` }),
  tags: Tags.optional().meta({ description: 'For filters of readers; not sent to them' }),
  about: z
    .array(UserId)
    .max(100)
    .optional()
    .meta({ description: 'Users it tells something about; it is emptied when one of them is erased' }),
});
export type StreamEventInput = z.infer<typeof StreamEventInput>;

/** An event as it lies on the log. */
export const LoggedEvent = z
  .object({
    cursor: Cursor,
    stream: z.string(),
    name: z.string(),
    data: z.json(),
    tags: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    at: Instant,
  })
  .meta({ id: 'LoggedEvent' });
export type LoggedEvent = z.infer<typeof LoggedEvent>;

/** A stretch of the log for those who relay it: numbers without gaps, data as JSON text. */
export const LogPage = z
  .object({
    epoch: z.string(),
    head: z.number().int(),
    oldest: z.number().int(),
    events: z.array(
      z.object({
        seq: z.number().int(),
        stream: z.string(),
        name: z.string(),
        data: z.string(),
        tags: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
        about: z.array(z.string()).optional().meta({ description: 'Users it tells something about' }),
        time: z.number().int(),
      }),
    ),
  })
  .meta({ id: 'LogPage' });
export type LogPage = z.infer<typeof LogPage>;

/** A reader that is connected to the process that answers. */
export const StreamConnection = z
  .object({
    id: z.string(),
    node: z.string().meta({ description: 'The process that holds it' }),
    userId: z.string().nullable(),
    sessionId: z.string().nullable(),
    transport: z.string(),
    streams: z.array(z.string()),
    state: z.enum(['opening', 'live', 'catchup', 'closing', 'closed']),
    cursor: Cursor.nullable(),
    lag: z.number().int().meta({ description: 'Positions it is behind' }),
    unacknowledged: z.number().int().nullable(),
    events: z.number().int(),
    bytes: z.number().int(),
    openedAt: Instant,
  })
  .meta({ id: 'StreamConnection' });
export type StreamConnection = z.infer<typeof StreamConnection>;

/** That a reader was handed a stretch of the log, or said that it has it. */
export const StreamDelivery = z
  .object({
    userId: z.string().nullable(),
    client: z.string().nullable(),
    connection: z.string().nullable(),
    kind: z.enum(['handed', 'acknowledged']).meta({
      description:
        '`handed`: given to the connection; what it held when it broke may not have arrived. `acknowledged`: the client said so.',
    }),
    after: Cursor,
    upTo: Cursor,
    at: Instant,
  })
  .meta({ id: 'StreamDelivery' });
export type StreamDelivery = z.infer<typeof StreamDelivery>;

/** Whether a user holds a connection now. */
export const Presence = z
  .object({ userId: UserId, online: z.boolean(), connections: z.number().int(), since: Instant.nullable() })
  .meta({ id: 'Presence' });
export type Presence = z.infer<typeof Presence>;
