import { feature } from '../../kernel/feature.ts';
import { REVOKED_CHANNEL, type Revocation } from '../accounts/index.ts';
import { UNSUBSCRIBED_CHANNEL, type Unsubscribed } from '../audience/index.ts';
import { forgetSilent } from './acks.ts';
import { logOperations } from './api/log.ts';
import { ownOperations } from './api/own.ts';
import { readerOperations } from './api/readers.ts';
import { tellReadersChanged } from './changes.ts';
import { cluster } from './cluster.ts';
import { eraseSome } from './erase.ts';
import { hubs } from './hubs.ts';
import { forgetExpired } from './presence.ts';
import { forgetBefore } from './store.ts';
import { forgetUnusable } from './tickets.ts';

export { grantOf } from './access.ts';
export { onReadersChanged, toFeedControls } from './changes.ts';
export { hubs } from './hubs.ts';
export { presenceOf } from './presence.ts';
export { ticketsOf, workspaceOfTicket } from './tickets.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The log of each workspace and its live readers. Promises: commit order, no gaps, and nothing lost between a page and the stream. */
export const streams = feature({
  name: 'streams',
  operations: [...logOperations, ...readerOperations, ...ownOperations],
  ticks: [
    { name: 'streams.erase', everyMs: 1000, run: eraseSome },
    {
      name: 'streams.expiry',
      everyMs: 60 * 1000,
      run: async (runtime) => {
        const now = runtime.clock.now();
        await runtime.db.inSystem(async (tx) => {
          await forgetExpired(tx, now);
          await forgetUnusable(tx, now);
        });
      },
    },
    {
      name: 'streams.retention',
      everyMs: 60 * 60 * 1000,
      run: async (runtime) => {
        const limit = new Date(runtime.clock.nowMs() - runtime.settings.streams.retentionDays * DAY_MS);
        limit.setUTCHours(0, 0, 0, 0);
        await runtime.db.inSystem(async (tx) => {
          await forgetBefore(tx, limit);
          await forgetSilent(tx, limit);
        });
      },
    },
  ],
  async start(runtime) {
    const all = hubs.of(runtime);
    await runtime.pubsub.subscribe(REVOKED_CHANNEL, (message) => {
      const revocation = JSON.parse(message) as Revocation;
      all.closeReaders(revocation);
      tellReadersChanged(runtime, { kind: 'revoked', revocation });
    });
    await runtime.pubsub.subscribe(UNSUBSCRIBED_CHANNEL, (message) => {
      const { workspaceId, topic, users } = JSON.parse(message) as Unsubscribed;
      all.closeTopic(workspaceId, topic, users && new Set(users));
      tellReadersChanged(runtime, { kind: 'unsubscribed', workspaceId, topic, users });
    });
    await cluster.of(runtime).start();
  },
});
