import type { PubSub } from '../../ports/pubsub.ts';

/** PubSub of a single process: listeners run in a later microtask, in the order of publishing. */
export function createMemoryPubSub(): PubSub {
  const listeners = new Map<string, Set<(message: string) => void>>();
  return {
    async publish(channel, message) {
      for (const listener of listeners.get(channel) ?? []) queueMicrotask(() => listener(message));
    },
    async subscribe(channel, onMessage) {
      const all = listeners.get(channel) ?? new Set();
      listeners.set(channel, all.add(onMessage));
      return async () => void all.delete(onMessage);
    },
    healthy: true,
    onHealth: () => () => {},
    async close() {
      listeners.clear();
    },
  };
}
