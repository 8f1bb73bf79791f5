import type { IncomingMessage } from 'node:http';
import { type Filter, parseFilter } from './filter.ts';

/** A request that asks in a way that cannot be answered. */
export class RequestError extends Error {}

export type Origins = readonly string[] | ((origin: string) => boolean);

export function queryOf(request: IncomingMessage): URLSearchParams {
  return new URL(request.url ?? '/', 'http://local').searchParams;
}

/** The header wins over the query: after the first reconnect the query of an EventSource's address is old. */
export function cursorOf(request: IncomingMessage, query: URLSearchParams): string | null {
  const header = request.headers['last-event-id'];
  if (typeof header === 'string' && header !== '') return header;
  return query.get('last_event_id') || query.get('lastEventId');
}

/** Throws a `FilterError`. */
export function filterOf(query: URLSearchParams): Filter | undefined {
  const text = query.get('filter');
  return text ? parseFilter(text) : undefined;
}

/** `since`: milliseconds since 1970, or an instant such as 2026-11-20T09:00:00Z. */
export function sinceOf(query: URLSearchParams): number | undefined {
  const text = query.get('since');
  if (!text) return undefined;
  const timeMs = /^\d{1,16}$/.test(text) ? Number(text) : INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timeMs)) {
    throw new RequestError('"since" must be an instant such as 2026-11-20T09:00:00Z, or milliseconds since 1970.');
  }
  return timeMs;
}

// With its offset: without one it would mean another time on every server.
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const CLIENT = /^[A-Za-z0-9._-]{1,128}$/;

/**
 * The name under which a reader acknowledges: its session, or what it calls itself by `client`, and before it the user it
 * is, so that nobody acknowledges for somebody else.
 */
export function clientOf(meta: Readonly<Record<string, string>> | undefined, named: string | null): string | undefined {
  if (named !== null && named !== '' && !CLIENT.test(named)) {
    throw new RequestError('"client" must be 1 to 128 of letters, digits, ".", "_" and "-".');
  }
  const own = meta?.session ?? (named || undefined);
  if (own === undefined) return undefined;
  return meta?.user === undefined ? own : `${meta.user}/${own}`;
}

/**
 * A cookie of the request, or `null`; also `null` when the request was made by a page of another origin: a cookie speaks for
 * whoever's browser it is in, not for the page that makes it speak. Pages of the request's own host are trusted, and
 * `origins`; name those when a proxy changes the Host header.
 */
export function readCookie(request: IncomingMessage, name: string, origins: Origins = []): string | null {
  return trustsOrigin(request, origins) ? findCookie(request, name) : null;
}

export function findCookie(request: IncomingMessage, name: string): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals < 0 || part.slice(0, equals).trim() !== name) continue;
    const value = part
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1');
    try {
      return decodeURIComponent(value);
    } catch {
      return value;
    }
  }
  return null;
}

function trustsOrigin(request: IncomingMessage, origins: Origins): boolean {
  const { origin, host } = request.headers;
  // Browsers leave it out only when the page is of the same origin, or the address was opened by hand.
  if (origin === undefined) return request.headers['sec-fetch-site'] !== 'cross-site';
  if (URL.canParse(origin) && new URL(origin).host === host) return true;
  return allowsOrigin(origins, origin);
}

export function allowsOrigin(origins: Origins, origin: string): boolean {
  return typeof origins === 'function' ? origins(origin) : origins.includes(origin);
}
