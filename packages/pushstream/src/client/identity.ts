import type { RequestOptions } from './options.ts';

// What changes from one token of a reader to the next, and says nothing about what she may read.
const PASSING = new Set(['exp', 'iat', 'nbf', 'jti']);

/** The name under which tabs with the same reader find each other, or null where it cannot be told who reads. */
export function sharingName(
  request: RequestOptions,
  shareTabs: boolean | string,
  token: string | undefined,
): string | null {
  let identity: string | null = typeof shareTabs === 'string' ? `=${shareTabs}` : '';
  if (shareTabs === true && request.ticket) return null;
  if (shareTabs === true && request.token) identity = identityOf(token);
  if (identity === null) return null;
  const url = new URL(request.url, globalThis.location?.href).href;
  return `pushstream ${JSON.stringify([url, request.filter ?? null, request.client ?? null, identity])}`;
}

/** Who reads with this token: all its lasting claims, so that readers with other rights count as others. Null if it does not say. */
function identityOf(token: string | undefined): string | null {
  try {
    const part = (token?.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(part), (character) => character.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if (typeof claims.sub !== 'string') return null;
    const lasting = Object.entries(claims).filter(([name]) => !PASSING.has(name));
    return JSON.stringify(lasting.sort(([a], [b]) => (a < b ? -1 : 1)));
  } catch {
    return null;
  }
}
