import { type Backplane, BackplaneUnavailable } from './backplane.ts';
import { Ears } from './ears.ts';
import { Health } from './health.ts';

/** Joins nodes of one process, for tests and examples. */
export interface MemoryBus {
  /** A node's way onto the bus. */
  open(): Promise<Backplane>;
  /** Interrupts all ways, as a server that ends would; what is published meanwhile is refused. */
  interrupt(): void;
  restore(): void;
}

export function createMemoryBus(): MemoryBus {
  const nodes = new Set<{ ears: Ears; health: Health }>();
  let works = true;

  return {
    async open() {
      const ears = new Ears();
      const health = new Health();
      const node = { ears, health };
      nodes.add(node);
      health.set(works);
      return {
        async publish(channel, message) {
          if (!health.healthy) throw new BackplaneUnavailable('The bus is interrupted.');
          for (const each of nodes) setImmediate(() => works && each.ears.hear(channel, message));
        },
        async subscribe(channel, listener) {
          ears.add(channel, listener);
          return async () => void ears.remove(channel, listener);
        },
        get healthy() {
          return health.healthy;
        },
        onHealth: (listener) => health.onHealth(listener),
        async close() {
          nodes.delete(node);
          ears.clear();
          health.set(false);
        },
      };
    },
    interrupt() {
      works = false;
      for (const { health } of nodes) health.set(false);
    },
    restore() {
      works = true;
      for (const { health } of nodes) health.set(true);
    },
  };
}
