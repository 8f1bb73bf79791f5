/** JSON Schema, draft 2020-12, as far as events use it. */
export interface JsonSchema {
  type?: string | readonly string[];
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  additionalProperties?: boolean | JsonSchema;
  items?: boolean | JsonSchema;
  prefixItems?: readonly JsonSchema[];
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly JsonSchema[];
  oneOf?: readonly JsonSchema[];
  allOf?: readonly JsonSchema[];
  $ref?: string;
  $defs?: Readonly<Record<string, JsonSchema>>;
  description?: string;
  [keyword: string]: unknown;
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type Result<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

/**
 * A schema of any library that follows Standard Schema (standardschema.dev), such as zod 4.2 or later, Valibot or ArkType;
 * `jsonSchema()` of `pushstream/json-schema` makes one from plain JSON Schema.
 */
export interface EventSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Result<Output> | Promise<Result<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>;
      readonly output: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>;
    };
  };
}

export type DataOf<Schema> = Schema extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly output: infer Output }
    ? Output
    : unknown
  : unknown;

/** What does not fit: a sentence, and where, as a JSON pointer. */
export interface Misfit {
  message: string;
  path: string;
}

/** The first thing wrong with the value, or null. Schemas that validate asynchronously are refused: publishing must not wait. */
export function misfitOf(schema: EventSchema, value: unknown): Misfit | null {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) throw new TypeError('The schema of an event must validate synchronously.');
  const issue = result.issues?.[0];
  if (!issue) return null;
  const keys = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  return {
    message: issue.message,
    path: keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
  };
}

export function toJsonSchema(schema: EventSchema): JsonSchema {
  const convert = schema['~standard'].jsonSchema;
  if (!convert) {
    throw new TypeError(
      `The schema library "${schema['~standard'].vendor}" cannot say its schemas as JSON Schema; use zod 4.2 or later, or jsonSchema() of pushstream/json-schema.`,
    );
  }
  const { $schema: _, ...rest } = convert.output({ target: 'draft-2020-12' });
  return rest as JsonSchema;
}
