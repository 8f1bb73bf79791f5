import fs from 'node:fs';
import { openEmbedded } from '../../adapters/pglite/index.ts';
import { openServer } from '../../adapters/postgres/index.ts';
import { createApp } from '../../app.ts';
import { createWorkspace } from '../../features/accounts/index.ts';
import { upsertUsers } from '../../features/audience/index.ts';
import { enqueueMessages } from '../../features/delivery/index.ts';
import { workContext } from '../../kernel/context.ts';
import { silentLog } from '../../ports/log.ts';

/** The process that gets killed while it sends: it says each message once it is durable. */
export interface SendingOptions {
  database: { directory: string } | { url: string };
  smtpUrl: string;
  /** Made by the first process, given to those after it. */
  workspaceId?: string;
  messages: number;
  settings: Parameters<typeof createApp>[0]['settings'];
}

const options = JSON.parse(process.argv[2] ?? '') as SendingOptions;
const say = (line: string) => fs.writeSync(1, `${line}\n`);
const database =
  'url' in options.database
    ? await openServer({ url: options.database.url, max: 8, log: silentLog })
    : await openEmbedded({ directory: options.database.directory, max: 8, log: silentLog });
const app = await createApp({
  database,
  secrets: ['a master secret that only tests use, 32+ chars'],
  settings: options.settings,
  log: silentLog,
  standIns: [{ provider: 'smtp', credentials: { url: options.smtpUrl }, settings: { from: 'a@acme.example' } }],
});
const { runtime } = app;
// What a dead process held on a server is due again when its lease has ended; nobody wants to wait a minute for that here.
await database.pool.query("update deliveries set due_at = now() where lease is not null and kind = 'send'");
const workspaceId =
  options.workspaceId ??
  (await runtime.db.inSystem(
    async (tx) => (await createWorkspace({ ...runtime, tx }, { name: 'Crashing' })).workspaceId,
  ));
say(`workspace ${workspaceId}`);
for (let sent = 0; sent < options.messages; sent += 5) {
  const ids = Array.from({ length: 5 }, () => runtime.newId('message'));
  await runtime.db.inWorkspace(workspaceId, async (tx) => {
    await upsertUsers(
      tx,
      workspaceId,
      ids.map((id) => ({ id, email: `${id}@example.com` })),
      runtime.clock.now(),
    );
    await enqueueMessages(
      workContext(runtime, workspaceId, 'crash', tx),
      ids.map((id) => ({
        id,
        userId: id,
        content: { channel: 'email', subject: id, html: '<p>Hi</p>', text: 'Hi' },
        category: 'general',
        priority: 'normal',
        critical: false,
        workflow: null,
        runId: null,
        stepId: null,
        correlationId: 'crash',
      })),
    );
  });
  for (const id of ids) say(`acknowledged ${id}`);
}
say('all');
