import type { DeclaredEvent } from './catalogue.ts';
import { STREAM_CONTROLS } from './controls.ts';
import type { JsonSchema } from './schema.ts';

export interface AsyncApiOptions {
  title: string;
  version: string;
  description?: string;
  /** Where the stream is, such as `https://app.example.com/events`. */
  url: string;
}

/** The events of a stream as an AsyncAPI 3.0 document (asyncapi.com/docs/reference/specification/v3.0.0). */
export function toAsyncApi(events: readonly DeclaredEvent[], options: AsyncApiOptions): Record<string, unknown> {
  const { protocol, host, pathname } = new URL(options.url);
  const all = [...events, ...STREAM_CONTROLS];
  const key = (event: { name: string }) => event.name.replaceAll('.', '_');
  return {
    asyncapi: '3.0.0',
    info: {
      title: options.title,
      version: options.version,
      ...(options.description ? { description: options.description } : {}),
    },
    defaultContentType: 'application/json',
    servers: { stream: { host, protocol: protocol.slice(0, -1), description: 'Server-sent events over HTTP' } },
    channels: {
      events: {
        address: pathname,
        title: 'Event stream',
        description:
          'Server-sent events. Each has a cursor as its id; send it back as Last-Event-ID to resume without loss.',
        servers: [{ $ref: '#/servers/stream' }],
        messages: Object.fromEntries(all.map((event) => [key(event), { $ref: `#/components/messages/${key(event)}` }])),
        bindings: { http: { bindingVersion: '0.3.0' } },
      },
    },
    operations: {
      receiveEvents: {
        action: 'send',
        summary: 'The server sends these events to everyone who may read them.',
        channel: { $ref: '#/channels/events' },
        messages: all.map((event) => ({ $ref: `#/channels/events/messages/${key(event)}` })),
        bindings: { http: { method: 'GET', bindingVersion: '0.3.0' } },
      },
    },
    components: {
      messages: Object.fromEntries(
        all.map((event) => [
          key(event),
          {
            name: event.name,
            title: event.name,
            contentType: 'application/json',
            ...(event.summary ? { summary: event.summary } : {}),
            ...(event.deprecated ? { description: `Deprecated: ${event.deprecated}` } : {}),
            ...(event.tags.length > 0 ? { tags: event.tags.map((name) => ({ name })) } : {}),
            payload: {
              schemaFormat: 'application/schema+json;version=draft-2020-12',
              schema: withLocalDefs(event.schema),
            },
          },
        ]),
      ),
    },
  };
}

/** References inside a schema point to its own root, which in this document is somewhere else: they are written out. */
function withLocalDefs(schema: JsonSchema, root = schema, depth = 0): JsonSchema {
  if (typeof schema.$ref === 'string' && schema.$ref.startsWith('#/$defs/') && depth < 16) {
    const found = root.$defs?.[schema.$ref.slice('#/$defs/'.length)];
    // A type that contains itself cannot be written out; beyond the bound anything is allowed.
    return found ? withLocalDefs(found, root, depth + 1) : {};
  }
  if (depth >= 16) return {};
  const { $defs: _, ...rest } = schema;
  return Object.fromEntries(
    Object.entries(rest).map(([keyword, value]) => [
      keyword,
      mapSchemas(keyword, value, (inner) => withLocalDefs(inner, root, depth + 1)),
    ]),
  );
}

const MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas']);
const LISTS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const SINGLES = new Set(['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames']);

function mapSchemas(keyword: string, value: unknown, change: (schema: JsonSchema) => JsonSchema): unknown {
  const isObject = typeof value === 'object' && value !== null;
  if (MAPS.has(keyword) && isObject)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner as JsonSchema)]));
  if (LISTS.has(keyword) && Array.isArray(value)) return value.map((inner) => change(inner as JsonSchema));
  if (SINGLES.has(keyword) && isObject) return change(value as JsonSchema);
  return value;
}
