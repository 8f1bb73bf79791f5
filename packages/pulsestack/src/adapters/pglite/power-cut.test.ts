import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEngine } from './engine.ts';
import { query } from './protocol.ts';

/**
 * A power cut cannot be had in a test, so this is the worst disk there could be: it keeps a file as it was at its last
 * fsync and nothing of what was written since, while it forgets removed and renamed files at once.
 */
function forgetfulDisk(real: string, kept: string): { cut(): void } {
  const { fsyncSync, fdatasyncSync, fdatasync, renameSync, unlinkSync } = fs;
  const inKept = (file: string) => path.join(kept, path.relative(real, file));
  const isOurs = (file: string) => !path.relative(real, file).startsWith('..');
  const keep = (descriptor: number) => {
    const file = fs.readlinkSync(`/proc/self/fd/${descriptor}`);
    if (!isOurs(file) || fs.statSync(file).isDirectory()) return;
    fs.mkdirSync(path.dirname(inKept(file)), { recursive: true });
    fs.copyFileSync(file, inKept(file));
  };
  vi.spyOn(fs, 'fsyncSync').mockImplementation((descriptor) => {
    fsyncSync(descriptor);
    keep(descriptor);
  });
  vi.spyOn(fs, 'fdatasyncSync').mockImplementation((descriptor) => {
    fdatasyncSync(descriptor);
    keep(descriptor);
  });
  // What is written after the call may or may not be part of it, so it is not.
  vi.spyOn(fs, 'fdatasync').mockImplementation(((descriptor: number, done: fs.NoParamCallback) => {
    keep(descriptor);
    fdatasync(descriptor, done);
  }) as typeof fs.fdatasync);
  vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    renameSync(from, to);
    if (isOurs(String(from)) && fs.existsSync(inKept(String(from))))
      renameSync(inKept(String(from)), inKept(String(to)));
  });
  vi.spyOn(fs, 'unlinkSync').mockImplementation((file) => {
    unlinkSync(file);
    if (isOurs(String(file))) fs.rmSync(inKept(String(file)), { force: true });
  });
  return { cut: () => vi.restoreAllMocks() };
}

describe.skipIf(process.platform !== 'linux')('the embedded database after a power cut', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pulsestack-power-'));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('has everything that was flushed, over checkpoints, new tables and dropped ones', {
    timeout: 60_000,
  }, async () => {
    const { cluster, kept } = await prepare(folder);
    const disk = forgetfulDisk(cluster, kept);
    const engine = await openEngine({ cluster, isDurable: true });
    engine.execute(query('create table notes (id int primary key, body text); create index on notes (body)'));
    for (let n = 0; n < 400; n++) {
      engine.execute(query(`insert into notes values (${n}, repeat('x', ${n}))`));
      if (n === 150) engine.execute(query('checkpoint'));
      if (n === 200) engine.execute(query('create table gone as select * from notes'));
      if (n === 250) engine.execute(query('drop table gone; vacuum full notes'));
    }
    const flushed = engine.flushBehind();
    engine.execute(query('insert into notes values (1000, null)'));
    await flushed;
    disk.cut();

    expect(await notesIn(kept)).toEqual({ count: 400, sum: (399 * 400) / 2 });
  });

  it('would not, without real fsync: the disk of this test does forget', { timeout: 60_000 }, async () => {
    const { cluster, kept } = await prepare(folder);
    const disk = forgetfulDisk(cluster, kept);
    const engine = await openEngine({ cluster, isDurable: false });
    engine.execute(query('create table notes (id int primary key, body text)'));
    engine.flush();
    disk.cut();
    await expect(notesIn(kept)).rejects.toThrow('relation "notes" does not exist');
  });
});

async function prepare(folder: string): Promise<{ cluster: string; kept: string }> {
  const cluster = path.join(folder, 'real');
  const kept = path.join(folder, 'kept');
  await (await openEngine({ cluster, isDurable: false })).close();
  fs.cpSync(cluster, kept, { recursive: true });
  return { cluster, kept };
}

async function notesIn(cluster: string): Promise<{ count: number; sum: number }> {
  const engine = await openEngine({ cluster, isDurable: false });
  const answer = engine
    .execute(query(`select 'count=' || count(*) || ' sum=' || sum(length(body)) || '.' from notes`))
    .toString('latin1');
  const found = /count=(\d+) sum=(\d+)\./.exec(answer);
  if (!found) throw new Error(answer);
  await engine.close();
  return { count: Number(found[1]), sum: Number(found[2]) };
}
