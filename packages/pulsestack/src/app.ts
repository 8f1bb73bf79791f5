import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { type IdKind, makeId } from '@pulsestack/core';
import type { FastifyInstance } from 'fastify';
import type { Server as SocketServer } from 'socket.io';
import { createLiquidEngine } from './adapters/liquid/index.ts';
import { createMailbox } from './adapters/mailbox/index.ts';
import { createMemoryBus } from './adapters/memory/bus.ts';
import { createMemoryPubSub } from './adapters/memory/index.ts';
import { createMjmlCompiler } from './adapters/mjml/index.ts';
import { createPostgresPubSub } from './adapters/postgres/pubsub.ts';
import { createPrometheus } from './adapters/prometheus/index.ts';
import { providers } from './channels/index.ts';
import { MAX_WAIT_DAYS } from './features/delivery/index.ts';
import { features } from './features/index.ts';
import { hubs } from './features/streams/index.ts';
import { forgetOldKeys } from './kernel/idempotency.ts';
import type { Tick } from './kernel/job.ts';
import { closeResources, type Runtime, type Settings, type StandIn } from './kernel/runtime.ts';
import { createSeal } from './kernel/seal.ts';
import { createTenantDatabase } from './kernel/tenancy.ts';
import { dropOldPartitions, ensurePartitions, migrate } from './migrations/migrate.ts';
import type { Bus } from './ports/bus.ts';
import type { Provider } from './ports/channel.ts';
import { type Clock, systemClock } from './ports/clock.ts';
import type { Database } from './ports/database.ts';
import type { JobDriver } from './ports/job-driver.ts';
import type { Log } from './ports/log.ts';
import type { Mailbox } from './ports/mailbox.ts';
import type { Mailer } from './ports/mailer.ts';
import type { PubSub } from './ports/pubsub.ts';
import { addCors, originRule } from './transports/http/cors.ts';
import { addDashboard } from './transports/http/dashboard.ts';
import { addDevelopment } from './transports/http/development.ts';
import { addHooks } from './transports/http/hooks.ts';
import { addOperating } from './transports/http/operating.ts';
import { addPreferencePages } from './transports/http/preference-page/index.ts';
import { addReference } from './transports/http/reference.ts';
import { createHttpServer } from './transports/http/server.ts';
import { addFeed } from './transports/realtime/feed.ts';
import { createSocketServer } from './transports/realtime/socket.ts';
import { addEventStream } from './transports/realtime/sse.ts';
import { createWorker, type Worker } from './transports/worker/jobs.ts';
import { createTicker, type Ticker } from './transports/worker/ticks.ts';

/** Everything an app is built from; the roof decides, the floors below only receive. */
export interface AppParts {
  database: Database;
  secrets: readonly string[];
  settings: Settings;
  log: Log;
  role?: 'all' | 'api' | 'realtime' | 'worker';
  clock?: Clock;
  mailer?: Mailer;
  /** Where the mails of development are, when they are caught. */
  mailbox?: Mailbox;
  /** Carries claimed jobs to other processes; without one each process works at what it claims. */
  jobDriver?: JobDriver;
  /** Default: all of `channels/`. */
  providers?: readonly Provider[];
  standIns?: readonly StandIn[];
  /** How the processes tell each other. Default: what the database offers. */
  pubsub?: PubSub;
  /** Topics that outlive a process. Default: within this one. */
  bus?: Bus;
  /** Fixed randomness is for tests that replay a seed. */
  randomBytes?: (size: number) => Buffer;
  corsOrigins?: readonly string[];
  trustProxy?: boolean | string;
  metricsToken?: string;
  drainSeconds?: number;
  devKey?: string;
  /** Timers that look for work; a test with its own clock calls `settle` instead. */
  timers?: boolean;
  checkAnswers?: boolean;
  processMetrics?: boolean;
  migrate?: boolean;
}

