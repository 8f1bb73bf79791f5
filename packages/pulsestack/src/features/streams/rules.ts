import { streams } from '@pulsestack/core';
import type { Principal } from '../../kernel/context.ts';

/** The streams a caller may read: everyone's, their own, and for members that of their session and who may see what was sent, the operators'. */
export function streamsOf(principal: Principal): string[] {
  switch (principal.kind) {
    case 'user':
      return [streams.workspace, streams.user(principal.id)];
    case 'member': {
      const own = [streams.workspace, streams.user(principal.id), streams.session(principal.sessionId)];
      return principal.permissions.has('notifications.read') ? [...own, streams.operators] : own;
    }
    default:
      return [];
  }
}

/** What a connection is known by when rights are revoked. */
export function connectionMeta(principal: Principal): Record<string, string> {
  if (principal.kind === 'user') return { user: principal.id };
  if (principal.kind === 'member') return { user: principal.id, session: principal.sessionId };
  return {};
}
