import { randomUUID } from 'node:crypto';
import { errorOf, PulseStackError } from './error.ts';
import { retryDelayMs, sleep } from './retry.ts';

/** What a caller may say about one call. */
export interface CallOptions {
  /** Makes the call harmless to repeat, also from another process, for a day. Default: a random one for each call. */
  idempotencyKey?: string;
  /** Gives up, also between retries, when it aborts. */
  signal?: AbortSignal;
  /** Time for one attempt, instead of the client's. */
  timeoutMs?: number;
  /** Correlation id; it appears in the server's logs and traces. */
  requestId?: string;
}

export interface Request {
  method: string;
  path: string;
  query?: object;
  body?: unknown;
  /** The server cannot recognise a repetition, so it is only sent again when it was surely not performed. */
  once?: true;
}

/** Performs one operation, with retries, and resolves to its answer. Throws {@link PulseStackError}. */
export type Call = <Answer>(request: Request, options?: CallOptions) => Promise<Answer>;

export interface Connection {
  key: string;
  url: string;
  fetch: typeof fetch;
  timeoutMs: number;
  maxRetries: number;
}

// The limits are asked before anything else is done.
const REFUSED_BEFORE = 429;

export function createCall(connection: Connection): Call {
  return async <Answer>(request: Request, options: CallOptions = {}): Promise<Answer> => {
    const url = `${connection.url}${request.path}${queryString(request.query)}`;
    const headers = headersOf(connection.key, request, options);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);

    for (let retry = 0; ; retry++) {
      options.signal?.throwIfAborted();
      const outcome = await attempt<Answer>(connection, url, { method: request.method, headers, body }, options);
      if ('answer' in outcome) return outcome.answer;
      const mayRetry = retry < connection.maxRetries && (!request.once || outcome.error.status === REFUSED_BEFORE);
      const delayMs = mayRetry ? retryDelayMs(outcome.error, retry, outcome.retryAfter) : undefined;
      if (delayMs === undefined) throw outcome.error;
      await sleep(delayMs, options.signal);
    }
  };
}

type Outcome<Answer> = { answer: Answer } | { error: PulseStackError; retryAfter: string | null };

async function attempt<Answer>(
  connection: Connection,
  url: string,
  init: RequestInit,
  options: CallOptions,
): Promise<Outcome<Answer>> {
  const timeoutMs = options.timeoutMs ?? connection.timeoutMs;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  try {
    const response = await connection.fetch(url, { ...init, signal });
    if (!response.ok) return { error: await errorOf(response), retryAfter: response.headers.get('retry-after') };
    // An answer cut off in the middle is a network failure like any other, so the body is read inside the try.
    const text = await response.text();
    return { answer: (text === '' ? undefined : JSON.parse(text)) as Answer };
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    return { error: timeout.aborted ? timedOut(url, timeoutMs, cause) : unreachable(url, cause), retryAfter: null };
  }
}

function headersOf(key: string, request: Request, options: CallOptions): Record<string, string> {
  return {
    authorization: `Bearer ${key}`,
    accept: 'application/json',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    // Made once per call: every retry carries the same key, which is what makes retrying a change safe.
    ...(request.method === 'GET' || request.once ? {} : { 'idempotency-key': options.idempotencyKey ?? randomUUID() }),
    ...(options.requestId === undefined ? {} : { 'x-request-id': options.requestId }),
  };
}

function queryString(query: object = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(name, String(one));
  }
  return search.size === 0 ? '' : `?${search}`;
}

function timedOut(url: string, timeoutMs: number, cause: unknown): PulseStackError {
  return new PulseStackError({
    code: 'network.timeout',
    status: 0,
    detail: `${new URL(url).origin} did not answer within ${timeoutMs} ms.`,
    cause,
  });
}

function unreachable(url: string, cause: unknown): PulseStackError {
  return new PulseStackError({
    code: 'network.failed',
    status: 0,
    detail: `The connection to ${new URL(url).origin} failed; is PulseStack running there?`,
    cause,
  });
}
