import type { SessionTokens } from '@pulsestack/core';
import { ApiError, type RequestOptions, request } from './http.ts';

export type SessionState =
  | { status: 'unknown' }
  | { status: 'signed-out' }
  | { status: 'signed-in'; accessToken: string; expiresAtMs: number; workspaceId: string; memberId: string };

// A token that dies on the way to the server costs a second round trip.
const RENEW_BEFORE_MS = 20_000;
const TAB_WORKSPACE = 'pulsestack.workspace';

let state: SessionState = { status: 'unknown' };
let renewing: Promise<SessionState> | null = null;
const listeners = new Set<() => void>();
const otherTabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('pulsestack.session');

otherTabs?.addEventListener('message', () => become({ status: 'signed-out' }));

/** Who is signed in here. The access token lives in memory only; the HttpOnly cookie brings it back after a reload. */
export const session = {
  getSnapshot: () => state,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  /** Finds out whether the browser is still signed in. */
  async begin(): Promise<SessionState> {
    return state.status === 'unknown' ? renew() : state;
  },

  enter(tokens: SessionTokens): void {
    rememberWorkspace(tokens.workspaceId);
    become({
      status: 'signed-in',
      accessToken: tokens.accessToken,
      expiresAtMs: Date.now() + lifetimeMs(tokens),
      workspaceId: tokens.workspaceId,
      memberId: tokens.memberId,
    });
  },

  /** Asks for a session by the refresh token of an answer that carried no cookie, so that a reload finds it. */
  async adopt(tokens: SessionTokens): Promise<void> {
    session.enter(
      await request<SessionTokens>('POST', '/v1/auth/refresh', { body: { refreshToken: tokens.refreshToken } }),
    );
  },

  async switchTo(workspaceId: string): Promise<void> {
    session.enter(await call<SessionTokens>('POST', '/v1/auth/switch', { body: { workspaceId } }));
  },

  async signOut(): Promise<void> {
    await call('POST', '/v1/auth/sign-out').catch(() => undefined);
    session.forget();
    otherTabs?.postMessage('signed-out');
  },

  forget(): void {
    rememberWorkspace(null);
    become({ status: 'signed-out' });
  },

  /** A token that is good for a while, for streams and components. */
  async token(): Promise<string> {
    const current = isFresh() ? state : await renew();
    if (current.status !== 'signed-in')
      throw new ApiError({ status: 401, code: 'auth.required', detail: 'You are signed out.' }, null);
    return current.accessToken;
  },
};

/** Calls the API as the signed-in member; renews the session once when the server says it has expired. */
export async function call<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const token = await session.token();
  try {
    return await request<T>(method, path, withToken(options, token));
  } catch (error) {
    if (!(error instanceof ApiError) || (error.code !== 'auth.expired' && error.code !== 'auth.invalid')) throw error;
    const renewed = await renew();
    if (renewed.status !== 'signed-in') throw error;
    return request<T>(method, path, withToken(options, renewed.accessToken));
  }
}

/** How long the token lasts, by the server's clock alone: the reader's may be wrong by hours. */
function lifetimeMs({ accessToken, accessTokenExpiresAt }: SessionTokens): number {
  try {
    const payload = atob((accessToken.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    const { exp, iat } = JSON.parse(payload) as { exp?: number; iat?: number };
    if (exp !== undefined && iat !== undefined) return (exp - iat) * 1000;
  } catch {
    // Not a JWT after all; then its stated end has to do.
  }
  return Date.parse(accessTokenExpiresAt) - Date.now();
}

function withToken(options: RequestOptions, token: string): RequestOptions {
  return { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } };
}

function isFresh(): boolean {
  return state.status === 'signed-in' && state.expiresAtMs - Date.now() > RENEW_BEFORE_MS;
}

function renew(): Promise<SessionState> {
  renewing ??= refresh().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function refresh(): Promise<SessionState> {
  const wanted = state.status === 'signed-in' ? state.workspaceId : readWorkspace();
  try {
    let tokens = await request<SessionTokens>('POST', '/v1/auth/refresh', { body: {} });
    if (wanted !== null && tokens.workspaceId !== wanted) tokens = await stayIn(wanted, tokens);
    session.enter(tokens);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500 || error.status === 429) throw error;
    session.forget();
  }
  return state;
}

/** Another tab may have switched the session's workspace; this tab stays where its reader is. */
async function stayIn(workspaceId: string, tokens: SessionTokens): Promise<SessionTokens> {
  try {
    return await request<SessionTokens>(
      'POST',
      '/v1/auth/switch',
      withToken({ body: { workspaceId } }, tokens.accessToken),
    );
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) return tokens;
    throw error;
  }
}

function become(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

function readWorkspace(): string | null {
  try {
    return sessionStorage.getItem(TAB_WORKSPACE);
  } catch {
    return null;
  }
}

function rememberWorkspace(id: string | null): void {
  try {
    if (id === null) sessionStorage.removeItem(TAB_WORKSPACE);
    else sessionStorage.setItem(TAB_WORKSPACE, id);
  } catch {
    // Without storage a reload opens the session's own workspace.
  }
}
