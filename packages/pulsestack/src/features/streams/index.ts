import { feature } from '../../kernel/feature.ts';
import { REVOKED_CHANNEL, type Revocation } from '../accounts/index.ts';
import { hubs } from './hubs.ts';
import { forgetBefore } from './store.ts';

export { hubs } from './hubs.ts';
export { connectionMeta, streamsOf } from './rules.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The log of each workspace and its live readers. Promises: commit order, no gaps, and nothing lost between a page and the stream. */
export const streams = feature({
  name: 'streams',
  ticks: [
    {
      name: 'streams.retention',
      everyMs: 60 * 60 * 1000,
      run: async (runtime) => {
        const limit = new Date(runtime.clock.nowMs() - runtime.settings.streams.retentionDays * DAY_MS);
        limit.setUTCHours(0, 0, 0, 0);
        await runtime.db.inSystem((tx) => forgetBefore(tx, limit));
      },
    },
  ],
  async start(runtime) {
    const all = hubs.of(runtime);
    await runtime.pubsub.subscribe(REVOKED_CHANNEL, (message) => {
      all.closeReaders(JSON.parse(message) as Revocation);
    });
  },
});
