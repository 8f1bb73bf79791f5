import { ERRORS, type ErrorCode, type FieldError, type Problem } from '@pulsestack/core';

/** An outcome the caller should read: a code, a public sentence, the fields at fault, and a private cause for the log. */
export class ProductError extends Error {
  readonly code: ErrorCode;
  readonly fields: FieldError[] | undefined;
  readonly headers: Record<string, string>;

  constructor(code: ErrorCode, sentence?: string, options: FailOptions = {}) {
    super(sentence ?? ERRORS[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ProductError';
    this.code = code;
    this.fields = options.fields;
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

export interface FailOptions {
  fields?: FieldError[];
  headers?: Record<string, string>;
  cause?: unknown;
}

/** Makes the error to throw: `throw fail('resource.not_found', 'There is no topic "news".')`. */
export function fail(code: ErrorCode, sentence?: string, options?: FailOptions): ProductError {
  return new ProductError(code, sentence, options);
}

/** The one answer to an id that is missing or belongs to another workspace; the two are deliberately the same. */
export function notFound(what: string): ProductError {
  return fail('resource.not_found', `There is no such ${what}.`);
}

/** Turns anything thrown into problem details; what we did not foresee stays private. */
export function toProblem(error: unknown, requestId: string): Problem {
  const known = error instanceof ProductError ? error : fail('server.failed', undefined, { cause: error });
  const { status, title } = ERRORS[known.code];
  return {
    type: `https://pulsestack.dev/errors/${known.code}`,
    title,
    status,
    code: known.code,
    ...(known.message === title ? {} : { detail: known.message }),
    ...(known.fields ? { errors: known.fields } : {}),
    requestId,
  };
}
