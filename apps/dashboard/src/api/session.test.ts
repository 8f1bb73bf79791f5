import type { SessionTokens } from '@pulsestack/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { call, session } from './session.ts';

const HOUR = 3600;

function tokensFor(workspaceId: string, n: number, lifeSeconds = HOUR): SessionTokens {
  // Issued by a server whose clock is a day behind the reader's.
  const iat = Math.floor(Date.now() / 1000) - 24 * HOUR;
  const payload = btoa(JSON.stringify({ iat, exp: iat + lifeSeconds, n }));
  return {
    accessToken: `h.${payload}.s`,
    accessTokenExpiresAt: new Date((iat + lifeSeconds) * 1000).toISOString(),
    refreshToken: 'r',
    workspaceId,
    memberId: 'mem_1',
  };
}

interface Call {
  path: string;
  authorization: string | undefined;
}

/** A server that answers by path, and remembers what it was asked. */
function serve(answers: (call: Call, nth: number) => { status: number; body?: unknown }): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal('fetch', async (path: string, init: { headers: Record<string, string> }) => {
    const asked = { path, authorization: init.headers.authorization };
    calls.push(asked);
    const { status, body } = answers(asked, calls.length);
    return new Response(body === undefined ? null : JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json', 'x-request-id': 'req_test' },
    });
  });
  return calls;
}

afterEach(() => {
  session.forget();
  vi.unstubAllGlobals();
});

describe('the session of a tab', () => {
  it('trusts the lifetime of a token, not the clock of the reader', async () => {
    const calls = serve(() => ({ status: 200, body: {} }));
    session.enter(tokensFor('wsp_1', 1));
    await call('GET', '/v1/me');
    expect(calls.map(({ path }) => path)).toEqual(['/v1/me']);
  });

  it('asks for one new token however many calls meet the old one’s end', async () => {
    const calls = serve(({ path }) => ({
      status: 200,
      body: path === '/v1/auth/refresh' ? tokensFor('wsp_1', 2) : {},
    }));
    session.enter(tokensFor('wsp_1', 1, 1));
    await Promise.all([call('GET', '/v1/a'), call('GET', '/v1/b'), call('GET', '/v1/c')]);
    expect(calls.filter(({ path }) => path === '/v1/auth/refresh')).toHaveLength(1);
    expect(new Set(calls.slice(1).map(({ authorization }) => authorization)).size).toBe(1);
  });

  it('tries once more with a new token when the server has revoked the old one', async () => {
    const calls = serve(({ path }, nth) => {
      if (path === '/v1/auth/refresh') return { status: 200, body: tokensFor('wsp_1', 2) };
      return nth === 1
        ? { status: 401, body: { status: 401, code: 'auth.invalid' } }
        : { status: 200, body: { fine: true } };
    });
    session.enter(tokensFor('wsp_1', 1));
    await expect(call('GET', '/v1/a')).resolves.toEqual({ fine: true });
    expect(calls.map(({ path }) => path)).toEqual(['/v1/a', '/v1/auth/refresh', '/v1/a']);
  });

  it('stays in its workspace when another tab has switched the session', async () => {
    const calls = serve(({ path }) => {
      if (path === '/v1/auth/refresh') return { status: 200, body: tokensFor('wsp_other', 2) };
      if (path === '/v1/auth/switch') return { status: 200, body: tokensFor('wsp_1', 3) };
      return { status: 200, body: {} };
    });
    session.enter(tokensFor('wsp_1', 1, 1));
    await call('GET', '/v1/a');
    expect(calls.map(({ path }) => path)).toEqual(['/v1/auth/refresh', '/v1/auth/switch', '/v1/a']);
    expect(session.getSnapshot()).toMatchObject({ status: 'signed-in', workspaceId: 'wsp_1' });
  });

  it('is over when the server ends it, and not when the network fails', async () => {
    session.enter(tokensFor('wsp_1', 1, 1));
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('offline');
    });
    await expect(call('GET', '/v1/a')).rejects.toMatchObject({ code: 'network' });
    expect(session.getSnapshot().status).toBe('signed-in');
    serve(() => ({ status: 401, body: { status: 401, code: 'auth.expired' } }));
    await expect(call('GET', '/v1/a')).rejects.toMatchObject({ status: 401 });
    expect(session.getSnapshot().status).toBe('signed-out');
  });
});
