import fs from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import { isCluster, syncTree, unfinishedCluster } from './cluster-files.ts';
import { installWriteAheadLog, type NodeFileSystem } from './wal.ts';

/** One running PGlite, driven by the wire protocol. */
export interface Engine {
  /** Runs messages to the end and returns the answer; throws when the database is beyond help. */
  execute(bytes: Buffer): Buffer;
  /** Makes everything that has committed durable. */
  flush(): void;
  /** The same without holding up the thread; undefined when there is nothing to wait for. */
  flushBehind(): Promise<void> | undefined;
  readonly walBytesWritten: number;
  dump(): Promise<string>;
  load(sql: string): Promise<void>;
  close(): Promise<void>;
}

export interface EngineOptions {
  cluster: string | undefined;
  isDurable: boolean;
}

const extensions = { pg_trgm, btree_gin, unaccent };

export async function openEngine({ cluster, isDurable }: EngineOptions): Promise<Engine> {
  if (cluster && !isCluster(cluster)) await createCluster(cluster, isDurable);
  const db = await open(cluster, isDurable);
  const guarded = watchForDeath(db.Module as unknown as EngineModule);
  const log = cluster
    ? installWriteAheadLog((db.Module as unknown as { NODEFS: NodeFileSystem }).NODEFS, { isDurable })
    : undefined;

  function execute(bytes: Buffer): Buffer {
    const chunks: Buffer[] = [];
    let failure: Error | undefined;
    db.execProtocolRawStream(bytes, { syncToFs: false, onRawData: (data) => chunks.push(Buffer.from(data)) }).catch(
      (error: Error) => {
        failure = error;
      },
    );
    guarded.throwIfDead();
    if (failure) throw failure;
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  }

  return {
    execute,
    flush: () => log?.flush(),
    flushBehind: () => log?.flushBehind(),
    get walBytesWritten() {
      return log?.bytesWritten ?? 0;
    },
    async dump() {
      const { dumpSql } = await import('./dump.ts');
      return dumpSql(db);
    },
    async load(sql) {
      const { loadSql } = await import('./dump.ts');
      await loadSql(db, sql);
      log?.flush();
    },
    async close() {
      await db.close();
      log?.flush();
    },
  };
}

function open(cluster: string | undefined, isDurable: boolean): Promise<PGlite> {
  const startParams = [
    // -F turns fsync off, and the log's default method is one that PGlite leaves empty.
    ...PGlite.defaultStartParams.filter((parameter) => !(isDurable && parameter === '-F')),
    ...settings({ wal_sync_method: 'fsync', shared_buffers: '16MB' }),
  ];
  return PGlite.create({ ...(cluster ? { dataDir: cluster } : {}), extensions, startParams });
}

function settings(values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

// Made aside and renamed when it is whole and on disk, so a first start that was killed begins again from nothing.
async function createCluster(cluster: string, isDurable: boolean): Promise<void> {
  const unfinished = unfinishedCluster(cluster);
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.mkdirSync(unfinished, { recursive: true });
  const db = await open(unfinished, false);
  await db.close();
  if (isDurable) await syncTree(unfinished);
  fs.renameSync(unfinished, cluster);
  if (isDurable) await syncTree(path.dirname(cluster), { deep: false });
}

const LOOP_ONCE = '_PostgresMainLoopOnce';

interface EngineModule {
  [LOOP_ONCE](): void;
  stackRestore(pointer: number): void;
}

const ERROR_JUMP = 100;

/**
 * PGlite's loop swallows every exception it does not know and goes on, also one after which nothing in its memory can
 * be trusted (a trap, a panic, a file that cannot be written). We look at what is thrown before it does, and break out.
 */
function watchForDeath(module: EngineModule): { throwIfDead(): void } {
  const { [LOOP_ONCE]: loopOnce, stackRestore } = module;
  let death: Error | undefined;
  module[LOOP_ONCE] = () => {
    if (death) throw death;
    try {
      loopOnce();
    } catch (thrown) {
      if ((thrown as { status?: number }).status !== ERROR_JUMP)
        death =
          thrown instanceof Error ? thrown : new Error(String((thrown as { message?: string })?.message ?? thrown));
      throw thrown;
    }
  };
  module.stackRestore = (pointer) => {
    stackRestore(pointer);
    if (death) throw death;
  };
  return {
    throwIfDead() {
      if (death) throw death;
    },
  };
}
