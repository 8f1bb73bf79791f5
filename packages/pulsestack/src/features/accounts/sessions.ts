import { timingSafeEqual } from 'node:crypto';
import type { SessionTokens } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import type { Reply } from '../../kernel/operation.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { revokeAfterCommit } from './revocation.ts';
import * as store from './store/sessions.ts';
import { signToken } from './tokens.ts';
import type { Work } from './work.ts';

const SALT_BYTES = 32;
const MAX_USER_AGENT_CHARS = 300;
const DAY_MS = 24 * 3_600_000;
// Two tabs may refresh at the same moment; the slower one gets the same answer instead of an alarm.
const GRACE_MS = 10_000;
const COOKIE = 'pulsestack_refresh';
const SESSION_ID = /^ses_[0-9a-z]{26}$/;

/** A session at one point of its life: enough to make its tokens. */
export interface SessionState {
  id: string;
  workspaceId: string;
  memberId: string;
  salt: Buffer;
  generation: number;
}

/** Begins a session in a system transaction; its tokens are made afterwards by `tokensOf`. */
export async function startSession(
  work: Work,
  of: { accountId: string; workspaceId: string; memberId: string; ip: string | null; userAgent: string | null },
): Promise<SessionState> {
  const state = {
    id: work.newId('session'),
    workspaceId: of.workspaceId,
    memberId: of.memberId,
    salt: work.randomBytes(SALT_BYTES),
    generation: 1,
  };
  const now = work.clock.now();
  await store.insertSession(work.tx, {
    ...state,
    accountId: of.accountId,
    ip: of.ip,
    userAgent: of.userAgent?.slice(0, MAX_USER_AGENT_CHARS) ?? null,
    now,
    expiresAt: new Date(now.getTime() + work.settings.sessionDays * DAY_MS),
  });
  return state;
}

/** The access token and the refresh token of a session as it stands. */
export async function tokensOf(runtime: Runtime, state: SessionState): Promise<SessionTokens> {
  const { workspaceId, memberId } = state;
  const access = await signToken(
    runtime,
    { audience: 'member', workspaceId, memberId, sessionId: state.id },
    runtime.settings.accessTokenMinutes,
  );
  return {
    accessToken: access.token,
    accessTokenExpiresAt: access.expiresAt.toISOString(),
    refreshToken: refreshTokens(runtime, state, state.generation)[0] as string,
    workspaceId,
    memberId,
  };
}

/** The refresh token of one generation, by the newest master secret first. Nothing in the database alone yields it. */
function refreshTokens(runtime: Runtime, session: { id: string; salt: Buffer }, generation: number): string[] {
  const proofs = runtime.seal.digests(
    `${session.id}.${generation}.${session.salt.toString('base64url')}`,
    'refresh-token',
  );
  return proofs.map((proof) => `${session.id}.${generation}.${proof.toString('base64url')}`);
}

type Refreshed = { outcome: 'refreshed'; state: SessionState } | { outcome: 'reused' | 'unknown' | 'expired' };

/**
 * Exchanges a refresh token for the next one. Of a chain only the latest works; whoever shows an earlier one, thief or
 * victim, ends the session. Opens its own transaction, because an ended session must stay ended when the answer is an error.
 */
export async function refreshSession(
  ctx: Context,
  token: string,
  home: (work: Work, accountId: string, workspaceId: string) => Promise<Place>,
): Promise<SessionState> {
  const [id, generationText, proof] = token.split('.');
  const generation = Number(generationText);
  if (!id || !proof || !SESSION_ID.test(id) || !Number.isSafeInteger(generation)) throw fail('auth.invalid');
  const result = await ctx.db.inSystem(async (tx): Promise<Refreshed> => {
    const work: Work = { ...ctx, tx };
    const now = work.clock.now();
    const session = await store.findSession(tx, id);
    if (!session || session.revoked_at || !isGenuine(work, session, generation, token)) return { outcome: 'unknown' };
    if (session.expires_at <= now) return { outcome: 'expired' };
    const state = {
      id,
      workspaceId: session.workspace_id,
      memberId: session.member_id,
      salt: session.salt,
      generation: session.generation,
    };
    if (generation === session.generation) {
      const place = await home(work, session.account_id, session.workspace_id);
      return { outcome: 'refreshed', state: await advance(work, { ...state, ...place }) };
    }
    const inGrace = generation === session.generation - 1 && now.getTime() - session.rotated_at.getTime() <= GRACE_MS;
    if (inGrace) return { outcome: 'refreshed', state };
    await endSessions(work, { accountId: session.account_id, only: id });
    return { outcome: 'reused' };
  });
  switch (result.outcome) {
    case 'refreshed':
      return result.state;
    case 'expired':
      throw fail('auth.expired', 'This session has expired; sign in again.');
    case 'reused':
      ctx.log.warn({ sessionId: id, ip: ctx.ip }, 'a refresh token was used twice; the session was ended');
      throw fail('auth.invalid', 'This session was ended because its refresh token was used twice; sign in again.');
    case 'unknown':
      throw fail('auth.invalid', 'This session has ended; sign in again.');
  }
}

