import type { Admin, Consumer, EachBatchPayload, IHeaders, KafkaConfig, logCreator } from 'kafkajs';
import {
  type Bus,
  type BusHandler,
  type BusMessage,
  type BusSubscription,
  BusUnavailable,
  endWithin,
  handOver,
  MAX_HANDED,
  pause,
  type SubscribeOptions,
} from '../../ports/bus.ts';
import type { Log } from '../../ports/log.ts';
import { type KafkaAddress, parseKafkaUrl } from './address.ts';

const CONNECT_MS = 5_000;
// A broker that does not answer so soon counts as gone; whoever published tries again.
const REQUEST_MS = 5_000;
const SESSION_MS = 15_000;
const HEARTBEAT_MS = 2_000;
// How long a broker may wait for more before it answers; leaving a group takes as long.
const FETCH_WAIT_MS = 500;
const DRAIN_MS = 5_000;
const REJOIN_MS = 1_000;

export interface KafkaOptions {
  /** `kafka://[user:password@]host:9092[,host:9092]`; `kafka+ssl` for TLS, `?mechanism=scram-sha-256` for another SASL. */
  url: string;
  log: Log;
  drainMs?: number;
  /** How long a member may be silent before its share goes to others. Default: 15 s. */
  sessionMs?: number;
  /** How long a broker may think about a request. Default: 5 s. */
  requestMs?: number;
}

/**
 * Topics of Kafka, or of whatever speaks its protocol. A partition has one reader per group, and its position is stored with
 * the broker after the handler is done. Rejects when no broker answers now; later it finds its way back by itself.
 */
