import type { Cluster } from 'ioredis';
import { BackplaneUnavailable, withoutPassword } from './backplane.ts';
import type { Driver, Hear, RedisLink } from './redis-plain.ts';
import { retryDelayMs, within } from './retry.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const PROBE_TIMEOUT_MS = 2_000;

/**
 * Sharded pub/sub over a cluster. A client that has lost its way is thrown away and replaced by another one, because its own
 * repair may leave single subscriptions behind.
 */
export async function openSharded(driver: Driver, url: string, hear: Hear): Promise<RedisLink> {
  const channels = new Set<string>();
  const stateListeners = new Set<(state: 'ready' | 'lost') => void>();
  const errorListeners = new Set<(error: unknown) => void>();
  const probes = new Map<string, () => void>();
  const probe = `pushstream-probe:${crypto.randomUUID()}`;
  let closed = false;
  let attempt = 0;
  let retry: NodeJS.Timeout | undefined;
  let probed = 0;
  let cluster: Cluster | null = await connect().catch((error: unknown) => {
    throw new BackplaneUnavailable(`The Redis cluster does not answer at ${withoutPassword(url)}: ${reasonOf(error)}`, {
      cause: error,
    });
  });

  async function connect(): Promise<Cluster> {
    const client = new driver.Cluster([url], {
      shardedSubscribers: true,
      lazyConnect: true,
      enableOfflineQueue: false,
      clusterRetryStrategy: () => null,
      redisOptions: { ...accessOf(url), connectionName: 'pushstream', connectTimeout: CONNECT_TIMEOUT_MS },
    });
    const failed = new Promise<never>((_, reject) => {
      client.on('error', (error) => {
        reject(error);
        for (const listener of errorListeners) listener(error);
      });
    });
    // Nobody waits for it any more once the client is connected.
    failed.catch(() => {});
    try {
      await within(CONNECT_TIMEOUT_MS, 'connecting', Promise.race([client.connect(), failed]));
      client.on('smessage', (channel: string, message: string) => {
        if (channel === probe) probes.get(message)?.();
        else hear(channel, message);
      });
      for (const channel of [probe, ...channels]) await client.ssubscribe(channel);
    } catch (error) {
      client.disconnect();
      throw error;
    }
    for (const event of ['close', 'end', '-node', '-subscriber']) client.on(event, () => lose(client));
    return client;
  }

  function lose(client: Cluster): void {
    if (closed || client !== cluster) return;
    cluster = null;
    client.disconnect();
    for (const listener of stateListeners) listener('lost');
    returnLater();
  }

  function returnLater(): void {
    retry = setTimeout(() => {
      connect().then(
        (client) => {
          if (closed) return client.disconnect();
          cluster = client;
          attempt = 0;
          for (const listener of stateListeners) listener('ready');
        },
        (error: unknown) => {
          for (const listener of errorListeners) listener(error);
          if (!closed) returnLater();
        },
      );
    }, retryDelayMs(attempt++));
  }

  function now(): Cluster {
    if (!cluster) throw new BackplaneUnavailable('The Redis cluster is away; nodes read the log meanwhile.');
    return cluster;
  }

  return {
    publish: async (channel, message) => now().spublish(channel, message),
    async subscribe(channel) {
      channels.add(channel);
      await cluster?.ssubscribe(channel);
    },
    async unsubscribe(channel) {
      channels.delete(channel);
      await cluster?.sunsubscribe(channel);
    },
    async ping() {
      const client = now();
      probed += 1;
      const id = String(probed);
      const heard = new Promise<void>((resolve) => probes.set(id, resolve));
      try {
        await Promise.all(client.nodes('master').map((node) => node.ping()));
        await client.spublish(probe, id);
        await within(PROBE_TIMEOUT_MS, 'hearing oneself', heard);
      } finally {
        probes.delete(id);
      }
    },
    renew() {
      if (cluster) lose(cluster);
    },
    onState: (listener) => void stateListeners.add(listener),
    onError: (listener) => void errorListeners.add(listener),
    async close() {
      closed = true;
      clearTimeout(retry);
      const client = cluster;
      cluster = null;
      if (!client || client.status === 'end') return;
      const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
      client.disconnect();
      await within(CONNECT_TIMEOUT_MS, 'closing', ended).catch(() => {});
    },
  };
}

/** The first node of a cluster tells the others, which are entered with the same credentials. */
function accessOf(url: string) {
  const { protocol, username, password } = new URL(url);
  return {
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

function reasonOf(error: unknown): string {
  const { message, lastNodeError } = error as Error & { lastNodeError?: Error };
  return lastNodeError?.message ?? message;
}
