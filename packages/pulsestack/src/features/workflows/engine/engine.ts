import { setMaxListeners } from 'node:events';
import type { Loop } from '../../../kernel/feature.ts';
import { type Runtime, resource } from '../../../kernel/runtime.ts';
import { tellWaiting } from '../store/gates.ts';
import { busyWorkspaces, type ClaimedRow, claimReady, freeLeases, putBack, release, wakeDue } from '../store/runs.ts';
import { type Calling, createCalls } from './calls.ts';
import { commit } from './commit.ts';
import { answer, interpret, lineOf } from './interpret.ts';
import { createLeases, type Lease } from './leases.ts';
import type { Data, Live } from './live.ts';
import { loadFacts, toLives } from './load.ts';
import { renderMessages } from './render.ts';

const LOOK_MS = 250;
const EXTEND_MS = 15_000;
const TELL_MS = 20;
const MAX_CLAIM = 300;
/** Workspaces served by one claim; the next claim begins behind the last of them. */
const MAX_WORKSPACES = 50;
const SWEEP = 2000;
/** A call may take so long; it begins only while its run is ours for longer. */
const CALL_MS = 30_000;
/** How long a process that ends waits for servers. Whoever has not answered by then is asked again by another process. */
const STOP_MS = 1500;
const MAX_ATTEMPTS = 10;
const RETRY_MS = 2000;
const RETRY_MAX_MS = 10 * 60 * 1000;
const CHANNEL = 'workflows.ready';

/**
 * Carries runs on. Runs that are ready are claimed in batches, fairly by workspace, under a lease; what they do is decided in
 * memory, outside of any transaction; and one commit for the batch writes their new states together with all they have done.
 * A process that dies leaves runs that begin again where their last commit left them.
 */
export interface Engine extends Loop {
  /**
   * Something is ready; with `look`, time or an event may have made something ready. Other processes are told when this one
   * does no work.
   */
  wake(look?: boolean): void;
}

export const engine = resource(createEngine);

