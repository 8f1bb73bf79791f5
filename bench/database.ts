import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { openEmbedded } from '../packages/pulsestack/src/adapters/pglite/index.ts';
import { openServer } from '../packages/pulsestack/src/adapters/postgres/index.ts';
import type { Database } from '../packages/pulsestack/src/ports/database.ts';
import { silentLog } from '../packages/pulsestack/src/ports/log.ts';
import { startPrivateServer } from '../packages/pulsestack/src/testing/crash/private-server.ts';

/** Durable work on the embedded database against a PostgreSQL server on the same disk, interleaved in one run. */
const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '2' } },
});
const rounds = Number(options.rounds);
const roundMs = Number(options.seconds) * 1_000;

interface Measure {
  name: string;
  unit: string;
  isBetter: 'higher' | 'lower';
  run(database: Database): Promise<number>;
}

const insert = (n: number) => ({
  name: 'insert',
  text: 'insert into rows (n, body) values ($1, $2)',
  values: [n, 'a body of an ordinary length, as rows have'],
});

const measures: Measure[] = [
  {
    name: 'inserts, 1 connection',
    unit: '1/s',
    isBetter: 'higher',
    run: (database) => perSecond(1, (n) => database.pool.query(insert(n))),
  },
  {
    name: 'inserts, 32 connections',
    unit: '1/s',
    isBetter: 'higher',
    run: (database) => perSecond(32, (n) => database.pool.query(insert(n))),
  },
  {
    name: 'transactions of 3 statements, 1 connection',
    unit: '1/s',
    isBetter: 'higher',
    run: (database) => perSecond(1, (n) => transaction(database, n)),
  },
  {
    name: 'transactions of 3 statements, 16 connections',
    unit: '1/s',
    isBetter: 'higher',
    run: (database) => perSecond(16, (n) => transaction(database, n)),
  },
  {
    name: 'pages of 50 rows, 16 connections',
    unit: '1/s',
    isBetter: 'higher',
    run: (database) => perSecond(16, (n) => readPage(database, n)),
  },
  {
    name: 'longest block of the event loop while 100,000 rows are inserted at once',
    unit: 'ms',
    isBetter: 'lower',
    run: longestBlock,
  },
];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pulsestack-bench-'));
const server = await startPrivateServer();
const databases = {
  embedded: await openEmbedded({ directory: folder, max: 32, log: silentLog }),
  server: await openServer({ url: server.url, max: 32, log: silentLog }),
};
const versions = {
  embedded: (await databases.embedded.health()).serverVersion,
  server: (await databases.server.health()).serverVersion,
};
try {
  for (const database of Object.values(databases))
    await database.pool.query(
      'create table rows (id bigint generated always as identity primary key, n int, body text)',
    );
  for (const measure of measures) {
    const results: Record<keyof typeof databases, number[]> = { embedded: [], server: [] };
    for (let round = 0; round < rounds; round++) {
      for (const kind of ['embedded', 'server'] as const) results[kind].push(await measure.run(databases[kind]));
    }
    report(measure, median(results.embedded), median(results.server));
  }
} finally {
  for (const database of Object.values(databases)) await database.close();
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}

async function perSecond(connections: number, act: (n: number) => Promise<unknown>): Promise<number> {
  let done = 0;
  const begin = performance.now();
  const worker = async () => {
    while (performance.now() - begin < roundMs) await act(done++);
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return (done / (performance.now() - begin)) * 1_000;
}

async function transaction(database: Database, n: number): Promise<void> {
  const client = await database.pool.connect();
  await client.query('begin');
  await client.query(insert(n));
  await client.query({ name: 'update', text: 'update rows set n = n + 1 where id = $1', values: [n + 1] });
  await client.query('commit');
  client.release();
}

function readPage(database: Database, n: number): Promise<unknown> {
  return database.pool.query({
    name: 'page',
    text: 'select id, n, body from rows where id > $1 order by id limit 50',
    values: [n % 5_000],
  });
}

async function longestBlock(database: Database): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await database.pool.query(
    `insert into rows (n, body) select n, 'a body of an ordinary length, as rows have' from generate_series(1, 100000) n`,
  );
  delay.disable();
  return delay.max / 1e6;
}

function report({ name, unit, isBetter }: Measure, embedded: number, native: number): void {
  const ratio = isBetter === 'higher' ? embedded / native : native / embedded;
  const round = (value: number) => Number(value.toPrecision(3));
  console.log(
    JSON.stringify({
      bench: 'database',
      measure: name,
      unit,
      embedded: round(embedded),
      server: round(native),
      ratio: round(ratio),
      machine: {
        cpus: os.cpus().length,
        model: os.cpus()[0]?.model,
        memoryGb: Math.round(os.totalmem() / 2 ** 30),
        loadAverage: os.loadavg()[0],
      },
      versions: { node: process.versions.node, embedded: versions.embedded, server: versions.server },
    }),
  );
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
