import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { machine, median, report, round } from '../../../bench/machine.ts';
import { contenders } from './contenders.ts';
import { Contest, type Load, type Storm } from './contest.ts';
import type { Ages } from './crowd-process.ts';
import { measureFilters } from './filters.ts';
import { nchanMissing } from './nchan.ts';
import { printTable } from './table.ts';
import { kernelShareOf } from './usage.ts';

interface Plan {
  rounds: number;
  readers: number[];
  /** Deliveries of one round, so that each takes about as long with few readers as with many. */
  deliveries: number;
  idle: number;
  latency: { readers: number; perSecond: number; seconds: number };
  storm: { readers: number; missed: number };
  filterEvents: number;
}

interface Cost {
  contender: string;
  readers: number;
  load: Load;
  medianMicros: number;
  minMicros: number;
  /** What of the median is spent in the kernel, which nobody who writes once per connection can avoid. */
  kernelMicros: number;
}

const THOROUGH: Plan = {
  rounds: 3,
  readers: [1_000, 3_000],
  deliveries: 60_000,
  idle: 15_000,
  latency: { readers: 1_000, perSecond: 20, seconds: 3 },
  storm: { readers: 2_000, missed: 200 },
  filterEvents: 2_000,
};
const QUICK: Plan = {
  rounds: 2,
  readers: [1_000],
  deliveries: 40_000,
  idle: 3_000,
  latency: { readers: 1_000, perSecond: 20, seconds: 2 },
  storm: { readers: 1_000, missed: 200 },
  filterEvents: 300,
};
const LOADS = [
  { perTick: 1, bytes: 200 },
  { perTick: 20, bytes: 200 },
  { perTick: 1, bytes: 2_048 },
  { perTick: 20, bytes: 2_048 },
];
const OWN = 'pushstream';
const PEERS = ['nchan', 'socket.io', 'socket.write'];
/** A bare socket is the limit, and not one to be beaten. */
const BARS: Record<string, number> = { nchan: 0.9, 'socket.io': 0.6 };
const IDLE_BAR_BYTES = 12 * 1024;
const LATENCY_BYTES = 200;
const WARM_UP_READERS = 200;

/**
 * Server CPU per delivered event, age of events on arrival, memory per idle connection, storms of reconnects and the cost of
 * filters, of this engine and its peers. All take turns within each round, so that what else the machine does falls on all.
 */
export async function sse({ quick, only }: { quick: boolean; only?: string }): Promise<void> {
  if (process.platform !== 'linux')
    throw new Error('This bench reads CPU time and memory from /proc, which Linux has.');
  const plan = quick ? QUICK : THOROUGH;
  const missing = nchanMissing();
  if (missing) console.log(missing);
  const names = [...Object.keys(contenders), ...(missing ? [] : ['nchan'])];
  const loads = [loadavg()[0]];

  const parts: Record<string, () => Promise<void>> = {
    deliveries: () => deliveries(plan, names),
    idle: () => idle(plan, names),
    storms: () => storms(plan, missing ? [OWN] : [OWN, 'nchan']),
    filters: () => filters(plan),
  };
  if (only !== undefined && !parts[only]) throw new Error(`--only takes one of: ${Object.keys(parts).join(', ')}.`);
  for (const [name, measure] of Object.entries(parts)) {
    if (only !== undefined && only !== name) continue;
    await measure();
    loads.push(loadavg()[0]);
  }
  console.log(
    `\nload of the machine at the beginning and after each part: ${loads.map((load) => round(load ?? 0)).join(', ')}`,
  );
  console.log(JSON.stringify(machine()));
}

async function deliveries(plan: Plan, names: readonly string[]): Promise<void> {
  const contests: Contest[] = [];
  try {
    for (const name of names) contests.push(await Contest.start(name));
    for (const readers of plan.readers) {
      for (const contest of contests) await contest.grow(readers);
      if (readers === plan.latency.readers) await latency(plan, contests);
      for (const load of LOADS) await cost(plan, contests, readers, load);
    }
  } finally {
    await Promise.all(contests.map((contest) => contest.end()));
  }
}

