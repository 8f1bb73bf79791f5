import {
  type ByteSink,
  createHub,
  createMemoryAudit,
  createMemoryLog,
  type Filter,
  type HubOptions,
} from '../src/index.ts';

// Microseconds of CPU per published event with 1,000 readers, by how many different filters they have. The sinks only count, so
// that the engine's own work is what is measured and not the kernel's.
// node --conditions=source bench/filter.ts [readers] [events]

const READERS = Number(process.argv[2] ?? 1_000);
const EVENTS = Number(process.argv[3] ?? 3_000);
const ROUNDS = 5;

interface Case {
  name: string;
  /** Different filters; 0 means none. */
  filters: number;
  /** Every reader has a stream of its own besides the common one, so no two share a group. */
  apart?: boolean;
  filter?: (index: number) => Filter;
  options?: Partial<HubOptions>;
}

const byTag = (index: number): Filter => ({ field: 'tags.shard', op: 'eq', value: index });
const byContent = (index: number): Filter => ({
  and: [
    { field: 'data.order.total', op: 'gte', value: 100 },
    {
      or: [
        { field: 'data.shard', op: 'eq', value: index },
        { field: 'name', op: 'prefix', value: 'alarm.' },
      ],
    },
  ],
});

const cases: Case[] = [
  { name: 'no filter', filters: 0 },
  { name: 'no filter, with audit', filters: 0, options: { audit: createMemoryAudit() } },
  { name: 'no filter, all readers apart', filters: 0, apart: true },
  {
    name: '1 filter by content, all pass',
    filters: 1,
    filter: () => ({ field: 'data.order.total', op: 'gte', value: 1 }),
  },
  {
    name: '1 filter by content, all readers apart, all pass',
    filters: 1,
    apart: true,
    filter: () => ({ field: 'data.order.total', op: 'gte', value: 1 }),
  },
  {
    name: '1 filter by content, none passes',
    filters: 1,
    filter: () => ({ field: 'data.order.total', op: 'lt', value: 1 }),
  },
  { name: '100 filters by tag', filters: 100, filter: byTag },
  { name: '100 filters by content', filters: 100, filter: byContent },
  { name: '1,000 filters by tag', filters: 1_000, filter: byTag },
  { name: '1,000 filters by content', filters: 1_000, filter: byContent },
];

class CountingSink implements ByteSink {
  readonly kind = 'bytes';
  bytes = 0;
  #owner: Parameters<ByteSink['open']>[0] | null = null;

  open(owner: Parameters<ByteSink['open']>[0]): void {
    this.#owner = owner;
  }

  write(bytes: Uint8Array): boolean {
    this.bytes += bytes.length;
    return true;
  }

  end(): void {
    this.#owner?.closed();
  }

  destroy(): void {
    this.#owner?.closed();
  }
}

for (const one of cases) console.log(JSON.stringify(await measure(one)));

async function measure({ name, filters, apart, filter, options }: Case) {
  const log = createMemoryLog();
  const hub = createHub({ log, lifetimeMs: 0, ...options });
  for (let index = 0; index < READERS; index += 1) {
    hub.attach(new CountingSink(), {
      streams: apart ? ['w', `u.${index}`] : ['w'],
      ...(filter && { filter: filter(index % filters) }),
    });
  }
  await turn();
  await publish(500);
  const micros: number[] = [];
  const before = hub.stats();
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.cpuUsage();
    await publish(EVENTS);
    const { user, system } = process.cpuUsage(start);
    micros.push((user + system) / EVENTS);
  }
  const after = hub.stats();
  hub.close(() => true, 'gone');
  const microsPerEvent = micros.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  const perEvent = (count: number) => Math.round((count / (EVENTS * ROUNDS)) * 10) / 10;
  return {
    name,
    microsPerEvent: Math.round(microsPerEvent * 10) / 10,
    evaluationsPerEvent: perEvent(after.filterEvals - before.filterEvals),
    deliveriesPerEvent: perEvent(after.delivered - before.delivered),
  };

  async function publish(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const shard = n % READERS;
      const data = JSON.stringify({
        shard,
        order: { id: n, total: 50 + (n % 300), lines: ['a', 'b', 'c'] },
        note: 'x'.repeat(80),
      });
      void hub.apply([log.append({ stream: 'w', name: 'order.shipped', data, tags: { shard } })]);
      await turn();
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
