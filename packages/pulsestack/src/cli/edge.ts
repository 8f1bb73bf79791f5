import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Access, createHub, type Hub, serveEvents } from 'pushstream';
import { createRelay, type FeedControl, type Relay } from 'pushstream/relay';
import { createPrometheus } from '../adapters/prometheus/index.ts';
import type { Config } from '../config.ts';
import type { Log } from '../ports/log.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { Doorkeeper } from './doorkeeper.ts';
import { openFigureExport } from './figure-export.ts';
import { openLog } from './open.ts';
import { RemoteError } from './remote.ts';

const RING_BYTES = 64 * 1024 * 1024;

/** A relay of one workspace's streams near its readers: one connection upstream, as many below as there are readers. */
export interface Edge {
  readonly port: number;
  readonly hub: Hub;
  readonly relay: Relay;
  readonly telemetry: Telemetry;
  close(graceMs: number): Promise<void>;
}

export interface EdgeOptions {
  upstream: string;
  /** An API key of the workspace with the permission streams.read. */
  key: string;
  host: string;
  port: number;
  maxConnections: number;
  origins: (origin: string) => boolean;
  /** The bearer token of /metrics; without it only this machine may read them. */
  metricsToken?: string | undefined;
  log: Log;
}

export async function openEdge(options: EdgeOptions): Promise<Edge> {
  const { upstream, log } = options;
  const doorkeeper = new Doorkeeper(upstream);
  const telemetry = createPrometheus({ processMetrics: true });
  const relay = createRelay({
    log: new URL('/v1/stream/log', upstream),
    feed: new URL('/v1/stream/feed', upstream),
    headers: { authorization: `Bearer ${options.key}` },
    onState: (connected, cause) => {
      if (connected) log.info({ upstream }, 'the feed of the upstream is open');
      else log.warn({ upstream, err: cause }, 'the upstream is away; readers are served from memory until it is back');
    },
    onControl(control) {
      doorkeeper.forget();
      obey(hub, control);
    },
  });
  const hub = createHub({
    log: relay.log,
    limits: { connections: options.maxConnections, ringEvents: 100_000, ringBytes: RING_BYTES },
    onError: (error) => log.warn({ err: error }, 'the log of the upstream could not be read; it is tried again'),
  });
  relay.follow(hub);
  for (const figure of ['connections', 'delivered', 'bytes', 'gaps', 'replays'] as const)
    telemetry.gauge(`stream_${figure}`, `"${figure}" of this relay`, () => hub.stats()[figure]);
  telemetry.gauge('edge_upstream_connected', 'Whether the feed of the upstream stands', () => Number(relay.connected));

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.warn({ err: error }, 'a request failed');
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://local');
    if (pathname === '/healthz') return void response.writeHead(200).end('ok\n');
    if (pathname === '/readyz') return void response.writeHead(relay.connected ? 200 : 503).end();
    if (pathname === '/metrics') {
      if (!mayMeasure(request, options.metricsToken)) return void response.writeHead(401).end();
      const { contentType, body } = await telemetry.expose();
      return void response.writeHead(200, { 'content-type': contentType }).end(body);
    }
    if (pathname !== '/v1/stream') return void response.writeHead(404).end('A relay serves /v1/stream only.\n');
    let generation = 0;
    const connection = await serveEvents(request, response, hub, {
      async access() {
        const access = await askFor(request);
        ({ generation } = doorkeeper);
        return access;
      },
      cors: { origins: options.origins, credentials: false },
      replayHeader: 'PulseStack-Replay',
    });
    // A right that ended between the question and the connection: whoever still has it comes back at once.
    if (generation !== doorkeeper.generation) connection?.close('drain');
  }

  async function askFor(request: IncomingMessage): Promise<Access> {
    const { authorization } = request.headers;
    if (!authorization) return { refuse: 401 };
    return doorkeeper.ask(authorization, new URL(request.url ?? '/', 'http://local').searchParams.getAll('topic'));
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    hub,
    relay,
    telemetry,
    async close(graceMs) {
      const closed = new Promise((resolve) => server.close(resolve));
      await hub.drain(graceMs);
      relay.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

function mayMeasure({ socket, headers }: IncomingMessage, token: string | undefined): boolean {
  if (token !== undefined) return isSame(headers.authorization ?? '', `Bearer ${token}`);
  return LOOPBACK.has(socket.remoteAddress ?? '') && headers['x-forwarded-for'] === undefined;
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [given, wanted].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(one as Buffer, other as Buffer);
}

function obey(hub: Hub, { revoked, erased }: FeedControl): void {
  if (revoked) hub.close(revoked);
  if (erased)
    hub.forget(
      (event) =>
        event.stream === erased.stream || (erased.about !== undefined && (event.about ?? []).includes(erased.about)),
    );
}

/** `pulsestack edge`: runs until it is asked to stop. */
export async function runEdge(config: Config): Promise<number> {
  const key = config.PULSESTACK_API_KEY;
  if (!key)
    throw new RemoteError(
      'PULSESTACK_API_KEY is not set; a relay needs a key with the permission streams.read.',
      'key',
    );
  const origins = config.PULSESTACK_CORS_ORIGINS ?? [];
  const log = openLog(config);
  const edge = await openEdge({
    upstream: config.PULSESTACK_URL,
    key,
    host: config.HOST,
    port: config.PORT,
    maxConnections: config.PULSESTACK_MAX_CONNECTIONS,
    metricsToken: config.PULSESTACK_METRICS_TOKEN,
    origins: (origin) => origins.includes('*') || origins.includes(origin),
    log,
  });
  const figureExport = await openFigureExport(config, edge.telemetry, log).catch(async (error: unknown) => {
    await edge.close(0);
    throw error;
  });
  console.log(`Relaying ${config.PULSESTACK_URL} at http://${config.HOST}:${edge.port}/v1/stream`);
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  await edge.close(config.PULSESTACK_DRAIN_SECONDS * 1000);
  await figureExport?.close();
  return 0;
}
