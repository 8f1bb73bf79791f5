/** What the main thread and the database's thread say to each other. */

export interface Boot {
  /** The directory of the cluster itself; undefined keeps everything in memory. */
  cluster: string | undefined;
  /** False gives up durability for speed; for tests. */
  isDurable: boolean;
  idleTransactionMs: number;
  maintainEveryMs: number;
}

export type ToWorker =
  | { kind: 'traffic'; batch: Traffic[] }
  | { kind: 'dump' }
  | { kind: 'load'; sql: string }
  | { kind: 'close' };

/** What happened to the connections, in order. */
export type Traffic =
  | { connection: number; event: 'opened' | 'closed' }
  | { connection: number; event: 'sent'; bytes: Uint8Array<ArrayBuffer> };

export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'answers'; answers: { connection: number; bytes: Uint8Array<ArrayBuffer>; last: boolean }[] }
  | { kind: 'idle-transaction'; idleMs: number; statement: string }
  | { kind: 'maintenance-failed'; problem: string }
  | { kind: 'dumped'; result?: string; problem?: string }
  | { kind: 'loaded'; problem?: string }
  | { kind: 'closed'; problem?: string };
