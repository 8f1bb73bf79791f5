import type { FieldError, Problem } from '@pulsestack/core';

export type Query = Record<string, string | number | boolean | readonly string[] | undefined | null>;

export interface RequestOptions {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** What the server, or the way to it, refused. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  readonly requestId: string | null;

  constructor(problem: Partial<Problem> & { status: number }, requestId: string | null) {
    const detail = problem.detail ?? problem.title ?? `The server answered ${problem.status}.`;
    super(detail);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code ?? '';
    this.detail = detail;
    this.errors = problem.errors ?? [];
    this.requestId = problem.requestId ?? requestId;
  }
}

const TIMEOUT_MS = 30_000;

/** One HTTP call; the parsed answer, or an ApiError. */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const { query, body, headers, signal } = options;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(path + queryString(query), {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(
      {
        status: 0,
        code: 'network',
        detail: 'The server could not be reached. Check that it runs and that you are online, then try again.',
      },
      null,
    );
  }
  const requestId = response.headers.get('x-request-id');
  if (response.status === 204) return undefined as T;
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  const answer: unknown = isJson ? await response.json().catch(() => null) : null;
  if (!response.ok) throw new ApiError({ ...(answer as Problem | null), status: response.status }, requestId);
  if (!isJson)
    throw new ApiError(
      {
        status: response.status,
        code: 'not_json',
        detail: 'The answer is not from PulseStack. Is a proxy in between?',
      },
      requestId,
    );
  return answer as T;
}

export function queryString(query: Query | undefined): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null || value === '') continue;
    if (Array.isArray(value)) for (const one of value) params.append(name, one);
    else params.append(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
