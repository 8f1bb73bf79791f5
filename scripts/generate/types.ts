// oxlint-disable no-underscore-dangle -- `_zod` is where zod keeps what tools may read
import * as core from '@pulsestack/core';
import type { z } from 'zod';
import type { $ZodTypes } from 'zod/v4/core';

/** Which side of a schema: what a caller writes, or what comes back. Defaults make the two differ. */
export type Side = 'input' | 'output';

export const JSON_TYPE = 'export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };';
const MAX_LINE = 110;
const NAMED_KINDS = new Set(['object', 'union', 'enum', 'record']);

const names = new Map<unknown, string>(
  Object.entries(core)
    .filter(([, value]) => isSchema(value))
    .map(([name, schema]) => [schema, name]),
);

/** Writes TypeScript for zod schemas. Schemas with a name become declarations, collected here in the order of first use. */
export class TypeWriter {
  readonly #declarations = new Map<string, string>();
  readonly #documentation: ReadonlyMap<string, string>;
  readonly #inputNames = new Map<z.ZodType, string>();

  /** `documentation` holds the sentence for each named schema. */
  constructor(documentation: ReadonlyMap<string, string>) {
    this.#documentation = documentation;
  }

  declarations(): string[] {
    return [...this.#declarations].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  }

  /** The type as it stands in a signature or a property. */
  write(schema: z.ZodType, side: Side, indent = ''): string {
    const name = this.#nameOf(schema, side);
    if (!name) return this.#structure(schema, side, indent);
    if (!this.#declarations.has(name)) {
      // Reserved before its parts are written, so that a type may mention itself.
      this.#declarations.set(name, '');
      const structure = this.#structure(schema, side, '');
      const head =
        structure.startsWith('{\n') && !isUnion(structure)
          ? `export interface ${name} ${structure}`
          : `export type ${name} = ${structure};`;
      this.#declarations.set(name, `${comment(this.#documentation.get(name), '')}${head}`);
    }
    return name;
  }

  /** The type for a signature, where one of several lines gets a declaration of its own. */
  writeNamed(name: string, schema: z.ZodType, side: Side): string {
    const text = this.write(schema, side);
    if (!text.includes('\n')) return text;
    this.#declarations.set(
      name,
      text.startsWith('{\n') && !isUnion(text) ? `export interface ${name} ${text}` : `export type ${name} = ${text};`,
    );
    return name;
  }

  #nameOf(schema: z.ZodType, side: Side): string | undefined {
    const name = schema.meta()?.id ?? names.get(schema);
    if (!name || !NAMED_KINDS.has(definitionOf(schema).type)) return undefined;
    if (side === 'output' || /(Input|Query|Filter|Patch)$/.test(name)) return name;
    const known = this.#inputNames.get(schema);
    if (known) return known;
    // Held for now, because a type may mention itself while its two sides are compared.
    this.#inputNames.set(schema, name);
    const isSame = this.#structure(schema, 'input', '') === this.#structure(schema, 'output', '');
    this.#inputNames.set(schema, isSame ? name : `${name}Input`);
    return isSame ? name : `${name}Input`;
  }

