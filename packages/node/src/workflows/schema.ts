import type { Json } from '../generated.ts';

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type Checked<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

/** A schema of a library that follows Standard Schema and can say itself as JSON Schema, such as zod 4.2 or later. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Checked<Output> | Promise<Checked<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>;
      readonly output: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>;
    };
  };
}

/** JSON Schema, draft 2020-12, as it is written. */
export type JsonSchema = { readonly [keyword: string]: unknown };

export type AnySchema = StandardSchema | JsonSchema;

/** What is put in; of plain JSON Schema as far as it can be told from how it is written. */
export type InputOf<Schema> = Schema extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly input: infer Input }
    ? Input
    : Loose
  : FromJsonSchema<Schema>;

/** What comes out of the check. */
export type OutputOf<Schema> = Schema extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly output: infer Output }
    ? Output
    : Loose
  : FromJsonSchema<Schema>;

// oxlint-disable-next-line typescript/no-explicit-any -- what no schema describes may be anything
export type Loose = any;

type FromJsonSchema<Schema> = Schema extends { readonly const: infer Value }
  ? Value
  : Schema extends { readonly enum: readonly (infer Value)[] }
    ? Value
    : Schema extends { readonly type: 'string' }
      ? string
      : Schema extends { readonly type: 'number' | 'integer' }
        ? number
        : Schema extends { readonly type: 'boolean' }
          ? boolean
          : Schema extends { readonly type: 'array'; readonly items: infer Item }
            ? FromJsonSchema<Item>[]
            : Schema extends { readonly properties: infer Properties }
              ? Flat<
                  {
                    -readonly [Name in keyof Properties as Name extends RequiredOf<Schema>
                      ? Name
                      : never]: FromJsonSchema<Properties[Name]>;
                  } & {
                    -readonly [Name in keyof Properties as Name extends RequiredOf<Schema>
                      ? never
                      : Name]?: FromJsonSchema<Properties[Name]>;
                  }
                >
              : Schema extends { readonly type: 'object' }
                ? Loose
                : // oxlint-disable-next-line typescript/no-explicit-any -- a schema that says nothing of the type
                  any;

type Flat<T> = { [Name in keyof T]: T[Name] };
type RequiredOf<Schema> = Schema extends { readonly required: readonly (infer Name)[] } ? Name : never;

/** The JSON Schema that goes into the definition. */
export function jsonSchemaOf(schema: AnySchema, what: string): Record<string, Json> {
  if (!isStandard(schema)) return schema as Record<string, Json>;
  const { vendor, jsonSchema } = schema['~standard'];
  if (!jsonSchema)
    throw new TypeError(
      `${what}: the schema library "${vendor}" cannot say its schemas as JSON Schema; use zod 4.2 or later, or JSON Schema itself.`,
    );
  const { $schema: _dialect, ...rest } = jsonSchema.input({ target: 'draft-2020-12' });
  return withoutTwins(rest) as Record<string, Json>;
}

/** Values, which are no schemas. */
const VALUES = new Set(['default', 'const', 'enum', 'examples']);

/** Libraries say a format also as a pattern, longer than the server takes patterns; the format is enough. */
function withoutTwins(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutTwins);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { format } = schema as { format?: unknown };
  const fields = Object.entries(schema).filter(
    ([name, inner]) => !(name === 'pattern' && typeof inner === 'string' && typeof format === 'string'),
  );
  return Object.fromEntries(fields.map(([name, inner]) => [name, VALUES.has(name) ? inner : withoutTwins(inner)]));
}

/** The value as the schema makes it; throws a sentence when it does not fit. */
export async function checked(schema: AnySchema | undefined, value: unknown): Promise<unknown> {
  if (schema === undefined || !isStandard(schema)) return value;
  const result = await schema['~standard'].validate(value);
  if (!result.issues) return result.value;
  const [issue] = result.issues;
  const place = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  throw new TypeError(`${place || 'payload'}: ${issue?.message ?? 'does not fit its schema'}`);
}

function isStandard(schema: AnySchema): schema is StandardSchema {
  return '~standard' in schema;
}
