import type { PubSub } from '../../ports/pubsub.ts';

/**
 * Sends the channels that `isFast` names over `fast`, and the others over `sure`: what nobody may miss, such as a revoked
 * credential, should not depend on a server that may be away while the product works.
 */
export function dividePubSub(sure: PubSub, fast: PubSub, isFast: (channel: string) => boolean): PubSub {
  const wayOf = (channel: string) => (isFast(channel) ? fast : sure);
  return {
    publish: (channel, message) => wayOf(channel).publish(channel, message),
    subscribe: (channel, onMessage) => wayOf(channel).subscribe(channel, onMessage),
    get healthy() {
      return fast.healthy && sure.healthy;
    },
    onHealth(listener) {
      const offs = [fast, sure].map((one) => one.onHealth(() => listener(fast.healthy && sure.healthy)));
      return () => {
        for (const off of offs) off();
      };
    },
    async close() {
      await Promise.all([fast.close(), sure.close()]);
    },
  };
}
