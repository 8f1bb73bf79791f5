import { createHash } from 'node:crypto';
import { hasBullMq, openBullMq } from '../adapters/bullmq/index.ts';
import { type Config, ConfigError } from '../config.ts';
import type { JobDriver } from '../ports/job-driver.ts';
import type { Log } from '../ports/log.ts';

/** Who carries claimed jobs to other processes; undefined: each process works at what it claims. */
export async function openJobDriver(config: Config, log: Log): Promise<JobDriver | undefined> {
  const { PULSESTACK_JOB_DRIVER: wanted, REDIS_URL: url, DATABASE_URL: databaseUrl } = config;
  // The embedded database belongs to one process, which has nobody to carry to.
  if (wanted === 'postgres' || !url || !databaseUrl) return undefined;
  if (wanted === 'auto' && !(await hasBullMq())) return undefined;
  try {
    return await openBullMq({ url, namespace: namespaceOf(databaseUrl), log });
  } catch (error) {
    throw new ConfigError([(error as Error).message]);
  }
}

/** Processes of one installation reach the same database; who they are there does not matter. */
function namespaceOf(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl);
  return createHash('sha256').update(`${host}${pathname}`).digest('hex').slice(0, 12);
}
