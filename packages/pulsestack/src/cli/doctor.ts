import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { type Config, ConfigError } from '../config.ts';
import { silentLog } from '../ports/log.ts';
import { backplaneOf, openAccelerator } from './backplane.ts';
import { openBus } from './bus.ts';
import { openDatabase } from './open.ts';

interface Finding {
  level: 'ok' | 'warn' | 'bad';
  what: string;
  sentence: string;
}

const LOW_DISK_BYTES = 1024 ** 3;
const EMPTY_DISK_BYTES = 100 * 1024 ** 2;
const MAX_CLOCK_SKEW_MS = 2000;
const SLOW_MS = 20;

/** Checks what the product needs and says of each thing how it is. Exit code 1 when something keeps it from working. */
export async function doctor(load: () => Config): Promise<number> {
  const findings: Finding[] = [checkNode()];
  let config: Config | undefined;
  try {
    config = load();
    findings.push({
      level: 'ok',
      what: 'settings',
      sentence: `valid; ${config.development ? 'development on this machine only' : 'production'}`,
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) findings.push({ level: 'bad', what: 'settings', sentence: problem });
  }
  if (config) {
    findings.push(
      await checkPort(config),
      checkDisk(config),
      ...(await checkDatabase(config)),
      await checkBackplane(config),
      await checkBus(config),
      checkMail(config),
    );
  }
  const marks = { ok: '✓', warn: '!', bad: '✗' };
  for (const { level, what, sentence } of findings) console.log(`${marks[level]} ${what.padEnd(10)} ${sentence}`);
  return findings.some((finding) => finding.level === 'bad') ? 1 : 0;
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isEnough = major > 22 || (major === 22 && minor >= 18);
  return {
    level: isEnough ? 'ok' : 'bad',
    what: 'node',
    sentence: isEnough ? process.version : `${process.version} is too old; use 22.18 or later`,
  };
}

function checkPort(config: Config): Promise<Finding> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      done({
        level: 'bad',
        what: 'port',
        sentence:
          error.code === 'EADDRINUSE'
            ? `${config.PORT} is in use (is PulseStack running already?); stop that program or set PORT`
            : `${config.PORT} cannot be listened on: ${error.message}`,
      }),
    );
    probe.listen(config.PORT, config.HOST, () =>
      probe.close(() => done({ level: 'ok', what: 'port', sentence: `${config.HOST}:${config.PORT} is free` })),
    );
  });
}

function checkDisk(config: Config): Finding {
  const directory = resolve(config.PULSESTACK_DATA_DIR);
  const existing = existsSync(directory) ? directory : dirname(directory);
  try {
    accessSync(existing, constants.W_OK);
  } catch {
    return {
      level: 'bad',
      what: 'disk',
      sentence: `${existing} cannot be written to; set PULSESTACK_DATA_DIR or change its rights`,
    };
  }
  const { bavail, bsize } = statfsSync(existing);
  const free = bavail * bsize;
  const sentence = `${(free / 1024 ** 3).toFixed(1)} GiB free at ${directory}`;
  if (free < EMPTY_DISK_BYTES)
    return { level: 'bad', what: 'disk', sentence: `${sentence}; the database needs room to work` };
  return { level: free < LOW_DISK_BYTES ? 'warn' : 'ok', what: 'disk', sentence };
}

async function checkDatabase(config: Config): Promise<Finding[]> {
  const started = performance.now();
  try {
    const database = await openDatabase(config, silentLog);
    try {
      const { serverVersion, latencyMs } = await database.health();
      const kind =
        database.kind === 'embedded'
          ? `embedded, PostgreSQL ${serverVersion}, opened in ${Math.round(performance.now() - started)} ms`
          : `PostgreSQL ${serverVersion}`;
      const { rows } = await database.pool.query<{ now: Date }>('select clock_timestamp() as now');
      const skewMs = Math.abs((rows[0]?.now.getTime() ?? 0) - Date.now());
      return [
        {
          level: latencyMs > SLOW_MS ? 'warn' : 'ok',
          what: 'database',
          sentence: `${kind}, answers in ${latencyMs.toFixed(1)} ms`,
        },
        skewMs > MAX_CLOCK_SKEW_MS
          ? {
              level: 'bad',
              what: 'clock',
              sentence: `the database is ${Math.round(skewMs / 1000)} s away from this machine; run a time service (NTP) on both`,
            }
          : { level: 'ok', what: 'clock', sentence: `agrees with the database (${Math.round(skewMs)} ms)` },
      ];
    } finally {
      await database.close();
    }
  } catch (error) {
    return [{ level: 'bad', what: 'database', sentence: (error as Error).message }];
  }
}

async function checkBackplane(config: Config): Promise<Finding> {
  const kind = backplaneOf(config);
  const what = 'backplane';
  if (kind === 'none') return { level: 'ok', what, sentence: 'not needed by one process' };
  if (kind === 'postgres') return { level: 'ok', what, sentence: 'LISTEN and NOTIFY of the database' };
  const started = performance.now();
  try {
    const accelerator = await openAccelerator(config, kind, silentLog);
    await accelerator.publish('doctor', 'hello');
    const tookMs = performance.now() - started;
    await accelerator.close();
    return { level: 'ok', what, sentence: `${kind}, connected and told in ${Math.round(tookMs)} ms` };
  } catch (error) {
    const sentence = error instanceof ConfigError ? error.problems.join(' ') : (error as Error).message;
    return { level: 'bad', what, sentence };
  }
}

async function checkBus(config: Config): Promise<Finding> {
  const what = 'bus';
  const started = performance.now();
  try {
    const bus = await openBus(config, silentLog);
    if (!bus) return { level: 'ok', what, sentence: 'within the process; set BUS_URL for Kafka or NATS JetStream' };
    const tookMs = performance.now() - started;
    await bus.close();
    const topic =
      config.PULSESTACK_BUS_TOPIC === 'none' ? 'no common topic' : `events go to ${config.PULSESTACK_BUS_TOPIC}`;
    return { level: 'ok', what, sentence: `${bus.kind}, connected in ${Math.round(tookMs)} ms; ${topic}` };
  } catch (error) {
    const sentence = error instanceof ConfigError ? error.problems.join(' ') : (error as Error).message;
    return { level: 'bad', what, sentence };
  }
}

function checkMail(config: Config): Finding {
  if (config.PULSESTACK_SMTP_URL) return { level: 'ok', what: 'mail', sentence: 'sent through PULSESTACK_SMTP_URL' };
  return config.development
    ? { level: 'ok', what: 'mail', sentence: 'caught in the development mailbox' }
    : {
        level: 'warn',
        what: 'mail',
        sentence: 'invitations and password resets are not sent; set PULSESTACK_SMTP_URL',
      };
}
