import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DatabaseUnavailable } from '../../ports/database.ts';

/**
 * Keeps a second process out of the data directory: PGlite itself would let it in, and both would lose data.
 * SQLite's exclusive lock is one the operating system takes back when its holder dies, however it dies.
 */
export function lockDirectory(directory: string): { release(): void } {
  const holderFile = path.join(directory, 'lock.pid');
  let lock: DatabaseSync | undefined;
  try {
    // What lies here is as private as the database itself, whatever modes its files get.
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    lock = new DatabaseSync(path.join(directory, 'lock'));
    lock.exec('pragma locking_mode = exclusive; begin exclusive');
    fs.writeFileSync(holderFile, String(process.pid));
  } catch (cause) {
    lock?.close();
    throw new DatabaseUnavailable(explain(cause as SqliteError, directory, holderFile), { cause });
  }
  return {
    release() {
      fs.rmSync(holderFile, { force: true });
      lock.close();
    },
  };
}

interface SqliteError extends Error {
  errcode?: number;
}

const SQLITE_BUSY = 5;

function explain(cause: SqliteError, directory: string, holderFile: string): string {
  if (cause.errcode === SQLITE_BUSY) {
    return `The data directory ${directory} is in use by process ${readHolder(holderFile)}; stop that process, or give this one another PULSESTACK_DATA_DIR.`;
  }
  return `The data directory ${directory} cannot be used (${cause.message}); make it writable for this user, or set PULSESTACK_DATA_DIR to another one.`;
}

function readHolder(holderFile: string): string {
  try {
    return fs.readFileSync(holderFile, 'utf8');
  } catch {
    return '(unknown)';
  }
}
