// The servers that tests start for themselves: those of Debian, installed now when they are missing and we may.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const SERVERS = [
  { name: 'redis-server', place: '/usr/bin/redis-server', debian: 'redis-server' },
  { name: 'nats-server', place: '/usr/sbin/nats-server', debian: 'nats-server' },
  { name: 'nginx', place: '/usr/sbin/nginx', debian: 'nginx-light' },
  { name: 'haproxy', place: '/usr/sbin/haproxy', debian: 'haproxy' },
  { name: 'kcat', place: '/usr/bin/kcat', debian: 'kcat' },
];

/** { missing: [{ name, reason }] }: what could not be had. */
export function findServers() {
  const missing = () => SERVERS.filter(({ name, place }) => !existsSync(process.env[variable(name)] ?? place));
  const wanted = missing();
  if (wanted.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`Installing ${wanted.map(({ name }) => name).join(', ')} for the tests…`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...wanted.map(({ debian }) => debian)], {
      stdio: 'ignore',
      env,
    });
  }
  return missing().map(({ name }) => ({ name, reason: `it is not installed; install it or set ${variable(name)}` }));
}

function variable(name) {
  return `TEST_${name.toUpperCase().replaceAll('-', '_')}`;
}
