import { setTimeout as wait } from 'node:timers/promises';
import type { Backplane } from '../../src/backplane/backplane.ts';
import { createMemoryBus } from '../../src/backplane/memory.ts';
import { joinNodes, type Nodes } from '../../src/backplane/nodes.ts';
import { openRedisBackplane } from '../../src/backplane/redis.ts';
import { serveEvents } from '../../src/http.ts';
import { createHub } from '../../src/hub.ts';
import { createMemoryLog } from '../../src/memory-log.ts';
import { chaos } from '../../src/testing/chaos.ts';
import type { RawReader } from '../../src/testing/raw-reader.ts';
import { serve } from '../../src/testing/serve.ts';
import { type Case, check, eventually, numbers, type Run, same } from '../case.ts';

export const nodesCases: Case[] = [
  {
    number: 27,
    title: 'Redis stops and comes back during publishing: everything arrives soon after',
    needs: ['ownParts'],
    async run(run) {
      const { startRedis } = await import('@pulsestack/testing');
      const redis = await startRedis().catch(() => null);
      if (!redis) return 'not asked: there is no redis-server here';
      run.afterwards(() => redis.close());
      const pair = await startPair(run, () => openRedisBackplane({ url: redis.url }));
      const reader = await pair.read();
      const texts = numbers(300);
      for (const text of texts) {
        if (text === '100') await redis.kill();
        if (text === '200') await redis.start();
        await pair.say(text);
        await wait(2);
      }
      await pair.hears(reader, texts);
      return `${pair.other.stats().gaps} holes mended`;
    },
  },
  {
    number: 28,
    title: 'When the last message between nodes is lost, its event arrives within the next look at the log',
    needs: ['ownParts'],
    async run(run) {
      const bus = createMemoryBus();
      const pair = await startPair(run, async (node) => (node === 0 ? bus.open() : deaf(await bus.open())));
      const reader = await pair.read();
      await pair.say('1');
      await pair.hears(reader, ['1']);
    },
  },
  {
    number: 29,
    title: 'Messages between nodes that come twice, late or never change nothing',
    needs: ['ownParts'],
    async run(run) {
      const bus = createMemoryBus();
      const pair = await startPair(run, async (node) => chaos(await bus.open(), 7 + node));
      const reader = await pair.read();
      const texts = numbers(300);
      for (const text of texts) {
        await pair.say(text);
        if (Number(text) % 10 === 0) await wait(3);
      }
      await pair.hears(reader, texts);
    },
  },
];

/** Two nodes over one log: what one publishes, a reader of the other hears. */
async function startPair(run: Run, open: (node: number) => Promise<Backplane>) {
  const log = createMemoryLog();
  const nodes: { joined: Nodes; url: string }[] = [];
  for (const node of [0, 1]) {
    const hub = createHub({ log });
    const backplane = await open(node);
    const joined = await joinNodes(hub, { log, backplane, onError: () => {} });
    const server = await serve((request, response) => {
      void serveEvents(request, response, hub, { access: { streams: ['w'] } });
    });
    run.afterwards(async () => {
      await joined.close();
      await backplane.close();
      await server.stop();
    });
    nodes.push({ joined, url: server.url });
  }
  const [one, other] = nodes;
  check(one !== undefined && other !== undefined, 'two nodes');
  const texts = (reader: RawReader) =>
    reader.events
      .filter(({ name }) => name === run.name)
      .map(({ data }) => (JSON.parse(data) as { text: string }).text);
  return {
    other: other.joined,
    read: () => run.read({ path: other.url }),
    async say(text: string) {
      one.joined.announce(await log.append([{ stream: 'w', name: run.name, data: JSON.stringify({ text }) }]));
    },
    async hears(reader: RawReader, expected: readonly string[]) {
      await eventually(`${expected.length} events`, () => texts(reader).length >= expected.length);
      same(texts(reader), expected, 'the texts');
    },
  };
}

/** Hears nothing. */
function deaf(backplane: Backplane): Backplane {
  return {
    publish: (channel, message) => backplane.publish(channel, message),
    subscribe: (channel) => backplane.subscribe(channel, () => {}),
    get healthy() {
      return backplane.healthy;
    },
    onHealth: (listener) => backplane.onHealth(listener),
    close: () => backplane.close(),
  };
}