async function cost(
  plan: Plan,
  contests: readonly Contest[],
  readers: number,
  tick: Omit<Load, 'events'>,
): Promise<void> {
  // A burst costs less per event, so there are more of them.
  const ticks = Math.max(3, Math.ceil(plan.deliveries / readers / (tick.perTick === 1 ? 1 : 8)));
  const load: Load = { ...tick, events: ticks * tick.perTick };
  const micros = new Map<string, number[]>(contests.map(({ name }) => [name, []]));
  for (const contest of contests) await contest.costOf({ ...load, events: Math.ceil(ticks / 3) * tick.perTick });
  const before = new Map(contests.map((contest) => [contest.name, contest.ticks]));
  for (let turn = 0; turn < plan.rounds; turn += 1) {
    for (const contest of rotate(contests, turn)) micros.get(contest.name)?.push(await contest.costOf(load));
  }
  const costs: Cost[] = contests.map(({ name, ticks }) => {
    const all = micros.get(name) ?? [];
    const medianMicros = median(all);
    const kernelMicros = medianMicros * kernelShareOf(before.get(name) ?? ticks, ticks);
    return { contender: name, readers, load, medianMicros, minMicros: Math.min(...all), kernelMicros };
  });
  const own = costs.find(({ contender }) => contender === OWN);
  printTable(
    `server CPU per delivered event: ${readers} connections, ${load.perTick === 1 ? 'one event' : `${load.perTick} events`} per tick, ${load.bytes} bytes`,
    ['', 'median µs', 'min µs', 'of it kernel', `${OWN} / this`, 'bar'],
    costs.map(({ contender, medianMicros, minMicros, kernelMicros }) => {
      const ratio = own && contender !== OWN ? own.medianMicros / medianMicros : null;
      return [
        contender,
        fixed(medianMicros),
        fixed(minMicros),
        fixed(kernelMicros),
        ratio === null ? '' : fixed(ratio),
        verdict(ratio, BARS[contender]),
      ];
    }),
  );
  report('sse delivery', {
    readers,
    ...load,
    rounds: plan.rounds,
    medianMicros: figures(costs, ({ medianMicros }) => medianMicros),
    minMicros: figures(costs, ({ minMicros }) => minMicros),
    kernelMicros: figures(costs, ({ kernelMicros }) => kernelMicros),
    ratios: figures(
      costs.filter(({ contender }) => PEERS.includes(contender)),
      ({ medianMicros }) => (own?.medianMicros ?? Number.NaN) / medianMicros,
    ),
  });
}

async function latency(plan: Plan, contests: readonly Contest[]): Promise<void> {
  const { readers, perSecond, seconds } = plan.latency;
  const ages = new Map<string, Ages[]>(contests.map(({ name }) => [name, []]));
  for (const contest of contests) await contest.costOf({ events: 20, perTick: 1, bytes: LATENCY_BYTES });
  for (let turn = 0; turn < Math.min(3, plan.rounds); turn += 1) {
    for (const contest of rotate(contests, turn))
      ages.get(contest.name)?.push(await contest.agesAt(perSecond, seconds, LATENCY_BYTES));
  }
  const rows = contests.map(({ name: contender }) => {
    const all = ages.get(contender) ?? [];
    return { contender, p50: median(all.map(({ p50 }) => p50)), p99: median(all.map(({ p99 }) => p99)) };
  });
  printTable(
    `publish to receive, milliseconds: ${readers} connections that all receive ${perSecond} events per second`,
    ['', 'p50', 'p99'],
    rows.map(({ contender, p50, p99 }) => [contender, fixed(p50), fixed(p99)]),
  );
  report('sse latency', {
    ...plan.latency,
    p50Ms: figures(rows, ({ p50 }) => p50),
    p99Ms: figures(rows, ({ p99 }) => p99),
  });
}

