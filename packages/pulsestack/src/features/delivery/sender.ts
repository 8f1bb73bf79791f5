import { setMaxListeners } from 'node:events';
import type { ReasonCode } from '@pulsestack/core';
import { type Context, workContext } from '../../kernel/context.ts';
import type { Loop } from '../../kernel/feature.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { addressKey, loadSuppressions, suppress } from '../preferences/index.ts';
import { flushDue } from './digesting.ts';
import { announceStates } from './enqueue.ts';
import { releaseDue } from './holding.ts';
import { createHolds, type Held } from './holds.ts';
import { createLanes } from './lanes.ts';
import { type Route, routes } from './routes.ts';
import { SEND_TIMEOUT_MS, send } from './sending.ts';
import { noteHealth } from './store/integrations.ts';
import {
  type Claimed,
  claimDue,
  claimKey,
  extendLeases,
  freeAbandoned,
  giveBack,
  type HeldRef,
  type Result,
  recordResults,
} from './store/sending.ts';

const LOOK_MS = 500;
const LEASE_MS = 60_000;
const EXTEND_MS = 15_000;
const MAX_CLAIM = 200;
/** What waits behind slow calls lets others go first for so long. */
const STEP_ASIDE_MS = 1000;
/** Results share a commit that come within so long, as long as others are still on their way; so many are enough. */
const GATHER_MS = 25;
const GATHERED = 100;
/** Results that could not be written are written again after so long; so often, and so often while the database is away. */
const WRITE_AGAIN_MS = 1000;
const WRITE_TRIES = 3;
const WRITE_TRIES_AWAY = 30;
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
  const stopping = new AbortController();
  // Every call listens to it, and more calls than ten are open.
  setMaxListeners(0, stopping.signal);
  let claims = 0;
  let mayClaim = true;
  let results: { result: Result; held: Held; bounced: boolean }[] = [];
  let recording: Promise<void> | undefined;
  let gathered: (() => void) | undefined;
  let changed: (() => void) | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let isTime = false;
  let started = false;
  let stopped = false;
  const timers: NodeJS.Timeout[] = [];
  const outcomes = runtime.telemetry.counter(
    'messages_total',
    'Messages handed over, by channel and what became of them',
    ['channel', 'outcome'],
  );
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
      if (holds.size === 0) await recording;
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
      results.push({ result, held, bounced });
      recording ??= record();
      if (isGathered()) gathered?.();
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

  /** Writes what has come in, until nothing more has. */
  async function record(): Promise<void> {
    while (results.length > 0) {
      await gather();
      const batch = results;
      results = [];
      await keep(batch);
      for (const { held } of batch) leave(held);
    }
    recording = undefined;
  }

  /**
   * What was sent must be written, or it is sent again: a database that is away is waited for, and one result that it does not
   * take keeps no other from being written.
   */
  async function keep(batch: typeof results): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await commit(batch);
      } catch (error) {
        const isThere = await isAnswering(runtime);
        if (isThere && batch.length > 1) {
          for (const one of batch) await keep([one]);
          return;
        }
        if (stopped || tries >= (isThere ? WRITE_TRIES : WRITE_TRIES_AWAY)) {
          runtime.log.error(
            { err: error, messages: batch.length, messageId: batch[0]?.held.message.id },
            'results of sending could not be written; their messages are sent again when their lease ends',
          );
          return;
        }
        await new Promise((settle) => setTimeout(settle, WRITE_AGAIN_MS));
      }
    }
  }

  /** A commit costs the same for many as for one: it waits a little for those that are being handed over. */
  function gather(): Promise<void> {
    if (isGathered()) return new Promise((settle) => setImmediate(settle));
    return new Promise((settle) => {
      const timer = setTimeout(() => gathered?.(), GATHER_MS);
      gathered = () => {
        gathered = undefined;
        clearTimeout(timer);
        settle();
      };
    });
  }

  function isGathered(): boolean {
    return stopped || results.length >= GATHERED || results.length >= holds.size;
  }

  async function commit(batch: typeof results): Promise<void> {
    const unhealthy = ways.takeDirty();
    try {
      await runtime.db.inSystem((tx) => write(tx, batch, unhealthy));
    } catch (error) {
      for (const route of unhealthy) route.dirty = true;
      throw error;
    }
    for (const { result, held } of batch)
      outcomes.add(1, { channel: held.message.channel, outcome: result.state ?? 'retried' });
  }

  async function write(tx: Transaction, batch: typeof results, unhealthy: readonly Route[]): Promise<void> {
    const ours = await recordResults(
      tx,
      batch.map(({ result }) => result),
    );
    await noteHealth(tx, unhealthy.map(toHealth));
    const kept = batch.filter(({ result }) => ours.has(claimKey(result)));
    // In the order of their ids, because the log of each is locked until the commit.
    for (const [workspaceId, own] of [...byWorkspace(kept)].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const ended = own.flatMap(({ result, held }) =>
        result.state === null
          ? []
          : [{ ...held.message, state: result.state, reason: result.reason as Claimed['reason'] }],
      );
      const ctx = workContext(runtime, workspaceId, '', tx);
      await announceStates(ctx, ended, { groupCommit: true });
      for (const { held, result, bounced } of own) if (bounced) await suppressBounced(ctx, held.message, result);
    }
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
    await recording;
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
      gathered?.();
      changed?.();
      await running;
      await finish();
    },
  };
}

function isAnswering(runtime: Runtime): Promise<boolean> {
  return runtime.database.health().then(
    () => true,
    () => false,
  );
}

function toHealth(route: Route) {
  const { failures, outUntilMs } = route.breaker;
  return {
    workspaceId: route.workspaceId,
    id: route.integrationId as string,
    failures,
    outUntil: outUntilMs === 0 ? null : new Date(outUntilMs),
    lastError: route.lastError,
    enabled: !route.gone,
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

/** Nobody is there: nothing goes to this address any more. */
async function suppressBounced(ctx: Context, message: Claimed, result: Result): Promise<void> {
  if (message.address === null) return;
  await suppress(ctx, {
    channel: message.channel,
    address: message.address,
    reason: 'bounced',
    source: result.provider ?? 'provider',
    evidence: { messageId: message.id, answer: result.attempts.at(-1)?.detail ?? null },
  });
}

function byWorkspace<T extends { held: Held }>(batch: readonly T[]): Map<string, T[]> {
  return Map.groupBy(batch, ({ held }) => held.message.workspace_id);
}

function toRef({ message, lease }: Held): HeldRef {
  return { workspace_id: message.workspace_id, message_id: message.id, lease };
}
