import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export const DEV_KEY = 'sk_dev_bench_0123456789abcdef';
const MAIN = fileURLToPath(new URL('../packages/pulsestack/src/main.ts', import.meta.url));
// As `npm start` has it.
const COMPILE_CACHE = fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url));
const START_TIMEOUT_MS = 60_000;

/** A server of its own process, so that what it costs is only its own. */
export interface Server {
  url: string;
  child: ChildProcess;
  /** From spawn to the first line that says where it listens. */
  startedInMs: number;
  stop(): Promise<void>;
}

export interface Place {
  kind: 'embedded' | 'server';
  env: Record<string, string>;
  remove(): Promise<void>;
}

/** A fresh place for data: a directory, or a database on the server in BENCH_DATABASE_URL (default: the local one). */
export async function freshPlace(kind: 'embedded' | 'server'): Promise<Place> {
  const directory = mkdtempSync(join(tmpdir(), 'pulsestack-bench-'));
  const env: Record<string, string> = { PULSESTACK_DATA_DIR: directory };
  if (kind === 'embedded')
    return { kind, env, remove: async () => rmSync(directory, { recursive: true, force: true }) };
  const base = new URL(process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres');
  const name = `pulsestack_bench_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  await administer(base, `create database ${name}`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return {
    kind,
    env: { ...env, DATABASE_URL: url.href },
    async remove() {
      await administer(base, `drop database if exists ${name} with (force)`);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function administer(base: URL, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: base.href });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

export function startProduct(place: Place, env: Record<string, string> = {}): Promise<Server> {
  return startServer(MAIN, ['start'], {
    ...place.env,
    PORT: '0',
    PULSESTACK_DEV_KEY: DEV_KEY,
    PULSESTACK_RATE_LIMIT_KEY: '10000000',
    PULSESTACK_RATE_LIMIT_WORKSPACE: '100000000',
    LOG_LEVEL: 'error',
    ...env,
  });
}

export function startServer(file: string, args: string[], env: Record<string, string>): Promise<Server> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--disable-warning=ExperimentalWarning', file, ...args],
    {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${file} did not start in ${START_TIMEOUT_MS / 1000} s`));
    }, START_TIMEOUT_MS);
    let output = '';
    child.on('exit', (code) => reject(new Error(`${file} ended with ${code}: ${output}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      const url = /http:\/\/(?:localhost|[\d.]+):\d+/.exec(output)?.[0];
      if (!url) return;
      clearTimeout(timer);
      resolve({
        url: url.replace('localhost', '127.0.0.1'),
        child,
        startedInMs: performance.now() - started,
        stop: () =>
          new Promise((done) => {
            child.removeAllListeners('exit');
            child.on('exit', () => done());
            child.kill('SIGTERM');
          }),
      });
    });
  });
}

/** Runs one command line of the product to its end. */
export function runCommand(
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      ['--conditions=source', '--disable-warning=ExperimentalWarning', MAIN, ...args],
      { env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILE_CACHE, ...env } },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk;
      });
    child.on('exit', (code) => resolve({ code, output }));
  });
}
