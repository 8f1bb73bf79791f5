import { openAzurePubSub } from '../adapters/azure/pubsub.ts';
import { dividePubSub } from '../adapters/divided/index.ts';
import { createMemoryPubSub } from '../adapters/memory/index.ts';
import { openNatsPubSub } from '../adapters/nats/pubsub.ts';
import { createPostgresPubSub } from '../adapters/postgres/pubsub.ts';
import { openRedisPubSub } from '../adapters/redis/pubsub.ts';
import { type Config, ConfigError } from '../config.ts';
import type { Database } from '../ports/database.ts';
import type { Log } from '../ports/log.ts';
import type { PubSub } from '../ports/pubsub.ts';

type Accelerator = 'redis' | 'nats' | 'azure';

const SETTING = { redis: 'REDIS_URL', nats: 'NATS_URL', azure: 'PULSESTACK_AZURE_WEB_PUBSUB' } as const;
const OPEN = { redis: openRedisPubSub, nats: openNatsPubSub, azure: openAzurePubSub };

/** What joins the processes of this installation. The embedded database belongs to one process, which needs nothing. */
export function backplaneOf(config: Config): Accelerator | 'postgres' | 'none' {
  if (!config.DATABASE_URL) return 'none';
  if (config.PULSESTACK_BACKPLANE !== 'auto') return config.PULSESTACK_BACKPLANE;
  if (config.REDIS_URL) return 'redis';
  return config.NATS_URL ? 'nats' : 'postgres';
}

/** Connects to what is set, or says which setting names a server that does not answer. */
export async function openAccelerator(config: Config, kind: Accelerator, log: Log): Promise<PubSub> {
  const setting = SETTING[kind];
  try {
    return await OPEN[kind](config[setting] ?? '', log);
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError([
      `${setting} is set, but cannot be used. ${message}. Mend it, or set PULSESTACK_BACKPLANE=postgres.`,
    ]);
  }
}

/** News of streams travel over the accelerator that is set; everything else over the database, which is there anyway. */
export async function openPubSub(config: Config, database: Database, log: Log): Promise<PubSub> {
  const kind = backplaneOf(config);
  if (kind === 'none') return createMemoryPubSub();
  if (kind === 'postgres') return createPostgresPubSub(database);
  const accelerator = await openAccelerator(config, kind, log);
  return dividePubSub(createPostgresPubSub(database), accelerator, (channel) => channel.startsWith('streams.'));
}
