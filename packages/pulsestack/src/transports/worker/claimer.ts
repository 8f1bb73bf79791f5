import type { Runtime } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import {
  type Claimed,
  claimFair,
  claimHopeless,
  claimOf,
  fillBuckets,
  MAX_SPACES,
  promote,
  readyLanes,
  spend,
} from './claims.ts';

/** A lane and how many of it are wanted. */
interface Wanted {
  name: string;
  limit: number;
  rate: { perSecond: number; burst: number } | undefined;
}

export interface Found {
  claimed: ReadonlyMap<string, Claimed[]>;
  hopeless: readonly Claimed[];
  /** How many have become ready, or are claimed no more. */
  moved: number;
  /** When the next token of a rate falls due. */
  nextTokenMs: number | undefined;
}

export interface Claimer {
  /** One transaction: what is due becomes ready, and what is wanted is claimed. */
  claim(wanted: readonly Wanted[], virtualNow: Date | null): Promise<Found>;
  /** The next claim also looks for what is due. */
  upkeepNow(): void;
}

const UPKEEP_MS = 250;

/** Claims fairly: each workspace its share, each lane its own, and each rate its tokens. */
export function createClaimer(runtime: Runtime, options: { leaseMs: number; starts: boolean }): Claimer {
  // Where the last claim of a lane stopped looking, when there were more workspaces than one claim serves.
  const cursors = new Map<string, string>();
  let keptMs = 0;

  async function claimLane(tx: Transaction, lane: Wanted): Promise<Claimed[]> {
    const after = cursors.get(lane.name) ?? '';
    const claim = { ...options, lane: lane.name, limit: lane.limit };
    let found = await claimFair(tx, { ...claim, after });
    if (found.length === 0 && after !== '') found = await claimFair(tx, { ...claim, after: '' });
    const spaces = found[0]?.spaces ?? 0;
    cursors.set(lane.name, spaces === MAX_SPACES ? lastOf(found.map((one) => one.workspace_id)) : '');
    const missing = lane.limit - found.length;
    if (missing <= lane.limit / 4 || spaces === 0) return found;
    // Those who had their share and more fill the rest.
    const share = Math.ceil(lane.limit / spaces);
    const taken = countOf(found);
    const heavy = [...taken].filter(([, n]) => n === share).map(([workspaceId]) => workspaceId);
    if (heavy.length === 0) return found;
    const sizes = heavy.map(() => Math.ceil(missing / heavy.length));
    return [...found, ...(await claimOf(tx, { ...options, lane: lane.name, workspaces: heavy, sizes }))];
  }

  async function claimWithin(
    tx: Transaction,
    lane: Wanted,
    rate: { perSecond: number; burst: number },
    now: Date | null,
  ): Promise<{ claimed: Claimed[]; waitMs: number | undefined }> {
    const after = cursors.get(lane.name) ?? '';
    const buckets = await fillBuckets(tx, lane.name, rate, after, now);
    cursors.set(lane.name, buckets.length === MAX_SPACES ? lastOf(buckets.map((one) => one.workspace_id)) : '');
    const open = buckets.filter((bucket) => bucket.tokens > 0);
    const waits = buckets.filter((bucket) => bucket.tokens <= 0).map((bucket) => bucket.wait_ms);
    const waitMs = after !== '' && buckets.length === 0 ? 0 : waits.length > 0 ? Math.min(...waits) : undefined;
    if (open.length === 0) return { claimed: [], waitMs };
    const share = Math.ceil(lane.limit / open.length);
    const claimed = await claimOf(tx, {
      ...options,
      lane: lane.name,
      workspaces: open.map((bucket) => bucket.workspace_id),
      sizes: open.map((bucket) => Math.min(bucket.tokens, share)),
    });
    const spent = [...countOf(claimed)].map(([workspaceId, tokens]) => ({ workspaceId, tokens }));
    if (spent.length > 0) await spend(tx, lane.name, spent);
    const emptied = open.some((bucket) =>
      spent.some((one) => one.workspaceId === bucket.workspace_id && one.tokens === bucket.tokens),
    );
    return { claimed, waitMs: waitMs ?? (emptied ? 1000 / rate.perSecond : undefined) };
  }

  return {
    upkeepNow() {
      keptMs = 0;
    },
    async claim(wanted, now) {
      const keeps = performance.now() - keptMs > UPKEEP_MS || keptMs === 0;
      const found = await runtime.db.inSystem(async (tx): Promise<Found> => {
        const kept = keeps ? await promote(tx, now) : { moved: 0, hopeless: false };
        const hopeless = kept.hopeless ? await claimHopeless(tx, options.leaseMs) : [];
        const ready = new Set(await readyLanes(tx));
        const claimed = new Map<string, Claimed[]>();
        let nextTokenMs: number | undefined;
        for (const lane of wanted) {
          if (!ready.has(lane.name)) continue;
          if (lane.rate) {
            const within = await claimWithin(tx, lane, lane.rate, now);
            claimed.set(lane.name, within.claimed);
            if (within.waitMs !== undefined) nextTokenMs = Math.min(nextTokenMs ?? within.waitMs, within.waitMs);
          } else claimed.set(lane.name, await claimLane(tx, lane));
        }
        return { claimed, hopeless, moved: kept.moved, nextTokenMs };
      });
      if (keeps) keptMs = performance.now();
      return found;
    },
  };
}

function countOf(claimed: readonly Claimed[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { workspace_id } of claimed) counts.set(workspace_id, (counts.get(workspace_id) ?? 0) + 1);
  return counts;
}

function lastOf(workspaces: readonly string[]): string {
  return workspaces.reduce((last, one) => (one > last ? one : last), '');
}
