import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Kept,
  type Remote,
  readFiles,
  readLock,
  readServer,
  writeLock,
  writeOne,
  writeSchemas,
} from './sync-files.ts';

/** Writes what a workspace has as files. What was changed in a file since the last pull is not overwritten unless forced. */
export async function pull(remote: Remote, directory: string, { force = false }: { force?: boolean }): Promise<number> {
  const lock = readLock(directory);
  const { shelf: local, problems } = readFiles(directory);
  if (problems.length > 0 && !force) {
    for (const problem of problems) console.error(problem);
    console.error('Nothing was pulled; correct the files, or use --force to overwrite them.');
    return 1;
  }
  const { shelf: server, inCode } = await readServer(remote);
  const isOwnWork = (place: string, file: Kept | undefined) =>
    file !== undefined && file.hash !== lock.get(place) && file.hash !== server.get(place)?.hash;
  const inTheWay = [...local].filter(([place, file]) => isOwnWork(place, file) && server.has(place));
  if (inTheWay.length > 0 && !force) {
    for (const [place] of inTheWay) console.error(`${place}.json was changed since the last pull`);
    console.error('Nothing was pulled; push your changes, or use --force to lose them.');
    return 1;
  }
  let written = 0;
  for (const [place, kept] of server) {
    if (local.get(place)?.hash === kept.hash) continue;
    writeOne(directory, kept);
    console.log(`${local.has(place) ? 'changed' : 'new    '}  ${place}.json`);
    written++;
  }
  for (const [place, file] of local) {
    if (server.has(place) || !lock.has(place)) continue;
    // Whoever deleted it there did not know of what was changed here.
    if (file.hash !== lock.get(place) && !force)
      console.log(`kept     ${place}.json, which was changed here and deleted there`);
    else {
      const path = join(directory, `${place}.json`);
      if (existsSync(path)) rmSync(path);
      console.log(`deleted  ${place}.json`);
    }
  }
  writeSchemas(directory);
  writeLock(directory, new Map([...server].map(([place, kept]) => [place, kept.hash])));
  if (inCode.length > 0) console.log(`Left out, because they are kept in code: ${inCode.join(', ')}.`);
  console.log(
    `${written === 0 ? 'Nothing has changed' : `Wrote ${written}`}; ${server.size} are kept in ${directory}.`,
  );
  return 0;
}
