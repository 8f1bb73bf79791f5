import { makeId } from '@pulsestack/core';
import { type Announcement, announce } from '../../kernel/event.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { retractBroadcast, withdrawalFacts } from './retract.ts';
import { withdraw } from './store/marks.ts';
import { allWorkspaces } from './store/reconcile.ts';
import { deleteNotification, deleteReceipts, oldestBefore } from './store/retention.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const USERS_PER_STEP = 1000;
const NO_RANDOMNESS = new Uint8Array(16);

/** Deletes notifications that are older than the retention, with their receipts. Counters lose what they counted in the same transaction. */
export async function forgetOld(runtime: Runtime): Promise<void> {
  const limitMs = runtime.clock.nowMs() - runtime.settings.retentionDays * DAY_MS;
  // Ids begin with their time, so everything older than an instant is one range of the primary key.
  const firstKept = makeId('notification', limitMs, NO_RANDOMNESS);
  for (const { workspace_id: workspaceId } of await runtime.db.inSystem(allWorkspaces)) {
    while (await runtime.db.inSystem((tx) => forgetOne(runtime, tx, workspaceId, firstKept)));
  }
}

/** One step: a page of the users of the oldest notification, and then the notification itself. False when none is left. */
async function forgetOne(runtime: Runtime, tx: Transaction, workspaceId: string, firstKept: string): Promise<boolean> {
  const oldest = await oldestBefore(tx, workspaceId, firstKept);
  if (!oldest) return false;
  const now = runtime.clock.now();
  const facts: Announcement[] = [];
  if (oldest.broadcast !== null) facts.push(...(await retractBroadcast(tx, workspaceId, oldest.id, now)));
  const changed = await withdraw(tx, workspaceId, oldest.id, now, USERS_PER_STEP);
  facts.push(...withdrawalFacts(changed, oldest.correlation_id));
  await announce(runtime, tx, workspaceId, facts, oldest.correlation_id);
  if (changed.length === USERS_PER_STEP) return true;
  const remaining = await deleteReceipts(tx, workspaceId, oldest.id, USERS_PER_STEP);
  if (remaining < USERS_PER_STEP) await deleteNotification(tx, workspaceId, oldest.id);
  return true;
}
