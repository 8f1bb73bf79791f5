import { createHash } from 'node:crypto';

/** A statement and its values, ready to run as a prepared statement. */
export interface Statement {
  text: string;
  name: string;
  values: unknown[];
}

const raw = Symbol('raw sql');
export interface Raw {
  [raw]: string;
}

const piece = Symbol('part of a statement');
export interface Part {
  [piece]: { strings: TemplateStringsArray; values: unknown[] };
}

const texts = new WeakMap<TemplateStringsArray, { text: string; name: string }>();

/**
 * Writes a statement with its values in place: sql`select * from users where id = ${id}`.
 * Values become parameters and never part of the text. Statements without `unsafe` and `part` are named once per place in the source.
 */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Statement {
  if (values.some((value) => isRaw(value) || isPart(value))) return assemble(strings, values);
  let known = texts.get(strings);
  if (!known) {
    const text = strings.reduce((all, part, i) => `${all}$${i}${part}`);
    known = { text, name: nameOf(text) };
    texts.set(strings, known);
  }
  return { ...known, values };
}

/** A piece of SQL that is part of the text itself: a column name or a fixed condition. Never give it anything a user wrote. */
export function unsafe(text: string): Raw {
  return { [raw]: text };
}

/** A piece of a statement with values of its own, to be placed into another: sql`with them as (${part`select …`}) …`. */
export function part(strings: TemplateStringsArray, ...values: unknown[]): Part {
  return { [piece]: { strings, values } };
}

function assemble(strings: TemplateStringsArray, values: unknown[]): Statement {
  const parameters: unknown[] = [];
  const write = (strings: TemplateStringsArray, values: unknown[]): string =>
    strings.reduce((all, text, i) => {
      const value = values[i - 1];
      if (isRaw(value)) return `${all}${value[raw]}${text}`;
      if (isPart(value)) return `${all}${write(value[piece].strings, value[piece].values)}${text}`;
      return `${all}$${parameters.push(value)}${text}`;
    });
  const text = write(strings, values);
  return { text, name: nameOf(text), values: parameters };
}

function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && raw in value;
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && piece in value;
}

function nameOf(text: string): string {
  return `ps_${createHash('sha256').update(text).digest('base64url').slice(0, 20)}`;
}
