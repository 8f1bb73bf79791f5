import { createHook } from 'node:async_hooks';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createMemoryAcks, createPushStream } from 'pushstream';

// Readers of all kinds come, read a little and go, for as long as asked, while events are published. In between, everything
// rests for a moment, and what is still held is measured. What is kept on purpose (ring, log, acknowledgements) has small
// bounds, which are reached during the warm-up.
//
// One new connection each second for a week is 604,800 connections; at 168 a second and more, an hour stands for that week.
//
// npm run soak -- --minutes 60

const TOLERANCE = { heapShare: 0.05, heapBytes: 1_000_000, descriptors: 4, timers: 2 };
const WARM_UP_S = 20;
const AT_ONCE = 24;
const WEEK_OF_SECONDS = 604_800;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' }, sample: { type: 'string' } } });
const totalMs = Number(values.minutes) * 60_000;
const sampleMs = values.sample ? Number(values.sample) * 1_000 : Math.min(60_000, totalMs / 12);
if (!globalThis.gc) throw new Error('Run it with --expose-gc, as npm run soak does.');
const collect = globalThis.gc;

// Timers that keep no process alive are not among its active resources, so all are counted.
const timers = new Set<number>();
createHook({
  init(id, type) {
    if (type === 'Timeout') timers.add(id);
  },
  destroy: (id) => void timers.delete(id),
}).enable();

const acks = createMemoryAcks({ keep: 500 });
const stream = createPushStream({
  keep: 2_000,
  acks,
  heartbeatMs: 1_000,
  limits: { ringEvents: 500 },
  access(request) {
    const user = new URL(request.url ?? '/', 'http://local').searchParams.get('user') ?? '';
    return { streams: ['w', `u.${user}`], meta: { user } };
  },
});
const server = createServer(stream.handler);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;

let opened = 0;
let published = 0;
let resting = false;
let ended = false;

/** One connection from beginning to end, of a kind that the number decides. */
function come(number: number, cursor: string): Promise<void> {
  opened += 1;
  const query = new URLSearchParams({ user: String(number % 50_000) });
  if (number % 3 === 0) query.set('filter', JSON.stringify({ field: 'data.n', op: 'gte', value: number % 1_000 }));
  if (number % 5 === 0) query.set('client', `c${number}`);
  const resume = number % 2 ? `Last-Event-ID: ${cursor}\r\n` : '';
  const method = number % 97 === 0 ? 'PUT' : 'GET';
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const enough = [0, 200, 5_000, 40_000][number % 4] ?? 0;
    let bytes = 0;
    const timer = setTimeout(() => socket.destroy(), 300);
    socket.write(`${method} /?${query} HTTP/1.1\r\nHost: soak\r\n${resume}\r\n`);
    if (enough === 0) socket.destroy();
    socket.on('data', (piece) => {
      bytes += piece.length;
      if (bytes >= enough) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function visitor(): Promise<void> {
  while (!ended && !resting) await come(opened, await stream.hub.cursor());
}

async function publisher(): Promise<void> {
  while (!ended && !resting) {
    for (let i = 0; i < 10; i += 1) {
      published += 1;
      const target = published % 3 ? ({ everyone: true } as const) : { user: String(published % 50_000) };
      await stream.publish(target, 'soak.event', { n: published % 1_000, text: 'x'.repeat(published % 200) });
    }
    await wait(10);
  }
}

interface Sample {
  heap: number;
  descriptors: number;
  timers: number;
  held: number;
}

async function churn(ms: number): Promise<void> {
  resting = false;
  const going = [publisher(), ...Array.from({ length: AT_ONCE }, visitor)];
  await wait(ms);
  resting = true;
  await Promise.all(going);
}

/** What is held when nobody is there. */
async function measure(): Promise<Sample> {
  const deadline = Date.now() + 5_000;
  while (stream.hub.stats().connections > 0 && Date.now() < deadline) await wait(20);
  await wait(100);
  collect();
  await wait(20);
  collect();
  const { connections, groups, filters } = stream.hub.stats();
  const { heapUsed, external } = process.memoryUsage();
  return {
    heap: heapUsed + external,
    descriptors: readdirSync('/proc/self/fd').length,
    timers: timers.size,
    held: connections + groups + filters,
  };
}

await churn(Math.min(WARM_UP_S * 1_000, totalMs / 4));
await measure();
const samples: Sample[] = [];
const began = Date.now();
const [openedBefore, publishedBefore] = [opened, published];
while (Date.now() - began < totalMs) {
  await churn(Math.min(sampleMs, Math.max(500, totalMs - (Date.now() - began))));
  const sample = await measure();
  samples.push(sample);
  const minutes = ((Date.now() - began) / 60_000).toFixed(1);
  console.log(
    `${minutes.padStart(6)} min  ${opened - openedBefore} connections  ${published - publishedBefore} events  heap ${(sample.heap / 1e6).toFixed(2)} MB  descriptors ${sample.descriptors}  timers ${sample.timers}  connections, groups and filters held ${sample.held}`,
  );
}
ended = true;

const third = Math.max(1, Math.floor(samples.length / 3));
const mean = (part: Sample[], of: (sample: Sample) => number) =>
  part.reduce((sum, one) => sum + of(one), 0) / part.length;
const [first, last] = [samples.slice(0, third), samples.slice(-third)];
const problems: string[] = [];
function compare(what: string, of: (sample: Sample) => number, tolerance: number): void {
  const [before, after] = [mean(first, of), mean(last, of)];
  const line = `${what}: ${Math.round(before)} in the first third, ${Math.round(after)} in the last; ${Math.round(tolerance)} more is tolerated`;
  console.log(line);
  if (after - before > tolerance) problems.push(line);
}
const heapBefore = mean(first, ({ heap }) => heap);
compare('heap', ({ heap }) => heap, heapBefore * TOLERANCE.heapShare + TOLERANCE.heapBytes);
compare('descriptors', ({ descriptors }) => descriptors, TOLERANCE.descriptors);
compare('timers', ({ timers }) => timers, TOLERANCE.timers);
compare('held', ({ held }) => held, 0);
const perSecond = (opened - openedBefore) / ((Date.now() - began) / 1_000);
console.log(
  `${Math.round(perSecond)} connections a second, ${Math.round(perSecond * 3_600)} an hour: as many as ${((perSecond * 3_600) / WEEK_OF_SECONDS).toFixed(1)} weeks with a new one each second`,
);
if (problems.length > 0) console.error(`Something grows:\n${problems.join('\n')}`);
process.exit(problems.length > 0 ? 1 : 0);
