import { z } from 'zod';
import { idSchema } from './ids.ts';
import { Instant, line, text } from './text.ts';
import { Condition } from './workflow.ts';

const Path = z
  .string()
  .max(256)
  .regex(/^(body|headers)(\.[\w-]+)*$/, 'must be a path such as body.action or headers.x-github-event');

/** A fixed value, or where it is found in the request. */
const From = z.union([z.strictObject({ value: text(255, 1) }), z.strictObject({ path: Path })]);

/** How a request of somebody else becomes an event. */
export const HookMapping = z.strictObject({
  name: From.meta({ description: 'The name of the event; what is found is made to fit, `Push` to `push`' }),
  prefix: z
    .string()
    .regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/)
    .max(64)
    .optional()
    .meta({ description: 'Put before the name with a dot', examples: ['github'] }),
  to: z
    .union([
      z.strictObject({ value: text(128, 1) }),
      z.strictObject({ path: Path }),
      z.strictObject({ topic: text(128, 1) }),
    ])
    .optional(),
  payload: Path.default('body').meta({ description: 'Where the payload is found' }),
  transactionId: Path.optional().meta({ description: 'Where an id is found by which the sender repeats itself' }),
  if: Condition.optional().meta({
    description: 'Sees `body` and `headers`; other requests are accepted and do nothing',
  }),
});
export type HookMapping = z.infer<typeof HookMapping>;

/** How requests are proved to come from the sender. */
export const HookSignature = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('hmac'),
    header: z
      .string()
      .max(64)
      .regex(/^[a-z0-9-]+$/)
      .meta({ examples: ['x-hub-signature-256'] }),
    encoding: z.enum(['hex', 'base64']).default('hex'),
    prefix: z
      .string()
      .max(20)
      .default('')
      .meta({ examples: ['sha256='] }),
  }),
  z.strictObject({ kind: z.literal('standard') }),
]);
export type HookSignature = z.infer<typeof HookSignature>;

export const HookInput = z
  .strictObject({
    name: line(120),
    mapping: HookMapping,
    signature: HookSignature.nullable().default(null),
    secret: z
      .string()
      .min(8)
      .max(256)
      .optional()
      .meta({ description: 'Shared with the sender; needed with a signature' }),
    enabled: z.boolean().default(true),
  })
  .refine((hook) => hook.signature === null || hook.secret !== undefined, {
    message: 'is needed with a signature',
    path: ['secret'],
  });
export type HookInput = z.infer<typeof HookInput>;

/** An address that others post to. */
export const InboundHook = z
  .object({
    id: idSchema('hook'),
    name: z.string(),
    mapping: HookMapping,
    signature: HookSignature.nullable(),
    enabled: z.boolean(),
    hint: z.string().meta({ description: 'The last characters of its address' }),
    received: z.number().int(),
    lastAt: Instant.nullable(),
    lastError: z.string().nullable(),
    createdAt: Instant,
  })
  .meta({ id: 'InboundHook' });
export type InboundHook = z.infer<typeof InboundHook>;
