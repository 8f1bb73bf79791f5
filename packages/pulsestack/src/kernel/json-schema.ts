import { type Context, createContext, Script } from 'node:vm';
import { type Schema, Validator } from '@cfworker/json-schema';
import type { FieldError } from '@pulsestack/core';

const MAX_DEPTH = 24;
const MAX_PATTERN_CHARS = 200;
const MAX_CHECK_MS = 100;
const KEPT = 500;

/** A schema that was checked, ready to judge values. Schemas are interpreted: nothing a tenant writes becomes code. */
export interface CompiledSchema {
  /** The first thing that does not fit, or null. `path` is a JSON pointer into the value. */
  misfit(value: unknown): { path: string; message: string } | null;
  /** A copy of the value in which properties that are missing have their defaults. */
  withDefaults(value: unknown): unknown;
}

const compiled = new Map<string, CompiledSchema>();

/** Compiles a schema that `problemsOfSchema` has let pass. Equal schemas share one. */
export function compileSchema(schema: object): CompiledSchema {
  const key = JSON.stringify(schema);
  let known = compiled.get(key);
  if (!known) {
    known = create(schema as Schema);
    if (compiled.size >= KEPT) compiled.delete(compiled.keys().next().value ?? '');
    compiled.set(key, known);
  }
  return known;
}

function create(schema: Schema): CompiledSchema {
  const validator = new Validator(schema, '2020-12');
  const mayTakeLong = /"(\$ref|pattern|patternProperties|\$dynamicRef|\$recursiveRef)":/.test(JSON.stringify(schema));
  return {
    misfit(value) {
      let result: ReturnType<Validator['validate']>;
      try {
        result = mayTakeLong ? inTime(() => validator.validate(value)) : validator.validate(value);
      } catch (error) {
        // Errors of the frame are of classes of its own.
        const { name, code } = error as { name?: string; code?: string };
        if (name !== 'RangeError' && code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
        return { path: '', message: 'takes too long to check against its schema' };
      }
      const { valid, errors } = result;
      if (valid) return null;
      // The last is the innermost; those before only say that something inside them is wrong.
      const error = errors.at(-1);
      const path = decodeURIComponent((error?.instanceLocation ?? '#').slice(1));
      return { path, message: error?.error ?? 'does not fit its schema' };
    },
    withDefaults: (value) => fill(schema, value, schema, 0),
  };
}

const run = new Script('check()');
let around: Context | undefined;

/** Patterns can backtrack and references multiply: whoever wrote them must not hold up everybody else of this process. */
function inTime<T>(check: () => T): T {
  const frame = (around ??= createContext({}));
  frame.check = check;
  return run.runInContext(frame, { timeout: MAX_CHECK_MS }) as T;
}

function fill(schema: Schema | boolean, value: unknown, root: Schema, depth: number): unknown {
  if (typeof schema === 'boolean' || depth > MAX_DEPTH) return value;
  const resolved = resolve(schema, root);
  if (value === undefined) return resolved.default === undefined ? undefined : structuredClone(resolved.default);
  if (!isObject(value) || !resolved.properties) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const [key, inner] of Object.entries(resolved.properties)) {
    const next = fill(inner, Object.hasOwn(value, key) ? value[key] : undefined, root, depth + 1);
    if (next !== undefined) filled[key] = next;
  }
  return filled;
}

function resolve(schema: Schema, root: Schema): Schema {
  const name = /^#\/\$defs\/(.+)$/.exec(schema.$ref ?? '')?.[1];
  const found = name === undefined ? undefined : (root.$defs as Record<string, Schema> | undefined)?.[name];
  return found ?? schema;
}

/**
 * What is wrong with a schema that somebody gave us: remote references, which would be fetched; patterns that can take
 * for ever; and what cannot be compiled.
 */
export function problemsOfSchema(schema: object, field: string): FieldError[] {
  const problems: FieldError[] = [];
  const complain = (path: string, message: string) => problems.push({ in: 'body', field: field + path, message });
  walk(schema, '', 0, complain);
  if (problems.length > 0) return problems.slice(0, 20);
  try {
    const misfit = create(schema as Schema).misfit({});
    if (misfit?.message.startsWith('takes too long')) complain('', misfit.message);
  } catch (error) {
    complain('', `is no JSON Schema: ${error instanceof Error ? error.message : String(error)}`);
  }
  return problems;
}

function walk(node: unknown, path: string, depth: number, complain: (path: string, message: string) => void): void {
  if (depth > MAX_DEPTH) return complain(path, `must not be nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(node)) return node.forEach((inner, i) => walk(inner, `${path}/${i}`, depth + 1, complain));
  if (!isObject(node)) return;
  for (const [key, value] of Object.entries(node)) {
    const at = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if ((key === '$ref' || key === '$id') && typeof value === 'string' && !value.startsWith('#'))
      complain(at, 'must stay inside the schema: only references that begin with # are followed');
    if (key === 'pattern' && typeof value === 'string') checkPattern(value, at, complain);
    if (key === 'patternProperties' && isObject(value))
      for (const pattern of Object.keys(value)) checkPattern(pattern, at, complain);
    walk(value, at, depth + 1, complain);
  }
}

function checkPattern(pattern: string, path: string, complain: (path: string, message: string) => void): void {
  if (pattern.length > MAX_PATTERN_CHARS) return complain(path, `must not exceed ${MAX_PATTERN_CHARS} characters`);
  try {
    new RegExp(pattern, 'u');
  } catch {
    return complain(path, 'must be a regular expression');
  }
  if (repeatsWhatRepeats(pattern) || /\\[\dk]/.test(pattern))
    complain(path, 'must not repeat a group that repeats or branches, and must not refer back');
}

/** A repetition of a group that itself repeats, branches or may be missing, at any depth, is where backtracking explodes. */
function repeatsWhatRepeats(pattern: string): boolean {
  // What is escaped, and what stands in a class, is one plain character.
  const plain = pattern
    .replaceAll(/\\./gsu, 'x')
    .replaceAll(/\[[^\]]*\]/g, 'x')
    .replaceAll(/\(\?[:=!<]?/g, '(');
  const groups = [false];
  for (let i = 0; i < plain.length; i += 1) {
    const varies = '*+?{|'.includes(plain.charAt(i));
    if (plain[i] === '(') groups.push(false);
    else if (plain[i] === ')') {
      const inner = groups.pop() ?? false;
      if (inner && /[*+{]/.test(plain.charAt(i + 1))) return true;
      groups.push((groups.pop() ?? false) || inner);
    } else if (varies) groups.splice(-1, 1, true);
  }
  return false;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