/** Where a session is used: a workspace, and the member the account is there. */
export interface Place {
  workspaceId: string;
  memberId: string;
}

/** Takes a session to another workspace of its account. */
export async function moveSession(ctx: Context, sessionId: string, place: Place): Promise<SessionState> {
  const session = await store.findSession(ctx.tx, sessionId);
  if (!session || session.revoked_at) throw fail('auth.invalid', 'This session has ended; sign in again.');
  return advance(ctx, { id: session.id, salt: session.salt, generation: session.generation, ...place });
}

/** Ends sessions of an account; their tokens stop with the commit. */
export async function endSessions(
  work: Work,
  of: { accountId: string; only?: string; except?: string },
): Promise<string[]> {
  const ended = await store.revokeSessions(work.tx, { ...of, now: work.clock.now() });
  if (ended.length > 0) {
    const workspaces = await store.listWorkspacesOf(work.tx, of.accountId);
    revokeAfterCommit(work, {
      forget: [{ kind: 'members' }],
      close: ended.flatMap((id) => workspaces.map((workspaceId) => ({ kind: 'session', id, workspaceId }) as const)),
    });
  }
  return ended;
}

/** Ends one session of the account, or answers as if there were none. */
export async function endSession(work: Work, accountId: string, id: string): Promise<void> {
  const ended = await endSessions(work, { accountId, only: id });
  if (ended.length === 0) throw notFound('session');
}

/** The tokens as an answer, the refresh token also as a cookie that scripts cannot read. */
export async function answerTokens(ctx: Context, reply: Reply, state: SessionState): Promise<SessionTokens> {
  const tokens = await tokensOf(ctx, state);
  reply.headers['set-cookie'] = cookie(ctx, tokens.refreshToken, ctx.settings.sessionDays * 24 * 3600);
  reply.headers['cache-control'] = 'no-store';
  return tokens;
}

export function clearCookie(ctx: Context, reply: Reply): void {
  reply.headers['set-cookie'] = cookie(ctx, '', 0);
}

/** The refresh token of a request: from the body, or from the cookie when our own page asks. */
export function presentedRefreshToken(ctx: Context, given: string | undefined): string {
  if (given !== undefined) return given;
  const kept = ctx.cookies[COOKIE];
  if (!kept) throw fail('auth.required', 'Send a refresh token, or sign in.');
  if (!isOwnOrigin(ctx)) throw fail('auth.origin_refused');
  return kept;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Is it our own page that asks? In development this machine has several names for itself. */
function isOwnOrigin(ctx: Context): boolean {
  const own = new URL(ctx.settings.publicUrl);
  if (ctx.origin === null || !URL.canParse(ctx.origin)) return false;
  const asking = new URL(ctx.origin);
  if (asking.origin === own.origin) return true;
  return (
    ctx.settings.development && asking.port === own.port && LOOPBACK.has(asking.hostname) && LOOPBACK.has(own.hostname)
  );
}

async function advance(work: Work, state: SessionState): Promise<SessionState> {
  const now = work.clock.now();
  const next = { ...state, generation: state.generation + 1 };
  await store.rotateSession(work.tx, {
    ...next,
    now,
    expiresAt: new Date(now.getTime() + work.settings.sessionDays * DAY_MS),
  });
  return next;
}

function isGenuine(runtime: Runtime, session: store.SessionRow, generation: number, token: string): boolean {
  if (generation < 1 || generation > session.generation) return false;
  const given = Buffer.from(token);
  return refreshTokens(runtime, session, generation).some((one) => {
    const expected = Buffer.from(one);
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
}

function cookie(ctx: Context, value: string, maxAgeSeconds: number): string {
  const secure = ctx.settings.publicUrl.startsWith('https:') ? '; Secure' : '';
  return `${COOKIE}=${value}; Path=/v1/auth; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure}`;
}
