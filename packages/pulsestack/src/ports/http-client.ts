/** One request to an address that somebody else has chosen. */
export interface HttpRequest {
  url: string;
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** From the beginning to the last byte of the answer; default 15,000. */
  timeoutMs?: number;
  /** What is read of the answer; default 262,144 bytes. */
  maxBytes?: number;
  /** How many redirects are followed; default none, so that a 3xx is an answer. */
  redirects?: number;
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
  /** The answer was longer than `maxBytes`. */
  truncated: boolean;
}

/**
 * Speaks HTTP with servers that users have named. Any status is an answer; what else goes wrong rejects with `HttpFailure`,
 * whose sentence names the host and never the rest of the address, because secrets stand there.
 */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Resolves a name once and refuses what must not be reached: for protocols other than HTTP. */
  resolve(host: string): Promise<{ address: string; family: 4 | 6 }[]>;
  close(): void;
}

/** `refused`: this address must not be asked. `timeout`: no answer in time. `network`: no connection, or it broke. */
export class HttpFailure extends Error {
  override name = 'HttpFailure';
  readonly kind: 'refused' | 'timeout' | 'network';

  constructor(kind: HttpFailure['kind'], sentence: string, options?: { cause: unknown }) {
    super(sentence, options);
    this.kind = kind;
  }
}

/** Milliseconds until the instant that a Retry-After header names, as seconds or as a date; undefined when it says neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header.trim()) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
