import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SocketIoCrowd } from './socketio-crowd.ts';

// Server CPU per event delivered over Socket.IO's WebSocket: ours, and the library's own two ways, in one run.
// node --conditions=source bench/socketio.ts [connections] [rounds]

const CONNECTIONS = Number(process.argv[2] ?? 500);
const ROUNDS = Number(process.argv[3] ?? 5);
const SHAPES = {
  single: { events: 150, perTick: 1, everyMs: 10, bytes: 150 },
  burst: { events: 600, perTick: 20, everyMs: 40, bytes: 150 },
};
const NAMES = ['pulsestack', 'io.emit', 'socket.emit'];

interface Running {
  name: string;
  child: ChildProcess;
  crowd: SocketIoCrowd;
  micros: Record<string, number[]>;
}

const running: Running[] = [];
for (const name of NAMES) {
  const child = fork(fileURLToPath(new URL('./servers/socketio.ts', import.meta.url)), [name], {
    execArgv: ['--conditions=source', '--disable-warning=ExperimentalWarning'],
  });
  const { port } = await answer<{ port: number }>(child);
  const crowd = new SocketIoCrowd(port);
  await crowd.grow(CONNECTIONS);
  running.push({ name, child, crowd, micros: {} });
}
// In turns, so that whatever else the machine does meets all of them.
for (let round = -1; round < ROUNDS; round += 1) {
  for (const one of running) {
    for (const [shape, order] of Object.entries(SHAPES)) {
      const micros = await publish(one, order);
      if (round >= 0) (one.micros[shape] ??= []).push(micros);
    }
  }
}
for (const shape of Object.keys(SHAPES)) {
  const medians = running.map(({ name, micros }) => ({ name, micros: median(micros[shape] ?? []) }));
  const own = medians[0]?.micros ?? 0;
  for (const { name, micros } of medians)
    console.log(JSON.stringify({ shape, name, microsPerDelivery: round2(micros), ratio: round2(own / micros) }));
}
for (const { child, crowd } of running) {
  crowd.close();
  child.disconnect();
}

async function publish({ child, crowd }: Running, order: (typeof SHAPES)['single']): Promise<number> {
  const before = crowd.seen;
  const answered = answer<{ cpuMicros: number }>(child);
  child.send(order);
  const { cpuMicros } = await answered;
  const expected = order.events * crowd.size;
  const deadline = Date.now() + 20_000;
  while (crowd.seen - before < expected && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
  if (crowd.seen - before !== expected) throw new Error(`Expected ${expected} deliveries, saw ${crowd.seen - before}.`);
  return cpuMicros / expected;
}

function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as T)));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
