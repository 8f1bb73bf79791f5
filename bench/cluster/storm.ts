import { eventually } from '@pulsestack/testing';
import { callPatiently, type Fleet } from './fleet.ts';
import { type ClusterReader, openBareReader, openClientReader, type Tally } from './readers.ts';

const BULK = 100;
const PATIENCE_MS = 120_000;

export interface StormOptions {
  readers: number;
  events: number;
  /** Events a second, at most. The last tenth waits until all harm is done, so that harm always meets traffic. */
  eventsPerSecond: number;
  /** How long a connection lasts before its reader loses it, on average. */
  cutEveryMs: number;
  seed: number;
}

export interface StormReport {
  tallies: readonly Tally[];
  publishedInMs: number;
  /** From the last publish until the last reader had everything. */
  caughtUpInMs: number;
}

/**
 * Publishes while the readers of one user lose their connections, every node is restarted in turn, one is killed, and Redis dies
 * and comes back. Resolves when every reader has everything, or rejects saying who has not.
 */
export async function ride(base: string, fleet: Fleet, options: StormOptions): Promise<StormReport> {
  const random = randomOf(options.seed);
  const user = `user-${options.seed}`;
  const { token } = await callPatiently<{ token: string }>(
    base,
    `/v1/users/${user}/tokens`,
    { ttlMinutes: 60 },
    `token-${options.seed}`,
  );
  const url = `${base}/v1/stream`;
  const readers = Array.from({ length: options.readers }, (_, i) =>
    i % 2 === 0 ? openBareReader(url, token, random) : openClientReader(url, token),
  );
  await Promise.all(readers.map((reader) => reader.opened));
  const unlucky = setInterval(() => {
    // Every 50 ms so many that each connection lasts as long as it should, on average.
    const unluckyOnes = (options.readers * 50) / options.cutEveryMs;
    for (let i = 0; i < unluckyOnes; i++) readers[Math.floor(random() * readers.length)]?.cut();
  }, 50);

  try {
    const begun = performance.now();
    const harm = doHarm(fleet);
    await Promise.all([publishAll(base, user, options, harm), harm]);
    const published = performance.now();
    clearInterval(unlucky);
    await allSeen(readers, options.events);
    return {
      tallies: readers.map((reader) => reader.tally),
      publishedInMs: published - begun,
      caughtUpInMs: performance.now() - published,
    };
  } finally {
    clearInterval(unlucky);
    for (const reader of readers) reader.close();
  }
}

async function publishAll(base: string, user: string, options: StormOptions, harm: Promise<void>): Promise<void> {
  const begun = performance.now();
  for (let first = 0; first < options.events; first += BULK) {
    if (first >= 0.9 * options.events) await harm;
    const notifications = Array.from({ length: Math.min(BULK, options.events - first) }, (_, i) => ({
      audience: { users: [user] },
      title: String(first + i),
    }));
    await callPatiently(base, '/v1/notifications/bulk', { notifications }, `bulk-${options.seed}-${first}`);
    const aheadMs = (1000 * (first + BULK)) / options.eventsPerSecond - (performance.now() - begun);
    if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs));
  }
}

async function doHarm(fleet: Fleet): Promise<void> {
  for (const node of fleet.ports.keys()) await fleet.restart(node);
  await fleet.kill(1);
  await fleet.start(1);
  const degraded = (value: number) => async () => {
    const figures = await Promise.all(fleet.ports.map((_, node) => fleet.figure(node, 'backplane_degraded')));
    return figures.every((figure) => figure === value);
  };
  await fleet.redis.kill();
  await eventually('the loss of Redis noticed', degraded(1));
  await fleet.redis.start();
  await eventually('the return of Redis noticed', degraded(0));
}

async function allSeen(readers: readonly ClusterReader[], events: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  const missing = () => readers.filter(({ tally }) => tally.seen < events);
  while (missing().length > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  if (missing().length === 0) return;
  const places = missing().map(({ tally }) => `${tally.seen} seen, ${tally.resets} resets ${tally.faults.join(', ')}`);
  throw new Error(
    `${places.length} of ${readers.length} readers miss events of ${events}: ${[...new Set(places)].slice(0, 10).join('; ')}`,
  );
}

/** The same seed gives the same numbers from 0 to 1. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
