import type { Condition } from '@pulsestack/core';

/** One line of a condition as people write it: what, how, with what. */
export interface Row {
  path: string;
  is: Operator;
  value: string;
}

/** A condition that can be shown as lines; everything else is shown as JSON. */
export interface Simple {
  join: 'and' | 'or';
  rows: Row[];
}

export const OPERATORS = {
  '==': 'is',
  '!=': 'is not',
  '>': 'is more than',
  '>=': 'is at least',
  '<': 'is less than',
  '<=': 'is at most',
  contains: 'contains',
  in: 'is one of',
  set: 'is there',
  unset: 'is not there',
} as const;
export type Operator = keyof typeof OPERATORS;

export function needsValue(operator: Operator): boolean {
  return operator !== 'set' && operator !== 'unset';
}

/** The lines of a rule, or null when it says more than lines can. */
export function readSimple(rule: Condition | undefined): Simple | null {
  if (rule === undefined) return { join: 'and', rows: [] };
  const [operator, given] = single(rule) ?? [];
  if ((operator === 'and' || operator === 'or') && Array.isArray(given)) {
    const rows = given.map(readRow);
    return rows.every((row) => row !== null) ? { join: operator, rows } : null;
  }
  const row = readRow(rule);
  return row && { join: 'and', rows: [row] };
}

function readRow(rule: unknown): Row | null {
  const [operator, given] = single(rule) ?? [];
  if (operator === undefined) return null;
  const [left, right, ...more] = Array.isArray(given) ? (given as unknown[]) : [given];
  if (more.length > 0) return null;
  const path = pathOf(left);
  if (operator === '!!' || operator === '!')
    return path === null || right !== undefined ? null : { path, is: operator === '!' ? 'unset' : 'set', value: '' };
  if (operator === 'in') {
    const inside = pathOf(right);
    if (inside !== null && isScalar(left)) return { path: inside, is: 'contains', value: writeValue(left) };
    if (path === null || !Array.isArray(right) || right.length === 0 || !right.every(isScalar)) return null;
    return { path, is: 'in', value: right.map(writeValue).join(', ') };
  }
  if (path === null || !isScalar(right) || !(operator in OPERATORS)) return null;
  return { path, is: operator as Operator, value: writeValue(right) };
}

/** The rule that lines stand for; undefined when there are none. */
export function writeSimple({ join, rows }: Simple): Condition | undefined {
  const rules = rows.map(writeRow);
  if (rules.length === 0) return undefined;
  return rules.length === 1 ? rules[0] : { [join]: rules };
}

function writeRow({ path, is, value }: Row): Condition {
  const variable = { var: path };
  switch (is) {
    case 'set':
      return { '!!': [variable] };
    case 'unset':
      return { '!': [variable] };
    case 'contains':
      return { in: [readValue(value), variable] };
    case 'in':
      return { in: [variable, value.split(',').map((one) => readValue(one.trim()))] };
    default:
      return { [is]: [variable, readValue(value)] };
  }
}

/** `12`, `true` and `null` are what they look like; everything else is text, and so is what stands in quotes. */
function readValue(text: string): string | number | boolean | null {
  const trimmed = text.trim();
  if (/^(-?(0|[1-9]\d*)(\.\d+)?|true|false|null|".*")$/s.test(trimmed)) {
    try {
      return JSON.parse(trimmed) as string | number | boolean | null;
    } catch {
      return text;
    }
  }
  return text;
}

function writeValue(value: unknown): string {
  return typeof value === 'string' && readValue(value) === value ? value : JSON.stringify(value);
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function pathOf(value: unknown): string | null {
  const [operator, given] = single(value) ?? [];
  const path = Array.isArray(given) && given.length === 1 ? (given as unknown[])[0] : given;
  return operator === 'var' && typeof path === 'string' ? path : null;
}

function single(value: unknown): [string, unknown] | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  return entries.length === 1 ? (entries[0] as [string, unknown]) : null;
}

/** A condition in a sentence, as far as it is simple. */
export function sayCondition(rule: Condition): string {
  const simple = readSimple(rule);
  if (!simple || simple.rows.length === 0) return 'a condition in JSON holds';
  return simple.rows
    .map(({ path, is, value }) => `${path} ${OPERATORS[is]}${needsValue(is) ? ` ${value === '' ? '""' : value}` : ''}`)
    .join(` ${simple.join} `);
}
