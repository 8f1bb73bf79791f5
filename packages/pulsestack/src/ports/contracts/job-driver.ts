import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

/** Workers in processes of their own on one database, with jobs that each write one row. */
export interface Fleet {
  /** Adds so many jobs: half of them one transaction, half calls to the outside. */
  add(jobs: number, options?: { afterMs?: number }): Promise<void>;
  /** Adds jobs that fail until `mend`. */
  addBroken(jobs: number): Promise<void>;
  mend(): Promise<void>;
  redriveDead(): Promise<void>;
  /** A process whose clock is wrong by so much. */
  start(skewMs: number): Promise<FleetWorker>;
  /** For every job how often its row was written, and the least time a job was early, in milliseconds. */
  written(): Promise<{ total: number; twice: number; earlyMs: number }>;
  /** Jobs that wait or run, and jobs that have been given up. */
  left(): Promise<{ open: number; dead: number }>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

export interface FleetWorker {
  kill(): Promise<void>;
}

export interface Mishap {
  what: string;
  happen(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const PATIENCE = { timeout: 30_000, interval: 25 };

/** What every JobDriver promises together with the job table, whatever happens to processes and servers. */
export function jobDriverContract(open: () => Promise<{ fleet: Fleet; mishaps: readonly Mishap[] }>): void {
  let fleet: Fleet;
  let mishaps: readonly Mishap[];
  let workers: FleetWorker[];

  beforeAll(async () => {
    ({ fleet, mishaps } = await open());
    // Clocks of processes differ; the leases go by the database's.
    workers = await Promise.all([fleet.start(HOUR_MS), fleet.start(-HOUR_MS)]);
  });
  beforeEach(() => fleet.clear());
  afterAll(() => fleet.close());

  const half = (jobs: number) => expect.poll(async () => (await fleet.written()).total > jobs / 2, PATIENCE).toBe(true);
  const allOnce = async (jobs: number) => {
    await expect.poll(() => fleet.left(), PATIENCE).toEqual({ open: 0, dead: 0 });
    expect(await fleet.written()).toMatchObject({ total: jobs, twice: 0 });
  };

  it('does every job once while workers are killed', async () => {
    await fleet.add(300);
    await half(100);
    await workers[0]?.kill();
    await half(300);
    await workers[1]?.kill();
    workers = [await fleet.start(0), await fleet.start(HOUR_MS)];
    await allOnce(300);
  });

  it('does nothing early by a clock that is ahead, and nothing late by one that is behind', async () => {
    await fleet.add(20, { afterMs: 1000 });
    await allOnce(20);
    expect((await fleet.written()).earlyMs).toBe(0);
  });

  it('keeps what has failed too often, and does it when it is told to', async () => {
    await fleet.addBroken(10);
    await expect.poll(() => fleet.left(), PATIENCE).toEqual({ open: 0, dead: 10 });
    await fleet.mend();
    await fleet.redriveDead();
    await allOnce(10);
  });

  it('does every job once whatever happens to the servers it stands on', async () => {
    for (const { what, happen } of mishaps) {
      await fleet.clear();
      await fleet.add(300);
      await half(50);
      await happen();
      await fleet.add(20);
      await expect.poll(() => fleet.left(), { ...PATIENCE, message: what }).toEqual({ open: 0, dead: 0 });
      expect(await fleet.written(), what).toMatchObject({ total: 320, twice: 0 });
    }
  });
}
