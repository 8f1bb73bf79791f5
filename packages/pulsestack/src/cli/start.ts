import { createServer } from 'node:net';
import { type DevMailbox, openDevMailbox } from '../adapters/mailbox/index.ts';
import { createSmtpMailer } from '../adapters/smtp/index.ts';
import { type App, createApp } from '../app.ts';
import type { Config } from '../config.ts';
import { ensureDevelopment, retireDevelopment } from '../features/accounts/index.ts';
import type { Bus } from '../ports/bus.ts';
import { systemClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Mailer } from '../ports/mailer.ts';
import type { PubSub } from '../ports/pubsub.ts';
import type { FigureExport } from '../ports/telemetry.ts';
import { openPubSub } from './backplane.ts';
import { openBus } from './bus.ts';
import { openFigureExport } from './figure-export.ts';
import { openJobDriver } from './job-driver.ts';
import { masterSecrets, openDatabase, openLog, settingsOf } from './open.ts';

/** Starts the product, says where it is, and resolves with the exit code when it was asked to stop. */
export async function start(config: Config): Promise<number> {
  const log = openLog(config);
  const port = config.PORT === 0 ? await freePort(config.HOST) : config.PORT;
  const publicUrl = config.PULSESTACK_PUBLIC_URL ?? `http://localhost:${port}`;
  let stop: (reason: string, code: number) => void = () => undefined;
  const stopped = new Promise<{ reason: string; code: number }>((resolve) => {
    stop = (reason, code) => resolve({ reason, code });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal, 0));

  const database = await openDatabase(config, log, (error) => {
    console.error(`PulseStack stops: ${error.message}`);
    stop('database lost', 1);
  });
  let app: App;
  const works = config.PULSESTACK_ROLE === 'all' || config.PULSESTACK_ROLE === 'worker';
  let pubsub: PubSub | undefined;
  let bus: Bus | undefined;
  let mailbox: DevMailbox | undefined;
  try {
    if (config.development)
      mailbox = await openDevMailbox({ port: config.PULSESTACK_DEV_SMTP_PORT, clock: systemClock, log });
    pubsub = await openPubSub(config, database, log);
    bus = await openBus(config, log);
    const jobDriver = works ? await openJobDriver(config, log) : undefined;
    app = await createApp({
      database,
      pubsub,
      secrets: masterSecrets(config),
      settings: settingsOf(config, publicUrl),
      log,
      role: config.PULSESTACK_ROLE,
      mailer: await mailerOf(config, log, mailbox),
      ...(mailbox
        ? {
            mailbox,
            standIns: [
              { provider: 'smtp', credentials: { url: mailbox.url }, settings: { from: config.PULSESTACK_MAIL_FROM } },
            ],
          }
        : {}),
      corsOrigins: config.PULSESTACK_CORS_ORIGINS ?? (config.development ? ['*'] : []),
      trustProxy: config.PULSESTACK_TRUST_PROXY,
      drainSeconds: config.PULSESTACK_DRAIN_SECONDS,
      processMetrics: true,
      ...(bus ? { bus } : {}),
      ...(jobDriver ? { jobDriver } : {}),
      ...(config.PULSESTACK_METRICS_TOKEN ? { metricsToken: config.PULSESTACK_METRICS_TOKEN } : {}),
    });
  } catch (error) {
    await bus?.close();
    await pubsub?.close();
    await mailbox?.close();
    await database.close();
    throw error;
  }

  let figureExport: FigureExport | undefined;
  try {
    figureExport = await openFigureExport(config, app.runtime.telemetry, log);
    const key = config.development
      ? (await ensureDevelopment(app.runtime, config.PULSESTACK_DEV_KEY ? { devKey: config.PULSESTACK_DEV_KEY } : {}))
          .key
      : undefined;
    if (!config.development) await retireDevelopment(app.runtime);
    await app.listen({ host: config.HOST, port });
    log.info({ port, role: config.PULSESTACK_ROLE, database: database.kind }, 'started');
    console.log(
      key
        ? welcome(publicUrl, key)
        : `PulseStack is ready at ${publicUrl}; it listens on http://${config.HOST}:${port} (role ${config.PULSESTACK_ROLE}, ${database.kind} database).`,
    );
  } catch (error) {
    await app.close();
    await figureExport?.close();
    await mailbox?.close();
    throw explainListen(error, config, port);
  }

  const { reason, code } = await stopped;
  log.info({ reason }, 'stopping');
  // A second signal means now.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  await app.close();
  // Last, so that the collector hears what happened while the streams drained.
  await figureExport?.close();
  await mailbox?.close();
  return code;
}

async function mailerOf(config: Config, log: Log, mailbox: DevMailbox | undefined): Promise<Mailer> {
  if (config.PULSESTACK_SMTP_URL)
    return createSmtpMailer({ url: config.PULSESTACK_SMTP_URL, from: config.PULSESTACK_MAIL_FROM });
  if (mailbox) return createSmtpMailer({ url: mailbox.url, from: config.PULSESTACK_MAIL_FROM });
  return {
    async send(mail) {
      // The link inside is a credential, so it must not land in a log that many can read.
      log.warn({ to: mail.to, subject: mail.subject }, 'no mail was sent: set PULSESTACK_SMTP_URL');
    },
  };
}

function welcome(url: string, key: string): string {
  return `
  PulseStack is ready.

  Dashboard        ${url}
  Live page        ${url}/live?user=ada      (Ada's bell; keep it open)
  API reference    ${url}/reference
  Mailbox          ${url}/mailbox   (what would have been mailed)
  Development key  ${key}

  Send the first notification and watch it arrive:

  curl ${url}/v1/notify -H "authorization: Bearer ${key}" -H "content-type: application/json" -d '{"to":"ada","title":"Hi","body":"It works"}'

  Ctrl-C stops it.
`;
}

function explainListen(error: unknown, config: Config, port: number): unknown {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return Object.assign(
      new Error(
        `port ${port} on ${config.HOST} is in use by another program. Stop it, or choose another port: PORT=${port + 1} npm start`,
      ),
      { code: 'EADDRINUSE' },
    );
  }
  if (error instanceof Error && 'code' in error && error.code === 'EACCES') {
    return Object.assign(
      new Error(`this user may not listen on port ${port}. Choose one above 1023, such as PORT=4000.`),
      { code: 'EACCES' },
    );
  }
  return error;
}

/** A free port, needed before the start because the public address is part of what the features are built from. */
function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
