import { ApiError } from '../api/http.ts';

/** What a text says as JSON; `error` where it says nothing. */
export function parsed(text: string): { value?: unknown; error?: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

export function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? '';
}

/** Everything the server found inside one JSON field as one complaint about the field, each with its place. */
export function gathered(error: unknown, root: string): unknown {
  if (!(error instanceof ApiError)) return error;
  const inside = error.errors.filter(({ field }) => field === root || field.startsWith(`${root}/`));
  const [first] = inside;
  if (first === undefined) return error;
  const message = inside
    .map((one) => (one.field === root ? one.message : `${one.field.slice(root.length)}: ${one.message}`))
    .join(' · ');
  return new ApiError(
    {
      status: error.status,
      code: error.code,
      detail: error.detail,
      errors: [...error.errors.filter((one) => !inside.includes(one)), { in: first.in, field: root, message }],
    },
    error.requestId,
  );
}