/** The running product. */
export interface App {
  readonly runtime: Runtime;
  readonly http: FastifyInstance;
  readonly ticker: Ticker;
  readonly worker: Worker;
  listen(options: { host: string; port: number }): Promise<number>;
  /** Works off what is due: announced events, jobs, ticks. */
  settle(): Promise<void>;
  /** Finishes what is under way, tells streams to come back, and closes everything. Safe to call twice. */
  close(): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export async function createApp(parts: AppParts): Promise<App> {
  const { database, log } = parts;
  const clock = parts.clock ?? systemClock;
  const random = parts.randomBytes ?? pooledRandom();
  const role = parts.role ?? 'all';
  const caught = createMailbox(clock, log);
  const mailer = parts.mailer ?? caught;
  const mailbox = parts.mailbox ?? caught;
  const runtime: Runtime = {
    settings: parts.settings,
    database,
    db: createTenantDatabase(database),
    clock,
    log,
    pubsub: parts.pubsub ?? (database.kind === 'server' ? createPostgresPubSub(database) : createMemoryPubSub()),
    bus: parts.bus ?? createMemoryBus(),
    mailer,
    seal: createSeal(parts.secrets),
    templates: createLiquidEngine(),
    mailCompiler: createMjmlCompiler(),
    telemetry: createPrometheus({ processMetrics: parts.processMetrics ?? false }),
    providers: parts.providers ?? providers,
    standIns: parts.standIns ?? [],
    newId: (kind: IdKind) => makeId(kind, clock.nowMs(), random(16)),
    randomBytes: random,
  };

  if (parts.migrate ?? true) await migrate(database, log);
  await ensurePartitions(database, clock.now());

  const state = { ready: false, draining: false };
  const allowsOrigin = originRule(parts.corsOrigins ?? []);
  const serves = (part: 'api' | 'realtime') => role === 'all' || role === part;
  const http = await createHttpServer(runtime, {
    operations: serves('api') ? features.flatMap((feature) => feature.operations) : [],
    checkAnswers: parts.checkAnswers ?? false,
    trustProxy: parts.trustProxy ?? false,
    async extend(server, kit) {
      addCors(server, allowsOrigin);
      addOperating(server, runtime, state, parts.metricsToken);
      if (serves('realtime')) {
        addEventStream(server, kit, runtime, allowsOrigin);
        addFeed(server, kit, runtime);
      }
      if (!serves('api')) return;
      addReference(server, runtime.settings.publicUrl);
      if (runtime.settings.development) addDevelopment(server, runtime, mailbox);
      await addHooks(server, runtime);
      await addPreferencePages(server, runtime);
      await addDashboard(server);
    },
  });

  for (const feature of features) await feature.start?.(runtime);
  const works = role === 'all' || role === 'worker';
  const timers = parts.timers ?? true;
  const ticker = createTicker(
    runtime,
    works ? [...features.flatMap((feature) => feature.ticks), ...housekeeping] : [],
    {
      timers,
    },
  );
  const worker = createWorker(runtime, works ? features.flatMap((feature) => feature.jobs) : [], {
    timers: timers && works,
    driver: parts.jobDriver,
  });
  const loops = works ? features.flatMap((feature) => feature.loops).map((loop) => loop.of(runtime)) : [];
  if (timers) for (const loop of loops) loop.start();
  let sockets: SocketServer | undefined;
  let closing: Promise<void> | undefined;
  state.ready = true;

  async function close(): Promise<void> {
    const graceMs = (parts.drainSeconds ?? 0) * 1000;
    state.draining = true;
    await hubs.of(runtime).drain(Math.min(graceMs, 5000));
    const forced = setTimeout(() => http.server.closeAllConnections(), graceMs);
    sockets?.disconnectSockets(true);
    await http.close();
    clearTimeout(forced);
    await ticker.stop();
    await worker.stop();
    await closeResources(runtime);
    await runtime.templates.close();
    await runtime.mailCompiler.close();
    await runtime.bus.close();
    await runtime.pubsub.close();
    await database.close();
  }

  return {
    runtime,
    http,
    ticker,
    worker,
    async listen(options) {
      if (serves('realtime')) sockets = createSocketServer(http.server, runtime, allowsOrigin);
      await http.listen(options);
      return (http.server.address() as AddressInfo).port;
    },
    async settle() {
      await hubs.of(runtime).flush();
      await worker.runDue();
      await ticker.runDue();
      await worker.runDue();
      // The later rooms hand work to the earlier ones.
      for (const loop of loops.toReversed()) await loop.runDue();
      await hubs.of(runtime).flush();
    },
    close: () => (closing ??= close()),
  };
}

// Ids need little randomness and often; asking the system once for many is a fifth of the cost.
const RANDOM_POOL_BYTES = 8192;

function pooledRandom(): (size: number) => Buffer {
  let pool = randomBytes(RANDOM_POOL_BYTES);
  let used = 0;
  return (size) => {
    if (size > RANDOM_POOL_BYTES / 2) return randomBytes(size);
    if (used + size > pool.length) {
      pool = randomBytes(RANDOM_POOL_BYTES);
      used = 0;
    }
    // A fresh pool each time, never a rewound one: bytes handed out stay what they are.
    used += size;
    return pool.subarray(used - size, used);
  };
}

const housekeeping: readonly Tick[] = [
  {
    name: 'database.partitions',
    everyMs: DAY_MS / 4,
    async run({ database, clock, settings }) {
      await ensurePartitions(database, clock.now());
      // A day longer than readers are promised, so that the heads have long said so when a partition goes.
      await dropOldPartitions(database, clock.now(), {
        log_events: settings.streams.retentionDays + 1,
        stream_deliveries: settings.streams.retentionDays + 1,
        audit_log: settings.retentionDays,
        // What waits must not go before it was sent.
        messages: Math.max(settings.retentionDays, MAX_WAIT_DAYS + 1),
        attempts: Math.max(settings.retentionDays, MAX_WAIT_DAYS + 1),
      });
    },
  },
  {
    name: 'idempotency.forget',
    everyMs: DAY_MS / 24,
    run: ({ db, clock }) => db.inSystem((tx) => forgetOldKeys(tx, clock.now())),
  },
];