  #structure(schema: z.ZodType, side: Side, indent: string): string {
    const write = (inner: unknown) => this.write(inner as z.ZodType, side, indent);
    const def = definitionOf(schema);
    switch (def.type) {
      case 'string':
      case 'number':
      case 'boolean':
      case 'null':
      case 'unknown':
        return def.type;
      case 'enum':
        return Object.values(def.entries).map(literal).join(' | ');
      case 'literal':
        return def.values.map(literal).join(' | ');
      case 'array':
        return arrayOf(write(def.element));
      case 'record':
        return recordOf(write(def.keyType), write(def.valueType), 'partial' in def && def.partial === true);
      case 'union':
        return [...new Set(def.options.map(write))].join(' | ');
      case 'nullable':
        return `${write(def.innerType)} | null`;
      case 'optional':
      case 'default':
      case 'prefault':
      case 'nonoptional':
      case 'readonly':
      case 'catch':
        return write(def.innerType);
      case 'pipe':
        return write(isTransform(side === 'input' ? def.in : def.out) === (side === 'input') ? def.out : def.in);
      case 'lazy': {
        const inner = def.getter() as z.ZodType;
        return isJson(inner) ? 'Json' : write(inner);
      }
      case 'object':
        return this.#object(schema as z.ZodObject, side, indent);
      default:
        throw new Error(
          `the generator has no TypeScript for a schema of type "${def.type}"; add it to scripts/generate/types.ts`,
        );
    }
  }

  #object(schema: z.ZodObject, side: Side, indent: string): string {
    const inner = `${indent}  `;
    const properties = Object.entries(schema.shape).map(([key, value]) => {
      const property = value as z.ZodType;
      const mark = isOptional(property, side) ? '?' : '';
      return {
        text: `${propertyName(key)}${mark}: ${this.write(property, side, inner)};`,
        doc: descriptionOf(property),
      };
    });
    const rest = definitionOf(schema);
    if (rest.type === 'object' && rest.catchall && definitionOf(rest.catchall as z.ZodType).type === 'unknown') {
      properties.push({ text: '[field: string]: unknown;', doc: undefined });
    }
    const oneLine = `{ ${properties
      .map(({ text }) => text)
      .join(' ')
      .replace(/;$/, '')} }`;
    const short =
      indent.length + oneLine.length <= MAX_LINE && !oneLine.includes('\n') && properties.every(({ doc }) => !doc);
    if (short && properties.length <= 6) return oneLine;
    return `{\n${properties.map(({ text, doc }) => `${comment(doc, inner)}${inner}${text}`).join('\n')}\n${indent}}`;
  }
}

/** A JSDoc comment of whole sentences, or nothing. */
export function comment(text: string | undefined, indent: string): string {
  if (!text) return '';
  const lines = text.split('\n');
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}

function recordOf(key: string, value: string, partial: boolean): string {
  return partial ? `Partial<Record<${key}, ${value}>>` : `Record<${key}, ${value}>`;
}

/** May the property be left out? */
export function isOptional(schema: z.ZodType, side: Side): boolean {
  if (side === 'output') return schema._zod.optout === 'optional';
  // A coerced value counts as required for zod, because it accepts undefined as a value; its default says otherwise.
  return schema._zod.optin === 'optional' || ['default', 'prefault'].includes(definitionOf(schema).type);
}

/** May a caller give `{}`, or nothing at all? */
export function needsNothing(schema: z.ZodType): boolean {
  const def = definitionOf(schema);
  if (isOptional(schema, 'input')) return true;
  return (
    def.type === 'object' && Object.values(def.shape).every((property) => isOptional(property as z.ZodType, 'input'))
  );
}

function definitionOf(schema: z.ZodType): $ZodTypes['_zod']['def'] {
  return (schema as unknown as $ZodTypes)._zod.def;
}

/** What z.json() is made of. */
function isJson(schema: z.ZodType): boolean {
  const def = definitionOf(schema);
  if (def.type !== 'union') return false;
  const kinds = def.options.map((option) => definitionOf(option as z.ZodType).type);
  return kinds.length === 6 && kinds.includes('null') && kinds.includes('record');
}

function isTransform(schema: unknown): boolean {
  return definitionOf(schema as z.ZodType).type === 'transform';
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

/** The description on the schema itself or on what it wraps; that of an id's format says nothing a reader of types needs. */
function descriptionOf(schema: z.ZodType): string | undefined {
  return schema.meta()?.description;
}

function arrayOf(element: string): string {
  return isUnion(element) ? `(${element})[]` : `${element}[]`;
}

/** Has the type a bar outside of all brackets? */
function isUnion(type: string): boolean {
  let depth = 0;
  for (const char of type.replaceAll(/\/\*\*.*?\*\//g, '')) {
    if ('{(<['.includes(char)) depth++;
    else if ('})>]'.includes(char)) depth--;
    else if (char === '|' && depth === 0) return true;
  }
  return false;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value);
}

function propertyName(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`;
}
