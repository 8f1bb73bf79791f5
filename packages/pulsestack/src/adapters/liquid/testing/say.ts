import type { Program, ProgramInput, ProgramPart } from '../../../ports/template-engine.ts';
import { createLiquidEngine } from '../index.ts';

/** An engine with one thread, and the words in which its tests ask it for texts. */
export function openEngine() {
  const engine = createLiquidEngine({ threads: 1 });
  let programs = 0;
  const program = (parts: Record<string, ProgramPart>, more: Partial<Program> = {}): Program => ({
    id: `program ${++programs}`,
    parts,
    partials: {},
    messages: {},
    ...more,
  });
  const input = (data: object, more: Partial<ProgramInput> = {}): ProgramInput => ({
    data,
    locales: ['en'],
    locale: 'en',
    timeZone: 'UTC',
    nowMs: Date.parse('2026-11-20T12:00:00Z'),
    ...more,
  });
  /** One text of one kind: what comes of it, or why nothing does. */
  async function one(
    kind: ProgramPart['kind'],
    source: string,
    data: object = {},
    more: Partial<ProgramInput & Program> = {},
  ) {
    const [output] = await engine.render(program({ text: { kind, source } }, more), [input(data, more)]);
    return output?.ok ? output.parts.text : { failed: output?.error.message, line: output?.error.line };
  }
  return { engine, program, input, one };
}
