import type { Runtime } from '../../kernel/runtime.ts';
import { mailAfterCommit, resetMail, verificationMail } from './mails.ts';
import * as store from './store/links.ts';
import type { Work } from './work.ts';

const TOKEN_BYTES = 32;
const HOUR_MS = 3_600_000;
const LIFE_MS = { 'verify-email': 24 * HOUR_MS, 'reset-password': HOUR_MS } as const;
// Nobody needs more mails of a kind, and a stranger must not fill somebody's mailbox.
const MAX_PER_HOUR = 5;

export type LinkPurpose = keyof typeof LIFE_MS;

/** A secret for a link, and the digest that is kept of it. */
export function makeLinkSecret(runtime: Runtime, purpose: string): { token: string; digest: Buffer } {
  const token = runtime.randomBytes(TOKEN_BYTES).toString('base64url');
  return { token, digest: linkDigests(runtime, token, purpose)[0] as Buffer };
}

export function linkDigests(runtime: Runtime, token: string, purpose: string): Buffer[] {
  return runtime.seal.digests(token, `link ${purpose}`);
}

/** Mails a link to whoever has this address. Does the same work, and says nothing, when nobody has. */
export async function mailLink(work: Work, email: string, purpose: LinkPurpose): Promise<void> {
  const now = work.clock.now();
  const { token, digest } = makeLinkSecret(work, purpose);
  const made = await store.insertLink(work.tx, {
    email,
    purpose,
    digest,
    now,
    expiresAt: new Date(now.getTime() + LIFE_MS[purpose]),
    since: new Date(now.getTime() - HOUR_MS),
    maxSince: MAX_PER_HOUR,
  });
  if (!made) return;
  mailAfterCommit(
    work,
    purpose === 'verify-email' ? verificationMail(work, email, token) : resetMail(work, email, token),
  );
}