function createEngine(runtime: Runtime): Engine {
  const leases = createLeases(runtime);
  const stopping = new AbortController();
  // Every call listens to it, and more calls than ten are open.
  setMaxListeners(0, stopping.signal);
  // Calls are no part of the batch that they come from: the next one does not wait for a server.
  const calls = createCalls(callOut, () => wake());
  /** Runs that failed as part of a batch: each is tried by itself, so that none spoils the others. */
  const alone = new Set<string>();
  const timers: NodeJS.Timeout[] = [];
  // Embedded, transactions take turns anyway, so the next batch gathers while one is under way.
  const maxBatches = runtime.database.kind === 'embedded' ? 1 : 3;
  let lastServed = '';
  let batches = 0;
  let changed: (() => void) | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  // What is ready is claimed at once; what only time or an event makes ready is looked for now and then, and when it is known.
  let look = true;
  let thorough = false;
  let started = false;
  let stopped = false;
  let telling: NodeJS.Timeout | undefined;
  let unsubscribe: Promise<() => Promise<void>> | undefined;
  const ended = runtime.telemetry.counter('workflow_runs_total', 'Runs that ended, by outcome', ['outcome']);
  const seconds = runtime.telemetry.histogram(
    'workflow_batch_seconds',
    'Time from the claim of a batch to its last commit',
  );

  async function drain(): Promise<void> {
    do {
      again = false;
      let dry = false;
      while (!stopped && !(dry && batches === 0 && !look)) {
        if (look) {
          look = false;
          if ((await sweep()) > 0) dry = false;
        } else if (!dry && batches < maxBatches) {
          dry = !(await claim());
          look ||= thorough && !dry;
        } else await somethingEnds();
      }
    } while (again && !stopped);
  }

  /** Makes ready what time or an event has made due. */
  async function sweep(): Promise<number> {
    const now = runtime.clock.now();
    return runtime.db.inSystem(async (tx) => (await tellWaiting(tx, now, SWEEP)) + (await wakeDue(tx, now, SWEEP)));
  }

  async function claim(): Promise<boolean> {
    const lease = leases.make();
    const until = new Date(lease.untilMs);
    const except = calls.full();
    const rows = await runtime.db.inSystem(async (tx) => {
      let workspaces = await busyWorkspaces(tx, lastServed, MAX_WORKSPACES, except);
      if (workspaces.length === 0 && lastServed !== '')
        workspaces = await busyWorkspaces(tx, '', MAX_WORKSPACES, except);
      lastServed = workspaces.length === MAX_WORKSPACES ? (workspaces.at(-1) ?? '') : '';
      if (workspaces.length === 0) return [];
      const share = Math.ceil(MAX_CLAIM / workspaces.length);
      return claimReady(tx, { workspaces, share, lease: lease.id, until });
    });
    for (const [workspaceId, own] of byWorkspace(rows)) {
      const single = own.filter((row) => alone.has(row.id));
      const together = own.filter((row) => !alone.has(row.id));
      for (const batch of [...single.map((row) => [row]), together]) {
        if (batch.length === 0) continue;
        batches++;
        leases.hold(lease);
        void work(workspaceId, lease, batch).finally(() => {
          batches--;
          leases.letGo(lease);
          changed?.();
        });
      }
    }
    return rows.length > 0;
  }

  async function work(workspaceId: string, lease: Lease, rows: readonly ClaimedRow[]): Promise<void> {
    const begin = performance.now();
    try {
      const lives = await toLives(runtime, workspaceId, rows);
      if (lives.length < rows.length) {
        const found = new Set(lives.map((live) => live.id));
        await giveBack(
          lease,
          rows.filter((row) => !found.has(row.id)),
          new Error('the version of its workflow is gone'),
        );
      }
      await carryOn(workspaceId, lease, lives);
      for (const row of rows) alone.delete(row.id);
      // A digest that is full ends now.
      look ||= lives.some((live) => live.workflow.flushes);
    } catch (error) {
      await giveBack(lease, rows, error);
    }
    seconds.observe((performance.now() - begin) / 1000);
  }

  /** Rounds of deciding in memory and committing, until every run blocks or ends. */
  async function carryOn(workspaceId: string, lease: Lease, first: readonly Live[]): Promise<void> {
    let lives = first;
    while (lives.length > 0) {
      await loadFacts(runtime, workspaceId, lives);
      for (const live of lives) decide(live);
      await renderMessages(runtime, workspaceId, lives);
      // What a call waits for is committed before it, so that a slow server delays nothing that was done already.
      const changedOnes = lives.filter(
        (live) => live.outcome.kind !== 'call' || live.lines.length + live.effects.length > 0,
      );
      const kept =
        changedOnes.length > 0 ? await commit(runtime, workspaceId, lease.id, leases.end(), changedOnes) : [];
      const ours = new Set(kept.map((live) => live.id));
      for (const live of kept)
        if (live.outcome.kind === 'done' || live.outcome.kind === 'failed')
          ended.add(1, { outcome: live.outcome.kind });
      const calling = lives.filter(
        (live) => live.outcome.kind === 'call' && (ours.has(live.id) || !changedOnes.includes(live)),
      );
      lives = kept.filter(goesOn);
      for (const live of calling) {
        leases.hold(lease);
        calls.add({ live, lease });
      }
    }
  }

  function decide(live: Live): void {
    try {
      interpret(live, runtime);
    } catch (error) {
      fail(live, error);
    }
  }

  function fail(live: Live, error: unknown): void {
    const sentence = `The step failed: ${error instanceof Error ? error.message : String(error)}`.slice(0, 500);
    live.lines.push(lineOf(undefined, runtime.clock.now(), { code: 'step.failed', sentence }));
    live.outcome = { kind: 'failed', code: 'step.failed', sentence };
  }

  async function callOut({ live, lease }: Calling): Promise<void> {
    try {
      if (live.outcome.kind !== 'call') return;
      // Who cannot be sure to hold the run until the answer comes leaves it to whoever holds it next.
      if (stopped || lease.lost || runtime.clock.nowMs() + CALL_MS > lease.untilMs)
        return await giveUp([{ live, lease }]);
      const answered = await orStopped(live.outcome.call(runtime, stopping.signal));
      if (stopping.signal.aborted) return await giveUp([{ live, lease }]);
      answer(live, answered as Data, runtime);
      if (!goesOn(live)) await commit(runtime, live.workspaceId, lease.id, leases.end(), [live]);
      else await carryOn(live.workspaceId, lease, [live]);
    } catch (error) {
      await giveBack(lease, [{ workspace_id: live.workspaceId, id: live.id, attempts: live.attempts }], error);
    } finally {
      leases.letGo(lease);
    }
  }

  /** Resolves to nothing when the process ends before the answer is there. */
  function orStopped(asking: Promise<Data>): Promise<Data | undefined> {
    return new Promise((settle, reject) => {
      const stop = () => settle(undefined);
      stopping.signal.addEventListener('abort', stop, { once: true });
      asking.then(settle, reject).finally(() => stopping.signal.removeEventListener('abort', stop));
    });
  }

  /** Lets others have runs whose server was not asked, or has not answered: they begin again at this step. */
  async function giveUp(given: readonly Calling[]): Promise<void> {
    const runs = given.map(({ live, lease }) => ({ workspaceId: live.workspaceId, id: live.id, lease: lease.id }));
    await runtime.db
      .inSystem((tx) => release(tx, runs))
      .catch((error: unknown) =>
        runtime.log.error({ err: error }, 'runs could not be given back; their lease runs out'),
      );
  }

  /** Those of a batch that failed are tried one by one; one that fails by itself waits longer each time, and has an end. */
  async function giveBack(
    lease: Lease,
    rows: readonly Pick<ClaimedRow, 'workspace_id' | 'id' | 'attempts'>[],
    error: unknown,
  ): Promise<void> {
    runtime.log.error(
      { err: error, runs: rows.length, runId: rows[0]?.id },
      'runs could not be carried on; they are tried again',
    );
    const single = rows.length === 1 ? rows[0] : undefined;
    if (!single) for (const row of rows) alone.add(row.id);
    const attempts = single?.attempts ?? 1;
    const waitMs = single ? Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** (attempts - 1)) : 0;
    const sentence =
      `It failed ${attempts} times, the last time because: ${error instanceof Error ? error.message : String(error)}`.slice(
        0,
        500,
      );
    await runtime.db
      .inSystem((tx) =>
        putBack(
          tx,
          lease.id,
          rows.map((row) => ({ workspaceId: row.workspace_id, id: row.id })),
          { dead: attempts >= MAX_ATTEMPTS, at: new Date(runtime.clock.nowMs() + waitMs), sentence },
        ),
      )
      .catch((cause: unknown) =>
        runtime.log.error({ err: cause }, 'runs could not be given back; their lease runs out'),
      );
  }

  /** Several may wait at once, and each looks again. */
  let endings: Promise<void> | undefined;
  function somethingEnds(): Promise<void> {
    endings ??= new Promise((settle) => {
      changed = () => {
        changed = undefined;
        endings = undefined;
        settle();
      };
    });
    return endings;
  }

  function workOff(): Promise<void> {
    again = true;
    running ??= drain()
      .catch((error: unknown) => runtime.log.error({ err: error }, 'runs could not be claimed; the engine tries again'))
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  function wake(lookToo = false): void {
    if (stopped) return;
    look ||= lookToo;
    if (started) void workOff();
    else tellOthers();
  }

  function tellOthers(): void {
    if (telling || runtime.database.kind !== 'server') return;
    telling = setTimeout(() => {
      telling = undefined;
      // Lost news only cost time: every engine looks by itself now and then.
      runtime.pubsub
        .publish(CHANNEL, '')
        .catch((error: unknown) => runtime.log.debug({ err: error }, 'other engines could not be woken'));
    }, TELL_MS).unref();
  }

  /** Waits for those who are being asked, but not for long. */
  async function finish(): Promise<void> {
    const waiting = calls.takeWaiting();
    if (waiting.length > 0) await giveUp(waiting);
    for (const { lease } of waiting) leases.letGo(lease);
    const patience = setTimeout(() => stopping.abort(), STOP_MS);
    await calls.settled();
    clearTimeout(patience);
    await leases.free();
  }

  return {
    wake,
    start() {
      started = true;
      // The embedded database has one process at a time: whoever held a lease before is gone.
      if (runtime.database.kind === 'embedded')
        void runtime.db
          .inSystem((tx) => freeLeases(tx, null))
          .then(
            () => wake(),
            () => undefined,
          );
      else unsubscribe = runtime.pubsub.subscribe(CHANNEL, () => wake(true));
      timers.push(
        setInterval(() => wake(true), LOOK_MS).unref(),
        setInterval(() => void leases.extend(), EXTEND_MS).unref(),
      );
      wake();
    },
    async runDue() {
      await running;
      look = true;
      thorough = true;
      do {
        await calls.settled();
        await workOff();
      } while (calls.size > 0);
      thorough = false;
    },
    async close() {
      stopped = true;
      clearTimeout(telling);
      for (const timer of timers) clearInterval(timer);
      await (await unsubscribe)?.();
      changed?.();
      await running;
      while (batches > 0) await somethingEnds();
      await finish();
    },
  };
}

/** Is there more to do at once? */
function goesOn({ outcome }: Live): boolean {
  return outcome.kind === 'commit' || outcome.kind === 'running';
}

function byWorkspace(rows: readonly ClaimedRow[]): Map<string, ClaimedRow[]> {
  const groups = new Map<string, ClaimedRow[]>();
  for (const row of rows) {
    const group = groups.get(row.workspace_id);
    if (group) group.push(row);
    else groups.set(row.workspace_id, [row]);
  }
  return groups;
}
