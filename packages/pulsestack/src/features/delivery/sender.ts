import type { ReasonCode } from '@pulsestack/core';
import { type Context, workContext } from '../../kernel/context.ts';
import type { Loop } from '../../kernel/feature.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import { addressKey, loadSuppressions, suppress } from '../preferences/index.ts';
import { flushDue } from './digesting.ts';
import { announceStates } from './enqueue.ts';
import { releaseDue } from './holding.ts';
import { type Route, routes } from './routes.ts';
import { SEND_TIMEOUT_MS, send } from './sending.ts';
import { noteHealth } from './store/integrations.ts';
import { type Claimed, claimDue, extendLease, freeLeases, type Result, recordResults } from './store/sending.ts';

const LOOK_MS = 500;
const LEASE_MS = 60_000;
const EXTEND_MS = 15_000;
/** What this process holds at most: its memory is bounded by it, however long the queue. */
const MAX_HELD = 400;
const MAX_CLAIM = 200;
/** One workspace whose provider is slow leaves room for the others. */
const MAX_HELD_OF_ONE = 200;

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

/** Messages of one provider on their way, within what it can take. */
interface Lane {
  free: number;
  waiting: Claimed[];
}

function createSender(runtime: Runtime): Sender {
  const lease = runtime.randomBytes(12).toString('base64url');
  const ways = routes.of(runtime);
  const lanes = new Map<string, Lane>();
  const heldOf = new Map<string, number>();
  const full = new Set<string>();
  let mayClaim = true;
  const unwanted = new Map<string, ReasonCode>();
  let held = 0;
  let leasedUntilMs = 0;
  let results: { result: Result; message: Claimed; bounced: boolean }[] = [];
  let recording: Promise<void> | undefined;
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
        const room = Math.min(MAX_CLAIM, MAX_HELD - held);
        // Waiting for room for several saves claims; when nothing is held there is always room.
        if (mayClaim && room >= MAX_CLAIM / 2) {
          mayClaim = false;
          if (await claim(room)) mayClaim = true;
        } else if (held === 0) break;
        else {
          await somethingEnds();
          // A provider that takes its time holds up neither what became due since, nor anybody else's messages.
          if (isTime) break;
        }
      }
      if (held === 0) await recording;
    } while (again && !stopped);
  }

  async function claim(limit: number): Promise<boolean> {
    const now = runtime.clock.now();
    const leasedUntil = new Date(now.getTime() + LEASE_MS);
    const except = [...full];
    const claimed = await runtime.db.inSystem((tx) => claimDue(tx, { lease, now, leasedUntil, limit, except }));
    if (held === 0) leasedUntilMs = leasedUntil.getTime();
    await ways.load([...new Set(claimed.map((one) => one.workspace_id))]);
    // An address may have come back, or complained, since its message was queued.
    for (const [id, code] of await findUnwanted(runtime, claimed)) unwanted.set(id, code);
    for (const message of claimed) {
      held++;
      const count = (heldOf.get(message.workspace_id) ?? 0) + 1;
      heldOf.set(message.workspace_id, count);
      if (count >= MAX_HELD_OF_ONE) full.add(message.workspace_id);
      enter(message);
    }
    return claimed.length > 0;
  }

  /** Each first choice has a lane of its own, so that a slow provider holds up only its own messages. */
  function enter(message: Claimed): void {
    const [first] = ways.of(message.workspace_id, message.channel);
    const key = first ? (first.integrationId ?? first.provider.id) : 'none';
    let lane = lanes.get(key);
    if (!lane) lanes.set(key, (lane = { free: first?.provider.concurrency ?? 1, waiting: [] }));
    if (lane.free === 0) lane.waiting.push(message);
    else {
      lane.free--;
      void travel(lane, message);
    }
  }

  async function travel(lane: Lane, first: Claimed): Promise<void> {
    for (let message: Claimed | undefined = first; message; message = lane.waiting.shift()) await handOver(message);
    lane.free++;
  }

  async function handOver(message: Claimed): Promise<void> {
    // Who cannot be sure to hold it until the answer comes leaves it to whoever holds it next.
    if (stopped || runtime.clock.nowMs() + SEND_TIMEOUT_MS > leasedUntilMs) return leave(message);
    try {
      const { result, bounced } = await send(
        runtime,
        message,
        ways.of(message.workspace_id, message.channel),
        unwanted.get(message.id),
      );
      unwanted.delete(message.id);
      for (const { provider, duration_ms } of result.attempts) durations.observe(duration_ms / 1000, { provider });
      results.push({ result, message, bounced });
      recording ??= record();
    } catch (error) {
      runtime.log.error(
        { err: error, messageId: message.id },
        'a message could not be handed over; its lease runs out',
      );
      leave(message);
    }
  }

  function leave(message: Claimed): void {
    held--;
    const rest = (heldOf.get(message.workspace_id) ?? 1) - 1;
    if (rest === 0) heldOf.delete(message.workspace_id);
    else heldOf.set(message.workspace_id, rest);
    // Not before half of it is through, so that its next claim is worth the question.
    if (rest <= MAX_HELD_OF_ONE / 2 && full.delete(message.workspace_id)) mayClaim = true;
    changed?.();
  }

  /** Writes what has come in, until nothing more has. */
  async function record(): Promise<void> {
    // Those that end in the same tick share a commit.
    await new Promise((settle) => setImmediate(settle));
    while (results.length > 0) {
      const batch = results;
      results = [];
      try {
        await commit(batch);
      } catch (error) {
        runtime.log.error(
          { err: error },
          'results of sending could not be written; their messages are sent again when their lease ends',
        );
      }
      for (const { message } of batch) leave(message);
    }
    recording = undefined;
  }

  async function commit(batch: typeof results): Promise<void> {
    const unhealthy = ways.takeDirty();
    await runtime.db.inSystem(async (tx) => {
      const recorded = await recordResults(
        tx,
        lease,
        batch.map(({ result }) => result),
      );
      const ours = new Set(recorded.map((row) => row.message_id));
      await noteHealth(tx, unhealthy.map(toHealth));
      for (const [workspaceId, own] of byWorkspace(batch.filter(({ message }) => ours.has(message.id)))) {
        const ended = own.flatMap(({ result, message }) =>
          result.state === null
            ? []
            : [{ ...message, state: result.state, reason: result.reason as Claimed['reason'] }],
        );
        const ctx = workContext(runtime, workspaceId, '', tx);
        await announceStates(ctx, ended);
        for (const { message, result, bounced } of own) if (bounced) await suppressBounced(ctx, message, result);
      }
    });
    for (const { result, message } of batch)
      outcomes.add(1, { channel: message.channel, outcome: result.state ?? 'retried' });
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
    if (held === 0) return;
    const until = new Date(runtime.clock.nowMs() + LEASE_MS);
    try {
      await runtime.db.inSystem((tx) => extendLease(tx, lease, until));
      leasedUntilMs = until.getTime();
    } catch (error) {
      runtime.log.warn({ err: error }, 'the lease of messages on their way could not be extended');
    }
  }

  return {
    wake,
    start() {
      started = true;
      // The embedded database has one process at a time: whoever held a lease before is gone.
      if (runtime.database.kind === 'embedded')
        void runtime.db.inSystem((tx) => freeLeases(tx, null, runtime.clock.now())).then(wake, () => undefined);
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
      changed?.();
      await running;
      while (held > 0 && recording) await recording;
      await runtime.db.inSystem((tx) => freeLeases(tx, lease, runtime.clock.now())).catch(() => undefined);
    },
  };
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
async function findUnwanted(runtime: Runtime, claimed: readonly Claimed[]): Promise<[string, ReasonCode][]> {
  const found: [string, ReasonCode][] = [];
  const asked = claimed.filter(({ address, channel }) => address !== null && channel !== 'webhook');
  await runtime.db.inSystem(async (tx) => {
    for (const [workspaceId, own] of byWorkspace(asked.map((message) => ({ message })))) {
      const addresses = own.map(({ message }) => ({ channel: message.channel, address: message.address as string }));
      const suppressed = await loadSuppressions(tx, workspaceId, addresses);
      for (const { message } of own) {
        const entry = suppressed.get(addressKey(message.channel, message.address as string));
        if (entry) found.push([message.id, `suppression.${entry.reason}`]);
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

function byWorkspace<T extends { message: Claimed }>(batch: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of batch) {
    const group = groups.get(one.message.workspace_id);
    if (group) group.push(one);
    else groups.set(one.message.workspace_id, [one]);
  }
  return groups;
}
