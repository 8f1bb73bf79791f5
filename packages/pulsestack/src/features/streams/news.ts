import type { NumberedEvent } from '../../kernel/event.ts';
import type { Runtime } from '../../kernel/runtime.ts';

const CHANNEL = 'streams.advanced';
// News of this long travels in one message.
const GATHER_MS = 5;
const HEADS_PER_MESSAGE = 100;
const LOOK_MS = 1000;
// While no news comes, looking is the only way to hear.
const DEGRADED_LOOK_MS = 75;

/** What the processes of one installation tell each other about their logs. */
export interface News {
  /** Tells the others how far these logs have come. */
  tell(groups: Map<string, NumberedEvent[]>): void;
  close(): Promise<void>;
}

export interface NewsListener {
  /** Another process says that a log has come this far. */
  onHead(workspaceId: string, epoch: string, seq: number): void;
  /** Time to read the heads of all logs: news may get lost. */
  look(): Promise<void>;
}

type Head = [workspaceId: string, epoch: string, seq: number, atMs?: number];

/**
 * Only says that there is more; each process reads the logs itself, so lost, doubled or late news does no harm. Without other
 * processes it only looks.
 */
export function createNews(runtime: Runtime, listener: NewsListener): News {
  const { pubsub, log, clock } = runtime;
  const others = runtime.database.kind === 'server';
  const advanced = new Map<string, NumberedEvent>();
  const lag = runtime.telemetry.histogram(
    'backplane_lag_seconds',
    'From the moment one process tells of new events until another hears it',
  );
  const messages = runtime.telemetry.counter('backplane_messages_total', 'News between the processes', ['way']);
  runtime.telemetry.gauge(
    'backplane_degraded',
    '1 while the processes cannot tell each other and read the log more often',
    () => (pubsub.healthy ? 0 : 1),
  );
  let telling = false;
  let closed = false;

  async function send(): Promise<void> {
    telling = false;
    const atMs = clock.nowMs();
    const heads = [...advanced.values()].map((last): Head => [last.workspaceId, last.epoch, last.seq, atMs]);
    advanced.clear();
    for (let i = 0; i < heads.length; i += HEADS_PER_MESSAGE) {
      try {
        await pubsub.publish(CHANNEL, JSON.stringify(heads.slice(i, i + HEADS_PER_MESSAGE)));
        messages.add(1, { way: 'sent' });
      } catch (error) {
        messages.add(1, { way: 'unsent' });
        // Whoever is interrupted has said so once; every commit would say it again.
        if (pubsub.healthy)
          log.warn({ err: error }, 'other processes were not told of new events; they look within a second');
      }
    }
  }

  function hear(message: string): void {
    messages.add(1, { way: 'heard' });
    if (message === '') return void listener.look();
    const nowMs = clock.nowMs();
    for (const [workspaceId, epoch, seq, atMs = nowMs] of JSON.parse(message) as Head[]) {
      lag.observe(Math.max(0, nowMs - atMs) / 1000);
      listener.onHead(workspaceId, epoch, seq);
    }
  }

  const subscription = others ? pubsub.subscribe(CHANNEL, hear) : undefined;
  subscription?.catch((error: unknown) =>
    log.warn({ err: error }, 'news of other processes is not heard; the logs are looked at instead'),
  );

  let timer: NodeJS.Timeout;
  function lookAgain(): void {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => void listener.look().finally(lookAgain), pubsub.healthy ? LOOK_MS : DEGRADED_LOOK_MS);
    timer.unref();
  }
  lookAgain();
  const offHealth = pubsub.onHealth((healthy) => {
    if (closed) return;
    if (healthy) log.info({}, 'the backplane is back');
    else
      log.warn({}, `the backplane is interrupted: streams read the log every ${DEGRADED_LOOK_MS} ms until it is back`);
    void listener.look().finally(lookAgain);
  });

  return {
    tell(groups) {
      if (!others) return;
      for (const [workspaceId, group] of groups) advanced.set(workspaceId, group.at(-1) as NumberedEvent);
      if (telling) return;
      telling = true;
      setTimeout(() => void send(), GATHER_MS);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      offHealth();
      const stop = await subscription?.catch(() => undefined);
      await stop?.();
    },
  };
}
