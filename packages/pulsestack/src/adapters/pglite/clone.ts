import fs from 'node:fs/promises';
import { clusterIn, isCluster, unfinishedCluster } from './cluster-files.ts';

/** Begins a new data directory as a copy of a closed one; a directory that has data is left as it is. */
export async function cloneCluster(original: string, directory: string): Promise<void> {
  const cluster = clusterIn(directory);
  if (isCluster(cluster)) return;
  const unfinished = unfinishedCluster(cluster);
  await fs.rm(unfinished, { recursive: true, force: true });
  await fs.cp(clusterIn(original), unfinished, { recursive: true });
  await fs.rename(unfinished, cluster);
}
