import type { Clock } from './clock.ts';
import type { TicketGrant } from './tickets.ts';

/** A ticket as it is kept. */
export interface KeptTicket {
  id: string;
  grant: TicketGrant;
  /** From then on nobody can use it for the first time, and it may be forgotten. Milliseconds since 1970. */
  usableUntil: number;
}

/**
 * Keeps which tickets were used. Processes that share one open one connection for a ticket among them. When it rejects,
 * the reader is told to come back.
 */
export interface TicketUses {
  /** True for the first who asks, of all processes, and false for everybody after. */
  take(ticket: KeptTicket): Promise<boolean>;
  /** Whoever took it may never have heard of it: until then it can be taken once more. */
  giveBack(ticket: KeptTicket, until: number): Promise<void>;
}

/** Keeps them in memory, for one process. */
export function createMemoryUses(clock: Clock): TicketUses {
  const taken = new Map<string, { freeUntil: number; usableUntil: number }>();
  let pruneAt = 1_024;

  function prune(): void {
    const now = clock.now();
    for (const [id, { usableUntil }] of taken) if (usableUntil < now) taken.delete(id);
    pruneAt = Math.max(1_024, 2 * taken.size);
  }

  return {
    async take({ id, usableUntil }) {
      const before = taken.get(id);
      if (before && before.freeUntil <= clock.now()) return false;
      if (taken.size >= pruneAt) prune();
      taken.set(id, { freeUntil: 0, usableUntil });
      return true;
    },
    async giveBack({ id }, until) {
      const use = taken.get(id);
      if (use) use.freeUntil = until;
    },
  };
}
