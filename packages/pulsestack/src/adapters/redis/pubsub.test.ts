import { type PrivateServer, startRedis } from '@pulsestack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pubSubContract } from '../../ports/contracts/pubsub.ts';
import { silentLog } from '../../ports/log.ts';
import { openRedisPubSub } from './pubsub.ts';

describe('pubsub over Redis', () => {
  let server: PrivateServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.close());

  pubSubContract(async () => {
    const [one, other] = await Promise.all([
      openRedisPubSub(server.url, silentLog),
      openRedisPubSub(server.url, silentLog),
    ]);
    return {
      one,
      other,
      async close() {
        await Promise.all([one.close(), other.close()]);
      },
    };
  });

  it('says that it is interrupted, and that it is back', async () => {
    const one = await openRedisPubSub(server.url, silentLog);
    const said: boolean[] = [];
    one.onHealth((healthy) => said.push(healthy));
    await server.kill();
    await expect.poll(() => said).toEqual([false]);
    await server.start();
    await expect.poll(() => said).toEqual([false, true]);
    await one.close();
  });
});
