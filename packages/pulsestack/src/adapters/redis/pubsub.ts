import { openRedisBackplane } from 'pushstream/redis';
import type { Log } from '../../ports/log.ts';
import type { PubSub } from '../../ports/pubsub.ts';

/** PubSub over Redis, plain or sharded. Rejects when it does not answer now; later it comes back by itself. */
export function openRedisPubSub(address: string, log: Log): Promise<PubSub> {
  return openRedisBackplane({
    url: address,
    prefix: 'pulsestack:',
    onError: (error) => log.debug({ err: error }, 'the backplane reports'),
  });
}
