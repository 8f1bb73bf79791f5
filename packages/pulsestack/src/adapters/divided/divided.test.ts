import { describe, expect, it } from 'vitest';
import { pubSubContract } from '../../ports/contracts/pubsub.ts';
import type { PubSub } from '../../ports/pubsub.ts';
import { createMemoryPubSub } from '../memory/index.ts';
import { dividePubSub } from './index.ts';

describe('a divided pubsub', () => {
  pubSubContract(async () => {
    const [sure, fast] = [createMemoryPubSub(), createMemoryPubSub()];
    const one = dividePubSub(sure, fast, (channel) => channel === 'news');
    return { one, other: one, close: () => one.close() };
  });

  it('carries what nobody may miss while the fast way is interrupted, and is not well then', async () => {
    const listeners = new Set<(healthy: boolean) => void>();
    let healthy = true;
    const fast: PubSub = {
      publish: () => Promise.reject(new Error('away')),
      subscribe: async () => async () => {},
      get healthy() {
        return healthy;
      },
      onHealth(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close: async () => {},
    };
    const divided = dividePubSub(createMemoryPubSub(), fast, (channel) => channel.startsWith('streams.'));
    const said: boolean[] = [];
    divided.onHealth((now) => said.push(now));
    healthy = false;
    for (const listener of listeners) listener(false);
    const heard: string[] = [];
    await divided.subscribe('accounts.revoked', (message) => heard.push(message));
    await divided.publish('accounts.revoked', 'ada');
    await expect.poll(() => heard).toEqual(['ada']);
    await expect(divided.publish('streams.advanced', 'x')).rejects.toThrow('away');
    expect(said).toEqual([false]);
    expect(divided.healthy).toBe(false);
  });
});
