import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, mkdtemp, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@pulsestack/testing';
import { EventSource } from 'eventsource';
import { afterEach, describe, expect, it } from 'vitest';
import { LockedError } from './file-lock.ts';
import { createFileLog, type FileLogOptions } from './file-log.ts';
import { readAll } from './testing/log-contract.ts';
import { createRandom } from './testing/random.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'pushstream-file-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function openLog(options: FileLogOptions) {
  const log = await createFileLog(options);
  cleanups.push(() => log.close());
  return log;
}

const event = (data: unknown) => ({ stream: 'w', name: 'test.event', data: JSON.stringify(data) });
const segmentsOf = async (directory: string) =>
  (await readdir(directory))
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => join(directory, name));

const PUBLISHER = fileURLToPath(new URL('./testing/file-publisher.ts', import.meta.url));

/** Starts a server in a process of its own, and gathers what it says. */
function publisher(directory: string, { events = 0, port = 0, fileBlocks = 0 } = {}) {
  const node = [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    PUBLISHER,
    directory,
    `${events}`,
    `${port}`,
  ];
  // A limit on the size of a file makes writing fail as a full disk does.
  const limited = ['-c', `trap '' XFSZ; ulimit -f ${fileBlocks}; exec "$@"`, 'sh', ...node];
  const child: ChildProcess =
    fileBlocks > 0
      ? spawn('bash', limited, { stdio: ['ignore', 'pipe', 'inherit'] })
      : spawn(node[0] as string, node.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanups.push(() => child.kill('SIGKILL'));
  const said: string[] = [];
  let rest = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    const lines = (rest + bytes.toString()).split('\n');
    rest = lines.pop() ?? '';
    said.push(...lines);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const all = (word: string) =>
    said.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  return {
    all,
    said,
    ended,
    until: (check: () => boolean) => expect.poll(check, { timeout: 20_000, interval: 5 }).toBe(true),
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

describe('a log in files', () => {
  it('has everything it acknowledged after kill -9, nothing by half, and keeps its epoch', {
    timeout: 60_000,
  }, async () => {
    const directory = await newDirectory();
    const random = createRandom(9);
    const acknowledged: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const server = publisher(directory);
      const enough = 30 + random(120);
      await server.until(() => server.all('acknowledged').length > enough);
      await server.kill();
      acknowledged.push(...server.all('acknowledged'));
    }
    const log = await openLog({ directory });
    const { epoch, head } = await log.head();
    expect(new Set(acknowledged.map((cursor) => cursor.split('.')[0]))).toEqual(new Set([epoch]));
    const highest = Math.max(...acknowledged.map((cursor) => Number.parseInt(cursor.split('.')[1] ?? '', 36)));
    expect(head).toBeGreaterThanOrEqual(highest);
    const events = await readAll(log, 0, 500);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, index) => index + 1));
    // Published one after the other, numbered by the publisher as by the log.
    for (const { seq, data } of events) expect(JSON.parse(data)).toEqual({ n: seq, text: 'x'.repeat(seq % 700) });
  });

  it('25, 26: lets a bare EventSource go on after kill -9 and a restart, without loss and without a reset', {
    timeout: 60_000,
  }, async () => {
    const directory = await newDirectory();
    const port = await freePort();
    const first = publisher(directory, { port });
    await first.until(() => first.all('listening').length === 1);
    const source = new EventSource(`http://127.0.0.1:${port}/`);
    cleanups.push(() => source.close());
    const seen: number[] = [];
    let resets = 0;
    let opened = '';
    source.addEventListener('ps.open', (message) => (opened ||= message.lastEventId));
    source.addEventListener('ps.reset', () => (resets += 1));
    source.addEventListener('test.event', (message) => seen.push(JSON.parse(message.data).n));
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBeGreaterThan(50);
    await first.kill();
    const second = publisher(directory, { port });
    await second.until(() => second.all('acknowledged').length > 300);
    await second.kill();
    const last = publisher(directory, { port, events: 1 });
    await last.until(() => last.said.includes('done'));
    const log = second.all('acknowledged').at(-1) ?? '';
    const head = Number.parseInt(log.split('.')[1] ?? '', 36);
    await expect.poll(() => seen.at(-1) ?? 0, { timeout: 20_000 }).toBeGreaterThanOrEqual(head);
    const from = Number.parseInt(opened.split('.')[1] ?? '', 36);
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => from + 1 + index));
    expect(resets).toBe(0);
  });

  it('cuts off whatever a crash left at the end, byte by byte', async () => {
    const directory = await newDirectory();
    const log = await createFileLog({ directory });
    await log.append([event('one')]);
    await log.append([event('two'), event('three')]);
    const [path = ''] = await segmentsOf(directory);
    const whole = (await stat(path)).size;
    await log.append([event('four'), event('five')]);
    const full = (await stat(path)).size;
    await log.close();
    for (let size = full - 1; size >= whole; size -= 1) {
      await truncate(path, size);
      const again = await createFileLog({ directory });
      expect((await again.read(0, 10)).map(({ data }) => data)).toEqual(['"one"', '"two"', '"three"']);
      expect((await again.append([event('next')]))[0]?.seq).toBe(4);
      await again.close();
      await truncate(path, whole);
      await appendFile(path, Buffer.alloc(full - whole, size % 256));
    }
    const again = await openLog({ directory });
    expect((await again.head()).head).toBe(3);
  });

  it('refuses to open when something in the middle is damaged, and says where', async () => {
    const directory = await newDirectory();
    const log = await createFileLog({ directory, segmentBytes: 200 });
    for (let n = 0; n < 20; n += 1) await log.append([event(n)]);
    await log.close();
    const [first = ''] = await segmentsOf(directory);
    const file = await open(first, 'r+');
    await file.write(Buffer.from('#'), 0, 1, 60);
    await file.close();
    await expect(createFileLog({ directory })).rejects.toThrow(`${first} is damaged`);
  });

  it('has one writer: another process is refused while it lives, and welcome when it was killed', {
    timeout: 60_000,
  }, async () => {
    const directory = await newDirectory();
    const holder = publisher(directory);
    await holder.until(() => holder.all('acknowledged').length > 3);
    await expect(createFileLog({ directory })).rejects.toThrow(LockedError);
    const other = publisher(directory);
    await other.ended;
    expect(other.all('refused')[0]).toContain('a log has one writer');
    await holder.kill();
    // Left behind by a process whose number means nothing here.
    await writeFile(join(directory, 'lock.elsewhere.1.1.x'), '');
    const opening = Array.from({ length: 3 }, () => createFileLog({ directory }).catch((error: unknown) => error));
    const logs = (await Promise.all(opening)).filter((one) => !(one instanceof LockedError));
    expect(logs.length).toBeLessThanOrEqual(1);
    for (const log of logs as Awaited<ReturnType<typeof createFileLog>>[]) await log.close();
    await (await openLog({ directory })).append([event(1)]);
  });

  it('rejects with a sentence when there is no room, and stays readable', { timeout: 60_000 }, async () => {
    const directory = await newDirectory();
    const server = publisher(directory, { fileBlocks: 30 });
    await server.until(() => server.all('readable').length > 0);
    const [reason] = server.all('failed');
    expect(reason).toMatch(/could not be written \(.+\); nothing of this was published\. Make room on the disk/);
    const acknowledged = server.all('acknowledged').length;
    expect(Number(server.all('readable')[0])).toBe(acknowledged);
    await server.ended;
    const log = await openLog({ directory });
    expect((await log.head()).head).toBe(acknowledged);
    expect((await log.append([event('room again')]))[0]?.seq).toBe(acknowledged + 1);
  });

  it('keeps no more bytes and nothing older than it was told', async () => {
    const directory = await newDirectory();
    let now = 1_000_000;
    const log = await openLog({ directory, segmentBytes: 1_000, keepBytes: 5_000, keepMs: 80_000, now: () => now });
    for (let n = 0; n < 200; n += 1) await log.append([event('x'.repeat(50))]);
    const sizes = await Promise.all((await segmentsOf(directory)).map(async (path) => (await stat(path)).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(6_500);
    now += 40_000;
    await log.append([event('young')]);
    now += 45_000;
    await log.append([event('new')]);
    const { head, oldest } = await log.head();
    expect((await log.read(oldest - 1, 10)).map(({ data }) => data)).toEqual(['"young"', '"new"']);
    now += 1_000_000;
    await log.append([event('last')]);
    expect(await log.head()).toMatchObject({ head: head + 1, oldest: head + 1 });
    await log.close();
    const again = await openLog({ directory, now: () => now });
    expect(await again.head()).toMatchObject({ head: head + 1, oldest: head + 1 });
  });

  it('leaves nothing of what was erased in its files', async () => {
    const directory = await newDirectory();
    const log = await openLog({ directory, segmentBytes: 500 });
    for (let n = 0; n < 30; n += 1) await log.append([event(n % 2 ? 'PRIVATE' : 'public')]);
    await log.erase(({ data }) => data.includes('PRIVATE'));
    for (const path of await segmentsOf(directory)) {
      const file = await open(path);
      expect((await file.readFile()).includes('PRIVATE')).toBe(false);
      await file.close();
    }
    expect((await log.read(0, 100)).length).toBe(30);
  });

  it('shares one wait for the disk among those who publish together', async () => {
    const directory = await newDirectory();
    const log = await openLog({ directory });
    await Promise.all(Array.from({ length: 2_000 }, (_, n) => log.append([event(n)])));
    expect((await log.head()).head).toBe(2_000);
    expect((await log.read(1_999, 10))[0]?.data).toBe('1999');
  });

  it('keeps acknowledgements beside the events', async () => {
    const directory = await newDirectory();
    const log = await createFileLog({ directory });
    for (let n = 0; n < 500; n += 1) await log.acks.set(`client${n % 5}`, `epoch1.${n.toString(36)}`);
    await log.close();
    const again = await createFileLog({ directory });
    expect(await again.acks.get('client4')).toBe(`epoch1.${(499).toString(36)}`);
    await again.acks.forget((client) => client === 'client4');
    await again.close();
    // A crash in the middle of a line.
    await appendFile(join(directory, 'acks'), 'client3\tepoch1.zz');
    const last = await openLog({ directory });
    expect([await last.acks.get('client4'), await last.acks.get('client3')]).toEqual([
      null,
      `epoch1.${(498).toString(36)}`,
    ]);
  });
});
