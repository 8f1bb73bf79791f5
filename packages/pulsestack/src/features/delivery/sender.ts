import { setMaxListeners } from 'node:events';
import type { ReasonCode } from '@pulsestack/core';
import type { Loop } from '../../kernel/feature.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import { addressKey, loadSuppressions } from '../preferences/index.ts';
import { flushDue } from './digesting.ts';
import { releaseDue } from './holding.ts';
import { createHolds, type Held } from './holds.ts';
import { createLanes } from './lanes.ts';
import { createRecorder } from './recording.ts';
import { routes } from './routes.ts';
import { SEND_TIMEOUT_MS, send } from './sending.ts';
import {
  type Claimed,
  claimDue,
  claimKey,
  extendLeases,
  freeAbandoned,
  giveBack,
  type HeldRef,
} from './store/sending.ts';

const LOOK_MS = 500;
const LEASE_MS = 60_000;
const EXTEND_MS = 15_000;
const MAX_CLAIM = 200;
/** What waits behind slow calls lets others go first for so long. */
const STEP_ASIDE_MS = 1000;
/** How long a process that ends waits for providers. Whoever has not answered by then is asked again by another process. */
const STOP_MS = 1500;

/**
 * Hands queued messages to providers. They are claimed straight from their queue in batches, because a job for each of them
 * would be a second row to write for every mail; a lease makes them due again when this process dies. Results are written as
 * they come in, as many together as have come in since the last commit, so what a crash can repeat is only what was on its
 * way at that moment.
 */
export interface Sender extends Loop {
  wake(): void;
}

export const sender = resource(createSender);

/** Tells the sender of this process that something is due. */
export function wakeSender(runtime: Runtime): void {
  sender.of(runtime).wake();
}

