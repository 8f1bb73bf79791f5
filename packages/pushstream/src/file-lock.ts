import { createHash } from 'node:crypto';
import { readdir, readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const BEAT_MS = 2_000;
// A holder on another machine is watched that long without a beat before it counts as dead.
const SILENCE_MS = 5_000;
const TRIES = 3;

/** Another process writes to the directory. */
export class LockedError extends Error {}

export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Makes this the only process that writes to a directory. A holder that was killed does not bar the way: on the same machine
 * its death is seen at once, elsewhere (another container, a network disk) by the silence of its lock file.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const place = await whereWeAre();
  for (let attempt = 1; ; attempt += 1) {
    // All there is to know is in the name, so that a lock is complete as soon as it exists.
    const name = `lock.${place}.${process.pid}.${await startOf(process.pid)}.${crypto.randomUUID().slice(0, 8)}`;
    const path = join(directory, name);
    await writeFile(path, '', { flag: 'wx' });
    // Ours exists before we look for others: of two who come together at least one sees the other.
    const holder = await findHolder(directory, name, place);
    if (holder === null) return held(path);
    await rm(path, { force: true });
    if (attempt >= TRIES) {
      throw new LockedError(
        `${directory} is in use by process ${holder.split('.')[2]} (${holder}); a log has one writer. End that process, or take another directory.`,
      );
    }
    // Two who saw each other have both stepped back.
    await sleep(20 + 100 * Math.random());
  }
}

function held(path: string): DirectoryLock {
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, BEAT_MS);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      await rm(path, { force: true });
    },
  };
}

/** Another's lock that still counts; those of the dead are removed. */
async function findHolder(directory: string, own: string, place: string): Promise<string | null> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith('lock.') || name === own) continue;
    const [, where, pid, start] = name.split('.');
    const alive =
      where === place
        ? isRunning(Number(pid)) && (await startOf(Number(pid))) === start
        : await beats(join(directory, name));
    if (alive) return name;
    await rm(join(directory, name), { force: true });
  }
  return null;
}

async function beats(path: string): Promise<boolean> {
  const touched = () =>
    stat(path).then(
      (found) => found.mtimeMs,
      () => null,
    );
  const before = await touched();
  if (before === null) return false;
  // By its changes, not by its age: the clocks of two machines differ.
  for (let waited = 0; waited < SILENCE_MS; waited += 500) {
    await sleep(500);
    const now = await touched();
    if (now === null) return false;
    if (now !== before) return true;
  }
  return false;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, so that a number used again is not taken for it; `0` where that cannot be known. */
async function startOf(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may contain anything.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}

/** Where process numbers mean the same as here: this start of this machine, and this container. */
async function whereWeAre(): Promise<string> {
  const parts = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ]);
  return createHash('sha256')
    .update([hostname(), ...parts].join('\n'))
    .digest('hex')
    .slice(0, 12);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
