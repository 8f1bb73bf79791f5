import { createHash } from 'node:crypto';
import type { JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  type Bus,
  type BusHandler,
  type BusMessage,
  type BusSubscription,
  BusUnavailable,
  endWithin,
  handOver,
  pause,
  type SubscribeOptions,
} from '../../ports/bus.ts';
import type { Log } from '../../ports/log.ts';

const CONNECT_MS = 5_000;
const PUBLISH_MS = 5_000;
const RECONNECT_MS = 500;
const PING_EVERY_MS = 10_000;
const ACK_WAIT_MS = 15_000;
const PULL_MS = 1_000;
const RETRY_MS = 1_000;
const DRAIN_MS = 5_000;
// A group that nobody has been a member of for so long is forgotten by the server.
const FORGET_GROUP_MS = 14 * 24 * 60 * 60 * 1000;
const SAME_ID_MS = 2 * 60 * 1000;

export interface NatsBusOptions {
  /** `nats://[user:password@]host:4222`, or `tls://…`. */
  url: string;
  log: Log;
  drainMs?: number;
  /** How long a member may be silent before its message goes to another. Default: 15 s. */
  ackWaitMs?: number;
}

/**
 * Topics over JetStream: a topic is a subject, kept by the stream that already has it or by one that is made for it. Within a
 * group one message is under way at a time, which is the only way in which JetStream keeps an order among several members.
 */
export async function openNatsBus(options: NatsBusOptions): Promise<Bus> {
  const { log, drainMs = DRAIN_MS, ackWaitMs = ACK_WAIT_MS } = options;
  const { connection, makeHeaders, jetstream } = await connect(options.url);
  const client = jetstream.jetstream(connection);
  let manager: JetStreamManager;
  try {
    manager = await jetstream.jetstreamManager(connection);
  } catch (error) {
    await connection.close();
    throw new BusUnavailable(
      `the NATS server at ${placeOf(options.url)} has no JetStream; start it with -js: ${(error as Error).message}`,
    );
  }
  const streams = new Map<string, Promise<string>>();
  const open = new Set<BusSubscription>();
  let healthy = true;
  void follow(connection, (now) => {
    healthy = now;
    if (now) log.info({}, 'the bus is back');
    else log.warn({}, 'the bus lost its server; what is to be published waits');
  });

  function streamOf(topic: string): Promise<string> {
    let stream = streams.get(topic);
    if (!stream) {
      stream = ensureStream(manager, topic);
      streams.set(topic, stream);
      stream.catch(() => streams.delete(topic));
    }
    return stream;
  }

  return {
    kind: 'nats',
    deduplicates: true,
    get healthy() {
      return healthy;
    },
    async publish(topic, messages) {
      // While it is away the driver would keep everything in memory, without a bound.
      if (!healthy) throw new BusUnavailable('NATS is away.');
      await streamOf(topic);
      await Promise.all(
        messages.map(({ id, key, value, headers: given }) => {
          const headers = makeHeaders();
          for (const [name, text] of Object.entries({ ...given, 'message-key': key })) headers.set(name, text);
          return client.publish(topic, value, { msgID: id, headers, timeout: PUBLISH_MS });
        }),
      );
    },
    async subscribe(topic, group, handler, { from, onTrouble }) {
      const stream = await streamOf(topic);
      const durable = nameOf(group);
      await manager.consumers.info(stream, durable).catch(() =>
        manager.consumers.add(stream, {
          durable_name: durable,
          filter_subject: topic,
          ack_policy: jetstream.AckPolicy.Explicit,
          deliver_policy: from === 'earliest' ? jetstream.DeliverPolicy.All : jetstream.DeliverPolicy.New,
          ack_wait: ackWaitMs * 1e6,
          max_ack_pending: 1,
          inactive_threshold: FORGET_GROUP_MS * 1e6,
        }),
      );
      const member = pull(client, { stream, durable, handler, onTrouble, drainMs, workingMs: ackWaitMs / 3 });
      const listed: BusSubscription = {
        async close() {
          open.delete(listed);
          await member.close();
        },
      };
      open.add(listed);
      return listed;
    },
    async lag(topic, group) {
      const info = await manager.consumers.info(await streamOf(topic), nameOf(group)).catch(() => undefined);
      return info ? info.num_pending + info.num_ack_pending : null;
    },
    async close() {
      await Promise.all([...open].map((one) => one.close()));
      await connection.close();
    },
  };
}

