import { startRedis } from '@pulsestack/testing';
import { Redis } from 'ioredis';
import { describe } from 'vitest';
import { testEnvironment } from '../../config.ts';
import { jobDriverContract } from '../../ports/contracts/job-driver.ts';
import { openFleet } from '../../testing/jobs/fleet.ts';

const hasServer = testEnvironment().databaseUrl !== undefined;

describe.skipIf(!hasServer)('jobs carried by PostgreSQL alone', () => {
  jobDriverContract(async () => ({ fleet: await openFleet(null), mishaps: [] }));
});

describe.skipIf(!hasServer)('jobs carried by BullMQ', () => {
  jobDriverContract(async () => {
    const redis = await startRedis();
    const fleet = await openFleet(redis.url);
    return {
      fleet: {
        ...fleet,
        async close() {
          await fleet.close();
          await redis.close();
        },
      },
      mishaps: [
        {
          what: 'Redis forgets everything',
          async happen() {
            const client = new Redis(redis.url);
            await client.flushall();
            client.disconnect();
          },
        },
        {
          what: 'Redis dies and comes back empty',
          async happen() {
            await redis.kill();
            await redis.start();
          },
        },
        { what: 'Redis dies and stays away', happen: () => redis.kill() },
      ],
    };
  });
});
