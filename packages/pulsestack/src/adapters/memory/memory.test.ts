import { describe } from 'vitest';
import { pubSubContract } from '../../ports/contracts/pubsub.ts';
import { createMemoryPubSub } from './index.ts';

describe('pubsub of one process', () => {
  pubSubContract(async () => {
    const one = createMemoryPubSub();
    return { one, other: one, close: () => one.close() };
  });
});
