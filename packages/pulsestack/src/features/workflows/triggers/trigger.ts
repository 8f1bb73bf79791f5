import type { EventAccepted, EventInput } from '@pulsestack/core';
import type { Context } from '../../../kernel/context.ts';
import { ProductError } from '../../../kernel/errors.ts';
import { acceptIn, acceptor } from './acceptor.ts';
import type { Asked } from './draft.ts';

/** An event by name, or one workflow by its key, for those it is for. */
export type TriggerRequest = Omit<Partial<EventInput>, 'name'> &
  ({ name: string; workflow?: undefined } | { workflow: string; name?: undefined });

/**
 * Starts workflows for other rooms (schedules, the bus, audiences). Inside a transaction it is part of it; outside it shares
 * a commit with others and resolves after it. Rejects with the refusal when the event cannot be accepted.
 */
export async function trigger(
  ctx: Context,
  request: TriggerRequest,
  options: { source: string },
): Promise<EventAccepted> {
  const asked = { payload: {}, ...request } as Asked;
  const incoming = [{ ctx, asked, source: options.source, strict: false }];
  const inside = (ctx as Partial<Context>).tx !== undefined;
  const [outcome] = inside
    ? await acceptIn(ctx, ctx.tx, ctx.workspaceId, incoming)
    : await acceptor.of(ctx).accept(ctx.workspaceId, incoming);
  if (outcome instanceof ProductError) throw outcome;
  return outcome as EventAccepted;
}

/** Accepts many events as a part of the open transaction, in their order: an answer or a refusal for each. */
export function triggerMany(
  ctx: Context,
  requests: readonly TriggerRequest[],
  options: { source: string },
): Promise<(EventAccepted | ProductError)[]> {
  const incoming = requests.map((request) => ({
    ctx,
    asked: { payload: {}, ...request } as Asked,
    source: options.source,
    strict: false,
  }));
  return acceptIn(ctx, ctx.tx, ctx.workspaceId, incoming);
}

/**
 * A user came into an audience or left it: an event `audience.entered` or `audience.exited`, for whoever makes audiences.
 * @public
 */
export function tellAudienceChange(
  ctx: Context,
  change: { audience: string; kind: 'entered' | 'exited'; userId: string },
): Promise<EventAccepted> {
  const name = `audience.${change.kind}`;
  return trigger(ctx, { name, to: change.userId, payload: { audience: change.audience } }, { source: 'audience' });
}
