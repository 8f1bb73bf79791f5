/**
 * Conditions in JSON Logic. Interpreted, never compiled; only the operators listed here; own properties only, so a rule
 * reaches data and nothing behind it. What cannot be compared (a missing amount with a number, a word with a number) is
 * unknown, as in SQL: unknown stays unknown under `!`, and a condition that is unknown in the end is false.
 */
export type Rule = unknown;

/** The rule cannot be evaluated: an operator that does not exist, wrong arguments, or more work than is allowed. */
export class LogicError extends Error {
  override name = 'LogicError';
}

const MAX_DEPTH = 32;
const MAX_OPERATIONS = 20_000;
const MAX_TEXT_CHARS = 100_000;

const unknown = Symbol('unknown');

interface Run {
  operations: number;
}
type Lazy = (args: unknown[], data: unknown, run: Run, depth: number) => unknown;
type Strict = (args: unknown[], run: Run) => unknown;

/** Is the condition met by the data? */
export function holds(rule: Rule, data: object): boolean {
  return truthy(evaluate(rule, data)) === true;
}

/** The value of a rule; null when it is unknown. */
export function evaluateRule(rule: Rule, data: object): unknown {
  const value = evaluate(rule, data);
  return value === unknown || value === undefined ? null : value;
}

/** What is wrong with a rule before it ever runs: sentences, empty when nothing is. */
export function problemsOfRule(rule: Rule): string[] {
  const problems = new Set<string>();
  visit(rule, (operator) => {
    if (!Object.hasOwn(lazy, operator) && !Object.hasOwn(strict, operator))
      problems.add(`there is no operator "${operator}"`);
  });
  if (depthOf(rule) > MAX_DEPTH) problems.add(`must not be nested deeper than ${MAX_DEPTH} levels`);
  return [...problems];
}

/** The paths a rule reads, such as `payload.amount`; inside of `map` and the like they are relative to the item. */
export function variablesOf(rule: Rule): string[] {
  const paths = new Set<string>();
  visit(rule, (operator, args) => {
    if (operator === 'var' && typeof args[0] === 'string') paths.add(args[0]);
    if (operator === 'missing') for (const path of args.flat()) if (typeof path === 'string') paths.add(path);
    if (operator === 'missing_some' && Array.isArray(args[1])) for (const path of args[1]) paths.add(String(path));
  });
  return [...paths];
}

function visit(rule: Rule, see: (operator: string, args: unknown[]) => void): void {
  const waiting: unknown[] = [rule];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (Array.isArray(next)) waiting.push(...next.filter((one) => one !== undefined));
    else if (isRule(next)) {
      const [operator, given] = Object.entries(next)[0] as [string, unknown];
      const args = Array.isArray(given) ? given : [given];
      see(operator, args);
      waiting.push(...args.filter((one) => one !== undefined));
    }
  }
}

function depthOf(rule: unknown, depth = 0): number {
  if (typeof rule !== 'object' || rule === null || depth > MAX_DEPTH) return depth;
  return Math.max(depth, ...Object.values(rule).map((inner) => depthOf(inner, depth + 1)));
}

function evaluate(rule: Rule, data: unknown, run: Run = { operations: 0 }, depth = 0): unknown {
  if (Array.isArray(rule)) return rule.map((one) => evaluate(one, data, run, depth + 1));
  if (!isRule(rule)) return rule;
  if (++run.operations > MAX_OPERATIONS) throw new LogicError('the condition needs too many operations');
  if (depth > MAX_DEPTH) throw new LogicError(`the condition is nested deeper than ${MAX_DEPTH} levels`);
  const operator = Object.keys(rule)[0] as string;
  const given = rule[operator];
  const args = Array.isArray(given) ? given : [given];
  const late = Object.hasOwn(lazy, operator) ? lazy[operator] : undefined;
  if (late) return late(args, data, run, depth + 1);
  const early = Object.hasOwn(strict, operator) ? strict[operator] : undefined;
  if (!early) throw new LogicError(`there is no operator "${operator}"`);
  return early(
    args.map((one) => evaluate(one, data, run, depth + 1)),
    run,
  );
}

/** One key makes an operator; any other object is a plain value. */
function isRule(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 1;
}

