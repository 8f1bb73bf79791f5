import { z } from 'zod';
import { HookMapping } from './hook.ts';
import { idSchema } from './ids.ts';
import { Instant, line } from './text.ts';

/** A topic of Kafka, or a subject of NATS. */
export const BusTopic = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, 'must be words of letters, digits, - and _, joined by dots')
  .meta({ examples: ['wsp_01jd0c5m8xk7q2w9v4t6r3n1ab.orders'] });

const SourceMapping = HookMapping.nullable().meta({
  description:
    'How a message becomes an event; sees `body` and `headers`, and of a CloudEvent its envelope as `body`. Null: messages are CloudEvents, `type` names the event, `subject` the user, `data` is the payload',
});

/** Body of `POST /v1/event-sources`. */
export const EventSourceInput = z.strictObject({
  name: line(120),
  topic: BusTopic,
  startAt: z.enum(['latest', 'earliest']).default('latest').meta({
    description: 'Begins with what comes from now on, or with the oldest that the broker has. It is decided once',
  }),
  mapping: SourceMapping.default(null),
  active: z.boolean().default(true),
});
export type EventSourceInput = z.infer<typeof EventSourceInput>;

/** Body of `PATCH /v1/event-sources/{id}`. What is left out stays; another topic is another source. */
export const EventSourceUpdate = z.strictObject({
  name: line(120).optional(),
  mapping: SourceMapping.optional(),
  active: z.boolean().optional(),
});
export type EventSourceUpdate = z.infer<typeof EventSourceUpdate>;

/** A topic of the bus whose messages become events. */
export const EventSource = z
  .object({
    id: idSchema('eventSource'),
    name: z.string(),
    topic: z.string(),
    group: z.string().meta({ description: 'The group in which the broker keeps the position' }),
    startAt: z.enum(['latest', 'earliest']),
    mapping: HookMapping.nullable(),
    active: z.boolean(),
    received: z.number().int().meta({ description: 'Messages that were worked at' }),
    refused: z.number().int().meta({ description: 'Messages that made no event' }),
    lag: z.number().int().nullable().meta({ description: 'Messages that wait; null when nobody has asked yet' }),
    lastAt: Instant.nullable(),
    lastError: z.string().nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'EventSource' });
export type EventSource = z.infer<typeof EventSource>;

/** A message that made no event. It is on the topic `<topic>.dead` as well. */
export const EventRefusal = z
  .object({
    position: z.string().meta({ description: 'Where it stands in its topic; of Kafka partition and offset' }),
    reason: z.string(),
    key: z.string().nullable(),
    excerpt: z.string().meta({ description: 'How the message begins' }),
    refusedAt: Instant,
  })
  .meta({ id: 'EventRefusal' });
export type EventRefusal = z.infer<typeof EventRefusal>;

const EventPattern = z
  .string()
  .max(128)
  .regex(/^(\*|[a-z0-9_-]+(\.[a-z0-9_-]+)*(\.\*)?)$/, 'must be the name of an event, domain.*, or *')
  .meta({ examples: ['notification.*'] });

/** Body of `POST /v1/event-sinks`. */
export const EventSinkInput = z.strictObject({
  name: line(120),
  topic: BusTopic,
  events: z.array(EventPattern).min(1).max(50).default(['*']),
  active: z.boolean().default(true),
});
export type EventSinkInput = z.infer<typeof EventSinkInput>;

export const EventSinkUpdate = z.strictObject({
  name: line(120).optional(),
  events: z.array(EventPattern).min(1).max(50).optional(),
  active: z.boolean().optional(),
});
export type EventSinkUpdate = z.infer<typeof EventSinkUpdate>;

/** A topic of the bus that gets the events of the workspace as CloudEvents. */
export const EventSink = z
  .object({
    id: idSchema('eventSink'),
    name: z.string(),
    topic: z.string(),
    events: z.array(z.string()),
    active: z.boolean(),
    sent: z.number().int(),
    lag: z.number().int().meta({ description: 'Events of the log that it has not looked at' }),
    lastAt: Instant.nullable(),
    lastError: z.string().nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'EventSink' });
export type EventSink = z.infer<typeof EventSink>;

/** What the installation says about its bus to a workspace. */
export const BusStatus = z
  .object({
    kind: z.enum(['memory', 'kafka', 'nats']).meta({ description: 'memory: within one process, without a broker' }),
    healthy: z.boolean(),
    topics: z.array(z.string()).meta({ description: 'Patterns of the topics that this workspace may use' }),
  })
  .meta({ id: 'BusStatus' });
export type BusStatus = z.infer<typeof BusStatus>;