async function connect(url: string) {
  const [transport, jetstream] = await Promise.all([
    import('@nats-io/transport-node'),
    import('@nats-io/jetstream'),
  ]).catch((cause: unknown) => {
    throw new BusUnavailable(
      'two packages are not installed that it needs: npm install @nats-io/transport-node @nats-io/jetstream',
      { cause },
    );
  });
  const { host, protocol, username, password } = new URL(url);
  try {
    const connection = await transport.connect({
      servers: [host],
      ...(username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : {}),
      ...(protocol === 'tls:' ? { tls: {} } : {}),
      name: 'pulsestack bus',
      timeout: CONNECT_MS,
      maxReconnectAttempts: -1,
      reconnectDelayHandler: () => RECONNECT_MS * (0.5 + Math.random()),
      pingInterval: PING_EVERY_MS,
      maxPingOut: 2,
    });
    return { connection, makeHeaders: transport.headers, jetstream };
  } catch (error) {
    throw new BusUnavailable(`NATS does not answer at ${placeOf(url)}: ${(error as Error).message}`, { cause: error });
  }
}

function placeOf(url: string): string {
  return new URL(url).host;
}

async function follow(connection: NatsConnection, onHealth: (healthy: boolean) => void): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === 'disconnect' || type === 'staleConnection') onHealth(false);
    if (type === 'reconnect') onHealth(true);
  }
}

async function ensureStream(manager: JetStreamManager, topic: string): Promise<string> {
  try {
    return await manager.streams.find(topic);
  } catch (error) {
    if (!/no stream matches/.test((error as Error).message)) throw error;
  }
  const name = nameOf(topic);
  // Another process may make the same one at the same time; the same description is no conflict.
  await manager.streams.add({ name, subjects: [topic], duplicate_window: SAME_ID_MS * 1e6 });
  return name;
}

/** A name without the dots that streams and consumers may not have; different names stay different. */
function nameOf(text: string): string {
  return `${text.replaceAll(/[^A-Za-z0-9_-]/g, '_')}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}

interface Membership {
  stream: string;
  durable: string;
  handler: BusHandler;
  onTrouble: SubscribeOptions['onTrouble'];
  drainMs: number;
  workingMs: number;
}

/** Asks for one message after the other until it is closed. */
function pull(client: JetStreamClient, membership: Membership): BusSubscription {
  const { stream, durable, handler, onTrouble, drainMs, workingMs } = membership;
  const leave = new AbortController();
  const giveUp = new AbortController();

  async function live(): Promise<void> {
    let consumer = await client.consumers.get(stream, durable).catch(() => undefined);
    while (!leave.signal.aborted) {
      try {
        consumer ??= await client.consumers.get(stream, durable);
        const message = await consumer.next({ expires: PULL_MS });
        if (message) await take(message);
      } catch (error) {
        if (leave.signal.aborted) return;
        consumer = undefined;
        onTrouble?.(`The broker keeps messages from coming: ${(error as Error).message}`);
        await pause(RETRY_MS, leave.signal);
        continue;
      }
      if (consumer) onTrouble?.(null);
    }
  }

  async function take(message: JsMsg): Promise<void> {
    if (leave.signal.aborted) return message.nak();
    const taken = await handOver([toBusMessage(message)], handler, {
      signal: giveUp.signal,
      whileWaiting: { everyMs: workingMs, call: () => message.working() },
      onTrouble,
    });
    if (taken) message.ack();
    else message.nak();
  }

  const living = live();
  return {
    async close() {
      leave.abort();
      const patience = setTimeout(() => giveUp.abort(), drainMs);
      await endWithin(living, drainMs);
      clearTimeout(patience);
    },
  };
}

function toBusMessage(message: JsMsg): BusMessage {
  const headers: Record<string, string> = {};
  for (const [name, values] of message.headers ?? []) headers[name.toLowerCase()] = values[0] ?? '';
  return {
    topic: message.subject,
    key: headers['message-key'] ?? null,
    value: Buffer.from(message.data),
    headers,
    position: String(message.seq),
  };
}
