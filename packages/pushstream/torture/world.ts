import { setTimeout as wait } from 'node:timers/promises';
import { createMemoryAcks } from '../src/acks.ts';
import { createMemoryBus } from '../src/backplane/memory.ts';
import { joinNodes, type Nodes } from '../src/backplane/nodes.ts';
import { serveEvents } from '../src/http.ts';
import { createHub } from '../src/hub.ts';
import type { Hub } from '../src/index.ts';
import type { LogEvent } from '../src/log.ts';
import { createMemoryLog } from '../src/memory-log.ts';
import { chaos } from '../src/testing/chaos.ts';
import { createRandom } from '../src/testing/random.ts';
import { serve, type TestServer } from '../src/testing/serve.ts';
import { type Expectation, judge, type Published, randomFilter } from './oracle.ts';
import { Wanderer } from './wanderer.ts';

export interface Plan {
  nodes: number;
  events: number;
  readers: number;
  filters: boolean;
  acks: boolean;
  erasures: boolean;
  /** Messages between nodes are lost, doubled, reordered. */
  chaos: boolean;
}

export interface Outcome {
  wrong: string | null;
  summary: string;
}

const USERS = 6;
const PATIENCE_MS = 20_000;

/** One run in this process: nodes over one log, readers that wander between them, and everything that may go wrong. */
export async function runWorld(seed: number, plan: Plan): Promise<Outcome> {
  const random = createRandom(seed);
  const log = createMemoryLog({ keep: 10 * plan.events });
  const acks = createMemoryAcks();
  const bus = createMemoryBus();
  const nodes: { hub: Hub; joined: Nodes; server: TestServer }[] = [];
  for (let index = 0; index < plan.nodes; index += 1) {
    // A ring much smaller than the absences, so that ring, log and live meet all the time.
    const limits = {
      ringEvents: 40 + random(200),
      pageEvents: 16 + random(60),
      chunkBytes: 1_000 + random(6_000),
      replayEvents: 1e6,
    };
    const hub = createHub({ log, acks, retryMs: 5, limits });
    const way = await bus.open();
    const backplane = plan.chaos ? chaos(way, seed + index) : way;
    const joined = await joinNodes(hub, { log, backplane, pollMs: 200, onError: () => {} });
    const server = await serve((request, response) => {
      const user = new URL(request.url ?? '/', 'http://local').searchParams.get('user') ?? '';
      void serveEvents(request, response, hub, { access: { streams: ['w', `u.${user}`], meta: { user } }, acks: true });
    });
    nodes.push({ hub, joined, server });
  }
  const node = (from: (below: number) => number) => nodes[from(nodes.length)] as (typeof nodes)[number];
  const start = (await nodes[0]?.hub.cursor()) ?? '';
  const published: Published[] = [];
  const expectations: (Expectation & { reader: Wanderer })[] = [];

  function addReader(index: number, late = false): void {
    const own = createRandom(seed + 1_000 + index);
    const user = index % USERS;
    const known = plan.filters && own(3) > 0 ? randomFilter(own) : null;
    const acknowledges = plan.acks && !late && own(2) === 0;
    const filter = known ? `&filter=${encodeURIComponent(JSON.stringify(known.filter))}` : '';
    const client = acknowledges ? `&client=c${index}` : '';
    const reader = new Wanderer({
      name: `reader ${index} (user ${user}${known ? `, filter ${JSON.stringify(known.filter)}` : ''}${acknowledges ? ', acknowledging' : ''})`,
      port: () => node(own).server.port,
      path: `/?user=${user}${client}${filter}`,
      cursor: start,
      random: own,
      ...(acknowledges
        ? { acknowledge: (cursor: string) => node(own).hub.acknowledge(`${user}/c${index}`, cursor) }
        : {}),
    });
    const concerns = (event: Published) =>
      (event.user === null || event.user === user) && (known?.passes(event) ?? true);
    expectations.push({ reader, concerns, late });
  }

  async function publish(n: number): Promise<void> {
    const user = random(4) === 0 ? random(USERS) : null;
    const about = plan.erasures && random(8) === 0 ? random(USERS) : null;
    const event: Published = {
      n,
      user,
      name: random(2) ? 'test.a' : 'test.b',
      tags: [{ size: random(10) }, { size: String(random(10)) }, {}][random(3)] ?? {},
      about,
      erased: false,
    };
    const [committed] = await log.append([
      {
        stream: user === null ? 'w' : `u.${user}`,
        name: event.name,
        data: JSON.stringify({ n, text: 'é'.repeat(random(80)) }),
        tags: event.tags,
        ...(about === null ? {} : { about: [String(about)] }),
      },
    ]);
    published.push(event);
    if (committed) node(random).joined.announce([committed]);
  }

  async function erase(user: number): Promise<void> {
    const match = (event: LogEvent) => event.stream === `u.${user}` || (event.about?.includes(String(user)) ?? false);
    for (const event of published) if (event.user === user || event.about === user) event.erased = true;
    await log.erase(match);
    const { head } = await log.head();
    for (const { hub } of nodes) hub.forget(match, head);
  }

  let wrong: string | null = null;
  try {
    for (let index = 0; index < plan.readers; index += 1) addReader(index);
    for (let n = 1; n <= plan.events; n += 1) {
      await publish(n);
      if (plan.erasures && random(200) === 0) await erase(random(USERS));
      if (random(15) === 0) await wait(random(6));
      if (random(100) === 0) node(random).hub.close(() => random(4) === 0, 'gone');
    }
    for (let late = 0; late < 3; late += 1) addReader(plan.readers + late, true);
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const faults = expectations.map((one) => judge(one, published)).filter((one) => one !== null);
      const final = faults.find(({ incomplete }) => !incomplete) ?? (Date.now() > deadline ? faults[0] : undefined);
      if (final) wrong = final.wrong;
      if (final || faults.length === 0) break;
      await wait(20);
    }
  } finally {
    for (const { reader } of expectations) reader.close();
    for (const { joined, server } of nodes) {
      await joined.close();
      await server.stop();
    }
  }
  const connections = expectations.reduce((sum, { reader }) => sum + reader.connections, 0);
  const gaps = nodes.reduce((sum, { joined }) => sum + joined.stats().gaps, 0);
  const erased = published.filter((event) => event.erased).length;
  return {
    wrong,
    summary: `${published.length} events, ${expectations.length} readers, ${connections} connections, ${gaps} holes, ${erased} erased`,
  };
}
