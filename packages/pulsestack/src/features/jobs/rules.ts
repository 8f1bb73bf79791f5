import type { z } from 'zod';

type Json = z.infer<ReturnType<typeof z.json>>;

const SECRET = /pass(word|phrase)?$|secret|token|authorization|cookie|credential|api_?key|signature/i;
const HIDDEN = '[hidden]';

/** The data of a job as a person may see it: whatever is named like a secret is hidden. */
export function redact(data: Json): Json {
  if (Array.isArray(data)) return data.map(redact);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, SECRET.test(name) ? HIDDEN : redact(value)]),
  );
}
