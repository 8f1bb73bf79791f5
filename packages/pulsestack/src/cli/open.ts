import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openEmbedded } from '../adapters/pglite/index.ts';
import { createPinoLog } from '../adapters/pino/index.ts';
import { openServer } from '../adapters/postgres/index.ts';
import type { Config } from '../config.ts';
import type { Settings } from '../kernel/runtime.ts';
import type { Database } from '../ports/database.ts';
import type { Log } from '../ports/log.ts';

export const PASSWORD_COST = 15;
const HEARTBEAT_MS = 15_000;

export function openLog(config: Config): Log {
  return createPinoLog({ level: config.LOG_LEVEL ?? (config.development ? 'warn' : 'info') });
}

/** The database the settings name: a server, or the embedded one in the data directory. */
export async function openDatabase(config: Config, log: Log, onLost?: (error: Error) => void): Promise<Database> {
  if (config.DATABASE_URL) return openServer({ url: config.DATABASE_URL, max: config.DATABASE_POOL_SIZE, log });
  return openEmbedded({
    directory: databaseDirectory(config),
    log,
    max: config.DATABASE_POOL_SIZE,
    ...(onLost ? { onCrash: onLost } : {}),
  });
}

export function databaseDirectory(config: Config): string {
  return join(resolve(config.PULSESTACK_DATA_DIR), 'database');
}

/** The master secrets, the newest first. In development one is made on the first start and kept in the data directory. */
export function masterSecrets(config: Config): string[] {
  return [config.PULSESTACK_SECRET ?? developmentSecret(config), ...(config.PULSESTACK_SECRET_PREVIOUS ?? [])];
}

function developmentSecret(config: Config): string {
  const directory = resolve(config.PULSESTACK_DATA_DIR);
  const file = join(directory, 'development-secret');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(directory, { recursive: true });
  const secret = randomBytes(48).toString('base64url');
  writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  return secret;
}

export function settingsOf(config: Config, publicUrl: string): Settings {
  return {
    publicUrl: publicUrl.replace(/\/+$/, ''),
    development: config.development,
    allowPrivateNetworks: config.PULSESTACK_ALLOW_PRIVATE_NETWORKS ?? config.development,
    signUp: config.PULSESTACK_SIGN_UP ?? (config.development ? 'open' : 'invited'),
    retentionDays: config.PULSESTACK_RETENTION_DAYS,
    streams: {
      retentionDays: config.PULSESTACK_STREAM_RETENTION_DAYS,
      heartbeatMs: HEARTBEAT_MS,
      maxConnections: config.PULSESTACK_MAX_CONNECTIONS,
    },
    passwordCost: PASSWORD_COST,
    accessTokenMinutes: config.PULSESTACK_ACCESS_TOKEN_MINUTES,
    sessionDays: config.PULSESTACK_SESSION_DAYS,
    bus: {
      topic: config.BUS_URL && config.PULSESTACK_BUS_TOPIC !== 'none' ? config.PULSESTACK_BUS_TOPIC : null,
      allowedTopics: config.PULSESTACK_BUS_ALLOWED_TOPICS,
    },
    rateLimits: {
      ipPerMinute: config.PULSESTACK_RATE_LIMIT_IP,
      keyPerMinute: config.PULSESTACK_RATE_LIMIT_KEY,
      workspacePerMinute: config.PULSESTACK_RATE_LIMIT_WORKSPACE,
      signInPerMinute: config.PULSESTACK_RATE_LIMIT_SIGN_IN,
    },
  };
}
