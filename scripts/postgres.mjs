// A PostgreSQL for the tests: one that runs, else one started from installed binaries, else (on Debian, as root) installed first.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CANDIDATES = [
  'postgres://postgres@127.0.0.1:5432/postgres',
  'postgres://postgres:postgres@127.0.0.1:5432/postgres',
];

/** Resolves to { url, stop, how } or to { reason } when there is none to be had. */
export async function findPostgres(canLogIn) {
  if (process.env.TEST_DATABASE_URL) return { url: process.env.TEST_DATABASE_URL, stop() {}, how: 'TEST_DATABASE_URL' };
  if (await answers(5432)) {
    for (const url of CANDIDATES) if (await canLogIn(url)) return { url, stop() {}, how: 'the server on port 5432' };
  }
  let bin = findBinaries();
  if (!bin && isRoot() && existsSync('/usr/bin/apt-get')) {
    console.log('Installing PostgreSQL for the tests…');
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'postgresql'], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    bin = findBinaries();
  }
  if (!bin)
    return { reason: 'no PostgreSQL answers on port 5432 and none is installed; set TEST_DATABASE_URL or install it' };
  return startPrivate(bin);
}

function findBinaries() {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base)
    ? readdirSync(base)
        .filter((version) => Number(version) >= 15)
        .sort((a, b) => Number(b) - Number(a))
    : [];
  const places = [...versions.map((version) => join(base, version, 'bin')), '/usr/local/bin', '/opt/homebrew/bin'];
  return places.find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'pg_ctl')));
}

async function startPrivate(bin) {
  const directory = mkdtempSync(join(tmpdir(), 'pulsestack-postgres-'));
  const user = isRoot() ? postgresUser() : undefined;
  if (user) chownSync(directory, user.uid, user.gid);
  const options = { stdio: 'ignore', ...user };
  const data = join(directory, 'data');
  const port = await freePort();
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--locale=C.UTF-8', '-E', 'UTF8'],
    options,
  );
  const started =
    made.status === 0 &&
    spawnSync(
      join(bin, 'pg_ctl'),
      [
        '-D',
        data,
        '-w',
        '-o',
        `-p ${port} -k ${directory} -c listen_addresses=127.0.0.1 -c max_connections=200`,
        '-l',
        join(directory, 'log'),
        'start',
      ],
      options,
    );
  if (!started || started.status !== 0) {
    rmSync(directory, { recursive: true, force: true });
    return { reason: 'PostgreSQL is installed but could not be started' };
  }
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    how: `a private server from ${bin}`,
    stop() {
      spawnSync(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop'], options);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

// The server refuses to run as root.
function postgresUser() {
  const id = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim());
  return { uid: id('-u'), gid: id('-g') };
}

function isRoot() {
  return process.getuid?.() === 0;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port, timeout: 1000 });
    const end = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket
      .on('connect', () => end(true))
      .on('error', () => end(false))
      .on('timeout', () => end(false));
  });
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
