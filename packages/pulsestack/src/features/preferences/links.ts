import { timingSafeEqual } from 'node:crypto';
import { CHANNELS, type Channel } from '@pulsestack/core';
import type { Runtime } from '../../kernel/runtime.ts';

/** What a link is for; a link for one thing does not open the other. */
export type LinkPurpose = 'preferences' | 'unsubscribe';

/** What a signed link says: whose preferences, and which message it was in. */
export interface LinkSubject {
  workspaceId: string;
  userId: string;
  category: string;
  workflow: string | null;
  channel: Channel;
}

const DAY_MS = 86_400_000;
/** Links in mails are pressed late; the law asks for a month or two. */
export const MAIL_LINK_MS = 400 * DAY_MS;

/** Signs a link. It needs no row: what it may do is written in it, and its end too. */
export function signLink(
  runtime: Pick<Runtime, 'seal'>,
  purpose: LinkPurpose,
  subject: LinkSubject,
  expiresAt: Date,
): string {
  const { workspaceId, userId, category, workflow, channel } = subject;
  const seconds = Math.floor(expiresAt.getTime() / 1000);
  const payload = Buffer.from(JSON.stringify([workspaceId, userId, category, workflow, channel, seconds]));
  const [mac] = macs(runtime, purpose, payload);
  return `${payload.toString('base64url')}.${mac?.toString('base64url')}`;
}

/** Reads a link; null when it was not signed here for this purpose, or is over. */
export function readLink(
  runtime: Pick<Runtime, 'seal' | 'clock'>,
  purpose: LinkPurpose,
  token: string,
): LinkSubject | null {
  const [payload, mac, ...rest] = token.split('.').map((part) => Buffer.from(part, 'base64url'));
  if (!payload || !mac || rest.length > 0) return null;
  if (!macs(runtime, purpose, payload).some((one) => one.length === mac.length && timingSafeEqual(one, mac)))
    return null;
  const [workspaceId, userId, category, workflow, channel, seconds] = JSON.parse(payload.toString()) as [
    string,
    string,
    string,
    string | null,
    Channel,
    number,
  ];
  if (seconds * 1000 <= runtime.clock.nowMs() || !CHANNELS.includes(channel)) return null;
  return { workspaceId, userId, category, workflow, channel };
}

function macs(runtime: Pick<Runtime, 'seal'>, purpose: LinkPurpose, payload: Buffer): Buffer[] {
  return runtime.seal.digests(payload.toString('base64url'), `preference link ${purpose}`);
}

/**
 * The links a message carries: `page` shows all preferences, `unsubscribe` is for the List-Unsubscribe header of RFC 8058,
 * where a POST acts at once and a GET only asks.
 */
export function messageLinks(
  runtime: Pick<Runtime, 'seal' | 'clock' | 'settings'>,
  subject: LinkSubject,
): { page: string; unsubscribe: string } {
  const expiresAt = new Date(runtime.clock.nowMs() + MAIL_LINK_MS);
  return {
    page: pageUrl(runtime, signLink(runtime, 'preferences', subject, expiresAt)),
    unsubscribe: `${runtime.settings.publicUrl}/u/${signLink(runtime, 'unsubscribe', subject, expiresAt)}`,
  };
}

export function pageUrl(runtime: Pick<Runtime, 'settings'>, token: string): string {
  return `${runtime.settings.publicUrl}/preferences?token=${token}`;
}
