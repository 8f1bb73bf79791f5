import { z } from 'zod';
import { Instant, Slug, text } from './text.ts';
import { EventName } from './workflow.ts';

const MAX_SCHEMA_CHARS = 32_768;

/** A JSON Schema (draft 2020-12) as a caller writes it. References stay inside the document. */
export const JsonSchemaInput = z
  .record(z.string().max(128), z.json())
  .refine(
    (schema) => JSON.stringify(schema).length <= MAX_SCHEMA_CHARS,
    `must not exceed ${MAX_SCHEMA_CHARS} characters`,
  )
  .meta({ description: 'JSON Schema, draft 2020-12' });

/** Body of `PUT /v1/catalog/{name}`. */
export const EventTypeInput = z.strictObject({
  summary: text(300).default('').meta({ description: 'One sentence: when it happens' }),
  tags: z.array(Slug).max(20).default([]),
  deprecated: text(300, 1).optional().meta({ description: 'What to use instead' }),
  schema: JsonSchemaInput,
  allowBreaking: z
    .boolean()
    .default(false)
    .meta({ description: 'Accept a change that readers of the former version may stumble over' }),
});
export type EventTypeInput = z.infer<typeof EventTypeInput>;

/** One difference to the version before. */
export const EventTypeChange = z.object({ path: z.string(), breaking: z.boolean(), sentence: z.string() });

/** An event that a workspace has declared. */
export const EventType = z
  .object({
    name: EventName,
    version: z.number().int(),
    summary: z.string(),
    tags: z.array(z.string()),
    deprecated: z.string().nullable(),
    schema: z.record(z.string(), z.json()),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'EventType' });
export type EventType = z.infer<typeof EventType>;

/** One version of a declared event, and what it changed. */
export const EventTypeVersion = z
  .object({
    version: z.number().int(),
    schema: z.record(z.string(), z.json()),
    changes: z.array(EventTypeChange),
    createdAt: Instant,
    createdBy: z.string(),
  })
  .meta({ id: 'EventTypeVersion' });
export type EventTypeVersion = z.infer<typeof EventTypeVersion>;
