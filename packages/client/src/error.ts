import type { FieldError } from './generated.ts';

/** What the server or the way to it answered. Compare `code`, show `message`. */
export class PulseStackError extends Error {
  /** A stable code: the server's (`request.invalid`, `auth.expired`, …) or one of ours (`client.…`). */
  readonly code: string;
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly fields: readonly FieldError[];
  /** Names the request in the server's log. */
  readonly requestId: string | null;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PulseStackError';
    this.code = code;
    this.status = details.status ?? 0;
    this.fields = details.fields ?? [];
    this.requestId = details.requestId ?? null;
  }
}

export interface ErrorDetails {
  status?: number;
  fields?: readonly FieldError[];
  requestId?: string | null;
  cause?: unknown;
}

/** Reads a problem+json answer; a proxy's HTML page becomes an error with the status alone. */
export async function toError(response: Response): Promise<PulseStackError> {
  const problem = await response.json().then(asRecord, () => ({}) as Record<string, unknown>);
  const code = typeof problem.code === 'string' ? problem.code : 'client.unexpected_answer';
  const sentence = problem.detail ?? problem.title;
  return new PulseStackError(
    code,
    typeof sentence === 'string' ? sentence : `The server answered ${response.status}.`,
    {
      status: response.status,
      fields: Array.isArray(problem.errors) ? (problem.errors as FieldError[]) : [],
      requestId: typeof problem.requestId === 'string' ? problem.requestId : response.headers.get('x-request-id'),
    },
  );
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
