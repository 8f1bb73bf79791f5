import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Crowd } from './crowd.ts';

// Server CPU per delivered event and memory per idle connection, of this engine and its peers in one run.
// node --conditions=source bench/sse.ts [connections] [idle connections]

const CONNECTIONS = Number(process.argv[2] ?? 1_000);
const IDLE = Number(process.argv[3] ?? 3_000);
const ROUNDS = 3;

interface Result {
  name: string;
  microsPerDelivery: number;
  microsPerDeliveryInBursts: number;
  idleBytesPerConnection: number;
}

const results: Result[] = [];
for (const name of ['pushstream', 'pushstream, all different', 'socket.write', 'res.write', 'socket.io'])
  results.push(await measure(name));
const own = results[0];
for (const result of results) {
  console.log(
    JSON.stringify({
      ...result,
      ...(own && result !== own
        ? {
            cpuRatio: round(own.microsPerDelivery / result.microsPerDelivery),
            burstRatio: round(own.microsPerDeliveryInBursts / result.microsPerDeliveryInBursts),
            memoryRatio: round(own.idleBytesPerConnection / result.idleBytesPerConnection),
          }
        : {}),
    }),
  );
}

async function measure(name: string): Promise<Result> {
  const child = fork(fileURLToPath(new URL('./server.ts', import.meta.url)), [name], {
    execArgv: ['--conditions=source', '--expose-gc', '--disable-warning=ExperimentalWarning'],
  });
  const { port } = await answer<{ port: number }>(child);
  const crowd = new Crowd(name, port);
  await crowd.grow(200);
  const before = await ask<{ rss: number }>(child, { kind: 'memory' });
  await crowd.grow(IDLE);
  const after = await ask<{ rss: number }>(child, { kind: 'memory' });
  const idleBytesPerConnection = Math.round((after.rss - before.rss) / IDLE);
  crowd.shrink(CONNECTIONS);

  const single: number[] = [];
  const burst: number[] = [];
  await publish(child, crowd, { events: 100, perTick: 1, everyMs: 20 });
  for (let roundNo = 0; roundNo < ROUNDS; roundNo += 1) {
    single.push(await publish(child, crowd, { events: 200, perTick: 1, everyMs: 20 }));
    burst.push(await publish(child, crowd, { events: 1_000, perTick: 20, everyMs: 40 }));
  }
  crowd.shrink(0);
  child.disconnect();
  return {
    name,
    microsPerDelivery: round(median(single)),
    microsPerDeliveryInBursts: round(median(burst)),
    idleBytesPerConnection,
  };
}

async function publish(child: ChildProcess, crowd: Crowd, order: { events: number; perTick: number; everyMs: number }) {
  const before = crowd.seen;
  const { cpuMicros } = await ask<{ cpuMicros: number }>(child, { kind: 'publish', bytes: 150, ...order });
  const expected = order.events * crowd.size;
  const deadline = Date.now() + 20_000;
  while (crowd.seen - before < expected && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const seen = crowd.seen - before;
  if (seen !== expected) throw new Error(`Expected ${expected} deliveries, saw ${seen}.`);
  return cpuMicros / expected;
}

function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as T)));
}

function ask<T>(child: ChildProcess, order: object): Promise<T> {
  const answered = answer<T>(child);
  child.send(order);
  return answered;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
