import type { Channel, MessageContent } from '@pulsestack/core';

const MINUTE_MS = 60_000;

/** How long a message may wait for a better time. */
export const MAX_WAIT_DAYS = 30;

/** After so many times of asking providers in vain a message has failed. */
export const MAX_TRIES = 10;

const BACKOFF_BASE_MS = 5000;
const BACKOFF_MAX_MS = 30 * MINUTE_MS;

/**
 * How long to wait before the next try: what the provider asks for when it does, otherwise twice as long each time, and at
 * least half of it so that a provider in trouble gets a pause. `random` is between 0 and 1.
 */
export function backoffMs(tries: number, random: number, retryAfterMs: number | undefined): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** Math.max(0, tries - 1));
  const own = Math.round(ceiling * (0.5 + random / 2));
  return Math.min(MAX_WAIT_DAYS * 24 * 60 * MINUTE_MS, Math.max(own, retryAfterMs ?? 0));
}

/** Where a message of a channel goes; null when the user cannot be reached there. */
export function addressOf(
  channel: Channel,
  user: { id: string; email: string | null; phone: string | null; attributes: Record<string, unknown> },
): string | null {
  switch (channel) {
    case 'in_app':
    // The address of a webhook is the provider's; the user only stands in the body.
    case 'webhook':
      return user.id;
    case 'email':
      return user.email;
    case 'sms':
    case 'whatsapp':
      return user.phone;
    case 'push':
    case 'chat': {
      const address = user.attributes[channel];
      return typeof address === 'string' ? address : null;
    }
  }
}

const MAX_SUBJECT = 200;

/** The line a list shows of a message. */
export function subjectOf(content: MessageContent): string | null {
  if (content.channel === 'email') return content.subject.slice(0, MAX_SUBJECT);
  if (content.channel === 'in_app' || content.channel === 'push') return content.title.slice(0, MAX_SUBJECT);
  if (content.channel === 'webhook') return null;
  return content.body.split('\n', 1)[0]?.slice(0, MAX_SUBJECT) ?? null;
}

/** The item of the inbox that a message became: the same id with another beginning. */
export function notificationIdOf(messageId: string): string {
  return `ntf_${messageId.slice(4)}`;
}
