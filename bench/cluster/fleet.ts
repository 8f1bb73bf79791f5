import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort, type PrivateServer, startHaproxy, startNginx, startRedis } from '@pulsestack/testing';
import { DEV_KEY, freshPlace, type Place, type Server, startProduct } from '../process.ts';

/** Processes of the product on one database and one Redis, each with a port of its own that it keeps. */
export interface Fleet {
  readonly ports: readonly number[];
  readonly redis: PrivateServer;
  /** The settings of their place. */
  readonly env: Record<string, string>;
  /** Ends a node as an orchestrator does, and starts it again. */
  restart(node: number): Promise<void>;
  /** Ends a node as a power cut does. */
  kill(node: number): Promise<void>;
  start(node: number): Promise<void>;
  /** One figure of a node's metrics, summed over its labels. */
  figure(node: number, name: string): Promise<number>;
  close(): Promise<void>;
}

export async function startFleet(nodes: number, env: Record<string, string> = {}): Promise<Fleet> {
  const place: Place = await freshPlace('server');
  const redis = await startRedis();
  const ports = await Promise.all(Array.from({ length: nodes }, () => freePort()));
  const servers: (Server | undefined)[] = [];

  async function start(node: number): Promise<void> {
    servers[node] = await startProduct(place, {
      PORT: String(ports[node]),
      REDIS_URL: redis.url,
      PULSESTACK_DRAIN_SECONDS: '1',
      PULSESTACK_RATE_LIMIT_IP: '1000000',
      LOG_LEVEL: 'silent',
      ...env,
    });
  }
  async function kill(node: number): Promise<void> {
    const child = servers[node]?.child;
    servers[node] = undefined;
    if (!child) return;
    child.removeAllListeners('exit');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  async function close(): Promise<void> {
    await Promise.all(ports.map((_, node) => kill(node)));
    await redis.close();
    await place.remove();
  }
  try {
    // The first one brings the database to its shape.
    await start(0);
    await Promise.all(ports.slice(1).map((_, i) => start(i + 1)));
  } catch (error) {
    await close();
    throw error;
  }

  return {
    ports,
    redis,
    env: place.env,
    start,
    kill,
    async restart(node) {
      await servers[node]?.stop();
      await start(node);
    },
    async figure(node, name) {
      const text = await (await fetch(`http://127.0.0.1:${ports[node]}/metrics`)).text();
      return [...text.matchAll(new RegExp(`^pulsestack_${name}(?:{[^}]*})? (\\S+)$`, 'gm'))].reduce(
        (sum, [, value]) => sum + Number(value),
        0,
      );
    },
    close,
  };
}

/** The configuration as it is shipped, with these ports for its own. */
function shipped(path: string, ports: readonly number[]): string {
  const text = readFileSync(fileURLToPath(new URL(`../../deploy/${path}`, import.meta.url)), 'utf8');
  return ports.reduce((all, port, node) => all.replaceAll(`127.0.0.1:${4001 + node}`, `127.0.0.1:${port}`), text);
}

/** `edit` stands for what others have in their configuration. */
export function startShippedNginx(
  ports: readonly number[],
  edit = (site: string): string => site,
): Promise<PrivateServer> {
  return startNginx((port, directory) => {
    const site = edit(shipped('nginx/pulsestack.conf', ports)).replace('listen 80;', `listen 127.0.0.1:${port};`);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${directory}/${name};`,
    );
    return `
      worker_processes 1;
      pid ${directory}/nginx.pid;
      events { worker_connections 8192; }
      http { access_log off; error_log stderr crit; ${temporary.join(' ')} ${site} }`;
  });
}

export function startShippedHaproxy(ports: readonly number[]): Promise<PrivateServer> {
  return startHaproxy((port) =>
    shipped('haproxy/haproxy.cfg', ports)
      .replace('bind :80', `bind 127.0.0.1:${port}`)
      // As many as the usual limit of file descriptors allows.
      .replace('maxconn 20000', 'maxconn 4000'),
  );
}

/** Asks until it is answered, as a good caller does: with a key, so that what was done is not done twice. */
export async function callPatiently<Body>(base: string, path: string, body: object, key: string): Promise<Body> {
  let reason: unknown;
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      const answer = await fetch(`${base}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${DEV_KEY}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      });
      const text = await answer.text();
      if (answer.ok) return JSON.parse(text) as Body;
      if (answer.status < 500 && answer.status !== 409) throw new Error(`${path}: ${answer.status} ${text}`);
      reason = `${answer.status} ${text}`;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith(path)) throw error;
      reason = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} was never answered: ${String(reason)}`);
}
