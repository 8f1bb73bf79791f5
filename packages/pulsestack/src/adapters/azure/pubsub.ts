import { openAzureBackplane } from 'pushstream/azure';
import type { Log } from '../../ports/log.ts';
import type { PubSub } from '../../ports/pubsub.ts';

/** PubSub over groups of Azure Web PubSub. Rejects when it does not answer now; later it comes back by itself. */
export function openAzurePubSub(address: string, log: Log): Promise<PubSub> {
  return openAzureBackplane({
    connectionString: address,
    hub: 'pulsestack',
    onError: (error) => log.debug({ err: error }, 'the backplane reports'),
  });
}
