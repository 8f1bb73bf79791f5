import type { NotificationInput } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import { draft } from './publish.ts';
import { storeFresh } from './publisher.ts';

/**
 * Publishes in the transaction of the caller, so that it happens exactly when the rest does. For rooms after this one, which
 * have asked for permission themselves; `sender` is shown as who sent it.
 */
export async function publishIn(
  ctx: Context,
  input: NotificationInput,
  sender: { id: string; name: string },
): Promise<string> {
  const allowed = {
    ...ctx,
    principal: {
      kind: 'key' as const,
      ...sender,
      workspaceId: ctx.workspaceId,
      permissions: new Set(['notifications.broadcast'] as const),
    },
  };
  const drafted = draft(allowed, input);
  drafted.incoming.actor = { kind: 'system', ...sender };
  await storeFresh(ctx, ctx.tx, ctx.workspaceId, [{ ctx, drafts: [drafted] }]);
  return drafted.accepted.id;
}
