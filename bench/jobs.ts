import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../packages/pulsestack/src/adapters/pglite/index.ts';
import { openServer } from '../packages/pulsestack/src/adapters/postgres/index.ts';
import type { Database } from '../packages/pulsestack/src/ports/database.ts';
import { silentLog } from '../packages/pulsestack/src/ports/log.ts';
import { startRedis } from '../packages/testing/src/servers.ts';
import { bare } from './jobs/bare.ts';
import { type Contender, payloadOf, type Queue } from './jobs/contender.ts';
import { fairness } from './jobs/fairness.ts';
import { ours } from './jobs/ours.ts';
import { bullmq, graphile, pgBoss } from './jobs/peers.ts';
import { median, report, round } from './machine.ts';
import { freshPlace } from './process.ts';

const CONTENDERS: readonly Contender[] = [bare, ours('batch'), ours('single'), pgBoss, graphile, bullmq];
const WORKED = { noop: 20_000, io: 5_000 };
const POOL = 16;

type Kind = 'embedded' | 'server';
type Figures = Record<string, number>;

/** Adding and working, durable, ours beside the bare table and the peers, interleaved in one run. */
export async function jobs(options: { rounds: number; seconds: number; only?: string }): Promise<void> {
  const redis = await startRedis({ persistent: true });
  // Redis is no database of ours: what it did beside one of them stands beside the other as well.
  const onRedis: Figures[] = [];
  try {
    for (const kind of ['server', 'embedded'] as const) {
      const runs = new Map<string, Figures[]>(onRedis.length > 0 ? [[bullmq.name, onRedis]] : []);
      for (let i = 0; i < options.rounds; i++) {
        for (const contender of CONTENDERS) {
          if (contender === bullmq && kind === 'embedded') continue;
          if (options.only && !contender.name.includes(options.only) && contender !== bare) continue;
          const figures = await trial(kind, contender, redis.url, options.seconds);
          runs.set(contender.name, [...(runs.get(contender.name) ?? []), figures]);
          if (contender === bullmq) onRedis.push(figures);
        }
      }
      tell(kind, runs);
      await fairness(kind, openPlace);
    }
  } finally {
    await redis.close();
  }
}

async function trial(kind: Kind, contender: Contender, redisUrl: string, seconds: number): Promise<Figures> {
  const place = await openPlace(kind);
  const queue = await contender.open({ database: place.database, redisUrl });
  try {
    const figures: Figures = {};
    const ms = seconds * 1000;
    figures.addSequential = await perSecond(1, ms, (n) => queue.addOne(payloadOf(n)));
    figures.addConcurrent = await perSecond(32, ms, (n) => queue.addOne(payloadOf(n)));
    if (queue.addInTransaction) {
      const add = queue.addInTransaction;
      figures.addInTransaction = await perSecond(1, ms, (n) => add(payloadOf(n)));
      figures.addInTransactionConcurrent = await perSecond(8, ms, (n) => add(payloadOf(n)));
    }
    const page = Array.from({ length: 1000 }, (_, n) => payloadOf(n));
    figures.addBulk = 1000 * (await perSecond(1, ms, () => queue.addMany(page)));
    await workOff(queue, 0);
    figures.workNoop = await timed(queue, WORKED.noop, 0);
    figures.workIo5ms = await timed(queue, WORKED.io, 5);
    return figures;
  } finally {
    await queue.close();
    await place.close();
  }
}

/** Adds so many and says how many a second were done, from the start of the workers to the last. */
async function timed(queue: Queue, jobs: number, ioMs: number): Promise<number> {
  for (let n = 0; n < jobs; n += 1000) await queue.addMany(Array.from({ length: 1000 }, (_, i) => payloadOf(n + i)));
  let left = jobs;
  const all = Promise.withResolvers<void>();
  const started = performance.now();
  const worker = await queue.work(ioMs, () => --left === 0 && all.resolve());
  await all.promise;
  const perSecond = (jobs * 1000) / (performance.now() - started);
  await worker.stop();
  return perSecond;
}

async function workOff(queue: Queue, ioMs: number): Promise<void> {
  let last = performance.now();
  const worker = await queue.work(ioMs, () => {
    last = performance.now();
  });
  while (performance.now() - last < 1500) await new Promise((resolve) => setTimeout(resolve, 50));
  await worker.stop();
}

async function perSecond(concurrent: number, ms: number, story: (n: number) => Promise<void>): Promise<number> {
  const started = performance.now();
  let n = 0;
  await Promise.all(
    Array.from({ length: concurrent }, async () => {
      while (performance.now() - started < ms) await story(n++);
    }),
  );
  return (n * 1000) / (performance.now() - started);
}

function tell(kind: Kind, runs: ReadonlyMap<string, Figures[]>): void {
  const of = (contender: string, figure: string) =>
    median((runs.get(contender) ?? []).flatMap((figures) => figures[figure] ?? []));
  const measures = new Set([...runs.values()].flatMap((rounds) => rounds.flatMap((figures) => Object.keys(figures))));
  for (const measure of measures) {
    const perSecond = Object.fromEntries(
      [...runs.keys()].map((name) => [name, Math.round(of(name, measure))]).filter(([, n]) => !Number.isNaN(n)),
    );
    const mine = of('pulsestack', measure);
    report('jobs', {
      database: kind,
      measure,
      perSecond,
      ratios: {
        bareTable: round(mine / of('bare table', measure)),
        pgBoss: round(mine / of('pg-boss', measure)),
        graphileWorker: round(mine / of('graphile-worker', measure)),
        bullmq: round(mine / of('bullmq', measure)),
      },
      bars: { bareTable: 0.8, pgBoss: 5 },
    });
  }
}

export interface OpenPlace {
  database: Database;
  close(): Promise<void>;
}

async function openPlace(kind: Kind): Promise<OpenPlace> {
  if (kind === 'embedded') {
    const directory = mkdtempSync(join(tmpdir(), 'pulsestack-bench-'));
    const database = await openEmbedded({ directory, log: silentLog, max: POOL });
    return {
      database,
      async close() {
        await database.close();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  }
  const place = await freshPlace('server');
  const database = await openServer({ url: place.env.DATABASE_URL ?? '', max: POOL, log: silentLog });
  return {
    database,
    async close() {
      await database.close();
      await place.remove();
    },
  };
}
