import type { Liquid, Template } from 'liquidjs';
import type { Program, ProgramError, ProgramInput, ProgramOutput, TextKind } from '../../ports/template-engine.ts';
import { createEngine, parsePart, RENDER_LIMIT_MS } from './engine.ts';
import { safeUrl, toLine, toText } from './escape.ts';
import type { Occasion } from './filters.ts';
import { describeError } from './problem.ts';

/** What the main thread sends: many inputs of one program. `progress` tells which one is being worked on. */
export interface Batch {
  program: Program;
  inputs: readonly ProgramInput[];
  progress: Int32Array;
}

/** Position of the input under work, plus one; 0 before the first. */
export const AT = 0;

interface Compiled {
  size: number;
  parts: { name: string; kind: TextKind; liquid: Liquid; template: Template[] }[];
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
export function renderBatch({ program, inputs, progress }: Batch): ProgramOutput[] {
  const compiled = compile(program);
  return inputs.map((input, i) => {
    Atomics.store(progress, AT, i + 1);
    return compiled.error ? { ok: false, error: compiled.error } : renderOne(compiled, program, input);
  });
}

function renderOne(compiled: Compiled, program: Program, input: ProgramInput): ProgramOutput {
  const parts: Record<string, string> = {};
  current = { input, messages: program.messages };
  const endsAt = performance.now() + RENDER_LIMIT_MS;
  for (const { name, kind, liquid, template } of compiled.parts) {
    try {
      const renderLimit = Math.max(1, endsAt - performance.now());
      const value: unknown = liquid.renderSync(template, input.data, { renderLimit, globals: input.data });
      parts[name] = finish(kind, value);
    } catch (error) {
      return { ok: false, error: describeError(error, name) };
    }
  }
  return { ok: true, parts };
}

function finish(kind: TextKind, value: unknown): string {
  if (kind === 'json') return JSON.stringify(value ?? null) ?? 'null';
  const text = toText(value);
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
      compiled.parts.push({ name, kind, liquid, template: parsePart(liquid, part) });
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
