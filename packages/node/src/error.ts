/** One field at fault: where it was, a JSON pointer to it, and what is wrong. */
export interface FieldError {
  in: 'body' | 'query' | 'path' | 'header';
  field: string;
  message: string;
}

/**
 * What went wrong, after all retries. `code` is one of the server's codes (docs/reference/errors.md), or
 * `network.failed`, `network.timeout`, `response.unreadable` when no readable answer came; `status` is 0 then or the status that came.
 */
export class PulseStackError extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly fields: readonly FieldError[];
  readonly requestId: string | undefined;

  constructor(problem: {
    code: string;
    status: number;
    detail: string;
    fields?: readonly FieldError[];
    requestId?: string;
    cause?: unknown;
  }) {
    super(`${problem.detail} (${problem.code})`, problem.cause === undefined ? undefined : { cause: problem.cause });
    this.name = 'PulseStackError';
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail;
    this.fields = problem.fields ?? [];
    this.requestId = problem.requestId;
  }
}

interface Problem {
  code?: unknown;
  title?: string;
  detail?: string;
  errors?: FieldError[];
  requestId?: string;
}

/** Reads the problem document of an answer; a proxy in between may have answered with anything else. */
export async function errorOf(response: Response): Promise<PulseStackError> {
  const requestId = response.headers.get('x-request-id') ?? undefined;
  const problem = (await response.json().catch(() => null)) as Problem | null;
  if (typeof problem?.code !== 'string') {
    return new PulseStackError({
      code: 'response.unreadable',
      status: response.status,
      detail: `The answer ${response.status} did not come from PulseStack; is the url right, and what is in front of it?`,
      requestId,
    });
  }
  return new PulseStackError({
    code: problem.code,
    status: response.status,
    detail: problem.detail ?? problem.title ?? problem.code,
    fields: problem.errors,
    requestId: problem.requestId ?? requestId,
  });
}
