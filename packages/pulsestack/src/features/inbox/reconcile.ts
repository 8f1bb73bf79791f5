import type { Runtime } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { allWorkspaces, type Drift, findDrift, lockCounters, mend, nextUsers } from './store/reconcile.ts';

const USERS_PER_STEP = 200;

/** Proves counter = count for a whole workspace; what it returns should be empty. */
export function verifyCounters(tx: Transaction): Promise<Drift[]> {
  if (tx.scope.kind !== 'workspace') throw new Error('counters are verified in the transaction of a workspace');
  return findDrift(tx, tx.scope.workspaceId, null);
}

/** Walks through all inboxes and mends what does not add up. Each step holds the counters of a few users only. */
export async function reconcileCounters(runtime: Runtime): Promise<void> {
  const mended = runtime.telemetry.counter(
    'inbox_counters_mended_total',
    'Counters of inboxes that differed from their receipts',
  );
  for (const { workspace_id: workspaceId } of await runtime.db.inSystem(allWorkspaces)) {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const from: string = after;
      after = await runtime.db.inSystem(async (tx) => {
        const users = (await nextUsers(tx, workspaceId, from, USERS_PER_STEP)).map((row) => row.id);
        await lockCounters(tx, workspaceId, users);
        const drift = await findDrift(tx, workspaceId, users);
        if (drift.length > 0) {
          await mend(tx, workspaceId, drift);
          mended.add(drift.length);
          runtime.log.warn({ workspaceId, drift }, 'inbox counters differed from the receipts and were mended');
        }
        return users.length === USERS_PER_STEP ? users.at(-1) : undefined;
      });
    }
  }
}
