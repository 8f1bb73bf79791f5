import { describe } from 'vitest';
import { testEnvironment } from '../../config.ts';
import { pubSubContract } from '../../ports/contracts/pubsub.ts';
import { silentLog } from '../../ports/log.ts';
import { openServer } from './index.ts';
import { createPostgresPubSub } from './pubsub.ts';

const { databaseUrl } = testEnvironment();

describe.skipIf(!databaseUrl)('pubsub over LISTEN and NOTIFY', () => {
  pubSubContract(async () => {
    const databases = await Promise.all(
      [1, 2].map(() => openServer({ url: databaseUrl as string, max: 2, log: silentLog })),
    );
    const [one, other] = databases.map(createPostgresPubSub) as [
      ReturnType<typeof createPostgresPubSub>,
      ReturnType<typeof createPostgresPubSub>,
    ];
    return {
      one,
      other,
      async close() {
        await Promise.all([one.close(), other.close()]);
        await Promise.all(databases.map((database) => database.close()));
      },
    };
  });
});
