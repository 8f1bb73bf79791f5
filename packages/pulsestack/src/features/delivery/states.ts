import type { Context } from '../../kernel/context.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { announceStates, madeAt } from './enqueue.ts';
import type { StoredState } from './events.ts';
import { cancelWaiting } from './store/cancel.ts';
import { findStates } from './store/messages.ts';

/** How far a message is, for those who wait for it. */
export interface MessageProgress {
  state: StoredState;
  seenAt: Date | null;
  readAt: Date | null;
  clickedAt: Date | null;
}

/** How far messages are. Seen and read are taken from the inbox itself, so they are true the moment a mark has committed. */
export async function messageStates(
  tx: Transaction,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, MessageProgress>> {
  if (ids.length === 0) return new Map();
  const rows = await findStates(tx, workspaceId, ids, ids.map(madeAt));
  return new Map(
    rows.map((row) => [
      row.id,
      { state: row.state, seenAt: row.seen_at, readAt: row.read_at, clickedAt: row.clicked_at },
    ]),
  );
}

/** Cancels what was not handed over yet: queued, held and digested messages. Returns how many. */
export async function cancelMessages(
  ctx: Context,
  where: { runIds?: readonly string[]; ids?: readonly string[] },
): Promise<number> {
  const cancelled = await cancelWaiting(ctx.tx, ctx.workspaceId, where, ctx.clock.now());
  await announceStates(ctx, cancelled);
  return cancelled.length;
}