export async function openKafkaBus(options: KafkaOptions): Promise<Bus> {
  const { log, drainMs = DRAIN_MS, sessionMs = SESSION_MS } = options;
  const address = parseKafkaUrl(options.url);
  const module = await import('kafkajs').catch((cause: unknown) => {
    throw new BusUnavailable('a package is not installed that it needs: npm install kafkajs', { cause });
  });
  const { Kafka, logLevel, Partitioners } = module.default ?? module;
  const kafka = new Kafka({
    ...connectionOf(address),
    requestTimeout: options.requestMs ?? REQUEST_MS,
    retry: { retries: 2, initialRetryTime: 200 },
    logLevel: logLevel.WARN,
    // What goes wrong in between is mended by the client itself.
    logCreator: (() => (entry) => log.debug({ kafka: entry.log }, 'kafka reports')) satisfies logCreator,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.listTopics();
  } catch (error) {
    await admin.disconnect().catch(() => undefined);
    throw new BusUnavailable(`Kafka does not answer at ${address.brokers.join(', ')}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    // One at a time, so that a repeated request cannot overtake; whoever reads knows a repetition by its id.
    maxInFlightRequests: 1,
  });
  await producer.connect();
  const open = new Set<BusSubscription>();
  let healthy = true;

  return {
    kind: 'kafka',
    deduplicates: false,
    get healthy() {
      return healthy;
    },
    async publish(topic, messages) {
      try {
        await producer.send({
          topic,
          acks: -1,
          messages: messages.map(({ key, value, headers, id }) => ({
            key,
            value,
            headers: { ...headers, 'message-id': id },
          })),
        });
        healthy = true;
      } catch (error) {
        healthy = false;
        throw error;
      }
    },
    async subscribe(topic, group, handler, { from, onTrouble }) {
      // Read before the group is joined: what is published while it gathers must not be passed over.
      const beginAt = from === 'latest' ? await newGroupBegins(admin, topic, group) : [];
      const subscription = await join(
        () =>
          kafka.consumer({
            groupId: group,
            sessionTimeout: sessionMs,
            heartbeatInterval: Math.min(HEARTBEAT_MS, sessionMs / 3),
            maxWaitTimeInMs: FETCH_WAIT_MS,
            // A group that cannot go on begins anew below, where the trouble is told.
            retry: { retries: 3, restartOnFailure: async () => false },
          }),
        { topic, handler, drainMs, log, beginAt, onTrouble },
      );
      const listed: BusSubscription = {
        async close() {
          open.delete(listed);
          await subscription.close();
        },
      };
      open.add(listed);
      return listed;
    },
    lag: (topic, group) => lagOf(admin, topic, group),
    async close() {
      await Promise.all([...open].map((one) => one.close()));
      await endWithin(Promise.all([producer.disconnect(), admin.disconnect()]), drainMs);
    },
  };
}

function connectionOf(address: KafkaAddress): KafkaConfig {
  const { username, password, mechanism } = address;
  return {
    clientId: 'pulsestack',
    brokers: address.brokers,
    connectionTimeout: CONNECT_MS,
    ssl: address.ssl,
    ...(username === null ? {} : { sasl: { mechanism, username, password: password ?? '' } as never }),
  };
}

interface Membership extends Pick<SubscribeOptions, 'onTrouble'> {
  topic: string;
  handler: BusHandler;
  /** Where a new group begins, when that is not at the beginning. */
  beginAt: readonly { partition: number; offset: string }[];
  drainMs: number;
  log: Log;
}

/** Is a member of a group, and becomes one again with a new consumer whenever one cannot go on. Rejects when the first cannot. */
async function join(create: () => Consumer, membership: Membership): Promise<BusSubscription> {
  const { topic, beginAt, onTrouble, drainMs, log } = membership;
  const leave = new AbortController();
  const giveUp = new AbortController();
  const left = new Promise<void>((resolve) => leave.signal.addEventListener('abort', () => resolve()));
  const first = Promise.withResolvers<void>();

  async function once(consumer: Consumer, isFirst: boolean): Promise<void> {
    const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
    const crashed = new Promise<never>((_resolve, reject) =>
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error)),
    );
    crashed.catch(() => undefined);
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachBatchAutoResolve: false,
      eachBatch: (payload) => work(payload, membership, leave.signal, giveUp.signal),
    });
    await Promise.race([joined, crashed]);
    if (isFirst) for (const { partition, offset } of beginAt) consumer.seek({ topic, partition, offset });
    onTrouble?.(null);
    first.resolve();
    await Promise.race([left, crashed]);
  }

  async function live(): Promise<void> {
    for (let isFirst = true; !leave.signal.aborted; isFirst = false) {
      const consumer = create();
      try {
        await once(consumer, isFirst);
      } catch (error) {
        first.reject(error);
        onTrouble?.(`The broker keeps messages from coming: ${(error as Error).message}`);
        log.warn({ err: error, topic }, 'a member of a group of the bus lost its broker; it joins again');
      }
      await consumer.disconnect().catch(() => undefined);
      await pause(REJOIN_MS, leave.signal);
    }
  }

  const living = live();
  const close = async () => {
    leave.abort();
    const patience = setTimeout(() => giveUp.abort(), drainMs);
    await endWithin(living, drainMs);
    clearTimeout(patience);
  };
  await first.promise.catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { close };
}

async function work(
  { batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isStale }: EachBatchPayload,
  { handler, onTrouble }: Membership,
  leaving: AbortSignal,
  givenUp: AbortSignal,
): Promise<void> {
  const messages = batch.messages.map(
    (message): BusMessage => ({
      topic: batch.topic,
      key: message.key?.toString() ?? null,
      value: message.value ?? Buffer.alloc(0),
      headers: headersOf(message.headers),
      position: `${batch.partition}:${message.offset}`,
    }),
  );
  for (let i = 0; i < messages.length; i += MAX_HANDED) {
    if (leaving.aborted || isStale()) return;
    const part = messages.slice(i, i + MAX_HANDED);
    const taken = await handOver(part, handler, {
      signal: givenUp,
      whileWaiting: { everyMs: HEARTBEAT_MS, call: () => void heartbeat().catch(() => undefined) },
      onTrouble,
    });
    if (!taken) return;
    resolveOffset(batch.messages[i + part.length - 1]?.offset ?? '');
    await commitOffsetsIfNecessary();
    await heartbeat();
  }
}

function headersOf(headers: IHeaders | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const one = Array.isArray(value) ? value[0] : value;
    if (one !== undefined) found[name.toLowerCase()] = one.toString();
  }
  return found;
}

/** The ends of all partitions for a group that has no position yet, else nothing. */
async function newGroupBegins(
  admin: Admin,
  topic: string,
  group: string,
): Promise<{ partition: number; offset: string }[]> {
  // Asking for a topic makes it, where the cluster allows that.
  await admin.fetchTopicMetadata({ topics: [topic] });
  const ends = await admin.fetchTopicOffsets(topic);
  const known = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  if (known[0]?.partitions.some((one) => Number(one.offset) >= 0)) return [];
  return ends.map(({ partition, high }) => ({ partition, offset: high }));
}

async function lagOf(admin: Admin, topic: string, group: string): Promise<number | null> {
  const [ends, groups] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    admin.fetchOffsets({ groupId: group, topics: [topic] }),
  ]);
  const positions = new Map(groups[0]?.partitions.map((one) => [one.partition, Number(one.offset)]));
  if (![...positions.values()].some((offset) => offset >= 0)) return null;
  return ends.reduce((sum, { partition, high, low }) => {
    const at = positions.get(partition) ?? -1;
    return sum + (at < 0 ? 0 : Math.max(0, Number(high) - Math.max(at, Number(low))));
  }, 0);
}
