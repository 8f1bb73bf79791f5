import type { JobDriver, Parcel } from '../../ports/job-driver.ts';
import type { Log } from '../../ports/log.ts';

// What waits in Redis is bounded, so that a parcel is begun long before its lease runs out.
const MAX_WAITING = 500;
// A Redis that does not answer so soon counts as gone, and its work is done without it.
const COMMAND_MS = 2_000;
const CONCURRENCY = 64;
const STOP_MS = 5_000;

export interface BullMqOptions {
  url: string;
  /** Keeps installations on one Redis apart. */
  namespace: string;
  log: Log;
  /** Parcels this process works at at once. */
  concurrency?: number;
}

/** Are the packages there that this driver stands on? They are optional. */
export async function hasBullMq(): Promise<boolean> {
  return Boolean(await load().catch(() => undefined));
}

/**
 * Claimed work travels over a BullMQ queue to whichever process is free. A parcel's id is the first job's id and claim, so
 * one that is handed over twice is one. BullMQ itself tries nothing again: that is decided by the leases in the database.
 */
export async function openBullMq(options: BullMqOptions): Promise<JobDriver> {
  const { url, namespace, log } = options;
  const modules = await load().catch((cause: unknown) => {
    throw new Error(
      'PULSESTACK_JOB_DRIVER is bullmq, which needs two packages that are not installed: npm install bullmq ioredis; or set PULSESTACK_JOB_DRIVER=postgres.',
      { cause },
    );
  });
  const { Queue, Worker, Redis } = modules;
  const report = (error: unknown) => log.debug({ err: error }, 'the carrier of jobs reports');
  const place = { prefix: `pulsestack:${namespace}`, skipVersionCheck: true };
  const producing = new Redis(url, {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    commandTimeout: COMMAND_MS,
    connectTimeout: COMMAND_MS,
    lazyConnect: true,
  });
  producing.on('error', report);
  await producing.connect().catch(report);
  const queue = new Queue<Parcel>('jobs', { ...place, connection: producing, skipWaitingForReady: true });
  queue.on('error', report);
  let receiving: { close(): Promise<void> } | undefined;

  return {
    kind: 'bullmq',
    async room() {
      try {
        return Math.max(0, MAX_WAITING - (await queue.getWaitingCount()));
      } catch {
        // What cannot be carried is done where it was claimed.
        return MAX_WAITING;
      }
    },
    async carry(parcels) {
      await queue.addBulk(
        parcels.map((parcel) => ({
          name: parcel.job,
          data: parcel,
          opts: {
            jobId: `${parcel.claims[0]?.id}-${parcel.claims[0]?.claim}`,
            attempts: 1,
            removeOnComplete: true,
            removeOnFail: true,
          },
        })),
      );
    },
    async receive(work) {
      const connection = new Redis(url, { maxRetriesPerRequest: null });
      connection.on('error', report);
      const worker = new Worker<Parcel>('jobs', (job) => work(job.data), {
        ...place,
        connection,
        concurrency: options.concurrency ?? CONCURRENCY,
        maxStalledCount: 0,
      });
      worker.on('error', report);
      receiving = {
        async close() {
          await within(STOP_MS, worker.close());
          connection.disconnect();
        },
      };
    },
    async stop() {
      await receiving?.close();
      await within(STOP_MS, queue.close());
      producing.disconnect();
    },
  };
}

async function load() {
  const [{ Queue, Worker }, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
  return { Queue, Worker, Redis };
}

// A Redis that is gone answers no farewell.
async function within(ms: number, story: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    story.catch(() => undefined),
    new Promise((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}
