import type { DeclaredEvent } from './catalogue.ts';
import type { JsonSchema } from './schema.ts';

/** One difference between two versions of a catalogue, seen by those who read its events. */
export interface Change {
  event: string;
  /** JSON pointer into the data of the event; empty for the event itself. */
  path: string;
  breaking: boolean;
  sentence: string;
}

/**
 * What changed, breaking changes first. Breaking is what a reader written for the old version can stumble over: something
 * it reads is gone, may now be missing, or may hold values it has never seen.
 */
export function compareEvents(before: readonly DeclaredEvent[], after: readonly DeclaredEvent[]): Change[] {
  const old = new Map(before.map((event) => [event.name, event]));
  const now = new Map(after.map((event) => [event.name, event]));
  const changes: Change[] = [];
  for (const [name, event] of old) {
    const successor = now.get(name);
    if (!successor) changes.push({ event: name, path: '', breaking: true, sentence: 'the event is gone' });
    else changes.push(...new Comparison(name, event.schema, successor.schema).run());
  }
  for (const name of now.keys())
    if (!old.has(name)) changes.push({ event: name, path: '', breaking: false, sentence: 'the event is new' });
  return changes.sort((a, b) => Number(b.breaking) - Number(a.breaking));
}

const MAX_DEPTH = 32;

class Comparison {
  readonly #event: string;
  readonly #before: JsonSchema;
  readonly #after: JsonSchema;
  readonly #changes: Change[] = [];

  constructor(event: string, before: JsonSchema, after: JsonSchema) {
    this.#event = event;
    this.#before = before;
    this.#after = after;
  }

  run(): Change[] {
    this.#compare(this.#before, this.#after, '', 0);
    return this.#changes;
  }

  #say(path: string, breaking: boolean, sentence: string): void {
    this.#changes.push({ event: this.#event, path, breaking, sentence });
  }

  #compare(givenBefore: JsonSchema, givenAfter: JsonSchema, path: string, depth: number): void {
    if (depth > MAX_DEPTH) return;
    const before = resolve(givenBefore, this.#before);
    const after = resolve(givenAfter, this.#after);
    if (JSON.stringify(withoutWords(before)) === JSON.stringify(withoutWords(after))) return;
    if (isChoice(before) || isChoice(after)) return this.#compareChoices(before, after, path);
    this.#compareTypes(before, after, path);
    this.#compareValues(before, after, path);
    this.#compareProperties(before, after, path, depth);
    if (isSchema(before.items) && isSchema(after.items))
      this.#compare(before.items, after.items, `${path}/*`, depth + 1);
  }

  #compareTypes(before: JsonSchema, after: JsonSchema, path: string): void {
    const old = typesOf(before);
    const now = typesOf(after);
    const fresh = now.filter((type) => !old.includes(type) && !(type === 'integer' && old.includes('number')));
    const lost = old.filter((type) => !now.includes(type));
    if (fresh.length > 0) this.#say(path, true, `may now be ${fresh.join(' or ')} (was ${old.join(' or ')})`);
    else if (lost.length > 0) this.#say(path, false, `is no longer ${lost.join(' or ')}`);
  }

  #compareValues(before: JsonSchema, after: JsonSchema, path: string): void {
    const old = valuesOf(before);
    const now = valuesOf(after);
    if (!old) return;
    if (!now) return this.#say(path, true, 'may now be any value (was a fixed list)');
    const fresh = now.filter((value) => !old.includes(value));
    const lost = old.filter((value) => !now.includes(value));
    if (fresh.length > 0) this.#say(path, true, `may now be ${fresh.join(', ')}`);
    if (lost.length > 0) this.#say(path, false, `is never ${lost.join(', ')} any more`);
  }

  #compareProperties(before: JsonSchema, after: JsonSchema, path: string, depth: number): void {
    const old = before.properties ?? {};
    const now = after.properties ?? {};
    for (const [key, schema] of Object.entries(old)) {
      const at = `${path}/${key}`;
      const successor = now[key];
      if (!successor) {
        this.#say(at, true, 'is gone');
        continue;
      }
      const wasRequired = before.required?.includes(key) ?? false;
      const isRequired = after.required?.includes(key) ?? false;
      if (wasRequired && !isRequired) this.#say(at, true, 'may now be missing');
      if (!wasRequired && isRequired) this.#say(at, false, 'is now always there');
      this.#compare(schema, successor, at, depth + 1);
    }
    for (const key of Object.keys(now)) if (!(key in old)) this.#say(`${path}/${key}`, false, 'is new');
  }

  /** Alternatives are compared as a set: one more is something a reader has never seen. */
  #compareChoices(before: JsonSchema, after: JsonSchema, path: string): void {
    const old = new Set(choicesOf(before).map((one) => JSON.stringify(withoutWords(one))));
    const now = new Set(choicesOf(after).map((one) => JSON.stringify(withoutWords(one))));
    if ([...now].some((one) => !old.has(one))) this.#say(path, true, 'has an alternative that was not there before');
    else if ([...old].some((one) => !now.has(one))) this.#say(path, false, 'has one alternative less');
  }
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let current = schema;
  for (let i = 0; i < MAX_DEPTH && typeof current.$ref === 'string' && current.$ref.startsWith('#'); i += 1) {
    const found = current.$ref
      .split('/')
      .slice(1)
      .reduce<unknown>((inner, key) => (isSchema(inner) ? inner[key] : undefined), root);
    if (!isSchema(found)) return current;
    current = found;
  }
  return current;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isChoice(schema: JsonSchema): boolean {
  return Boolean(schema.anyOf ?? schema.oneOf ?? schema.allOf);
}

function choicesOf(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf ?? schema.oneOf ?? [schema];
}

const ANY = ['array', 'boolean', 'null', 'number', 'object', 'string'];

function typesOf(schema: JsonSchema): readonly string[] {
  if (schema.type !== undefined) return Array.isArray(schema.type) ? schema.type : [schema.type as string];
  const values = valuesOf(schema);
  return values ? [...new Set(values.map((value) => typeOf(JSON.parse(value))))] : ANY;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function valuesOf(schema: JsonSchema): string[] | null {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value));
  return 'const' in schema ? [JSON.stringify(schema.const)] : null;
}

/** The schema without what only people read. */
function withoutWords(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutWords);
  if (!isSchema(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !['description', 'title', 'examples', 'deprecated', '$comment'].includes(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, withoutWords(value)]),
  );
}
