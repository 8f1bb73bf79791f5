import { setMaxListeners } from 'node:events';
import { onEnqueued, onEnqueuedElsewhere, tellWorkers, virtualNow } from '../../kernel/enqueue.ts';
import { type ExternalJob, type Job, laneOf } from '../../kernel/job.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import type { JobDriver, Parcel } from '../../ports/job-driver.ts';
import { createClaimer } from './claimer.ts';
import { begin, type Claimed, release } from './claims.ts';
import { createLeases } from './leases.ts';
import { createRunner } from './running.ts';
import { createSlots, type Slots } from './slots.ts';

const LEASE_MS = 60_000;
const SWEEP_MS = 500;
const STOP_MS = 10_000;
// Calls of a process that ends; whoever has not answered by then is asked again by another.
const STOP_CALLS_MS = 1500;
// Half of the connections are for requests; a transaction of a job is as short as theirs.
const MAX_TRANSACTIONS = 8;
const MAX_CLAIMS = 2;
const MIN_BATCH = 8;
const FIRST_BATCH = 50;
const MAX_BATCH = 1000;
// A claim should be worked off in about this time: less wastes round trips, more keeps the next workspace waiting.
const BATCH_MS = 50;
const SLOW_CALLS_MS = 250;

/** Works off the job table: claims with a lease, runs each job in a transaction of its workspace, retries with backoff. */
export interface Worker {
  /** Runs what is due until nothing is; for tests and for the end of a process. */
  runDue(): Promise<void>;
  stop(): Promise<void>;
}

export interface WorkerOptions {
  /** Looks for work by itself. Without, `runDue` does one thing after the other, in the same order every time. */
  timers: boolean;
  /** Carries claims to other processes; without one they are worked at here. */
  driver?: JobDriver | undefined;
  leaseMs?: number;
}

