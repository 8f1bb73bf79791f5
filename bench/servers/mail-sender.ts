import { createTransport } from 'nodemailer';
import { openEmbedded } from '../../packages/pulsestack/src/adapters/pglite/index.ts';
import { openServer } from '../../packages/pulsestack/src/adapters/postgres/index.ts';
import { createApp } from '../../packages/pulsestack/src/app.ts';
import { createWorkspace } from '../../packages/pulsestack/src/features/accounts/index.ts';
import { upsertUsers } from '../../packages/pulsestack/src/features/audience/index.ts';
import { enqueueMessages } from '../../packages/pulsestack/src/features/delivery/index.ts';
import { workContext } from '../../packages/pulsestack/src/kernel/context.ts';
import { silentLog } from '../../packages/pulsestack/src/ports/log.ts';
import { testSettings } from '../../packages/pulsestack/src/testing/index.ts';

/** Sends the same mails to a sink: through the queue of the product, or by nodemailer alone. Answers with seconds and memory. */
interface Options {
  which: 'product' | 'plain';
  database?: { directory: string } | { url: string };
  smtpUrl: string;
  mails: number;
}

const CONNECTIONS = 8;
const BATCH = 500;
const options = JSON.parse(process.argv[2] ?? '') as Options;
const body = `<p>${'The deploy of api has finished. '.repeat(60)}</p>`;
const text = 'The deploy of api has finished. '.repeat(60);
const memory: number[] = [];
const sampler = setInterval(() => memory.push(process.memoryUsage().rss), 250);

const seconds = options.which === 'plain' ? await plain() : await product();
clearInterval(sampler);
process.send?.({
  seconds,
  rssStartMiB: Math.round((memory[0] ?? 0) / 2 ** 20),
  // The highest of the first and of the last third: what grows with the number of mails shows between them.
  rssEarlyMiB: Math.round(Math.max(...memory.slice(0, Math.ceil(memory.length / 3))) / 2 ** 20),
  rssLateMiB: Math.round(Math.max(...memory.slice(-Math.ceil(memory.length / 3))) / 2 ** 20),
});
process.exit(0);

async function plain(): Promise<number> {
  const transport = createTransport({
    url: options.smtpUrl,
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Number.POSITIVE_INFINITY,
  });
  const started = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < options.mails) {
      const n = next++;
      await transport.sendMail({
        from: 'a@acme.example',
        to: `user-${n}@example.com`,
        subject: `Deploy ${n}`,
        html: body,
        text,
      });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS * 2 }, worker));
  transport.close();
  return (performance.now() - started) / 1000;
}

async function product(): Promise<number> {
  const { database: place } = options;
  if (!place) throw new Error('the product needs a database');
  const database =
    'url' in place
      ? await openServer({ url: place.url, max: 8, log: silentLog })
      : await openEmbedded({ directory: place.directory, max: 8, log: silentLog });
  const app = await createApp({
    database,
    secrets: ['a master secret that only benches use, 32+'],
    settings: testSettings,
    log: silentLog,
    timers: false,
    standIns: [
      {
        provider: 'smtp',
        credentials: { url: options.smtpUrl },
        settings: { from: 'a@acme.example', maxConnections: CONNECTIONS },
      },
    ],
  });
  const { runtime } = app;
  const { workspaceId } = await runtime.db.inSystem((tx) => createWorkspace({ ...runtime, tx }, { name: 'Bench' }));
  for (let sent = 0; sent < options.mails; sent += BATCH) {
    const ids = Array.from({ length: BATCH }, () => runtime.newId('message'));
    await runtime.db.inWorkspace(workspaceId, async (tx) => {
      const users = ids.map((id) => ({ id, email: `${id}@example.com` }));
      await upsertUsers(tx, workspaceId, users, runtime.clock.now());
      const drafts = ids.map((id) => ({
        id,
        userId: id,
        content: { channel: 'email' as const, subject: `Deploy ${id}`, html: body, text },
        category: 'general',
        priority: 'normal' as const,
        critical: false,
        workflow: null,
        runId: null,
        stepId: null,
        correlationId: 'bench',
      }));
      await enqueueMessages(workContext(runtime, workspaceId, 'bench', tx), drafts);
    });
  }
  memory.length = 0;
  const started = performance.now();
  await app.settle();
  const seconds = (performance.now() - started) / 1000;
  await app.close();
  return seconds;
}
