import type { IncomingMessage, ServerResponse } from 'node:http';
import { allowsOrigin, type Origins } from './request.ts';

export type Headers = Record<string, string>;

export interface Refusal {
  /** 204 tells a native EventSource to stop for good; `busy` tells every reader to come back in a moment: nothing is decided yet. */
  refuse: 204 | 401 | 403 | 'busy';
  challenge?: string;
}

export interface CorsOptions {
  /** Exact origins, or a rule. */
  origins: Origins;
  /** Whether cookies may be sent. Default: true. */
  credentials?: boolean;
  /** How long browsers may keep the answer to a preflight. Default: 600. */
  maxAgeSeconds?: number;
}

export function answer(response: ServerResponse, status: number, headers: Headers, text = ''): null {
  response.writeHead(status, text ? { ...headers, 'Content-Type': 'text/plain; charset=utf-8' } : headers);
  response.end(text);
  return null;
}

export function refuse(response: ServerResponse, access: Refusal, cors: Headers): null {
  const headers: Headers = { ...cors, 'Cache-Control': 'no-store' };
  if (access.refuse === 'busy')
    return answer(response, 503, { ...headers, 'Retry-After': '1' }, 'This cannot be decided now; send it again.');
  if (access.refuse === 204) return answer(response, 204, headers);
  if (access.refuse === 401) headers['WWW-Authenticate'] = access.challenge ?? 'Bearer';
  else if (access.challenge) headers['WWW-Authenticate'] = access.challenge;
  const text = access.refuse === 401 ? 'Sign in to read these events.' : 'These events are not yours to read.';
  return answer(response, access.refuse, headers, text);
}

// ---- other origins

export function crossOrigin(request: IncomingMessage, cors: CorsOptions | undefined, expose: string): Headers {
  const { origin } = request.headers;
  if (!cors || !origin) return cors ? { Vary: 'Origin' } : {};
  if (!allowsOrigin(cors.origins, origin)) return { Vary: 'Origin' };
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    ...(cors.credentials === false ? {} : { 'Access-Control-Allow-Credentials': 'true' }),
    'Access-Control-Expose-Headers': expose,
  };
}

export function preflight(request: IncomingMessage, cors: CorsOptions | undefined, methods: string): Headers {
  if (!cors || !request.headers.origin) return {};
  return {
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': 'Last-Event-ID, Authorization, Content-Type, Cache-Control',
    'Access-Control-Max-Age': String(cors.maxAgeSeconds ?? 600),
  };
}
