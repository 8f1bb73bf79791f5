import { fail } from '../../kernel/errors.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { splitLiquid } from '../../ports/liquid-source.ts';
import type { ProgramPart } from '../../ports/template-engine.ts';
import { digestOf, type Json, kindOfValue, mapLiquid } from './contents.ts';

/** Any JSON whose texts may hold Liquid: the body of a call, attributes to set, an instant to wait for. */
export interface CompiledValue {
  id: string;
  value: Json;
  parts: Record<string, ProgramPart>;
}

export interface ValueRequest {
  value: CompiledValue;
  data: object;
  locale: string;
  timeZone: string;
}

export type ValueResult = { ok: true; value: Json } | { ok: false; error: { message: string; line: number | null } };

/**
 * Checks a value before it is stored. A text that is one output and nothing else keeps the type of what it names:
 * `"{{ payload.count }}"` becomes a number. In texts that `isAddress` names, values are percent-encoded.
 */
export function compileValue(
  runtime: Pick<Runtime, 'templates'>,
  value: Json,
  options: { field: string; isAddress?: boolean },
): CompiledValue {
  const parts: Record<string, ProgramPart> = {};
  let n = 0;
  mapLiquid(value, (written) => {
    const source = options.isAddress ? encodedOutputs(written) : written;
    const part: ProgramPart = { kind: options.isAddress ? 'plain' : kindOfValue(source), source };
    const [error] = runtime.templates.inspect(part, options.field).errors;
    if (error) {
      const message = error.line === null ? error.message : `line ${error.line}: ${error.message}`;
      throw fail('template.invalid', `${options.field}: ${message}.`, {
        fields: [{ in: 'body', field: `/${options.field}`, message }],
      });
    }
    parts[`data.${n++}`] = part;
    return null;
  });
  return { id: digestOf(parts), value, parts };
}

// The first output may be the address itself; later ones are parts of it.
function encodedOutputs(source: string): string {
  return safePieces(source)
    .map((piece, i) => (piece.kind === 'output' && i > 0 ? `{{ ${piece.expression} | url_encode }}` : piece.text))
    .join('');
}

function safePieces(source: string) {
  try {
    return splitLiquid(source);
  } catch {
    // The check that follows says what is wrong with it.
    return [{ kind: 'text' as const, text: source, line: 1 }];
  }
}

/** Fills values in worker threads; call it outside of transactions. What fails fails alone. */
export async function renderValues(runtime: Runtime, requests: readonly ValueRequest[]): Promise<ValueResult[]> {
  const results: ValueResult[] = [];
  const groups = new Map<string, number[]>();
  for (const [i, { value }] of requests.entries()) {
    // Nothing to fill in: it is its own answer.
    if (Object.keys(value.parts).length === 0) results[i] = { ok: true, value: value.value };
    else groups.set(value.id, [...(groups.get(value.id) ?? []), i]);
  }
  const nowMs = runtime.clock.nowMs();
  await Promise.all(
    [...groups].map(async ([id, members]) => {
      const { parts } = (requests[members[0] as number] as ValueRequest).value;
      const inputs = members.map((i) => {
        const { data, locale, timeZone } = requests[i] as ValueRequest;
        return { data, locales: [locale], locale, timeZone, nowMs };
      });
      const outputs = await runtime.templates.render({ id: `value.${id}`, parts, partials: {}, messages: {} }, inputs);
      for (const [n, i] of members.entries()) {
        const output = outputs[n];
        if (!output?.ok)
          results[i] = { ok: false, error: output?.error ?? { message: 'it could not be filled', line: null } };
        else results[i] = { ok: true, value: fillValue((requests[i] as ValueRequest).value, output.parts) };
      }
    }),
  );
  return results;
}

function fillValue({ value, parts: kinds }: CompiledValue, parts: Record<string, string>): Json {
  let n = 0;
  return mapLiquid(value, () => {
    const name = `data.${n++}`;
    const text = parts[name] ?? '';
    return kinds[name]?.kind === 'json' ? (JSON.parse(text || 'null') as Json) : text;
  });
}
