import { z } from 'zod';
import { Channel } from './channel.ts';
import { IntegrationId } from './ids.ts';
import { Instant, JsonObject, line, Slug } from './text.ts';

/** Body that connects a provider. Credentials are write-only: they are stored encrypted and never answered. */
export const IntegrationInput = z.strictObject({
  provider: Slug.meta({ description: 'Id of a provider, see `GET /v1/providers`', examples: ['smtp'] }),
  name: line(120).optional(),
  credentials: z.record(z.string().max(64), z.json()).meta({ description: 'What the provider asks for' }),
  settings: JsonObject.default({}),
  enabled: z.boolean().default(true),
});
export type IntegrationInput = z.infer<typeof IntegrationInput>;

/** A field left out stays as it is; `credentials` are replaced as a whole. */
export const IntegrationPatch = z.strictObject({
  name: line(120).optional(),
  credentials: z.record(z.string().max(64), z.json()).optional(),
  settings: JsonObject.optional(),
  enabled: z.boolean().optional(),
});
export type IntegrationPatch = z.infer<typeof IntegrationPatch>;

/** A provider that is connected. Of several for one channel the first that works is used. */
export const Integration = z
  .object({
    id: IntegrationId,
    provider: z.string(),
    channel: Channel,
    name: z.string(),
    position: z.number().int().meta({ description: 'Order within the channel, 1 is the first' }),
    enabled: z.boolean(),
    credentials: z.record(z.string(), z.string()).meta({
      description: 'What is set; of secrets the last four characters at most',
      examples: [{ url: '•••• :587' }],
    }),
    settings: z.record(z.string(), z.json()),
    health: z.object({
      state: z.enum(['working', 'out', 'trying']).meta({ description: '`out`: others are used until `retryAt`' }),
      failures: z.number().int().meta({ description: 'Failures in a row' }),
      retryAt: Instant.nullable(),
      lastError: z.string().nullable(),
    }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Integration' });
export type Integration = z.infer<typeof Integration>;

/** A provider that can be connected, with what it asks for. */
export const ProviderInfo = z
  .object({
    id: z.string(),
    channel: Channel,
    name: z.string(),
    credentials: z.record(z.string(), z.json()).meta({ description: 'JSON Schema' }),
    settings: z.record(z.string(), z.json()).meta({ description: 'JSON Schema' }),
  })
  .meta({ id: 'ProviderInfo' });
export type ProviderInfo = z.infer<typeof ProviderInfo>;