export function createWorker(runtime: Runtime, jobs: readonly Job[], options: WorkerOptions): Worker {
  const { driver, timers, leaseMs = LEASE_MS } = options;
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const leases = createLeases(runtime, leaseMs);
  const transactions = createSlots(timers ? transactionsOf(runtime) : 1);
  const calls = new Map<string, Slots>();
  const callsOf = (job: ExternalJob) => {
    let slots = calls.get(job.name);
    if (!slots) calls.set(job.name, (slots = createSlots(timers ? job.concurrency : 1)));
    return slots;
  };
  let again = false;
  const callsOver = new AbortController();
  // Every call listens to it, and more calls than ten are open.
  setMaxListeners(0, callsOver.signal);
  const runner = createRunner({
    runtime,
    jobs: byName,
    leases,
    leaseMs,
    transactions,
    callsOf,
    stopping: {
      get begun() {
        return stopped;
      },
      over: callsOver.signal,
    },
    onMore: () => wake(),
  });
  const claimer = createClaimer(runtime, { leaseMs, starts: !driver });
  const lanes = new Map<string, Lane>();
  for (const job of jobs) {
    // Under its own name as well, because a job may have been added when it still had a lane of its own.
    for (const name of [laneOf(job), job.name]) {
      if (lanes.has(name)) continue;
      const calls = job.kind === 'external' ? job.concurrency : undefined;
      const limit = calls === undefined ? FIRST_BATCH : Math.ceil(calls / 2);
      lanes.set(name, { name, rate: name === '' ? undefined : job.rate, calls, limit, open: 0, asked: 0 });
    }
  }
  const drains = new Set<Promise<void>>();
  const maxDrains = timers && runtime.database.kind === 'server' && !driver ? MAX_CLAIMS : 1;
  let stopped = false;
  const working = new Set<Promise<void>>();

  async function drain(): Promise<void> {
    do {
      again = false;
      if ((await look()) === 0) continue;
      again = [...lanes.values()].some(hasRoom);
      // While there is plenty, the next claim is under way when this one arrives.
      if (again && drains.size < maxDrains) startDrain();
    } while (again && !stopped);
  }

  /** One look: moves what is due, claims what there is room for, and begins to work at it. Resolves to how much it found. */
  async function look(): Promise<number> {
    const open = [...lanes.values()].filter(hasRoom);
    if (stopped || open.length === 0) return 0;
    const room = driver ? await driver.room() : Number.POSITIVE_INFINITY;
    if (room <= 0) return 0;
    const wanted = open.map((lane) => ({ ...lane, limit: Math.min(room, lane.limit * 2 - lane.open - lane.asked) }));
    wanted.forEach((one, i) => {
      (open[i] as Lane).asked += one.limit;
    });
    const found = await claimer.claim(wanted, virtualNow(runtime.clock)).finally(() =>
      wanted.forEach((one, i) => {
        (open[i] as Lane).asked -= one.limit;
      }),
    );
    for (const one of found.hopeless)
      track(runner.bury(one, 'the process ended, or took too long, each time this job ran'));
    if (timers && found.nextTokenMs !== undefined) setTimeout(wake, found.nextTokenMs).unref();
    for (const [lane, claimed] of found.claimed) {
      if (driver) track(carry(driver, claimed));
      else work(lanes.get(lane) as Lane, claimed);
    }
    return found.moved + found.hopeless.length + [...found.claimed.values()].flat().length;
  }

  function work(lane: Lane, claimed: readonly Claimed[]): void {
    const startedMs = performance.now();
    lane.open += claimed.length;
    leases.hold(claimed);
    const units = toUnits(claimed).map(async (unit) => {
      const ended = (jobs: number) => {
        const wasFull = !hasRoom(lane);
        lane.open -= jobs;
        if (wasFull && hasRoom(lane)) wake();
      };
      if (timers) await runUnit(unit, ended);
      else await (inTurn = inTurn.then(() => runUnit(unit, ended)));
    });
    track(
      Promise.all(units).then(() => {
        fit(lane, claimed.length, performance.now() - startedMs);
      }),
    );
  }
  let inTurn: Promise<void> = Promise.resolve();

  async function runUnit(unit: readonly Claimed[], ended: (jobs: number) => void): Promise<void> {
    if (stopped) {
      leases.drop(unit.map((claimed) => ({ claimed })));
      await runtime.db.inSystem((tx) => release(tx, unit, true));
      ended(unit.length);
    } else await runner.run(unit[0]?.name ?? '', unit, ended);
  }

  /** Those of one name and workspace that share a transaction; each workspace's first comes before any other's second. */
  function toUnits(claimed: readonly Claimed[]): Claimed[][] {
    const groups = new Map<string, Claimed[]>();
    const turns = new Map<string, number>();
    const units: { turn: number; seq: number; unit: Claimed[] }[] = [];
    for (const one of claimed.toSorted((a, b) => a.priority - b.priority || a.seq - b.seq)) {
      const name = `${one.workspace_id} ${one.name}`;
      const size = sizeOf(byName.get(one.name));
      const group = groups.get(name);
      if (group && group.length < size) group.push(one);
      else {
        const unit = [one];
        groups.set(name, unit);
        const turn = turns.get(one.workspace_id) ?? 0;
        turns.set(one.workspace_id, turn + 1);
        units.push({ turn, seq: units.length, unit });
      }
    }
    return units.toSorted((a, b) => a.turn - b.turn || a.seq - b.seq).map(({ unit }) => unit);
  }

  async function carry(driver: JobDriver, claimed: readonly Claimed[]): Promise<void> {
    const parcels = toUnits(claimed).map((unit) => ({
      workspaceId: unit[0]?.workspace_id ?? '',
      job: unit[0]?.name ?? '',
      claims: unit.map((one) => ({ id: one.id, claim: one.claims })),
    }));
    try {
      await driver.carry(parcels);
    } catch (error) {
      runtime.log.warn({ err: error }, 'claimed jobs could not be handed over; this process does them itself');
      await Promise.all(parcels.map(receive));
    }
  }

  /** Begins what was carried here; what is begun elsewhere already, or claimed anew, is left alone. */
  async function receive(parcel: Parcel): Promise<void> {
    try {
      const refs = parcel.claims.map((one) => ({ workspaceId: parcel.workspaceId, id: one.id, claim: one.claim }));
      const begun = await transactions.run(() => runtime.db.inSystem((tx) => begin(tx, refs, leaseMs)));
      if (begun.length === 0) return;
      leases.hold(begun);
      await runUnit(
        begun.toSorted((a, b) => a.seq - b.seq),
        () => undefined,
      );
    } catch (error) {
      runtime.log.error({ err: error }, 'jobs that were handed over could not be begun; their leases run out');
    }
  }

  function track(promise: Promise<void>): void {
    const tracked = promise
      .catch((error: unknown) => runtime.log.error({ err: error }, 'a job was left behind; its lease runs out'))
      .finally(() => working.delete(tracked));
    working.add(tracked);
  }

  async function allEnded(): Promise<void> {
    while (drains.size + working.size > 0) await Promise.all([...drains, ...working]);
  }

  function wake(): void {
    if (stopped) return;
    if (drains.size > 0) again = true;
    else startDrain();
  }

  function startDrain(): void {
    const drained = drain()
      .catch((error: unknown) => runtime.log.error({ err: error }, 'jobs could not be claimed; the worker tries again'))
      .finally(() => {
        drains.delete(drained);
        if (again && drains.size === 0) wake();
      });
    drains.add(drained);
  }

  const works = jobs.length > 0;
  if (timers && works)
    onEnqueued(runtime.db, () => {
      setImmediate(wake);
      // One that is busy lets the others know.
      if (![...lanes.values()].every(hasRoom)) tellWorkers.of(runtime).tell();
    });
  const timer = timers && works ? setInterval(() => sweep(), SWEEP_MS) : undefined;
  timer?.unref();
  const hearing =
    timers && works
      ? onEnqueuedElsewhere(runtime, () => wake()).catch((error: unknown) => {
          runtime.log.warn({ err: error }, 'this worker does not hear of new jobs and looks for them by itself');
          return undefined;
        })
      : undefined;
  if (driver && works)
    void driver.receive(receive).catch((error: unknown) => runtime.log.error({ err: error }, 'no jobs are received'));

  function sweep(): void {
    claimer.upkeepNow();
    wake();
  }

  return {
    async runDue() {
      if (!works) return;
      for (let idle = 0; idle < 2 && !stopped; ) {
        await allEnded();
        claimer.upkeepNow();
        idle = (await look()) === 0 ? idle + 1 : 0;
      }
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      const unsubscribe = await hearing;
      await unsubscribe?.().catch(() => undefined);
      await driver?.stop();
      const impatience = setTimeout(() => callsOver.abort(), STOP_CALLS_MS);
      // What takes longer is somebody else's when its lease has run out.
      let patience: NodeJS.Timeout | undefined;
      await Promise.race([
        allEnded(),
        new Promise<void>((resolve) => {
          patience = setTimeout(resolve, STOP_MS);
        }),
      ]);
      clearTimeout(patience);
      clearTimeout(impatience);
      leases.stop();
    },
  };
}

