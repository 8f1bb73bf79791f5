import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';

export interface PrivateServer {
  url: string;
  /** `kill -9` of the server and of everything it started, and a new start on the same data. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const START_TIMEOUT_MS = 30_000;

/** A PostgreSQL of one's own from the installed binaries, to be treated badly. Rejects with a sentence when there are none. */
export async function startPrivateServer(): Promise<PrivateServer> {
  const bin = findBinaries();
  const identity = unprivileged();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pulsestack-server-'));
  if (identity) fs.chownSync(directory, identity.uid, identity.gid);
  const data = path.join(directory, 'data');
  await run(
    path.join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--locale=C.UTF-8', '--encoding=UTF8'],
    { ...identity, cwd: directory },
  );
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let child = await start();

  async function start() {
    const settings = [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${directory}`,
      'max_connections=60',
      'shared_buffers=64MB',
    ];
    const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
    const starting = spawn(path.join(bin, 'postgres'), args, { ...identity, cwd: directory, stdio: 'ignore' });
    await untilItAnswers(url);
    return starting;
  }

  async function kill(): Promise<void> {
    const gone = once(child, 'exit');
    const backends = childrenOf(child.pid as number);
    for (const pid of [child.pid as number, ...backends]) killIfAlive(pid);
    await gone;
    // The next start is refused while a backend still holds the shared memory of the last.
    while (backends.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  return {
    url,
    async crash() {
      await kill();
      child = await start();
    },
    async stop() {
      await kill();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

function findBinaries(): string {
  const packaged = '/usr/lib/postgresql';
  const versions = fs.existsSync(packaged) ? fs.readdirSync(packaged).sort((a, b) => Number(b) - Number(a)) : [];
  const found = [...versions.map((version) => path.join(packaged, version, 'bin')), ...onThePath()].find((bin) =>
    fs.existsSync(path.join(bin, 'initdb')),
  );
  if (!found)
    throw new Error(
      'No PostgreSQL server is installed: neither in /usr/lib/postgresql nor on the PATH is there an initdb.',
    );
  return found;
}

function onThePath(): string[] {
  try {
    return [path.dirname(fs.realpathSync(execFileSync('which', ['initdb'], { encoding: 'utf8' }).trim()))];
  } catch {
    return [];
  }
}

// PostgreSQL refuses to run as root; its package brings a user for it.
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilItAnswers(url: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('select 1');
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function childrenOf(pid: number): number[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return listed
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child as number);
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