function truthy(value: unknown): boolean | typeof unknown {
  if (value === unknown) return unknown;
  if (Array.isArray(value)) return value.length > 0;
  return Boolean(value);
}

function lookUp(data: unknown, path: unknown): unknown {
  if (path === '' || path === null || path === undefined) return data;
  let here = data;
  for (const name of String(path).split('.')) {
    if (typeof here !== 'object' || here === null) return undefined;
    if (Array.isArray(here) ? !/^\d+$/.test(name) : !Object.hasOwn(here, name)) return undefined;
    here = (here as Record<string, unknown>)[name];
  }
  return here;
}

const isMissing = (data: unknown, path: unknown) => {
  const value = lookUp(data, path);
  return value === undefined || value === null || value === '';
};

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function iterate<T>(
  args: unknown[],
  data: unknown,
  run: Run,
  depth: number,
  visitItem: (result: unknown, item: unknown) => T,
): T[] {
  return listOf(evaluate(args[0], data, run, depth)).map((item) =>
    visitItem(evaluate(args[1], item, run, depth), item),
  );
}

const conditional: Lazy = (args, data, run, depth) => {
  let i = 0;
  for (; i + 1 < args.length; i += 2)
    if (truthy(evaluate(args[i], data, run, depth)) === true) return evaluate(args[i + 1], data, run, depth);
  return i < args.length ? evaluate(args[i], data, run, depth) : null;
};

/** Those whose arguments are evaluated only when needed, or over other data. */
const lazy: Record<string, Lazy> = {
  var(args, data, run, depth) {
    const value = lookUp(data, evaluate(args[0], data, run, depth));
    if (value !== undefined && value !== null) return value;
    return args.length > 1 ? evaluate(args[1], data, run, depth) : null;
  },
  missing: (args, data, run, depth) =>
    args.flatMap((one) => evaluate(one, data, run, depth)).filter((path) => isMissing(data, path)),
  missing_some(args, data, run, depth) {
    const paths = listOf(evaluate(args[1], data, run, depth));
    const missing = paths.filter((path) => isMissing(data, path));
    return paths.length - missing.length >= (typeof args[0] === 'number' ? args[0] : 1) ? [] : missing;
  },
  if: conditional,
  '?:': conditional,
  and(args, data, run, depth) {
    let last: unknown = null;
    let unsure = false;
    for (const one of args) {
      last = evaluate(one, data, run, depth);
      const met = truthy(last);
      if (met === false) return last;
      if (met === unknown) unsure = true;
    }
    return unsure ? unknown : last;
  },
  or(args, data, run, depth) {
    let last: unknown = null;
    let unsure = false;
    for (const one of args) {
      last = evaluate(one, data, run, depth);
      const met = truthy(last);
      if (met === true) return last;
      if (met === unknown) unsure = true;
    }
    return unsure ? unknown : last;
  },
  map: (args, data, run, depth) => iterate(args, data, run, depth, (result) => result),
  filter: (args, data, run, depth) =>
    iterate(args, data, run, depth, (result, item) => ({ kept: truthy(result) === true, item }))
      .filter(({ kept }) => kept)
      .map(({ item }) => item),
  all(args, data, run, depth) {
    const met = iterate(args, data, run, depth, (result) => truthy(result) === true);
    return met.length > 0 && met.every(Boolean);
  },
  none: (args, data, run, depth) => !iterate(args, data, run, depth, (result) => truthy(result) === true).some(Boolean),
  some: (args, data, run, depth) => iterate(args, data, run, depth, (result) => truthy(result) === true).some(Boolean),
  reduce: (args, data, run, depth) =>
    listOf(evaluate(args[0], data, run, depth)).reduce(
      (accumulator: unknown, current) => evaluate(args[1], { current, accumulator }, run, depth),
      evaluate(args[2], data, run, depth) ?? null,
    ),
};

/** Numbers with numbers (a text that is a number counts as one), texts with texts; all else is unknown. */
function compare(a: unknown, b: unknown): number | typeof unknown {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  const left = toNumber(a);
  const right = toNumber(b);
  return left === unknown || right === unknown ? unknown : left - right;
}

