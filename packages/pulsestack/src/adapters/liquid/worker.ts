import type { Liquid } from 'liquidjs';
import type { Program, ProgramError, ProgramInput, ProgramOutput, TextKind } from '../../ports/template-engine.ts';
import { createEngine, rendererOf } from './engine.ts';
import { safeUrl, toLine, toText } from './escape.ts';
import type { Occasion } from './filters.ts';
import { MAX_TEXT_CHARS, PlanLimit } from './plan.ts';
import { describeError } from './problem.ts';
import { workedMs } from './worked.ts';

/** What the main thread sends: many inputs of one program. `progress` tells which one is being worked on. */
export interface Batch {
  program: Program;
  inputs: readonly ProgramInput[];
  progress: Int32Array;
  /** What one input may take. */
  limitMs: number;
}

/** Position of the input under work, plus one; 0 before the first. */
export const AT = 0;

interface Compiled {
  size: number;
  parts: { name: string; kind: TextKind; run: (data: object, endsAt: number) => unknown }[];
  error: ProgramError | undefined;
}

const MAX_CACHED_CHARS = 4_000_000;
const cache = new Map<string, Compiled>();
let cachedChars = 0;
let current: Occasion | undefined;

function occasion(): Occasion {
  if (!current) throw new Error('a filter ran outside a render');
  return current;
}

/** Renders a batch; the pool calls it by this name. */
export function renderBatch({ program, inputs, progress, limitMs }: Batch): ProgramOutput[] {
  const compiled = compile(program);
  return inputs.map((input, i) => {
    Atomics.store(progress, AT, i + 1);
    return compiled.error ? { ok: false, error: compiled.error } : renderOne(compiled, program, input, limitMs);
  });
}

function renderOne(compiled: Compiled, program: Program, input: ProgramInput, limitMs: number): ProgramOutput {
  const parts: Record<string, string> = {};
  current = { input, messages: program.messages };
  const endsAt = workedMs() + limitMs;
  for (const { name, kind, run } of compiled.parts) {
    try {
      parts[name] = finish(kind, run(input.data, endsAt));
    } catch (error) {
      return { ok: false, error: describeError(error, name) };
    }
  }
  return { ok: true, parts };
}

function finish(kind: TextKind, value: unknown): string {
  if (kind === 'json') return JSON.stringify(value ?? null) ?? 'null';
  const text = toText(value);
  if (text.length > MAX_TEXT_CHARS) throw new PlanLimit('the text is too long');
  if (kind === 'line') return toLine(text).trim();
  return kind === 'url' ? safeUrl(text) : text;
}

function compile(program: Program): Compiled {
  const known = cache.get(program.id);
  if (known) {
    // Taken out and put back, it becomes the youngest.
    cache.delete(program.id);
    cache.set(program.id, known);
    return known;
  }
  const compiled: Compiled = { size: 0, parts: [], error: undefined };
  const engines = new Map<TextKind, Liquid>();
  for (const [name, part] of Object.entries(program.parts)) {
    compiled.size += part.source.length;
    try {
      const kind = part.kind;
      const liquid = engines.get(kind) ?? createEngine(kind, partialsOf(program, kind), occasion);
      engines.set(kind, liquid);
      compiled.parts.push({ name, kind, run: rendererOf(liquid, part) });
    } catch (error) {
      compiled.error = describeError(error, name);
      break;
    }
  }
  remember(program.id, compiled);
  return compiled;
}

function partialsOf(program: Program, kind: TextKind): Record<string, string> {
  const sources: Record<string, string> = Object.create(null);
  for (const [name, kinds] of Object.entries(program.partials)) {
    const source = kinds[kind] ?? kinds.plain;
    if (source !== undefined) sources[name] = source;
  }
  return sources;
}

function remember(id: string, compiled: Compiled): void {
  cache.set(id, compiled);
  cachedChars += compiled.size;
  for (const [oldest, { size }] of cache) {
    if (cachedChars <= MAX_CACHED_CHARS || oldest === id) return;
    cache.delete(oldest);
    cachedChars -= size;
  }
}
