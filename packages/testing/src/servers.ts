import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { freePort } from './port.ts';

/** A server of one test. It keeps its port over restarts, so that its clients find it again. */
export interface PrivateServer {
  readonly url: string;
  readonly port: number;
  /** Ends at once, as a power cut would. */
  kill(): Promise<void>;
  /** Ends in good order. */
  stop(): Promise<void>;
  /** Starts again on the same port, with what it has kept on its disk. */
  start(): Promise<void>;
  /** Stops it and removes its files. */
  close(): Promise<void>;
}

interface Recipe {
  program: string;
  url(port: number): string;
  args(port: number, directory: string): string[];
}

/** Where Debian installs a program, or what TEST_<NAME> says. `scripts/servers.mjs` installs what is missing. */
function programOf(name: string, place: string): string {
  const given = process.env[`TEST_${name.toUpperCase().replaceAll('-', '_')}`];
  const path = given ?? place;
  if (!existsSync(path))
    throw new Error(`${path} is not installed; npm test brings it on Debian, elsewhere set TEST_${name}`);
  return path;
}

/** Redis without persistence unless asked: what it knew is gone after a restart. As a cluster it has no slots yet. */
export function startRedis(options: { persistent?: boolean; cluster?: boolean } = {}): Promise<PrivateServer> {
  return startServer({
    program: programOf('redis-server', '/usr/bin/redis-server'),
    url: (port) => `redis://127.0.0.1:${port}`,
    args: (port, directory) => [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      directory,
      '--save',
      '',
      '--loglevel',
      'warning',
      ...(options.persistent ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']),
      ...(options.cluster ? ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'] : []),
    ],
  });
}

/** NATS, with its figures over HTTP at `monitorUrl`. */
export async function startNats(): Promise<PrivateServer & { monitorUrl: string }> {
  const monitor = await freePort();
  const server = await startServer({
    program: programOf('nats-server', '/usr/sbin/nats-server'),
    url: (port) => `nats://127.0.0.1:${port}`,
    args: (port, directory) => `-a 127.0.0.1 -p ${port} -m ${monitor} -js -sd ${directory}`.split(' '),
  });
  return { ...server, monitorUrl: `http://127.0.0.1:${monitor}` };
}

/** nginx in the foreground with the configuration that `write` gives for the port and a directory it may write into. */
export function startNginx(write: (port: number, directory: string) => string): Promise<PrivateServer> {
  return startServer({
    program: programOf('nginx', '/usr/sbin/nginx'),
    url: (port) => `http://127.0.0.1:${port}`,
    args: (port, directory) => {
      writeFileSync(join(directory, 'nginx.conf'), write(port, directory));
      return ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr', '-g', 'daemon off;'];
    },
  });
}

export function startHaproxy(write: (port: number, directory: string) => string): Promise<PrivateServer> {
  return startServer({
    program: programOf('haproxy', '/usr/sbin/haproxy'),
    url: (port) => `http://127.0.0.1:${port}`,
    args: (port, directory) => {
      writeFileSync(join(directory, 'haproxy.cfg'), write(port, directory));
      return ['-db', '-q', '-f', join(directory, 'haproxy.cfg')];
    },
  });
}

/**
 * A broker that speaks Kafka's protocol: librdkafka's own mock cluster, held open by kcat. It chooses its ports itself, so it
 * cannot be started again; but it can fall silent for a while.
 */
export async function startKafka(): Promise<{
  brokers: string[];
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}> {
  const child = spawn(
    programOf('kcat', '/usr/bin/kcat'),
    ['-P', '-t', 'hold', '-b', 'x:1', '-X', 'test.mock.num.brokers=3', '-d', 'mock'],
    { stdio: ['pipe', 'ignore', 'pipe'], detached: true },
  );
  let told = '';
  child.stderr.on('data', (bytes: Buffer) => {
    if (told.length < 100_000) told += bytes.toString();
  });
  const servers = await eventually('a Kafka broker', () => /bootstrap\.servers=([\w.:,-]+)/.exec(told)?.[1]);
  return {
    brokers: servers.split(','),
    pause: () => signalGroup(child, 'SIGSTOP'),
    resume: () => signalGroup(child, 'SIGCONT'),
    close: () => end(child, 'SIGKILL'),
  };
}

async function startServer(recipe: Recipe): Promise<PrivateServer> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'pulsestack-server-'));
  let child: ChildProcess | undefined;
  const onExit = () => child && signalGroup(child, 'SIGKILL');
  process.once('exit', onExit);

  const server: PrivateServer = {
    url: recipe.url(port),
    port,
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
    async start() {
      const started = spawn(recipe.program, recipe.args(port, directory), {
        cwd: directory,
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own, so that a killed master takes its workers along.
        detached: true,
      });
      child = started;
      let told = '';
      for (const output of [started.stdout, started.stderr])
        output.on('data', (bytes: Buffer) => {
          if (told.length < 20_000) told += bytes.toString();
        });
      await eventually(`${recipe.program} on port ${port}`, async () => {
        if (started.exitCode !== null) throw new Error(`${recipe.program} ended with ${started.exitCode}: ${told}`);
        return answers(port);
      });
    },
    async close() {
      process.off('exit', onExit);
      await end(child, 'SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  signalGroup(child, signal);
  await ended;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-(child.pid ?? 0), signal);
  } catch {
    child.kill(signal);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