function toNumber(value: unknown): number | typeof unknown {
  if (typeof value === 'number') return Number.isNaN(value) ? unknown : value;
  if (typeof value !== 'string' || value.trim() === '') return unknown;
  const number = Number(value);
  return Number.isNaN(number) ? unknown : number;
}

function ordered(fits: (difference: number) => boolean): Strict {
  return (args) => {
    let unsure = false;
    for (let i = 0; i + 1 < args.length; i++) {
      const difference = compare(args[i], args[i + 1]);
      if (difference === unknown) unsure = true;
      else if (!fits(difference)) return false;
    }
    return unsure ? unknown : true;
  };
}

function looselyEqual(a: unknown, b: unknown): boolean | typeof unknown {
  if (a === unknown || b === unknown) return unknown;
  if ((a ?? null) === null || (b ?? null) === null) return (a ?? null) === (b ?? null);
  if (typeof a === typeof b || typeof a === 'object' || typeof b === 'object') return strictlyEqual(a, b);
  if (typeof a === 'boolean') return looselyEqual(Number(a), b);
  if (typeof b === 'boolean') return looselyEqual(a, Number(b));
  const left = toNumber(a);
  return left !== unknown && left === toNumber(b);
}

/** By content, also for lists and objects, because there is no identity in JSON. */
function strictlyEqual(a: unknown, b: unknown): boolean | typeof unknown {
  if (a === unknown || b === unknown) return unknown;
  if (typeof a === 'object' && typeof b === 'object') return JSON.stringify(a) === JSON.stringify(b);
  return a === b;
}

const not = (value: boolean | typeof unknown) => (value === unknown ? unknown : !value);

function arithmetic(start: number | undefined, apply: (a: number, b: number) => number): Strict {
  return (args) => {
    const numbers = args.map(toNumber);
    if (numbers.includes(unknown)) return unknown;
    const [first = start ?? 0, ...rest] = (start === undefined ? numbers : [start, ...numbers]) as number[];
    const result = rest.reduce(apply, first);
    return Number.isFinite(result) ? result : unknown;
  };
}

function extreme(pick: (...numbers: number[]) => number): Strict {
  return (args) => {
    const numbers = args.flat().map(toNumber);
    return numbers.length === 0 || numbers.includes(unknown) ? unknown : pick(...(numbers as number[]));
  };
}

function textOf(value: unknown): string {
  if (value === unknown || value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const strict: Record<string, Strict> = {
  '==': ([a, b]) => looselyEqual(a, b),
  '===': ([a, b]) => strictlyEqual(a, b),
  '!=': ([a, b]) => not(looselyEqual(a, b)),
  '!==': ([a, b]) => not(strictlyEqual(a, b)),
  '!': ([a]) => not(truthy(a)),
  '!!': ([a]) => truthy(a),
  '<': ordered((difference) => difference < 0),
  '<=': ordered((difference) => difference <= 0),
  '>': ordered((difference) => difference > 0),
  '>=': ordered((difference) => difference >= 0),
  '+': arithmetic(0, (a, b) => a + b),
  '*': arithmetic(1, (a, b) => a * b),
  '-': (args, run) =>
    args.length === 1 ? arithmetic(0, (a, b) => a - b)(args, run) : arithmetic(undefined, (a, b) => a - b)(args, run),
  '/': arithmetic(undefined, (a, b) => a / b),
  '%': arithmetic(undefined, (a, b) => a % b),
  min: extreme(Math.min),
  max: extreme(Math.max),
  merge: (args) => args.flat(),
  in([needle, hay]) {
    if (needle === unknown || hay === unknown) return unknown;
    if (typeof hay === 'string') return typeof needle === 'string' ? hay.includes(needle) : unknown;
    return Array.isArray(hay) ? hay.some((one) => strictlyEqual(one, needle) === true) : unknown;
  },
  cat(args) {
    const text = args.map(textOf).join('');
    if (text.length > MAX_TEXT_CHARS) throw new LogicError('the condition makes too long a text');
    return text;
  },
  substr([text, start, length]) {
    const from = toNumber(start);
    const count = length === undefined ? undefined : toNumber(length);
    if (from === unknown || count === unknown) return unknown;
    return textOf(text).slice(from).slice(0, count);
  },
  length: ([value]) => (typeof value === 'string' || Array.isArray(value) ? value.length : unknown),
};
