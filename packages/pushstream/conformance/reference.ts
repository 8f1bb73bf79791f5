import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PushStreamOptions } from '../src/index.ts';
import { serve } from '../src/testing/serve.ts';
import { createReference, HEARTBEAT_MS, MAX_EVENT_BYTES, ORIGIN } from './reference-server.ts';
import type { Abilities, Introduction, ServerFigures, Target, Variant } from './target.ts';

const PROCESS = fileURLToPath(new URL('./reference-process.ts', import.meta.url));
const HOUR_MS = 3_600_000;

/** This project's engine over a log in files, in a process of its own. A directory that is given is left behind. */
export async function startReference(given?: string): Promise<Target> {
  const directory = given ?? (await mkdtemp(join(tmpdir(), 'pushstream-conformance-')));
  const port = await freePort();
  const server = new Process(directory, port);
  await server.start();
  const target = targetAt(`http://127.0.0.1:${port}`);
  return {
    ...target,
    can: {
      ...target.can,
      kill: () => server.end('SIGKILL'),
      restart: () => server.start(),
      shutdown: () => server.end('SIGTERM'),
      figures: async () => (await (await fetch(`http://127.0.0.1:${port}/figures`)).json()) as ServerFigures,
      ownParts: true,
    },
    async close() {
      await server.end('SIGKILL');
      if (!given) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The same in this process with the log in memory, set up as a case needs it. */
async function startVariant({ keep, replayEvents, ringEvents, connections, ended }: Variant): Promise<Target> {
  const limits: NonNullable<PushStreamOptions['limits']> = {
    ...(replayEvents === undefined ? {} : { replayEvents }),
    ...(ringEvents === undefined ? {} : { ringEvents }),
    ...(connections === undefined ? {} : { connections }),
  };
  const { stream, listener } = createReference({
    limits,
    ...(keep === undefined ? {} : { keep }),
    ...(ended ? { access: { refuse: 204 } } : {}),
  });
  const server = await serve(listener);
  return {
    ...targetAt(server.url.replace(/\/$/, '')),
    async close() {
      await server.stop();
      await stream.close();
    },
  };
}

function targetAt(base: string): Target {
  const post = (path: string, body: object) =>
    fetch(`${base}${path}`, { method: 'POST', body: JSON.stringify(body) }).then(async (response) => {
      await response.arrayBuffer();
      return { status: response.status };
    });
  const can: Partial<Abilities> = {
    controls: true,
    filter: true,
    origin: ORIGIN,
    heartbeatMs: HEARTBEAT_MS,
    maxEventBytes: MAX_EVENT_BYTES,
    strangers: { unknown: { headers: { Authorization: 'Bearer nobody' } }, forbidden: { query: { as: 'another' } } },
    asUser: async (user) => introduce(user, HOUR_MS),
    expiring: async (user, ttlMs) => introduce(user, ttlMs),
    async revoke(user) {
      await post('/revoke', { user });
    },
    async cursor() {
      const response = await fetch(`${base}/events`);
      const reader = response.body?.getReader();
      const { value } = (await reader?.read()) ?? {};
      await reader?.cancel();
      return /"cursor":"([^"]+)"/.exec(new TextDecoder().decode(value))?.[1] ?? '';
    },
    variant: startVariant,
  };
  return {
    name: 'the reference server',
    url: `${base}/events`,
    data: 'json',
    publish: (publication) => post('/publish', publication),
    can,
    close: async () => {},
  };
}

function introduce(user: string, ttlMs: number): Introduction {
  return { headers: { Authorization: `Bearer ${user}/${Date.now() + ttlMs}` } };
}

class Process {
  #child: ChildProcess | null = null;
  readonly #directory: string;
  readonly #port: number;

  constructor(directory: string, port: number) {
    this.#directory = directory;
    this.#port = port;
  }

  async start(): Promise<void> {
    const child = spawn(
      process.execPath,
      [
        '--expose-gc',
        '--conditions=source',
        '--disable-warning=ExperimentalWarning',
        PROCESS,
        this.#directory,
        String(this.#port),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.#child = child;
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`The reference server ended with ${code}.`))),
    ]);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
