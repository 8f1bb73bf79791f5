import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../ports/log.ts';
import { type EmbeddedOptions, openEmbedded } from './index.ts';

describe('the data directory of the embedded database', () => {
  let template: string;
  let directory: string;
  const open = (options: Partial<EmbeddedOptions> = {}) =>
    openEmbedded({ directory, cloneFrom: template, log: silentLog, ...options });

  beforeAll(async () => {
    template = fs.mkdtempSync(path.join(os.tmpdir(), 'pulsestack-template-'));
    const database = await openEmbedded({ directory: template, log: silentLog });
    await database.pool.query('create table notes (n int)');
    await database.close();
  });
  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pulsestack-data-'));
  });
  afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));
  afterAll(() => fs.rmSync(template, { recursive: true, force: true }));

  it('begins as a copy of a template, and keeps what it has afterwards', async () => {
    const first = await open();
    await first.pool.query('insert into notes values (1)');
    await first.close();
    const again = await open();
    expect((await again.pool.query('select n from notes')).rows).toEqual([{ n: 1 }]);
    await again.close();
  });

  it('is closed to other users of the machine', async () => {
    const made = path.join(directory, 'made', 'by us');
    await (await open({ directory: made })).close();
    expect(fs.statSync(made).mode & 0o077).toBe(0);
  });

  it('refuses a second opening in the same process, naming the directory and the holder', async () => {
    const first = await open();
    await expect(open()).rejects.toThrow(
      `The data directory ${directory} is in use by process ${process.pid}; stop that process, or give this one another PULSESTACK_DATA_DIR.`,
    );
    await first.close();
    await (await open()).close();
  });

  it('refuses another process, and opens as soon as that is killed', { timeout: 60_000 }, async () => {
    const script = `
      const { openEmbedded } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
      const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
      await openEmbedded({ directory: ${JSON.stringify(directory)}, log });
      console.log('open');`;
    const holder = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    await expect(open()).rejects.toThrow(`in use by process ${holder.pid}`);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await (await open()).close();
  });

  it('says so when it cannot be written', async () => {
    const file = path.join(directory, 'file');
    fs.writeFileSync(file, '');
    await expect(open({ directory: path.join(file, 'data') })).rejects.toThrow(
      /data directory .* cannot be used \(.*\); make it writable .* PULSESTACK_DATA_DIR/,
    );
  });

  it('of another PostgreSQL is left alone, with the way to upgrade', async () => {
    await (await open()).close();
    fs.writeFileSync(path.join(directory, 'postgres', 'PG_VERSION'), '17\n');
    await expect(open()).rejects.toThrow(
      /written by PostgreSQL 17, and this version of PulseStack embeds 18\..*pulsestack db export.*pulsestack db import/s,
    );
  });

  it('keeps its log small', { timeout: 60_000 }, async () => {
    const database = await open({ durable: false, maintainEveryMs: 100 });
    await database.pool.query('create table fat (n int, body text)');
    for (let n = 0; n < 14; n++)
      await database.pool.query(
        `insert into fat select n, repeat(md5(n::text), 20) from generate_series(1, 20000) n; truncate fat`,
      );
    const logBytes = () =>
      fs
        .readdirSync(path.join(directory, 'postgres', 'pg_wal'))
        .reduce((sum, name) => sum + fs.statSync(path.join(directory, 'postgres', 'pg_wal', name)).size, 0);
    await expect.poll(logBytes, { timeout: 10_000 }).toBeLessThanOrEqual(112 * 1024 * 1024);
    await database.close();
  });

  it('is vacuumed and analyzed where rows changed, without holding up the others', { timeout: 60_000 }, async () => {
    const database = await open({ durable: false, maintainEveryMs: 100 });
    await database.pool.query('create table busy (n int primary key, body text)');
    await database.pool.query(`insert into busy select n, repeat('x', 100) from generate_series(1, 20000) n`);
    await database.pool.query(`update busy set body = 'y'`);
    const vacuumed = () =>
      database.pool
        .query(
          `select n_dead_tup as dead, vacuum_count > 0 as vacuumed, analyze_count > 0 as analyzed from pg_stat_user_tables where relname = 'busy'`,
        )
        .then(({ rows }) => rows[0]);
    await expect.poll(vacuumed, { timeout: 10_000 }).toEqual({ dead: 0, vacuumed: true, analyzed: true });
    await database.close();
  });

  it('that breaks under it ends every connection with a sentence, and says so once', { timeout: 60_000 }, async () => {
    const crashes: Error[] = [];
    const moreThanIsOpen = 'insert into notes select generate_series(1, 400000)';
    const database = await open({ onCrash: (error) => crashes.push(error) });
    const client = await database.pool.connect();
    await client.query('insert into notes select generate_series(1, 10000)');
    fs.rmSync(path.join(directory, 'postgres', 'pg_wal'), { recursive: true });
    const sentence = new RegExp(
      `The embedded database \\(${directory}\\) has stopped: .*What was acknowledged is safe; start PulseStack again`,
    );
    await expect(client.query(moreThanIsOpen)).rejects.toThrow(sentence);
    await expect(database.pool.query('select 1')).rejects.toThrow(sentence);
    client.release();
    await expect(database.health()).rejects.toThrow(sentence);
    expect(crashes).toHaveLength(1);
    await database.close();
  });
});
