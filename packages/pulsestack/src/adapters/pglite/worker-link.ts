import { Worker } from 'node:worker_threads';
import { DatabaseUnavailable } from '../../ports/database.ts';
import type { Log } from '../../ports/log.ts';
import { greeting } from './protocol.ts';
import { type Exchange, VirtualSocket } from './virtual-socket.ts';
import type { Boot, FromWorker, ToWorker, Traffic } from './worker-messages.ts';

// From source the worker is the file beside this one; a build puts it beside the bundle under this name.
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './pglite-worker.js', import.meta.url);

type Reply = 'ready' | 'dumped' | 'loaded' | 'closed';

export interface WorkerLink {
  openSocket: () => VirtualSocket;
  dump(): Promise<string>;
  load(sql: string): Promise<void>;
  close(): Promise<void>;
}

export interface WorkerLinkOptions {
  boot: Boot;
  /** Names the database in errors. */
  place: string;
  log: Log;
  onCrash(error: DatabaseUnavailable): void;
}

/** Starts the thread of the database and carries bytes between it and the sockets of the driver. */
export async function startWorker({ boot, place, log, onCrash }: WorkerLinkOptions): Promise<WorkerLink> {
  // The parent's own flags (a test runner's loader, say) are none of the worker's business.
  const worker = new Worker(WORKER, { workerData: boot, execArgv: [] });
  const sockets = new Map<number, VirtualSocket>();
  const replies = new Map<Reply, PromiseWithResolvers<string>>();
  let ids = 0;
  let gone: DatabaseUnavailable | undefined;
  let isOpen = false;
  let traffic: Traffic[] = [];

  function tell(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    worker.postMessage(message, transfer);
  }

  // Everything that was written in this turn of the event loop goes as one message.
  function enqueue(item: Traffic): void {
    if (gone) return;
    if (traffic.push(item) === 1) setImmediate(sendTraffic);
  }

  function sendTraffic(): void {
    const batch = traffic;
    traffic = [];
    if (batch.length === 0) return;
    tell(
      { kind: 'traffic', batch },
      batch.flatMap((item) => (item.event === 'sent' ? [item.bytes.buffer] : [])),
    );
  }

  function request(kind: Reply, message?: ToWorker): Promise<string> {
    const reply = Promise.withResolvers<string>();
    replies.set(kind, reply);
    if (message) tell(message);
    return reply.promise;
  }

  function lose(problem: string): void {
    if (gone) return;
    gone = new DatabaseUnavailable(
      `The embedded database (${place}) has stopped: ${problem.replace(/\.$/, '')}. What was acknowledged is safe; start PulseStack again.`,
    );
    for (const reply of replies.values()) reply.reject(gone);
    for (const socket of sockets.values()) socket.destroy(gone);
    sockets.clear();
    if (isOpen) onCrash(gone);
  }

  const exchange: Exchange = {
    attach(socket) {
      if (gone) throw gone;
      const id = ++ids;
      sockets.set(id, socket);
      enqueue({ connection: id, event: 'opened' });
      return id;
    },
    send: (connection, bytes) => enqueue({ connection, event: 'sent', bytes: new Uint8Array(bytes) }),
    detach(connection) {
      if (sockets.delete(connection)) enqueue({ connection, event: 'closed' });
    },
  };

  worker.on('message', (message: FromWorker) => {
    switch (message.kind) {
      case 'answers':
        for (const { connection, bytes, last } of message.answers) {
          const socket = sockets.get(connection);
          socket?.push(Buffer.from(bytes.buffer));
          if (last) socket?.push(null);
        }
        return;
      case 'idle-transaction':
        log.warn(
          { idleMs: Math.round(message.idleMs), statement: message.statement },
          'an idle transaction was rolled back, because everybody else was waiting for it',
        );
        return;
      case 'maintenance-failed':
        log.error({ problem: message.problem }, 'maintenance of the embedded database failed');
        return;
      case 'ready':
      case 'dumped':
      case 'loaded':
      case 'closed': {
        const reply = replies.get(message.kind);
        replies.delete(message.kind);
        if ('problem' in message && message.problem !== undefined) reply?.reject(new Error(message.problem));
        else reply?.resolve('result' in message ? (message.result ?? '') : '');
      }
    }
  });
  worker.on('error', (error) => lose(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => lose(`its thread ended with code ${code}`));

  await request('ready');
  isOpen = true;
  return {
    openSocket: () => new VirtualSocket(exchange, GREETING),
    dump: () => request('dumped', { kind: 'dump' }),
    load: async (sql) => void (await request('loaded', { kind: 'load', sql })),
    async close() {
      if (gone) return;
      // Who is still inside a transaction is rolled back: nothing else would let the database come to rest.
      for (const socket of sockets.values()) socket.destroy();
      sendTraffic();
      try {
        await request('closed', { kind: 'close' });
      } finally {
        gone ??= new DatabaseUnavailable(`The embedded database (${place}) is closed.`);
        await worker.terminate();
      }
    },
  };
}

const GREETING = greeting({
  client_encoding: 'UTF8',
  server_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
  integer_datetimes: 'on',
  standard_conforming_strings: 'on',
});
