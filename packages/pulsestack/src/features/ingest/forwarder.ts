import type { Loop } from '../../kernel/feature.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import { pauseAfterMs } from '../../ports/bus.ts';
import { isWanted, mayUse, toMessage } from './rules.ts';
import * as store from './store/positions.ts';

const LOOK_MS = 250;
// Where nothing is to be forwarded, it is enough to notice when that changes.
const IDLE_LOOK_MS = 2_000;
// A process that died with a claim is replaced after this long; one that lives renews it with every batch.
const CLAIM_MS = 10_000;
const POSITIONS = 16;
const BATCH = 500;
const MAX_BATCH_BYTES = 900_000;
const BATCHES_PER_CLAIM = 40;
// What waits for a broker should not wait long once it is back.
const LONGEST_PAUSE_MS = 5_000;

/**
 * Brings the logs of all workspaces to the bus, in their order and at least once. The log is the truth: the position moves only
 * after the broker has stored what lies before it, so neither a death of this process nor an outage of the broker loses anything.
 */
export const forwarder = resource(createForwarder);

function createForwarder(runtime: Runtime): Loop {
  const { bus, db, clock, log, settings } = runtime;
  const common = settings.bus.topic !== null;
  const forwarded = runtime.telemetry.counter('bus_forwarded_total', 'Events of the logs that the bus has stored');
  const missed = runtime.telemetry.counter(
    'bus_missed_total',
    'Events that were older than what logs keep before the bus could take them',
  );
  const seconds = runtime.telemetry.histogram('bus_publish_seconds', 'Time until the bus has stored a batch of events');
  runtime.telemetry.gauge('bus_healthy', '0 while the broker of the bus is away', () => (bus.healthy ? 1 : 0));
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;
  let isIdle = false;
  let lookedAtMs = Number.NEGATIVE_INFINITY;

  async function drain(): Promise<void> {
    if (common) await db.inSystem((tx) => store.addCommonPositions(tx));
    while (!stopped) {
      lookedAtMs = performance.now();
      const claimed = await db.inSystem((tx) =>
        store.claimPositions(tx, { now: clock.now(), until: claimEnds(), common, limit: POSITIONS }),
      );
      if (claimed.length === 0) {
        isIdle = !common && !(await db.inSystem((tx) => store.hasActiveSinks(tx)));
        return;
      }
      await Promise.all(claimed.map(forward));
    }
  }

  const claimEnds = () => new Date(clock.nowMs() + CLAIM_MS);

  async function forward(claim: store.ClaimedPosition): Promise<void> {
    const { workspace_id: workspaceId, sink } = claim;
    if (claim.missed > 0) {
      missed.add(claim.missed);
      log.error(
        { workspaceId, sink, events: claim.missed },
        'events were forgotten before the bus could take them; it was away for longer than logs are kept',
      );
    }
    try {
      let { seq } = claim;
      for (let round = 1; ; round++) {
        const events = await db.inWorkspace(workspaceId, (tx) => store.readLogged(tx, workspaceId, seq, BATCH));
        const sent = await publish(claim, events);
        seq = events.at(-1)?.seq ?? seq;
        const done = events.length < BATCH || round === BATCHES_PER_CLAIM || stopped;
        const moved = { seq, sent, until: done ? null : claimEnds(), now: clock.now() };
        const held = await db.inWorkspace(workspaceId, (tx) => store.movePosition(tx, claim, moved));
        if (done || !held) return;
      }
    } catch (error) {
      if (claim.failures === 0)
        log.warn(
          { err: error, workspaceId, sink },
          'events could not be put on the bus; they wait and are tried again',
        );
      const sentence = (error as Error).message.slice(0, 500);
      const retryAt = new Date(clock.nowMs() + Math.min(LONGEST_PAUSE_MS, pauseAfterMs(claim.failures + 1)));
      await db.inWorkspace(workspaceId, (tx) => store.postponePosition(tx, claim, { sentence, retryAt }));
    }
  }

  /** Publishes what the sink wants of these events, and resolves to how many those were. */
  async function publish(
    claim: store.ClaimedPosition,
    events: Awaited<ReturnType<typeof store.readLogged>>,
  ): Promise<number> {
    const topic = claim.topic ?? settings.bus.topic ?? '';
    if (claim.topic !== null && !mayUse(claim.workspace_id, topic, settings.bus))
      throw new Error('The operator does not let this workspace use the topic any more.');
    const messages = events
      // What was emptied because a person was erased tells nothing any more.
      .filter(({ name }) => name !== 'ps.erased' && isWanted(name, claim.events))
      .map((event) => toMessage(claim.workspace_id, claim.epoch, event));
    let begin = 0;
    while (begin < messages.length) {
      let end = begin;
      for (let bytes = 0; end < messages.length; end++) {
        bytes += Buffer.byteLength(messages[end]?.value ?? '');
        if (end > begin && bytes > MAX_BATCH_BYTES) break;
      }
      const started = performance.now();
      await bus.publish(topic, messages.slice(begin, end));
      seconds.observe((performance.now() - started) / 1000);
      forwarded.add(end - begin);
      begin = end;
    }
    return messages.length;
  }

  function work(): Promise<void> {
    running ??= drain()
      .catch((error: unknown) => log.error({ err: error }, 'the log could not be forwarded; it is tried again'))
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  return {
    start() {
      timer = setInterval(() => {
        if (!isIdle || performance.now() - lookedAtMs >= IDLE_LOOK_MS) void work();
      }, LOOK_MS);
      timer.unref();
    },
    async runDue() {
      await running;
      await work();
    },
    async close() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
