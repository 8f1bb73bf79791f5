import { type Schema, Validator } from '@cfworker/json-schema';
import type { EventSchema, JsonSchema } from './schema.ts';

/**
 * Plain JSON Schema (draft 2020-12) as the schema of an event. Needs the package `@cfworker/json-schema`, which interprets
 * schemas and generates no code.
 */
export function jsonSchema<Output = unknown>(schema: JsonSchema): EventSchema<Output> {
  const validator = new Validator(schema as Schema, '2020-12');
  return {
    '~standard': {
      version: 1,
      vendor: 'pushstream',
      validate(value) {
        const { valid, errors } = validator.validate(value);
        if (valid) return { value: value as Output };
        // The last is the innermost; those before only say that something inside them is wrong.
        const error = errors.at(-1);
        return { issues: [{ message: error?.error ?? 'does not fit', path: keysOf(error?.instanceLocation ?? '#') }] };
      },
      jsonSchema: { input: () => schema, output: () => schema },
    },
  };
}

function keysOf(location: string): string[] {
  return location
    .split('/')
    .slice(1)
    .map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'));
}
