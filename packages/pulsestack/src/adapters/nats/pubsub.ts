import { openNatsBackplane } from 'pushstream/nats';
import type { Log } from '../../ports/log.ts';
import type { PubSub } from '../../ports/pubsub.ts';

/** PubSub over subjects of NATS. Rejects when it does not answer now; later it comes back by itself. */
export function openNatsPubSub(address: string, log: Log): Promise<PubSub> {
  return openNatsBackplane({
    url: address,
    prefix: 'pulsestack.',
    onError: (error) => log.debug({ err: error }, 'the backplane reports'),
  });
}
