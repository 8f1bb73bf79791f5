import { type Context, workContext } from '../../kernel/context.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { suppress } from '../preferences/index.ts';
import { announceStates } from './enqueue.ts';
import type { Held } from './holds.ts';
import type { Route, Routes } from './routes.ts';
import { noteHealth } from './store/integrations.ts';
import { type Claimed, claimKey, type Result, recordResults } from './store/sending.ts';

/** Results share a commit that come within so long, as long as others are still on their way; so many are enough. */
const GATHER_MS = 25;
const GATHERED = 100;
/** Results that could not be written are written again after so long; so often, and so often while the database is away. */
const WRITE_AGAIN_MS = 1000;
const WRITE_TRIES = 3;
const WRITE_TRIES_AWAY = 30;

interface Written {
  result: Result;
  held: Held;
  /** Its address does not exist. */
  bounced: boolean;
}

/** Writes what became of messages, as many together as come within a moment. */
export interface Recorder {
  add(one: Written): void;
  /** Waits for nothing any more: the process ends. */
  hurry(): void;
  /** Resolves when all is written that has come in. */
  idle(): Promise<void> | undefined;
}

export function createRecorder(
  runtime: Runtime,
  ways: Routes,
  { onTheirWay, written }: { onTheirWay(): number; written(held: Held): void },
): Recorder {
  let results: Written[] = [];
  let recording: Promise<void> | undefined;
  let gathered: (() => void) | undefined;
  let stopped = false;
  const outcomes = runtime.telemetry.counter(
    'messages_total',
    'Messages handed over, by channel and what became of them',
    ['channel', 'outcome'],
  );

  /** Writes what has come in, until nothing more has. */
  async function record(): Promise<void> {
    while (results.length > 0) {
      await gather();
      const batch = results;
      results = [];
      await keep(batch);
      for (const { held } of batch) written(held);
    }
    recording = undefined;
  }

  /**
   * What was sent must be written, or it is sent again: a database that is away is waited for, and one result that it does not
   * take keeps no other from being written.
   */
  async function keep(batch: Written[]): Promise<void> {
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
    return stopped || results.length >= GATHERED || results.length >= onTheirWay();
  }

  async function commit(batch: Written[]): Promise<void> {
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

  async function write(tx: Transaction, batch: Written[], unhealthy: readonly Route[]): Promise<void> {
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

  return {
    add(one) {
      results.push(one);
      recording ??= record();
      if (isGathered()) gathered?.();
    },
    hurry() {
      stopped = true;
      gathered?.();
    },
    idle: () => recording,
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
