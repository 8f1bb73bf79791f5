import fs from 'node:fs';

/** What of Emscripten's file layer the write-ahead log goes through. */
interface Stream {
  nfd: number;
  path: string;
}

export interface NodeFileSystem {
  stream_ops: {
    write(stream: Stream, ...rest: unknown[]): number;
    close(stream: Stream): void;
    setattr(stream: Stream, ...rest: unknown[]): void;
    fsync?(stream: Stream): number;
  };
  node_ops: Record<'rename' | 'unlink' | 'setattr', (...args: unknown[]) => unknown>;
}

export interface WriteAheadLog {
  /** Makes everything that has committed durable before it returns. */
  flush(): void;
  /** The same without holding up the thread; undefined when there is nothing to wait for. */
  flushBehind(): Promise<void> | undefined;
  /** Bytes written to the log since the start. */
  readonly bytesWritten: number;
}

/**
 * Gives PGlite real durability at the price of one sync for many transactions. Its file layer has no fsync at all, so
 * we add one that for the write-ahead log only remembers the file; a flush syncs what is remembered, and the caller
 * releases no answer before it. The log still reaches the disk before the data it describes: every other change of
 * the directory flushes first, which is the order recovery after a power cut depends on. Without durability it only counts.
 */
export function installWriteAheadLog(files: NodeFileSystem, { isDurable }: { isDurable: boolean }): WriteAheadLog {
  const unsynced = new Set<number>();
  const beingSynced = new Set<number>();
  const { stream_ops: stream, node_ops: node } = files;
  const original = { ...stream };
  let behind: Promise<void> | undefined;
  let bytesWritten = 0;

  // A segment has its full size from its beginning, so its data is all there is to sync.
  function flush(): void {
    for (const descriptor of new Set([...beingSynced, ...unsynced])) fs.fdatasyncSync(descriptor);
    unsynced.clear();
  }

  function flushBehind(): Promise<void> | undefined {
    if (unsynced.size === 0) return behind;
    const before = behind;
    const descriptors = [...unsynced];
    unsynced.clear();
    for (const descriptor of descriptors) beingSynced.add(descriptor);
    const done = Promise.all([before, ...descriptors.map(syncInBackground)]).then(() => {
      for (const descriptor of descriptors) beingSynced.delete(descriptor);
      if (behind === done) behind = undefined;
    });
    behind = done;
    return done;
  }

  stream.fsync = (target) => {
    if (!isDurable) return 0;
    if (isLog(target.path)) {
      unsynced.add(target.nfd);
    } else {
      flush();
      fs.fsyncSync(target.nfd);
    }
    return 0;
  };
  stream.write = (target, ...rest) => {
    if (!isLog(target.path)) {
      if (!isScratch(target.path)) flush();
      return original.write(target, ...rest);
    }
    const written = original.write(target, ...rest);
    bytesWritten += written;
    return written;
  };
  stream.close = (target) => {
    if (unsynced.has(target.nfd) || beingSynced.has(target.nfd)) flush();
    original.close(target);
  };
  stream.setattr = (target, ...rest) => {
    flush();
    original.setattr(target, ...rest);
  };
  for (const name of ['rename', 'unlink', 'setattr'] as const) {
    const change = node[name];
    node[name] = (...args) => {
      flush();
      return change(...args);
    };
  }

  return {
    flush,
    flushBehind,
    get bytesWritten() {
      return bytesWritten;
    },
  };
}

// The file may be closed meanwhile, which syncs it first; then there is nothing left to do here.
function syncInBackground(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fdatasync(descriptor, (error) => (error && error.code !== 'EBADF' ? reject(error) : resolve()));
  });
}

function isLog(path: string): boolean {
  return path.includes('/pg_wal/');
}

// Sorting and hashing spill here; nothing of it is read after a crash.
function isScratch(path: string): boolean {
  return path.includes('/pgsql_tmp/');
}
