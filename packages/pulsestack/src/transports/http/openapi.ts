import { ERRORS, type ErrorCode, Problem } from '@pulsestack/core';
import { z } from 'zod';
import { type AnyOperation, acceptsIdempotencyKey, successStatus } from '../../kernel/operation.ts';

type Json = Record<string, unknown>;

/** Errors that any operation can answer, beside those it names itself. */
const COMMON: readonly ErrorCode[] = [
  'request.invalid',
  'request.malformed',
  'request.rate_limited',
  'server.failed',
  'server.unavailable',
];

/** Describes the API as OpenAPI 3.1; everything comes from the operations themselves. */
export function createOpenApi(
  operations: readonly AnyOperation[],
  options: { serverUrl: string; version: string },
): Json {
  const schemas: Json = {};
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output') =>
    liftDefinitions(
      z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any', reused: 'inline' }),
      schemas,
    );

  const paths: Record<string, Json> = {};
  for (const op of operations) {
    const path = (paths[op.path] ??= {});
    path[op.method.toLowerCase()] = describe(op, schemaOf);
  }
  schemaOf(Problem, 'output');
  return {
    openapi: '3.1.0',
    info: {
      title: 'PulseStack API',
      version: options.version,
      description:
        'Notifications, inbox, users and topics. Errors are problem details (RFC 9457) with a stable `code`. Lists are paged by cursor. ' +
        'Writes accept an `Idempotency-Key`: the same key gives the same answer for a day, another body under it is refused.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: options.serverUrl }],
    tags: [...new Set(operations.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'A secret API key, `sk_…`. For servers only.' },
        memberToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Access token of a signed-in member.',
        },
        userToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Short-lived token of one user, minted by your server.',
        },
      },
    },
  };
}

function describe(op: AnyOperation, schemaOf: (schema: z.ZodType, io: 'input' | 'output') => unknown): Json {
  const status = successStatus(op);
  const writes = acceptsIdempotencyKey(op);
  return {
    operationId: op.id,
    summary: op.summary,
    ...(op.description ? { description: op.description } : {}),
    tags: [tagOf(op)],
    security: securityOf(op),
    ...(op.allow === 'public' ? {} : { 'x-permission': op.allow }),
    parameters: [
      ...parametersOf(op.params, 'path', schemaOf),
      ...parametersOf(op.query, 'query', schemaOf),
      ...(writes
        ? [
            {
              name: 'Idempotency-Key',
              in: 'header',
              required: false,
              schema: { type: 'string', minLength: 1, maxLength: 255 },
              description: 'Makes a repetition harmless for 24 hours',
            },
          ]
        : []),
    ],
    ...(op.body
      ? {
          requestBody: {
            required: !op.body.safeParse(undefined).success,
            content: {
              'application/json': {
                schema: schemaOf(op.body, 'input'),
                ...(op.example === undefined ? {} : { example: op.example }),
              },
            },
          },
        }
      : {}),
    responses: {
      [status]: {
        description:
          status === 204 ? 'Done' : status === 202 ? 'Accepted and durable' : status === 201 ? 'Created' : 'OK',
        headers: {
          'X-Request-Id': { schema: { type: 'string' }, description: 'Correlation id' },
          RateLimit: { schema: { type: 'string' } },
          'RateLimit-Policy': { schema: { type: 'string' } },
        },
        ...(op.output ? { content: { 'application/json': { schema: schemaOf(op.output, 'output') } } } : {}),
      },
      ...errorResponses(op),
    },
  };
}

function errorResponses(op: AnyOperation): Json {
  const codes = new Set<ErrorCode>([...COMMON, ...(op.errors ?? [])]);
  if (op.body) for (const code of ['request.too_large', 'request.media_type'] as const) codes.add(code);
  if (op.allow !== 'public')
    for (const code of ['auth.required', 'auth.invalid', 'auth.expired', 'auth.forbidden'] as const) codes.add(code);
  if (op.params) codes.add('resource.not_found');
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(ERRORS[code].status, [...(byStatus.get(ERRORS[code].status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, these]) => [
        status,
        {
          description: these.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('. '),
          content: {
            'application/problem+json': {
              schema: { $ref: '#/components/schemas/Problem' },
              examples: Object.fromEntries(
                these.map((code) => [
                  code,
                  {
                    value: {
                      type: `https://pulsestack.dev/errors/${code}`,
                      title: ERRORS[code].title,
                      status,
                      code,
                      requestId: 'req_01jd0c5m8xk7q2w9v4t6r3n1ab',
                    },
                  },
                ]),
              ),
            },
          },
        },
      ]),
  );
}

function parametersOf(
  schema: z.ZodType | undefined,
  place: 'path' | 'query',
  schemaOf: (schema: z.ZodType, io: 'input' | 'output') => unknown,
): Json[] {
  if (!schema) return [];
  const object = schemaOf(schema, 'input') as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(object.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (object.required ?? []).includes(name),
    schema: property,
    ...(typeof property.description === 'string' ? { description: property.description } : {}),
  }));
}

function securityOf(op: AnyOperation): Json[] {
  switch (op.allow) {
    case 'public':
      return [];
    case 'account':
    case 'owner':
      return [{ memberToken: [] }];
    case 'inbox':
      return [{ userToken: [] }, { memberToken: [] }];
    default:
      return [{ apiKey: [] }, { memberToken: [] }];
  }
}

function tagOf(op: AnyOperation): string {
  return op.id.split('.')[0] ?? op.id;
}

/** Named schemas become components, so that a client generator gives them their names. */
function liftDefinitions(schema: Json, components: Json): unknown {
  const { $defs, ...rest } = strip(schema) as { $defs?: Record<string, Json> } & Json;
  for (const [name, definition] of Object.entries($defs ?? {})) components[componentName(name)] ??= relink(definition);
  const lifted = relink(rest) as Json;
  if (typeof lifted.id === 'string' && lifted.type === 'object') {
    const { id, ...named } = lifted;
    components[id] ??= named;
    return { $ref: `#/components/schemas/${id}` };
  }
  return lifted;
}

function strip(schema: Json): Json {
  const { $schema: _dialect, ...rest } = schema;
  return rest;
}

function relink(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relink);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, inner]) => !(key === 'id' && typeof inner === 'string' && '$defs' in value),
  );
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, key === '$ref' && typeof inner === 'string' ? linkTo(inner) : relink(inner)]),
  );
}

/** The only schema that refers to itself without a name of its own is the one of any JSON value. */
function componentName(definition: string): string {
  return /^__schema\d+$/.test(definition) ? 'Json' : definition;
}

function linkTo(reference: string): string {
  return `#/components/schemas/${componentName(reference.replace('#/$defs/', ''))}`;
}
