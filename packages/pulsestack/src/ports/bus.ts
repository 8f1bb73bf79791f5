/** What is put on a topic. */
export interface OutgoingMessage {
  /** Messages of one key keep their order. */
  key: string;
  value: string | Buffer;
  headers: Readonly<Record<string, string>>;
  /** Always the same for the same message. A broker that can (`deduplicates`) stores it once. */
  id: string;
}

/** What came over a topic. */
export interface BusMessage {
  topic: string;
  key: string | null;
  value: Buffer;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** Where it stands in its topic; the same whenever it is delivered again. */
  position: string;
}

/**
 * Takes messages. When it resolves, all of them are acknowledged. When it rejects, the same ones come again after a pause that
 * grows; nothing behind them overtakes meanwhile. `attempt` is 1 at first and counts what this member knows of.
 */
export type BusHandler = (messages: readonly BusMessage[], attempt: number) => Promise<void>;

export interface SubscribeOptions {
  /** Where a group begins that was never here. */
  from: 'earliest' | 'latest';
  /** What keeps messages from coming, in a sentence; null when they come again. */
  onTrouble?(sentence: string | null): void;
}

/** A member of a group. */
export interface BusSubscription {
  /** Takes no more and waits for what is under way, though not for ever: what was not acknowledged then goes to another member. */
  close(): Promise<void>;
}

/**
 * Topics that outlive a process. Delivery is at least once, in the order of publishing for each key; the members of a group
 * share the messages of a topic, and each group gets them all.
 */
export interface Bus {
  readonly kind: 'memory' | 'kafka' | 'nats';
  /** Two messages with one id, published within two minutes, are delivered once. */
  readonly deduplicates: boolean;
  /** Resolves when the broker has stored them all; rejects soon when that cannot be, and some may be stored nevertheless. */
  publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  /** Resolves when the group is known to the broker: what is published from then on will be delivered. */
  subscribe(topic: string, group: string, handler: BusHandler, options: SubscribeOptions): Promise<BusSubscription>;
  /** How many messages a group has not acknowledged; null when nobody knows. */
  lag(topic: string, group: string): Promise<number | null>;
  /** False while the broker is away; it mends itself. */
  readonly healthy: boolean;
  close(): Promise<void>;
}

/** Why a bus cannot be opened, with the remedy. */
export class BusUnavailable extends Error {
  override name = 'BusUnavailable';
}

/** How many messages a handler gets at once, at most. */
export const MAX_HANDED = 200;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

export function pauseAfterMs(attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt - 1, 10));
}

/** Resolves after that long, or at once when it is called off. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** Waits for work to end, though never much longer than it is given: a broker that is gone must not keep a process from ending. */
export async function endWithin(work: Promise<unknown>, drainMs: number): Promise<void> {
  const done = new AbortController();
  await Promise.race([work, pause(drainMs + 1_000, done.signal)]);
  done.abort();
}

/**
 * Hands messages to a handler until it takes them. False when it was called off before, so that they are not acknowledged.
 * `whileWaiting` is called now and then, for brokers that want to hear that somebody is still at it.
 */
export async function handOver(
  messages: readonly BusMessage[],
  handler: BusHandler,
  options: {
    signal: AbortSignal;
    whileWaiting?: { everyMs: number; call(): void };
    onTrouble?: SubscribeOptions['onTrouble'];
  },
): Promise<boolean> {
  const { signal, whileWaiting, onTrouble } = options;
  const calledOff = new Promise<false>((resolve) => {
    if (signal.aborted) resolve(false);
    else signal.addEventListener('abort', () => resolve(false), { once: true });
  });
  const timer = whileWaiting && setInterval(() => whileWaiting.call(), whileWaiting.everyMs);
  try {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        const taken = await Promise.race([handler(messages, attempt).then(() => true as const), calledOff]);
        if (taken && attempt > 1) onTrouble?.(null);
        return taken;
      } catch (error) {
        onTrouble?.(`What came could not be worked at: ${(error as Error).message}`);
        await pause(pauseAfterMs(attempt), signal);
      }
    }
    return false;
  } finally {
    clearInterval(timer);
  }
}