export interface Lane {
  name: string;
  rate: { perSecond: number; burst: number } | undefined;
  /** How many calls may be open, where the jobs are calls. */
  calls: number | undefined;
  /** How many a claim takes. */
  limit: number;
  /** How many are claimed and not ended. */
  open: number;
  /** How many are being claimed. */
  asked: number;
}

/** How many go together: calls that need no transaction first begin one by one in any case. */
function sizeOf(job: Job | undefined): number {
  return job?.kind === 'external' && !job.prepareMany ? Number.POSITIVE_INFINITY : (job?.size ?? 1);
}

function hasRoom(lane: Lane): boolean {
  return lane.open + lane.asked <= lane.limit;
}

/** Claims grow while they are worked off quickly, and shrink when others would wait behind them. */
function fit(lane: Lane, jobs: number, tookMs: number): void {
  // Of quick calls the next is at hand when one ends; slow ones are claimed when their place is free.
  if (lane.calls !== undefined) lane.limit = Math.ceil(tookMs > SLOW_CALLS_MS ? lane.calls / 2 : lane.calls);
  else if (jobs < lane.limit) return;
  else if (tookMs < BATCH_MS / 3) lane.limit = Math.min(MAX_BATCH, lane.limit * 2);
  else if (tookMs > BATCH_MS) lane.limit = Math.max(MIN_BATCH, Math.floor(lane.limit / 2));
}

// Embedded, transactions take turns anyway.
function transactionsOf({ database }: Runtime): number {
  if (database.kind === 'embedded') return 1;
  return Math.max(1, Math.min(MAX_TRANSACTIONS, Math.floor((database.pool.options.max ?? 2) / 2)));
}
