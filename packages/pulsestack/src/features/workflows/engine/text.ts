import { Liquid } from 'liquidjs';
import type { Json } from './live.ts';

// Fields that are no content take values only: without tags there is nothing that could run for long.
const liquid = new Liquid({ ownPropertyOnly: true, renderLimit: 100, memoryLimit: 1_000_000, parseLimit: 100_000 });
const parsed = new Map<string, ReturnType<typeof liquid.parse>>();
const KEPT = 2000;

/** What is wrong with the text of a field, or null. */
export function problemOfText(text: string): string | null {
  if (text.includes('{%')) return 'takes values such as {{ payload.id }} only, no tags';
  try {
    liquid.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A text with its values in place; what is missing is empty. */
export function fillText(text: string, data: object): string {
  if (!text.includes('{{')) return text;
  let template = parsed.get(text);
  if (!template) {
    template = liquid.parse(text);
    if (parsed.size >= KEPT) parsed.clear();
    parsed.set(text, template);
  }
  return String(liquid.renderSync(template, data));
}

/** Fills every text inside a value. A text that is one value and nothing else keeps that value's type. */
export function fillJson(value: Json, data: object): Json {
  if (typeof value === 'string') {
    const path = /^\{\{\s*([\w.-]+)\s*\}\}$/.exec(value)?.[1];
    return path === undefined ? fillText(value, data) : ((lookUp(data, path) ?? null) as Json);
  }
  if (Array.isArray(value)) return value.map((one) => fillJson(one, data));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillJson(inner, data)]));
  return value;
}

/** The value at a path such as `payload.post.id`, own properties only. */
export function lookUp(data: object, path: string): unknown {
  let here: unknown = data;
  for (const name of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Record<string, unknown>)[name];
  }
  return here;
}

/** A path without a root means the payload. */
export function lookUpPayload(data: object, path: string): unknown {
  return lookUp(data, path) ?? lookUp((data as { payload?: object }).payload ?? {}, path);
}
