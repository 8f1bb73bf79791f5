import fs from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';

/** The PostgreSQL inside the PGlite we ship; a directory of another one cannot be opened by it. */
export const POSTGRES_MAJOR = 18;

export function clusterIn(directory: string): string {
  return path.join(directory, 'postgres');
}

export function unfinishedCluster(cluster: string): string {
  return `${cluster}.unfinished`;
}

export function isCluster(cluster: string): boolean {
  return fs.existsSync(path.join(cluster, 'PG_VERSION'));
}

/** The PostgreSQL major that wrote the cluster, undefined when there is none yet. */
export function findMajor(cluster: string): number | undefined {
  if (!isCluster(cluster)) return undefined;
  return Number.parseInt(fs.readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8'), 10);
}

// A directory holds about a thousand files, and the disk syncs several in the time of one.
const SYNCS_AT_ONCE = 16;

/** Returns when the directory and, unless told otherwise, everything in it is on disk. */
export async function syncTree(directory: string, { deep = true } = {}): Promise<void> {
  const inside = deep ? (await readdir(directory, { recursive: true })).map((name) => path.join(directory, name)) : [];
  const remaining = [directory, ...inside].values();
  const syncSome = async () => {
    for (const file of remaining) {
      const handle = await open(file);
      await handle.sync().finally(() => handle.close());
    }
  };
  await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, syncSome));
}
