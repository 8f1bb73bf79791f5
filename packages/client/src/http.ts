import { PulseStackError, toError } from './error.ts';
import type { Tokens } from './token.ts';

const TIMEOUT_MS = 20_000;
const READ_ATTEMPTS = 4;
const FIRST_WAIT_MS = 300;
const MAX_WAIT_MS = 20_000;

export interface HttpOptions {
  url: string;
  tokens: Tokens;
  fetch: typeof globalThis.fetch;
}

export type QueryValues = Record<string, string | number | readonly string[] | undefined>;

export interface Call {
  query?: QueryValues;
  body?: unknown;
  signal?: AbortSignal;
}

export interface Http {
  get<Answer>(path: string, call?: Call): Promise<Answer>;
  post<Answer>(path: string, call?: Call): Promise<Answer>;
  patch<Answer>(path: string, call?: Call): Promise<Answer>;
  delete<Answer>(path: string): Promise<Answer>;
  /** Sends without waiting, and survives the page: for the moment it closes. */
  sendAndForget(path: string, body: unknown): void;
}

/**
 * Speaks with the server. What only reads is tried up to four times when the network or the server fails or asks to wait;
 * what changes something is sent once. A refused token is replaced once, where a new one can be had.
 */
export function createHttp({ url, tokens, fetch }: HttpOptions): Http {
  return {
    get: (path, call) => readAgain(() => send('GET', path, call), call?.signal),
    post: (path, call) => send('POST', path, call),
    patch: (path, call) => send('PATCH', path, call),
    delete: (path) => send('DELETE', path),
    sendAndForget(path, body) {
      if (tokens.current === null) return;
      const request = {
        method: 'POST',
        headers: headersOf(tokens.current, true),
        body: JSON.stringify(body),
        keepalive: true,
      };
      void fetch(url + path, request).catch(() => {});
    },
  };

  async function send<Answer>(method: string, path: string, call: Call = {}): Promise<Answer> {
    let response = await attempt(method, path, call, false);
    if (response.status === 401 && tokens.canRefresh) response = await attempt(method, path, call, true);
    if (!response.ok) throw await withRetryAfter(response);
    if (response.status === 204) return undefined as Answer;
    return response.json().catch((cause: unknown) => {
      throw new PulseStackError('client.unexpected_answer', 'The server answered something that is not JSON.', {
        status: response.status,
        cause,
      });
    }) as Promise<Answer>;
  }

  async function attempt(method: string, path: string, call: Call, refresh: boolean): Promise<Response> {
    const token = await tokens.get(refresh);
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const hasBody = call.body !== undefined;
    try {
      return await fetch(url + path + queryString(call.query), {
        method,
        headers: headersOf(token, hasBody),
        body: hasBody ? JSON.stringify(call.body) : undefined,
        signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
      });
    } catch (cause) {
      if (call.signal?.aborted) throw cause;
      if (timeout.aborted) throw new PulseStackError('client.timeout', 'The server did not answer in time.', { cause });
      throw new PulseStackError('client.unreachable', 'The server cannot be reached.', { cause });
    }
  }
}

interface Refusal {
  error: PulseStackError;
  waitMs: number | null;
}

// How long the server asked us to wait, kept beside the error rather than on it: it is of no use to whoever shows the error.
const waits = new WeakMap<PulseStackError, number>();

async function withRetryAfter(response: Response): Promise<PulseStackError> {
  const error = await toError(response);
  const seconds = Number(response.headers.get('retry-after'));
  if (seconds > 0) waits.set(error, seconds * 1000);
  return error;
}

async function readAgain<Answer>(read: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      const refusal = passing(error);
      if (!refusal || attempt >= READ_ATTEMPTS) throw error;
      const backoffMs = FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
      const waitMs = refusal.waitMs ?? backoffMs;
      if (waitMs > MAX_WAIT_MS) throw error;
      await wait(waitMs, signal);
    }
  }
}

const PASSING_CODES = new Set(['client.unreachable', 'client.timeout', 'client.token_failed']);

/** The refusal if the same request may succeed in a moment. */
function passing(error: unknown): Refusal | null {
  if (!(error instanceof PulseStackError)) return null;
  const isPassing = PASSING_CODES.has(error.code) || error.status >= 500 || error.status === 429;
  return isPassing ? { error, waitMs: waits.get(error) ?? null } : null;
}

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}

function headersOf(token: string, hasBody: boolean): Record<string, string> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/json' };
  if (hasBody) headers['content-type'] = 'application/json';
  return headers;
}

function queryString(values: QueryValues = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as string[]) : [String(value)]) query.append(name, one);
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
