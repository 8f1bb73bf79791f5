import type { TemplateVariable } from '@pulsestack/core';
import type { CompiledContent, Json } from './contents.ts';

type Schema = { [key: string]: Json };

/** JSON Schema of the payload these variables are read from. What is not known stays open. */
export function payloadSchema(variables: readonly TemplateVariable[]): Schema {
  const root: Schema = { type: 'object', properties: {} };
  for (const { path, type, required } of variables) {
    const names = path.split('.');
    if (names[0] !== 'payload' || names.length === 1) continue;
    place(root, names.slice(1), type, required);
  }
  return root;
}

function place(into: Schema, names: readonly string[], type: TemplateVariable['type'], required: boolean): void {
  const [name = '', ...rest] = names;
  const depth = name.match(/\[\]/g)?.length ?? 0;
  const key = name.replaceAll('[]', '');
  into.type = 'object';
  into.properties ??= {};
  const properties = into.properties as Record<string, Schema>;
  let schema = Object.hasOwn(properties, key) ? (properties[key] as Schema) : {};
  // A name such as __proto__ is a name like any other.
  Object.defineProperty(properties, key, { value: schema, enumerable: true, configurable: true, writable: true });
  if (required) into.required = [...new Set([...((into.required as string[] | undefined) ?? []), key])];
  for (let i = 0; i < depth; i++) {
    schema.type = 'array';
    schema.items ??= {};
    schema = schema.items as Schema;
  }
  if (rest.length > 0) place(schema, rest, type, required);
  else if (depth === 0 && schema.type === undefined) Object.assign(schema, TYPES[type]);
}

const TYPES: Record<TemplateVariable['type'], Schema> = {
  // A number is written as well as a text.
  string: { type: ['string', 'number'] },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: ['string', 'number'], description: 'An instant, in ISO 8601 or as a Unix time' },
  list: { type: 'array' },
  any: {},
};

/** What the content needs in any of its locales. */
export function allVariables({ variables, variants }: CompiledContent): TemplateVariable[] {
  const all = new Map<string, TemplateVariable>();
  for (const one of [{ variables }, ...Object.values(variants)])
    for (const variable of one.variables) addVariable(all, variable);
  return [...all.values()];
}

/** Adds a use of a variable to those that are known: it is required when any of its uses needs it. */
export function addVariable(known: Map<string, TemplateVariable>, { path, type, required }: TemplateVariable): void {
  const before = known.get(path);
  if (!before) known.set(path, { path, type, required });
  else {
    before.required ||= required;
    if (before.type === 'any' || (before.type === 'string' && type !== 'any')) before.type = type;
  }
}

/** The required paths that the data does not fill; of a list, those that any of its items lacks. */
export function missingVariables(variables: readonly TemplateVariable[], data: object): string[] {
  return variables.filter(({ path, required }) => required && !isFilled(data, path.split('.'))).map(({ path }) => path);
}

function isFilled(value: unknown, names: readonly string[]): boolean {
  const [name, ...rest] = names;
  if (name === undefined) return value !== undefined && value !== null;
  if (typeof value !== 'object' || value === null) return false;
  const key = name.replaceAll('[]', '');
  if (!Object.hasOwn(value, key)) return false;
  const inner = (value as Record<string, unknown>)[key];
  if (!name.endsWith('[]')) return isFilled(inner, rest);
  return Array.isArray(inner) && inner.every((one) => isFilled(one, rest));
}
