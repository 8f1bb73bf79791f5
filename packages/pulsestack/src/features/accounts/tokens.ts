import { errors, jwtVerify, SignJWT } from 'jose';
import { fail } from '../../kernel/errors.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import { BoundedMap } from './cache.ts';
import { keyring } from './keyring.ts';
import { onInvalidated } from './revocation.ts';

// Fixed, because the public address of an installation may change while its tokens live.
const ISSUER = 'pulsestack';
const MAX_TOKEN_CHARS = 4_096;
const MAX_VERIFIED = 50_000;

/** What a token of ours says. */
export type Claims =
  | {
      audience: 'member';
      workspaceId: string;
      memberId: string;
      sessionId: string;
      issuedAtMs: number;
      expiresAtMs: number;
    }
  | { audience: 'user'; workspaceId: string; userId: string; issuedAtMs: number; expiresAtMs: number };

export type Subject =
  | { audience: 'member'; workspaceId: string; memberId: string; sessionId: string }
  | { audience: 'user'; workspaceId: string; userId: string };

/** Signs a token for so many minutes. Reads the keys on first use, so call it outside of a workspace's transaction. */
export async function signToken(
  runtime: Runtime,
  subject: Subject,
  ttlMinutes: number,
): Promise<{ token: string; expiresAt: Date }> {
  const key = await keyring.of(runtime).signing();
  const nowMs = runtime.clock.nowMs();
  const expiresAt = new Date((Math.floor(nowMs / 1000) + ttlMinutes * 60) * 1000);
  const claims =
    subject.audience === 'member' ? { wsp: subject.workspaceId, sid: subject.sessionId } : { wsp: subject.workspaceId };
  const token = await new SignJWT({
    ...claims,
    iss: ISSUER,
    aud: subject.audience,
    sub: subject.audience === 'member' ? subject.memberId : subject.userId,
    // With milliseconds: a token minted right after its user was deleted and made again must count as the newer one.
    iat: nowMs / 1000,
    exp: expiresAt.getTime() / 1000,
    jti: runtime.randomBytes(12).toString('base64url'),
  })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: key.id })
    .sign(key.privateKey);
  return { token, expiresAt };
}

// Checking a signature costs about 100 µs, so a token that was right once is remembered until it expires.
const verified = resource((runtime) => {
  const tokens = new BoundedMap<Claims>(MAX_VERIFIED);
  onInvalidated(runtime, (news) => {
    if (news.kind === 'signing-keys') tokens.clear();
  });
  return tokens;
});

/** Reads a token of ours; throws `auth.expired` for one that was ours, `auth.invalid` for anything else. */
export async function readToken(runtime: Runtime, token: string): Promise<Claims> {
  const known = verified.of(runtime).get(token);
  if (known) {
    if (known.expiresAtMs > runtime.clock.nowMs()) return known;
    verified.of(runtime).delete(token);
    throw fail('auth.expired');
  }
  if (token.length > MAX_TOKEN_CHARS) throw fail('auth.invalid');
  const claims = await verify(runtime, token);
  verified.of(runtime).set(token, claims);
  return claims;
}

async function verify(runtime: Runtime, token: string): Promise<Claims> {
  try {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => {
        const key = kid === undefined ? undefined : await keyring.of(runtime).find(kid);
        if (!key) throw new errors.JWKSNoMatchingKey();
        return key.publicKey;
      },
      {
        algorithms: ['EdDSA'],
        issuer: ISSUER,
        audience: ['member', 'user'],
        typ: 'JWT',
        requiredClaims: ['sub', 'exp', 'iat', 'wsp'],
        currentDate: runtime.clock.now(),
      },
    );
    const times = { issuedAtMs: Math.round(Number(payload.iat) * 1000), expiresAtMs: Number(payload.exp) * 1000 };
    const { aud, sub, wsp, sid } = payload;
    if (typeof sub !== 'string' || typeof wsp !== 'string') throw fail('auth.invalid');
    if (aud === 'user') return { audience: 'user', workspaceId: wsp, userId: sub, ...times };
    if (aud !== 'member' || typeof sid !== 'string') throw fail('auth.invalid');
    return { audience: 'member', workspaceId: wsp, memberId: sub, sessionId: sid, ...times };
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw fail('auth.expired', undefined, { cause });
    if (cause instanceof errors.JOSEError) throw fail('auth.invalid', undefined, { cause });
    throw cause;
  }
}
