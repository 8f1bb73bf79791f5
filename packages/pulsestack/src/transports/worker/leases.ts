import type { Runtime } from '../../kernel/runtime.ts';
import { type Claimed, extend, refOf } from './claims.ts';

/** What this process holds and does not complete at this moment: its leases are kept alive until it is dropped. */
export interface Leases {
  hold(claimed: readonly Claimed[]): void;
  drop(works: readonly { claimed: Claimed }[]): void;
  /** Calls back once when the lease turns out to be lost. */
  onLost(claimed: Claimed, lost: () => void): void;
  stop(): void;
}

const BEATS_PER_LEASE = 3;

export function createLeases(runtime: Runtime, leaseMs: number): Leases {
  const held = new Map<string, { claimed: Claimed; lost?: () => void }>();
  let beating = false;

  async function beat(): Promise<void> {
    if (beating || held.size === 0) return;
    beating = true;
    const asked = [...held.values()];
    try {
      const refs = asked.map((one) => refOf(one.claimed));
      const kept = await runtime.db.inSystem((tx) => extend(tx, refs, leaseMs));
      for (const { claimed, lost } of asked) {
        // Not dropped meanwhile, and not ours any more: whoever has it now does the work.
        if (!kept.has(claimed.id) && held.get(claimed.id)?.claimed === claimed) {
          held.delete(claimed.id);
          lost?.();
        }
      }
    } catch (error) {
      runtime.log.warn({ err: error }, 'leases of jobs could not be extended; the next beat tries again');
    } finally {
      beating = false;
    }
  }

  const timer = setInterval(() => void beat(), leaseMs / BEATS_PER_LEASE);
  timer.unref();

  return {
    hold(claimed) {
      for (const one of claimed) held.set(one.id, { claimed: one });
    },
    drop(works) {
      for (const { claimed } of works) if (held.get(claimed.id)?.claimed === claimed) held.delete(claimed.id);
    },
    onLost(claimed, lost) {
      const entry = held.get(claimed.id);
      if (entry?.claimed === claimed) entry.lost = lost;
    },
    stop: () => clearInterval(timer),
  };
}
