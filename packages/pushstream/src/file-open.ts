import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createEpoch, isEpoch } from './cursor.ts';
import { emptySegment, extend, parseSegmentName, readRecords, type Segment, segmentName } from './file-segment.ts';

/** The name of this log's sequence; made once. */
export async function openEpoch(directory: string): Promise<string> {
  const path = join(directory, 'epoch');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // Only a log that has none gets one: another would make every reader begin anew.
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (isEpoch(text.trim())) return text.trim();
  const epoch = createEpoch();
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(`${epoch}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncDirectory(directory);
  return epoch;
}

/** Finds what is there, cuts off what a crash left unfinished, and removes what was replaced. */
export async function openSegments(directory: string): Promise<Segment[]> {
  const latest = new Map<number, Segment>();
  for (const name of (await readdir(directory)).sort()) {
    const path = join(directory, name);
    const parts = parseSegmentName(name);
    if (!parts) {
      if (name.endsWith('.log.new')) await rm(path, { force: true });
      continue;
    }
    const before = latest.get(parts.first);
    const [older, newer] =
      before && before.generation > parts.generation
        ? [path, before]
        : [before?.path, emptySegment(path, parts.first, parts.generation)];
    if (older) await rm(older, { force: true });
    latest.set(parts.first, newer);
  }
  const segments = [...latest.values()].sort((a, b) => a.first - b.first);
  for (const segment of segments) await scan(segment, segment === segments.at(-1));
  return segments.length > 0 ? segments : [await createSegment(directory, 1, 0)];
}

async function scan(segment: Segment, isLast: boolean): Promise<void> {
  const file = await open(segment.path, 'r+');
  try {
    const { size } = await file.stat();
    for await (const { events, bytes } of readRecords({ path: segment.path, bytes: size }))
      extend(segment, events, bytes);
    if (segment.bytes === size) return;
    // Only the end of the last file can be unfinished; anywhere else something else has happened.
    if (!isLast) throw damaged(segment);
    await file.truncate(segment.bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function createSegment(directory: string, first: number, generation: number): Promise<Segment> {
  const path = join(directory, segmentName(first, generation));
  const file = await open(path, 'w');
  await file.sync();
  await file.close();
  await syncDirectory(directory);
  return emptySegment(path, first, generation);
}

export async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** A new name is only sure to last when its directory is written, too. Where directories cannot be opened, names last anyway. */
export async function syncDirectory(directory: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(directory, 'r');
  } catch {
    return;
  }
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function damaged(segment: Segment): Error {
  return new Error(
    `${segment.path} is damaged after event ${segment.last}; restore it from a backup, or move the directory away and begin a new log.`,
  );
}
