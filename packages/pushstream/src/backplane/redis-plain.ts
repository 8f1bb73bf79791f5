import type { Redis } from 'ioredis';
import { BackplaneUnavailable, withoutPassword } from './backplane.ts';
import { retryDelayMs, within } from './retry.ts';

export type Driver = Pick<typeof import('ioredis'), 'Redis' | 'Cluster'>;
export type Hear = (channel: string, message: string) => void;

const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 5_000;

/** What plain and sharded pub/sub have in common. */
export interface RedisLink {
  publish(channel: string, message: string): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  /** Resolves when all connections answer. */
  ping(): Promise<unknown>;
  /** Gives up connections that do not answer and makes others. */
  renew(reason: unknown): void;
  onState(listener: (state: 'ready' | 'lost') => void): void;
  onError(listener: (error: unknown) => void): void;
  close(): Promise<void>;
}

export function createClient(driver: Driver, url: string, role: 'publisher' | 'subscriber'): Redis {
  return new driver.Redis(url, {
    lazyConnect: true,
    connectionName: `pushstream-${role}`,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => retryDelayMs(attempt - 1),
    keepAlive: KEEP_ALIVE_MS,
    // News grows old fast: what cannot be sent now is refused, because the nodes will have read it from the log.
    enableOfflineQueue: role === 'subscriber',
    autoResendUnfulfilledCommands: role === 'subscriber',
    maxRetriesPerRequest: role === 'subscriber' ? null : 0,
  });
}

export async function connectNow(client: Redis, url: string): Promise<void> {
  let reason: unknown;
  const note = (error: unknown) => {
    reason = error;
  };
  client.on('error', note);
  try {
    await within(CONNECT_TIMEOUT_MS, 'connecting', client.connect());
  } catch (error) {
    client.disconnect();
    const { message } = (reason ?? error) as Error;
    throw new BackplaneUnavailable(`Redis does not answer at ${withoutPassword(url)}: ${message}`, { cause: error });
  } finally {
    // A client without a listener for its errors prints them.
    client.on('error', () => {});
    client.off('error', note);
  }
}

export async function openPlain(driver: Driver, url: string, publisher: Redis, hear: Hear): Promise<RedisLink> {
  const subscriber = createClient(driver, url, 'subscriber');
  await connectNow(subscriber, url);
  subscriber.on('message', hear);
  const both = [publisher, subscriber];
  return {
    publish: (channel, message) => publisher.publish(channel, message),
    subscribe: (channel) => subscriber.subscribe(channel),
    unsubscribe: (channel) => subscriber.unsubscribe(channel),
    async ping() {
      if (both.some((client) => client.status !== 'ready')) throw new Error('Redis is not connected');
      await Promise.all(both.map((client) => client.ping()));
    },
    renew() {
      // One that is connected and does not answer would wait for the operating system, which takes minutes.
      for (const client of both) if (client.status === 'ready') client.disconnect(true);
    },
    onState(listener) {
      for (const client of both) {
        client.on('ready', () => both.every((one) => one.status === 'ready') && listener('ready'));
        client.on('close', () => listener('lost'));
      }
    },
    onError(listener) {
      for (const client of both) client.on('error', listener);
    },
    async close() {
      await Promise.all(both.map(end));
    },
  };
}

async function end(client: Redis): Promise<void> {
  if (client.status === 'end') return;
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  client.disconnect();
  await within(CONNECT_TIMEOUT_MS, 'closing', ended).catch(() => {});
}
