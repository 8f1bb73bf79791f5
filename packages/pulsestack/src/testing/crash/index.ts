import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openEmbedded } from '../../adapters/pglite/index.ts';
import { openServer } from '../../adapters/postgres/index.ts';
import type { Database } from '../../ports/database.ts';
import { silentLog } from '../../ports/log.ts';
import { killWriter } from './killing.ts';
import { auditLedger, createLedger } from './ledger.ts';
import { startPrivateServer } from './private-server.ts';
import { seededRandom } from './random.ts';

export interface CrashRun {
  rounds: number;
  seed: number;
  onRound?: (round: CrashRound) => void;
}

export interface CrashRound {
  round: number;
  moment: string;
  afterMs: number;
  acknowledged: number;
  /** Empty when every promise was kept. */
  complaints: string[];
}

const WRITERS = 16;
// Past the end of a first start on a slow machine.
const LONGEST_FIRST_START_MS = 3_500;
const LONGEST_WRITING_MS = 1_500;
const ALL_THE_TIME_MS = 200;
const USUAL_MS = 60_000;

/** Kills the process with the embedded database in it: while it writes, while it checkpoints, and during its first start. */
export async function crashEmbedded({ rounds, seed, onRound }: CrashRun): Promise<CrashRound[]> {
  const random = seededRandom(seed);
  const lived = fs.mkdtempSync(path.join(os.tmpdir(), 'pulsestack-crash-'));
  const survivors: string[] = [];
  const results: CrashRound[] = [];
  const moments = ['first start', 'writing', 'checkpoint'] as const;
  try {
    for (let round = 0; round < rounds; round++) {
      const moment = moments[round % moments.length] ?? 'writing';
      const isFirst = moment === 'first start';
      const directory = isFirst ? fs.mkdtempSync(path.join(os.tmpdir(), 'pulsestack-crash-first-')) : lived;
      const afterMs = Math.round(random() * (isFirst ? LONGEST_FIRST_START_MS : LONGEST_WRITING_MS));
      const acknowledged = await killWriter({
        options: {
          directory,
          maintainEveryMs: moment === 'checkpoint' ? ALL_THE_TIME_MS : USUAL_MS,
          writers: WRITERS,
          prefix: String(round),
        },
        afterMs,
        from: isFirst ? 'start' : 'ready',
      });
      if (!isFirst) survivors.push(...acknowledged);
      const complaints = await auditAfter(
        () => openEmbedded({ directory, log: silentLog }),
        isFirst ? acknowledged : survivors,
      );
      if (isFirst) fs.rmSync(directory, { recursive: true, force: true });
      results.push({ round, moment, afterMs, acknowledged: acknowledged.length, complaints });
      onRound?.(results.at(-1) as CrashRound);
    }
  } finally {
    fs.rmSync(lived, { recursive: true, force: true });
  }
  return results;
}

/** Kills the process that uses a server, and in turn the server with all its processes. */
export async function crashServer({ rounds, seed, onRound }: CrashRun): Promise<CrashRound[]> {
  const random = seededRandom(seed);
  const server = await startPrivateServer();
  const survivors: string[] = [];
  const results: CrashRound[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const isServer = round % 2 === 1;
      const afterMs = Math.round(random() * LONGEST_WRITING_MS);
      const acknowledged = await killWriter({
        options: { url: server.url, writers: WRITERS, prefix: String(round) },
        afterMs,
        from: 'ready',
        ...(isServer ? { kill: server.crash } : {}),
      });
      survivors.push(...acknowledged);
      const complaints = await auditAfter(() => openServer({ url: server.url, log: silentLog }), survivors);
      results.push({
        round,
        moment: isServer ? 'server' : 'client',
        afterMs,
        acknowledged: acknowledged.length,
        complaints,
      });
      onRound?.(results.at(-1) as CrashRound);
    }
  } finally {
    await server.stop();
  }
  return results;
}

async function auditAfter(open: () => Promise<Database>, acknowledged: readonly string[]): Promise<string[]> {
  const database = await open();
  try {
    // A first start may have died before it made the tables.
    await createLedger(database);
    return await auditLedger(database, acknowledged);
  } finally {
    await database.close();
  }
}
