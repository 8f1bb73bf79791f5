import { idSchema } from '@pulsestack/core';
import { z } from 'zod';
import { event } from '../../kernel/event.ts';

const memberId = idSchema('member');

/** Somebody became a member; they are also a user of the workspace under the same id. */
export const memberJoined = event('member.joined', z.object({ memberId, role: z.string() }), {
  summary: 'Somebody became a member of the workspace.',
});

export const memberUpdated = event('member.updated', z.object({ memberId, role: z.string() }), {
  summary: 'A member has another role.',
});

export const memberRemoved = event('member.removed', z.object({ memberId }), {
  summary: 'Somebody is no longer a member of the workspace.',
});
