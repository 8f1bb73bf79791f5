import { openBullMq } from '../../adapters/bullmq/index.ts';
import { openServer } from '../../adapters/postgres/index.ts';
import { silentLog } from '../../ports/log.ts';
import { createWorker } from '../../transports/worker/jobs.ts';
import { bareRuntime } from '../runtime.ts';
import { fleetJobs } from './fleet-jobs.ts';

/** One process of a fleet. It says `ready` and works until it is killed. */
export interface FleetWorkerOptions {
  databaseUrl: string;
  redisUrl: string | null;
  skewMs: number;
  leaseMs: number;
}

const { databaseUrl, redisUrl, skewMs, leaseMs } = JSON.parse(process.argv[2] ?? '') as FleetWorkerOptions;
const nowMs = () => Date.now() + skewMs;
const database = await openServer({ url: databaseUrl, max: 6, log: silentLog });
const driver = redisUrl
  ? await openBullMq({ url: redisUrl, namespace: 'fleet', log: silentLog, concurrency: 8 })
  : undefined;
createWorker(bareRuntime({ database, clock: { nowMs, now: () => new Date(nowMs()) } }), fleetJobs, {
  timers: true,
  leaseMs,
  driver,
});
console.log('ready');
