export type FilterValue = string | number | boolean | null;

/**
 * One condition on one field of an event: `name`, `topic` (what follows `t.` in the stream), `stream`, `tags.<key>`, or
 * `data` and `data.<path>` (the content; names and positions in lists joined by dots).
 */
export type Condition =
  | { field: string; op: 'eq' | 'ne' | 'contains'; value: FilterValue }
  | { field: string; op: 'in' | 'nin'; value: readonly FilterValue[] }
  | { field: string; op: 'exists' | 'nexists' }
  | { field: string; op: 'prefix' | 'suffix'; value: string }
  | { field: string; op: 'gt' | 'gte' | 'lt' | 'lte'; value: number | string };

/**
 * Which events a reader wants: a tree of `and`, `or`, `not` and conditions.
 *
 * A number only ever equals, or is ordered with, a number, and text with text: `"7"` is not `7`. Where a field is missing,
 * only `ne`, `nin` and `nexists` hold. Text is ordered by its code units, as ISO dates need. `contains` asks for a part of
 * a text, or an element of a list.
 */
export type Filter = { and: readonly Filter[] } | { or: readonly Filter[] } | { not: Filter } | Condition;

/** A filter that cannot be used; `path` is the place in it, such as `and[1].value`. */
export class FilterError extends Error {
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`${path === '' ? 'The filter' : `In the filter, ${path}`} ${problem}.`);
    this.name = 'FilterError';
    this.path = path;
  }
}

/** What a filter may cost: it runs for every event. */
export const FILTER_LIMITS = { depth: 8, nodes: 64, bytes: 4_096, pathLength: 128, pathParts: 8 } as const;

const OPS = new Set([
  'eq',
  'ne',
  'in',
  'nin',
  'exists',
  'nexists',
  'prefix',
  'suffix',
  'contains',
  'gt',
  'gte',
  'lt',
  'lte',
]);
const FIELD = /^(?:name|topic|stream|data|tags\..+|data(?:\.[^.]+)+)$/s;

/** Reads a filter from JSON text. Throws a `FilterError`. */
export function parseFilter(text: string): Filter {
  // Before the parser sees it: escapes make text longer, never more than six times.
  if (text.length > 6 * FILTER_LIMITS.bytes) throw tooLarge();
  let tree: unknown;
  try {
    tree = JSON.parse(text);
  } catch {
    throw new FilterError('', 'is not JSON');
  }
  return checkFilter(tree);
}

/**
 * Checks a filter and writes it in one way, so that filters that mean the same by mere order are the same text.
 * Throws a `FilterError`.
 */
export function checkFilter(tree: unknown): Filter {
  const filter = normalize(tree, '', 1, { nodes: 0 });
  if (Buffer.byteLength(filterKey(filter)) > FILTER_LIMITS.bytes) throw tooLarge();
  return filter;
}

/** The text by which equal filters are known to be equal; only for what `checkFilter` returned. */
export function filterKey(filter: Filter): string {
  return JSON.stringify(filter);
}

/** What both want. */
export function bothFilters(one: Filter | undefined, other: Filter | undefined): Filter | undefined {
  return one && other ? { and: [one, other] } : (one ?? other);
}

function normalize(tree: unknown, path: string, depth: number, count: { nodes: number }): Filter {
  count.nodes += 1;
  if (count.nodes > FILTER_LIMITS.nodes) throw new FilterError(path, `has more than ${FILTER_LIMITS.nodes} parts`);
  if (depth > FILTER_LIMITS.depth) throw new FilterError(path, `is nested deeper than ${FILTER_LIMITS.depth}`);
  if (!isObject(tree)) throw new FilterError(path, 'must be an object with "and", "or", "not" or "field"');
  if ('and' in tree) return { and: several(tree, 'and', path, depth, count) };
  if ('or' in tree) return { or: several(tree, 'or', path, depth, count) };
  if ('not' in tree) {
    allowOnly(tree, ['not'], path);
    return { not: normalize(tree.not, join(path, 'not'), depth + 1, count) };
  }
  return condition(tree, path);
}

function several(
  tree: Record<string, unknown>,
  word: 'and' | 'or',
  path: string,
  depth: number,
  count: { nodes: number },
) {
  allowOnly(tree, [word], path);
  const parts = tree[word];
  const place = join(path, word);
  if (!Array.isArray(parts) || parts.length === 0)
    throw new FilterError(place, 'must be a list of at least one filter');
  const byKey = new Map<string, Filter>();
  for (const [index, part] of parts.entries()) {
    const filter = normalize(part, `${place}[${index}]`, depth + 1, count);
    byKey.set(filterKey(filter), filter);
  }
  return [...byKey.keys()].sort().map((key) => byKey.get(key) as Filter);
}

function condition(tree: Record<string, unknown>, path: string): Condition {
  const { field, op, value } = tree;
  const place = join(path, 'value');
  if (typeof field !== 'string' || !FIELD.test(field)) {
    throw new FilterError(join(path, 'field'), 'must be name, topic, stream, tags.<key>, data or data.<path>');
  }
  if (
    field.length > FILTER_LIMITS.pathLength ||
    (field.startsWith('data.') && partsOf(field) > FILTER_LIMITS.pathParts)
  ) {
    const { pathLength, pathParts } = FILTER_LIMITS;
    throw new FilterError(join(path, 'field'), `must have at most ${pathLength} characters and ${pathParts} names`);
  }
  if (typeof op !== 'string' || !OPS.has(op)) {
    throw new FilterError(join(path, 'op'), `must be one of ${[...OPS].join(', ')}`);
  }
  allowOnly(tree, op === 'exists' || op === 'nexists' ? ['field', 'op'] : ['field', 'op', 'value'], path);
  switch (op) {
    case 'exists':
    case 'nexists':
      return { field, op };
    case 'in':
    case 'nin': {
      if (!Array.isArray(value) || value.length === 0 || !value.every(isValue)) {
        throw new FilterError(place, 'must be a list of texts, numbers, true, false or null');
      }
      const byKey = new Map(value.map((one) => [JSON.stringify(one), one as FilterValue]));
      return { field, op, value: [...byKey.keys()].sort().map((key) => byKey.get(key) as FilterValue) };
    }
    case 'prefix':
    case 'suffix':
      if (typeof value !== 'string') throw new FilterError(place, 'must be text');
      return { field, op, value };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      if (typeof value !== 'string' && !(typeof value === 'number' && Number.isFinite(value))) {
        throw new FilterError(place, 'must be a number or text');
      }
      return { field, op, value };
    default:
      if (!isValue(value)) throw new FilterError(place, 'must be text, a number, true, false or null');
      return { field, op: op as 'eq' | 'ne' | 'contains', value };
  }
}

function allowOnly(tree: Record<string, unknown>, names: readonly string[], path: string): void {
  for (const name of Object.keys(tree)) {
    // A misspelt word that was ignored would let through what the reader did not ask for.
    if (!names.includes(name)) throw new FilterError(join(path, name), `does not belong beside ${names.join(', ')}`);
  }
}

function isObject(tree: unknown): tree is Record<string, unknown> {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree);
}

function isValue(value: unknown): value is FilterValue {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

function partsOf(field: string): number {
  return field.split('.').length - 1;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function tooLarge(): FilterError {
  return new FilterError('', `has more than ${FILTER_LIMITS.bytes} bytes`);
}
