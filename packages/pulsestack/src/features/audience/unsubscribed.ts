import type { Context } from '../../kernel/context.ts';

/** On this channel whoever holds readers of topics hears who must not read one any more. */
export const UNSUBSCRIBED_CHANNEL = 'audience.unsubscribed';

/** The message on it, as JSON; `users` is null when the topic itself is gone. */
export interface Unsubscribed {
  workspaceId: string;
  topic: string;
  users: string[] | null;
}

// A message must fit the smallest carrier.
const PER_MESSAGE = 50;

/** Tells every process, once it is true. */
export function tellUnsubscribed(ctx: Context, topic: string, users: readonly string[] | null): void {
  ctx.tx.afterCommit(() => {
    const messages: Unsubscribed[] = [];
    if (users === null) messages.push({ workspaceId: ctx.workspaceId, topic, users });
    for (let i = 0; users && i < users.length; i += PER_MESSAGE)
      messages.push({ workspaceId: ctx.workspaceId, topic, users: users.slice(i, i + PER_MESSAGE) });
    for (const message of messages) {
      ctx.pubsub
        .publish(UNSUBSCRIBED_CHANNEL, JSON.stringify(message))
        .catch((error: unknown) =>
          ctx.log.warn({ err: error, topic }, 'readers of a topic were not told that they left it'),
        );
    }
  });
}
