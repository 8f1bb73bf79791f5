import { LiquidSyntaxError } from '../../ports/liquid-source.ts';
import type { ProgramError } from '../../ports/template-engine.ts';

/** Whatever was thrown, as a sentence with its place. */
export function describeError(error: unknown, part: string | null): ProgramError {
  if (error instanceof LiquidSyntaxError) return { message: error.message, part, line: error.line };
  if (error instanceof RangeError && /stack/i.test(error.message))
    return { message: 'the template is nested too deeply', part, line: null };
  if (!(error instanceof Error)) return { message: 'the template could not be rendered', part, line: null };
  const { message, line } = split(error.message);
  if (/stack size/i.test(message)) return { message: 'the template is nested too deeply', part, line };
  if (isTimeLimit(error)) return { message: 'the template takes too long', part, line };
  if (/memory alloc/i.test(message)) return { message: 'the template needs too much memory', part, line };
  if (/parse length limit/i.test(message)) return { message: 'the template is too long', part, line };
  if (/ENOENT/.test(message)) {
    const name = /"([^"]+)"/.exec(message)?.[1] ?? '';
    return { message: `there is no partial "${name}"`, part, line };
  }
  return { message, part, line };
}

export function isTimeLimit(error: unknown): boolean {
  return error instanceof Error && /render limit/i.test(error.message);
}

// The engine appends where it was: "…, line:3, col:5".
function split(text: string): { message: string; line: number | null } {
  const first = text.split('\n')[0] ?? '';
  const place = /,? ?(?:file:[^,]*, ?)?line:(\d+), col:\d+$/.exec(first);
  return { message: place ? first.slice(0, place.index) : first, line: place ? Number(place[1]) : null };
}