async function idle(plan: Plan, names: readonly string[]): Promise<void> {
  const rows: { contender: string; bytes: number }[] = [];
  for (const name of names) {
    const contest = await Contest.start(name);
    try {
      // What every server allocates once for all.
      await contest.grow(WARM_UP_READERS);
      await contest.shrink(0);
      await contest.grow(WARM_UP_READERS);
      const before = await contest.memory();
      await contest.grow(plan.idle);
      rows.push({ contender: name, bytes: ((await contest.memory()) - before) / (plan.idle - WARM_UP_READERS) });
    } finally {
      await contest.end();
    }
  }
  printTable(
    `resident memory per idle connection, ${plan.idle} of them`,
    ['', 'KiB', 'bar'],
    rows.map(({ contender, bytes }) => [
      contender,
      fixed(bytes / 1024),
      contender === OWN ? verdict(bytes / 1024, IDLE_BAR_BYTES / 1024) : '',
    ]),
  );
  report('sse idle', { connections: plan.idle, bytes: figures(rows, ({ bytes }) => bytes) });
}

async function storms(plan: Plan, names: readonly string[]): Promise<void> {
  const { readers, missed } = plan.storm;
  const storms = new Map<string, Storm[]>(names.map((name) => [name, []]));
  for (let turn = 0; turn < Math.min(3, plan.rounds); turn += 1) {
    for (const name of rotate(names, turn)) {
      const contest = await Contest.start(name);
      try {
        await contest.grow(readers);
        await contest.costOf({ events: 50, perTick: 1, bytes: LATENCY_BYTES });
        storms.get(name)?.push(await contest.storm(missed, LATENCY_BYTES));
      } finally {
        await contest.end();
      }
    }
  }
  const rows = names.map((contender) => {
    const all = storms.get(contender) ?? [];
    const middle = (figure: (storm: Storm) => number) => median(all.map(figure));
    return {
      contender,
      untilLiveMs: middle((storm) => storm.untilLiveMs),
      cpuMs: middle((storm) => storm.cpuMs),
      peakMiB: middle((storm) => storm.peakBytes) / 1024 ** 2,
    };
  });
  printTable(
    `${readers} readers reconnect at once, each ${missed} events behind`,
    ['', 'all live after ms', 'server CPU ms', 'peak MiB'],
    rows.map(({ contender, untilLiveMs, cpuMs, peakMiB }) => [
      contender,
      fixed(untilLiveMs),
      fixed(cpuMs),
      fixed(peakMiB),
    ]),
  );
  report('sse storm', {
    ...plan.storm,
    untilLiveMs: figures(rows, ({ untilLiveMs }) => untilLiveMs),
    cpuMs: figures(rows, ({ cpuMs }) => cpuMs),
    peakMiB: figures(rows, ({ peakMiB }) => peakMiB),
  });
}

async function filters(plan: Plan): Promise<void> {
  const costs = await measureFilters({ readers: 1_000, events: plan.filterEvents });
  printTable(
    'filters, the engine alone without sockets, 1,000 readers',
    ['', 'µs per event', 'evaluations', 'deliveries'],
    costs.map(({ name, microsPerEvent, evaluationsPerEvent, deliveriesPerEvent }) => [
      name,
      fixed(microsPerEvent),
      fixed(evaluationsPerEvent),
      fixed(deliveriesPerEvent),
    ]),
  );
  report('sse filters', { costs });
}

function verdict(figure: number | null, bar: number | undefined): string {
  if (figure === null || bar === undefined) return '';
  return `${figure <= bar ? 'held' : 'missed'} (${bar})`;
}

function figures<Row extends { contender: string }>(rows: readonly Row[], figure: (row: Row) => number) {
  return Object.fromEntries(rows.map((row) => [row.contender, round(figure(row))]));
}

/** Another begins each time. */
function rotate<T>(all: readonly T[], by: number): T[] {
  const at = by % all.length;
  return [...all.slice(at), ...all.slice(0, at)];
}

function fixed(figure: number): string {
  return figure.toFixed(figure < 10 ? 2 : figure < 100 ? 1 : 0);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
  await sse({ quick: values.quick, ...(values.only ? { only: values.only } : {}) });
}
