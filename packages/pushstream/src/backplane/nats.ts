import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import { type Backplane, BackplaneUnavailable, loadDriver, withoutPassword } from './backplane.ts';
import { Ears } from './ears.ts';
import { Health } from './health.ts';

export interface NatsBackplaneOptions {
  /** One server or several, such as `nats://user:password@host:4222`. */
  url: string | string[];
  /** Put before every subject. Default: `pushstream.` */
  prefix?: string;
  /** Called with what goes wrong in between; the connection mends itself. */
  onError?: (error: unknown) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_MS = 500;
// A server that vanished without a word is noticed after two of these.
const PING_EVERY_MS = 10_000;

/** A backplane over plain NATS subjects. Rejects when no server answers now; later it finds its way back by itself. */
export async function openNatsBackplane(options: NatsBackplaneOptions): Promise<Backplane> {
  const { connect } = await loadDriver('@nats-io/transport-node', () => import('@nats-io/transport-node'));
  const { prefix = 'pushstream.', onError = () => {} } = options;
  const servers = [options.url].flat();
  // A user and password in the address are the usual way to write them, but this driver takes them apart from it.
  const { username, password } = new URL(servers[0] ?? '');
  let connection: NatsConnection;
  try {
    connection = await connect({
      servers: servers.map((server) => new URL(server).host),
      ...(username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : {}),
      ...(servers[0]?.startsWith('tls:') ? { tls: {} } : {}),
      name: 'pushstream',
      timeout: CONNECT_TIMEOUT_MS,
      maxReconnectAttempts: -1,
      reconnectDelayHandler: () => RECONNECT_MS * (0.5 + Math.random()),
      pingInterval: PING_EVERY_MS,
      maxPingOut: 2,
    });
  } catch (error) {
    const place = servers.map(withoutPassword).join(', ');
    throw new BackplaneUnavailable(`NATS does not answer at ${place}: ${(error as Error).message}`, { cause: error });
  }

  const ears = new Ears();
  const health = new Health();
  const subscriptions = new Map<string, Subscription>();
  const subjectOf = (channel: string) =>
    prefix + channel.replaceAll(/[^A-Za-z0-9_.-]/g, (sign) => `~${sign.codePointAt(0)}`);
  health.set(true);
  void follow();

  async function follow(): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect' || status.type === 'staleConnection') health.set(false);
      if (status.type === 'error') onError(status.error);
      if (status.type === 'reconnect') {
        // The driver has sent the subscriptions again before; an answer to a ping says they are in place.
        connection.flush().then(() => health.set(!connection.isClosed()), onError);
      }
    }
  }

  return {
    async publish(channel, message) {
      // While it is away the driver would keep everything in memory, without a bound.
      if (!health.healthy) throw new BackplaneUnavailable('NATS is away; nodes read the log meanwhile.');
      connection.publish(subjectOf(channel), message);
    },
    async subscribe(channel, listener) {
      if (ears.add(channel, listener)) {
        const callback = (error: Error | null, message: { string(): string }) =>
          error ? onError(error) : ears.hear(channel, message.string());
        subscriptions.set(channel, connection.subscribe(subjectOf(channel), { callback }));
      }
      if (health.healthy) await connection.flush();
      return async () => {
        if (!ears.remove(channel, listener)) return;
        subscriptions.get(channel)?.unsubscribe();
        subscriptions.delete(channel);
      };
    },
    get healthy() {
      return health.healthy;
    },
    onHealth: (listener) => health.onHealth(listener),
    async close() {
      ears.clear();
      health.set(false);
      await connection.close();
    },
  };
}
