import type { Action, JsonObject, Priority } from '@pulsestack/core';
import type { z } from 'zod';
import type { Context } from '../../kernel/context.ts';
import { announce } from '../../kernel/event.ts';
import { priorityNumber } from './items.ts';
import { publication } from './publish.ts';
import { deliverToUsers } from './publisher.ts';
import type { Incoming } from './store/deliver.ts';

/** A notification for one user that was made and checked by a room after this one. */
export interface Addressed {
  id: string;
  userId: string;
  title: string;
  body: string;
  icon: string | null;
  image: string | null;
  link: string | null;
  actions: Action[];
  data: z.infer<typeof JsonObject>;
  type: string;
  category: string;
  priority: Priority;
  collapseKey: string | null;
  expiresAt: Date | null;
  /** What made it, such as the key of a workflow. */
  sender: string | null;
  correlationId: string;
}

/**
 * Puts different notifications into the inboxes of single users, in the transaction of the caller: receipts, counts and
 * news commit together with whatever caused them. The ids must be new.
 */
export async function deliverAddressed(ctx: Context, addressed: readonly Addressed[]): Promise<void> {
  if (addressed.length === 0) return;
  const incoming = addressed.map(toIncoming);
  const facts = await deliverToUsers(ctx.tx, ctx.workspaceId, incoming, ctx.clock.now());
  await announce(ctx, ctx.tx, ctx.workspaceId, [...facts, ...publication(incoming)], ctx.requestId);
}

function toIncoming(one: Addressed): Incoming {
  return {
    id: one.id,
    title: one.title,
    body: one.body,
    content: { icon: one.icon, image: one.image, link: one.link, actions: one.actions, data: one.data },
    type: one.type,
    category: one.category,
    priority: priorityNumber(one.priority),
    actor: { kind: 'system', id: one.sender ?? 'system', name: null },
    audience: { users: [one.userId] },
    state: 'published',
    collapse_key: one.collapseKey,
    expires_at: one.expiresAt,
    correlation_id: one.correlationId,
    users: [one.userId],
  };
}