function createSender(runtime: Runtime): Sender {
  const ways = routes.of(runtime);
  const name = runtime.randomBytes(12).toString('base64url');
  const holds = createHolds();
  const lanes = createLanes(handOver);
  const recorder = createRecorder(runtime, ways, { onTheirWay: () => holds.size, written: leave });
  const stopping = new AbortController();
  // Every call listens to it, and more calls than ten are open.
  setMaxListeners(0, stopping.signal);
  let claims = 0;
  let mayClaim = true;
  let changed: (() => void) | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let isTime = false;
  let started = false;
  let stopped = false;
  const timers: NodeJS.Timeout[] = [];
  const durations = runtime.telemetry.histogram('send_seconds', 'Time a provider takes to answer', ['provider']);

  async function drain(): Promise<void> {
    do {
      again = false;
      isTime = false;
      while (await flushDue(runtime)) if (stopped) return;
      while (await releaseDue(runtime)) if (stopped) return;
      mayClaim = true;
      while (!stopped) {
        const room = Math.min(MAX_CLAIM, holds.room());
        // Waiting for room for several saves claims; when nothing is held there is always room.
        if (mayClaim && room >= MAX_CLAIM / 2) {
          mayClaim = false;
          if (await claim(room)) mayClaim = true;
        } else if (holds.size === 0) break;
        else {
          await somethingEnds();
          // A provider that takes its time holds up neither what became due since, nor anybody else's messages.
          if (isTime) break;
        }
      }
      if (holds.size === 0) await recorder.idle();
    } while (again && !stopped);
  }

  async function claim(limit: number): Promise<boolean> {
    const now = runtime.clock.now();
    const leasedUntil = new Date(now.getTime() + LEASE_MS);
    // A name of its own for each claim: what was lost, and claimed anew by this same process, is not held by the old claim.
    const lease = `${name}.${++claims}`;
    const claimed = await runtime.db.inSystem((tx) =>
      claimDue(tx, { lease, now, leasedUntil, limit, except: holds.full() }),
    );
    if (claimed.length === 0) return false;
    await ways.load([...new Set(claimed.map((one) => one.workspace_id))]);
    // An address may have come back, or complained, since its message was queued.
    const unwanted = await findUnwanted(runtime, claimed);
    for (const message of claimed) {
      const held: Held = { message, lease, untilMs: leasedUntil.getTime(), unwanted: unwanted.get(message.id) };
      holds.add(held);
      const [first] = ways.of(message.workspace_id, message.channel);
      lanes.enter(first ? (first.integrationId ?? first.provider.id) : 'none', first?.provider.concurrency ?? 1, held);
    }
    return true;
  }

  async function handOver(held: Held): Promise<void> {
    const { message, lease, unwanted } = held;
    if (stopped) return putBack([held], runtime.clock.now());
    // Who cannot be sure to hold it until the answer comes leaves it to whoever holds it next.
    const isHeld = () => !stopped && runtime.clock.nowMs() + SEND_TIMEOUT_MS <= held.untilMs;
    if (!isHeld()) return leave(held);
    held.askedAtMs = performance.now();
    try {
      const grip = { lease, unwanted, holds: isHeld, signal: stopping.signal };
      const { result, bounced } = await send(runtime, message, ways.of(message.workspace_id, message.channel), grip);
      for (const { provider, duration_ms } of result.attempts) durations.observe(duration_ms / 1000, { provider });
      recorder.add({ result, held, bounced });
    } catch (error) {
      runtime.log.error(
        { err: error, messageId: message.id },
        'a message could not be handed over; its lease runs out',
      );
      leave(held);
    }
  }

  function leave(held: Held): void {
    if (holds.remove(held)) mayClaim = true;
    changed?.();
  }

  /** Gives back what nobody was asked to take yet. */
  async function putBack(given: readonly Held[], dueAt: Date): Promise<void> {
    if (given.length === 0) return;
    await runtime.db
      .inSystem((tx) => giveBack(tx, given.map(toRef), dueAt))
      .catch((error: unknown) =>
        runtime.log.warn({ err: error }, 'messages could not be given back; their leases run out'),
      );
    for (const held of given) leave(held);
  }

  function somethingEnds(): Promise<void> {
    return new Promise((settle) => {
      changed = () => {
        changed = undefined;
        settle();
      };
    });
  }

  function wake(): void {
    if (!started || stopped) return;
    again = true;
    void work();
  }

  function look(): void {
    isTime = true;
    if (holds.noticeSlow()) mayClaim = true;
    const blocked = lanes.takeBlocked(holds.isSlow);
    void putBack(blocked, new Date(runtime.clock.nowMs() + STEP_ASIDE_MS));
    wake();
    changed?.();
  }

  function work(): Promise<void> {
    again = true;
    running ??= drain()
      .catch((error: unknown) =>
        runtime.log.error({ err: error }, 'messages could not be sent; the sender tries again'),
      )
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  async function extend(): Promise<void> {
    const kept = holds.all();
    if (kept.length === 0) return;
    const until = new Date(runtime.clock.nowMs() + LEASE_MS);
    try {
      const ours = await runtime.db.inSystem((tx) => extendLeases(tx, kept.map(toRef), until));
      for (const held of kept) held.untilMs = ours.has(claimKey(toRef(held))) ? until.getTime() : 0;
    } catch (error) {
      runtime.log.warn({ err: error }, 'the lease of messages on their way could not be extended');
    }
  }

  /** Waits for those who are being asked, but not for long. */
  async function finish(): Promise<void> {
    await putBack(lanes.takeWaiting(), runtime.clock.now());
    const patience = setTimeout(() => stopping.abort(), STOP_MS);
    while (holds.size > 0) await somethingEnds();
    clearTimeout(patience);
    await recorder.idle();
  }

  return {
    wake,
    start() {
      started = true;
      // The embedded database has one process at a time: whoever held a lease before is gone.
      if (runtime.database.kind === 'embedded')
        void runtime.db.inSystem((tx) => freeAbandoned(tx, runtime.clock.now())).then(wake, () => undefined);
      timers.push(setInterval(look, LOOK_MS).unref(), setInterval(() => void extend(), EXTEND_MS).unref());
      wake();
    },
    async runDue() {
      await running;
      await work();
    },
    async close() {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
      recorder.hurry();
      changed?.();
      await running;
      await finish();
    },
  };
}

/** Messages to addresses that have been suppressed since they were queued, with the reason. */
async function findUnwanted(runtime: Runtime, claimed: readonly Claimed[]): Promise<Map<string, ReasonCode>> {
  const found = new Map<string, ReasonCode>();
  const asked = claimed.filter(({ address, channel }) => address !== null && channel !== 'webhook');
  if (asked.length === 0) return found;
  await runtime.db.inSystem(async (tx) => {
    for (const [workspaceId, own] of Map.groupBy(asked, (message) => message.workspace_id)) {
      const addresses = own.map(({ channel, address }) => ({ channel, address: address as string }));
      const suppressed = await loadSuppressions(tx, workspaceId, addresses);
      for (const { id, channel, address } of own) {
        const entry = suppressed.get(addressKey(channel, address as string));
        if (entry) found.set(id, `suppression.${entry.reason}`);
      }
    }
  });
  return found;
}

function toRef({ message, lease }: Held): HeldRef {
  return { workspace_id: message.workspace_id, message_id: message.id, lease };
}
