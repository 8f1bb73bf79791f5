import { type Backplane, BackplaneUnavailable, loadDriver } from './backplane.ts';
import { Ears } from './ears.ts';
import { Health } from './health.ts';
import { connectNow, createClient, type Driver, type Hear, openPlain, type RedisLink } from './redis-plain.ts';
import { openSharded } from './redis-sharded.ts';
import { repeat, within } from './retry.ts';

export interface RedisBackplaneOptions {
  /** Such as `redis://user:password@host:6379/0`, or `rediss:` with TLS. Of a cluster, any node. */
  url: string;
  /**
   * Use SPUBLISH and SSUBSCRIBE, so that a cluster carries each channel on one shard only. Default: when the server is
   * part of a cluster.
   */
  sharded?: boolean;
  /** Put before every channel. Default: `pushstream:` */
  prefix?: string;
  /** Called with what goes wrong in between; the connections mend themselves. */
  onError?: (error: unknown) => void;
}

// A server that vanished without a word is noticed by a ping that is not answered.
const PING_EVERY_MS = 5_000;
const PING_TIMEOUT_MS = 3_000;

/**
 * A backplane over Redis or Valkey, plain or sharded pub/sub. Rejects when the server does not answer now; later it finds its
 * way back by itself.
 */
export async function openRedisBackplane(options: RedisBackplaneOptions): Promise<Backplane> {
  const driver = await loadDriver('ioredis', () => import('ioredis'));
  const { prefix = 'pushstream:', onError = () => {} } = options;
  const ears = new Ears();
  const health = new Health();
  const link = await openLink(driver, options, (channel, message) => ears.hear(channel.slice(prefix.length), message));
  let closed = false;

  async function check(): Promise<void> {
    try {
      await within(PING_TIMEOUT_MS, 'a ping of Redis', link.ping());
      health.set(!closed);
    } catch (error) {
      if (closed) return;
      if (health.healthy) onError(error);
      health.set(false);
      link.renew(error);
    }
  }
  link.onState((state) => {
    if (closed) return;
    if (state === 'lost') health.set(false);
    // Subscriptions are sent again before this ping, so its answer says that they are in place.
    else void check();
  });
  link.onError(onError);
  const stopChecking = repeat(PING_EVERY_MS, check);
  health.set(true);

  return {
    async publish(channel, message) {
      if (!health.healthy) throw new BackplaneUnavailable('Redis is away; nodes read the log meanwhile.');
      await link.publish(prefix + channel, message);
    },
    async subscribe(channel, listener) {
      if (ears.add(channel, listener)) await link.subscribe(prefix + channel);
      return async () => {
        if (!ears.remove(channel, listener)) return;
        await link.unsubscribe(prefix + channel).catch(onError);
      };
    },
    get healthy() {
      return health.healthy;
    },
    onHealth: (listener) => health.onHealth(listener),
    async close() {
      closed = true;
      stopChecking();
      ears.clear();
      health.set(false);
      await link.close();
    },
  };
}

async function openLink(driver: Driver, options: RedisBackplaneOptions, hear: Hear): Promise<RedisLink> {
  const publisher = createClient(driver, options.url, 'publisher');
  try {
    await connectNow(publisher, options.url);
    const sharded = options.sharded ?? /cluster_enabled:1/.test(await publisher.info('cluster'));
    if (!sharded) return await openPlain(driver, options.url, publisher, hear);
  } catch (error) {
    publisher.disconnect();
    throw error;
  }
  publisher.disconnect();
  return openSharded(driver, options.url, hear);
}
