import { type PrivateServer, startNats } from '@pulsestack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pubSubContract } from '../../ports/contracts/pubsub.ts';
import { silentLog } from '../../ports/log.ts';
import { openNatsPubSub } from './pubsub.ts';

describe('pubsub over NATS', () => {
  let server: PrivateServer;
  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server.close());

  pubSubContract(async () => {
    const [one, other] = await Promise.all([
      openNatsPubSub(server.url, silentLog),
      openNatsPubSub(server.url, silentLog),
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
    const one = await openNatsPubSub(server.url, silentLog);
    const said: boolean[] = [];
    one.onHealth((healthy) => said.push(healthy));
    await server.kill();
    await expect.poll(() => said).toEqual([false]);
    await server.start();
    await expect.poll(() => said).toEqual([false, true]);
    await one.close();
  });
});
