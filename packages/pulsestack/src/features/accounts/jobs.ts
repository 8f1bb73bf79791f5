import type { Tick } from '../../kernel/job.ts';
import { ensureSigningKey, LONGEST_TOKEN_MINUTES } from './keyring.ts';
import * as store from './store/upkeep.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const KEPT_MS = 30 * 24 * HOUR_MS;
const ATTEMPTS_MS = 15 * MINUTE_MS;
const BATCH = 2_000;

/** A key that signs for too long makes way for a new one. */
const rotateKeys: Tick = {
  name: 'accounts.rotateSigningKeys',
  everyMs: HOUR_MS,
  run: ensureSigningKey,
};

/** Expired links, sessions, invitations, attempts and keys do not pile up. */
const tidy: Tick = {
  name: 'accounts.tidy',
  everyMs: 10 * MINUTE_MS,
  async run(runtime) {
    const now = runtime.clock.now();
    const before = (ms: number) => new Date(now.getTime() - ms);
    const removed = await runtime.db.inSystem((tx) =>
      store.removeOutdated(
        tx,
        {
          now,
          attemptsBefore: before(ATTEMPTS_MS),
          keptBefore: before(KEPT_MS),
          cutoffsBefore: before((LONGEST_TOKEN_MINUTES + 60) * MINUTE_MS),
        },
        BATCH,
      ),
    );
    return removed >= BATCH;
  },
};

/** A deleted workspace goes table by table, a batch at a time, and its own row last. */
const removeDeleted: Tick = {
  name: 'accounts.removeDeletedWorkspaces',
  everyMs: MINUTE_MS,
  async run(runtime) {
    const next = await runtime.db.inSystem(async (tx) => {
      const workspaceId = await store.findDeletedWorkspace(tx);
      return workspaceId === undefined ? undefined : { workspaceId, tables: await store.listTenantTables(tx) };
    });
    if (!next) return false;
    for (const table of next.tables) {
      const removed = await runtime.db.inSystem((tx) => store.removeRows(tx, table, next.workspaceId, BATCH));
      if (removed > 0) return true;
    }
    await runtime.db.inSystem((tx) => store.removeWorkspace(tx, next.workspaceId));
    return true;
  },
};

export const ticks: readonly Tick[] = [rotateKeys, tidy, removeDeleted];
