import { parentPort, workerData } from 'node:worker_threads';
import { openEngine } from './engine.ts';
import { startMaintenance } from './maintenance.ts';
import { SharedSession } from './shared-session.ts';
import type { Boot, FromWorker, ToWorker } from './worker-messages.ts';

/** The thread the database lives in: one engine, its session shared by every connection of the main thread. */
const port = parentPort as NonNullable<typeof parentPort>;
const boot = workerData as Boot;

function tell(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

const engine = await openEngine(boot);
const session = new SharedSession({
  execute: engine.execute,
  flush: engine.flush,
  flushBehind: engine.flushBehind,
  idleTransactionMs: boot.idleTransactionMs,
  release: (answers) => {
    const copies = answers.map(({ connection, bytes, last }) => ({ connection, bytes: new Uint8Array(bytes), last }));
    tell(
      { kind: 'answers', answers: copies },
      copies.map(({ bytes }) => bytes.buffer),
    );
  },
  onIdleTransaction: (idleMs, statement) => tell({ kind: 'idle-transaction', idleMs, statement }),
});
const maintenance = startMaintenance({
  session,
  engine,
  maintainEveryMs: boot.maintainEveryMs,
  report: (problem) => tell({ kind: 'maintenance-failed', problem }),
});

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'traffic':
      for (const traffic of message.batch) {
        if (traffic.event === 'sent') session.receive(traffic.connection, Buffer.from(traffic.bytes.buffer));
        else if (traffic.event === 'opened') session.connect(traffic.connection);
        else session.disconnect(traffic.connection);
      }
      return;
    case 'dump':
      void reply('dumped', () => session.alone(() => engine.dump()));
      return;
    case 'load':
      void reply('loaded', () => session.alone(() => engine.load(message.sql)));
      return;
    case 'close':
      void reply('closed', async () => {
        maintenance.stop();
        await session.between((run) => run('checkpoint'));
        session.stop();
        await engine.close();
      });
  }
});
tell({ kind: 'ready' });

async function reply(kind: 'dumped' | 'loaded' | 'closed', work: () => Promise<unknown>): Promise<void> {
  try {
    tell({ kind, result: await work() } as FromWorker);
  } catch (error) {
    tell({ kind, problem: (error as Error).message });
  }
}
