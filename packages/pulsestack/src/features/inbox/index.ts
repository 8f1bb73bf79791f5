import { feature } from '../../kernel/feature.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { inboxOperations } from './api/inbox.ts';
import { notificationOperations } from './api/notifications.ts';
import { events, receiptsCounted } from './events.ts';
import { jobs, ticks } from './jobs.ts';
import { addStats } from './store/notifications.ts';

export { deliverAddressed } from './bulk.ts';
export { publishIn } from './publish-in.ts';
export { verifyCounters } from './reconcile.ts';

/** What is sent, and where it lies until it is dealt with: publishing, the feed, the counts, the marks. */
export const inbox = feature({
  name: 'inbox',
  operations: [...notificationOperations, ...inboxOperations],
  events,
  jobs,
  ticks,
});

/**
 * Facts that are summed up by the transaction that moves them off the outbox, and not kept on the log.
 * There is one such transaction at a time, so the rows it updates are never fought for.
 */
export const sequenced: Readonly<
  Record<string, (tx: Transaction, rows: readonly { workspaceId: string; data: string }[]) => Promise<void>>
> = {
  [receiptsCounted.name]: (tx, rows) =>
    addStats(
      tx,
      rows.flatMap(({ workspaceId, data }) =>
        receiptsCounted.data.parse(JSON.parse(data)).deltas.map((delta) => ({ workspaceId, ...delta })),
      ),
    ),
};
