import type { Runtime } from '../../../kernel/runtime.ts';
import { extendLeases, freeLeases } from '../store/runs.ts';

const LEASE_MS = 60_000;

/** One claim of this process. */
export interface Lease {
  id: string;
  /** Until when nobody else takes its runs, by the clock of this process. */
  untilMs: number;
  /** How many batches and calls work under it. */
  users: number;
  /** It ran out once, so others may have its runs. */
  lost: boolean;
}

/** The leases of this process: one for each claim, so that what was lost, and claimed anew, is not held by the old claim. */
export interface Leases {
  make(): Lease;
  /** When the lease of a run ends that is written now. */
  end(): Date;
  hold(lease: Lease): void;
  letGo(lease: Lease): void;
  /** Keeps what is still being worked on. */
  extend(): Promise<void>;
  /** Makes ready what is still held. */
  free(): Promise<void>;
}

export function createLeases(runtime: Runtime): Leases {
  const name = runtime.randomBytes(12).toString('base64url');
  const leases = new Map<string, Lease>();
  let claims = 0;

  const end = () => new Date(runtime.clock.nowMs() + LEASE_MS);

  return {
    end,
    make: () => ({ id: `${name}.${++claims}`, untilMs: end().getTime(), users: 0, lost: false }),
    hold(lease) {
      lease.users++;
      leases.set(lease.id, lease);
    },
    letGo(lease) {
      if (--lease.users === 0) leases.delete(lease.id);
    },
    async extend() {
      const kept = [...leases.values()];
      if (kept.length === 0) return;
      const nowMs = runtime.clock.nowMs();
      // A process that stood still cannot know which of its runs others have meanwhile.
      for (const lease of kept) lease.lost ||= lease.untilMs < nowMs;
      const until = end();
      try {
        const ids = kept.map(({ id }) => id);
        await runtime.db.inSystem((tx) => extendLeases(tx, ids, until));
        for (const lease of kept) lease.untilMs = until.getTime();
      } catch (error) {
        runtime.log.warn({ err: error }, 'the lease of runs could not be extended');
      }
    },
    async free() {
      if (leases.size === 0) return;
      await runtime.db.inSystem((tx) => freeLeases(tx, [...leases.keys()])).catch(() => undefined);
    },
  };
}
