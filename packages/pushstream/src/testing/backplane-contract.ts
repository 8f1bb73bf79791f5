import { eventually } from '@pulsestack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backplane } from '../backplane/backplane.ts';
import { joinNodes, type Nodes } from '../backplane/nodes.ts';
import { createHub } from '../hub.ts';
import type { StreamLog } from '../log.ts';
import { createMemoryLog } from '../memory-log.ts';
import { chaos } from './chaos.ts';
import { TestByteSink } from './test-sinks.ts';

const SEED = 20_261_120;

/** One kind of backplane with its real server, which the tests may mistreat. */
export interface BackplaneUnderTest {
  open(): Promise<Backplane>;
  /** Ends the server at once; absent where it belongs to others. */
  kill?(): Promise<void>;
  start?(): Promise<void>;
  /** Cuts the connections of all open nodes, and only those. */
  disconnect(): Promise<void>;
  /** How many connections of ours the server has. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** What every backplane promises, and what hubs joined by it promise whatever it does. */
export function backplaneContract(name: string, begin: () => Promise<BackplaneUnderTest>): void {
  describe(`a backplane over ${name}`, () => {
    let server: BackplaneUnderTest;
    const opened = new Set<Backplane>();
    beforeAll(async () => {
      server = await begin();
    });
    afterAll(async () => {
      await closeAll();
      await server?.close();
    });

    async function open(): Promise<Backplane> {
      const backplane = await server.open();
      opened.add(backplane);
      return backplane;
    }

    async function closeAll(): Promise<void> {
      await Promise.all([...opened].map((backplane) => backplane.close()));
      opened.clear();
    }

    it('carries messages to every node, the own one included, each publisher in order', async () => {
      const [one, two, three] = [await open(), await open(), await open()];
      const heard: string[][] = [];
      for (const backplane of [one, two, three]) {
        const list: string[] = [];
        heard.push(list);
        await backplane.subscribe('Orders/eu:1 ü', (message) => list.push(message));
      }
      const count = 40;
      for (let i = 0; i < count; i++)
        await Promise.all([one.publish('Orders/eu:1 ü', `a${i}`), two.publish('Orders/eu:1 ü', `b${i}`)]);
      await eventually('all messages on all nodes', () => heard.every((list) => list.length === 2 * count));
      const expected = (letter: string) => Array.from({ length: count }, (_, i) => `${letter}${i}`);
      for (const list of heard) {
        expect(list.filter((message) => message.startsWith('a'))).toEqual(expected('a'));
        expect(list.filter((message) => message.startsWith('b'))).toEqual(expected('b'));
      }
      await closeAll();
    });

    it('keeps channels apart and stops when asked', async () => {
      const [one, other] = [await open(), await open()];
      const heard: string[] = [];
      const stop = await other.subscribe('news', (message) => heard.push(message));
      await other.subscribe('done', (message) => heard.push(`done ${message}`));
      await one.publish('weather', 'rain');
      await one.publish('news', 'first');
      await eventually('the first message', () => heard.length === 1);
      await stop();
      await one.publish('news', 'second');
      await one.publish('done', 'now');
      await eventually('the last message', () => heard.includes('done now'));
      expect(heard).toEqual(['first', 'done now']);
      await closeAll();
    });

    it('carries 100 kB, or says that there was something', async () => {
      const [one, other] = [await open(), await open()];
      const heard: string[] = [];
      await other.subscribe('large', (message) => heard.push(message));
      const large = 'ü'.repeat(50_000);
      await one.publish('large', large);
      await eventually('the message', () => heard.length === 1);
      expect([large, '']).toContain(heard[0]);
      await closeAll();
    });

    it('comes back by itself when its connections are cut', async () => {
      const [one, other] = [await open(), await open()];
      const heard: string[] = [];
      const healths: boolean[] = [];
      await other.subscribe('news', (message) => heard.push(message));
      other.onHealth((healthy) => healths.push(healthy));
      await server.disconnect();
      await eventually('the loss noticed', () => healths.includes(false));
      await eventually('both back', () => one.healthy && other.healthy);
      await hearAgain(one, heard);
      expect(healths.slice(0, 2)).toEqual([false, true]);
      await closeAll();
    });

    it('refuses while the server is away, and hears again when it is back', async () => {
      if (!server.kill || !server.start) return;
      const [one, other] = [await open(), await open()];
      const heard: string[] = [];
      await other.subscribe('news', (message) => heard.push(message));
      await server.kill();
      await eventually('the loss noticed', () => !one.healthy && !other.healthy);
      await expect(one.publish('news', 'into the void')).rejects.toThrow();
      await server.start();
      await eventually('both back', () => one.healthy && other.healthy);
      await hearAgain(one, heard);
      expect(heard).not.toContain('into the void');
      await closeAll();
    });

    it('leaves no connection behind', async () => {
      await eventually('the connections of other tests closed', async () => (await server.connections()) === 0);
      const backplane = await open();
      const stop = await backplane.subscribe('news', () => {});
      await backplane.publish('news', 'x');
      expect(await server.connections()).toBeGreaterThan(0);
      await stop();
      await backplane.close();
      await eventually('all connections closed', async () => (await server.connections()) === 0);
      await expect(backplane.publish('news', 'late')).rejects.toThrow();
    });

    describe('joins hubs over one log', () => {
      it('without a loss and in order, while messages are lost, doubled and reordered', async () => {
        const log = createMemoryLog();
        const ways = await Promise.all([1, 2, 3].map(async (node) => chaos(await open(), SEED + node)));
        const nodes = await Promise.all(ways.map((way) => startNode(log, way)));
        const events = 400;
        for (let i = 0; i < events; i++) {
          nodes[i % 2]?.joined.announce([log.append({ stream: 'w', name: 'test.counted', data: String(i) })]);
          if (i % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        }
        await allSeen(nodes, events);
        for (const way of ways) {
          expect(way.lost).toBeGreaterThan(0);
          expect(way.doubled).toBeGreaterThan(0);
          expect(way.delayed).toBeGreaterThan(0);
        }
        const stats = nodes.map((node) => node.joined.stats());
        expect(stats[2]?.gaps).toBeGreaterThan(0);
        expect(stats[2]?.repaired).toBeGreaterThan(0);
        expect(stats[2]?.duplicates).toBeGreaterThan(0);
        await closeNodes(nodes);
      });

      it('without a loss while connections are cut in the middle', async () => {
        const log = createMemoryLog();
        const nodes = await Promise.all([1, 2].map(async () => startNode(log, await open())));
        const events = 200;
        for (let i = 0; i < events; i++) {
          nodes[0]?.joined.announce([log.append({ stream: 'w', name: 'test.counted', data: String(i) })]);
          if (i === 100) await server.disconnect();
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        await allSeen(nodes, events);
        await eventually('an interruption counted', () => (nodes[1]?.joined.stats().interruptions ?? 0) > 0);
        await closeNodes(nodes);
      });

      it('without a loss while the server is away, and finds the events by asking the log more often', async () => {
        if (!server.kill || !server.start) return;
        const log = createMemoryLog();
        const nodes = await Promise.all([1, 2].map(async () => startNode(log, await open())));
        await server.kill();
        await eventually('both degraded', () => nodes.every((node) => node.joined.stats().degraded));
        const polls = nodes[1]?.joined.stats().polls ?? 0;
        for (let i = 0; i < 50; i++)
          nodes[0]?.joined.announce([log.append({ stream: 'w', name: 'test.counted', data: String(i) })]);
        await allSeen(nodes, 50);
        expect(nodes[1]?.joined.stats().polls).toBeGreaterThan(polls);
        expect(nodes[0]?.joined.stats().unsent).toBeGreaterThan(0);
        expect(nodes[1]?.joined.stats().gaps).toBeGreaterThan(0);
        await server.start();
        await eventually('both joined again', () => nodes.every((node) => !node.joined.stats().degraded));
        await closeNodes(nodes);
      });
    });

    /** A message may get lost around an interruption, so the question is whether later ones arrive. */
    async function hearAgain(from: Backplane, heard: string[]): Promise<void> {
      const before = heard.length;
      await eventually('messages again', async () => {
        await from.publish('news', 'again').catch(() => {});
        return heard.length > before;
      });
    }

    async function closeNodes(nodes: readonly Node[]): Promise<void> {
      await Promise.all(nodes.map((node) => node.joined.close()));
      await closeAll();
    }
  });
}

export interface Node {
  joined: Nodes;
  reader: TestByteSink;
}

/** A hub with one reader, joined with the others. The poll is slow enough that a passing test is not its doing alone. */
export async function startNode(log: StreamLog, backplane: Backplane, pollMs = 300): Promise<Node> {
  const hub = createHub({ log });
  const joined = await joinNodes(hub, { log, backplane, pollMs });
  const reader = new TestByteSink();
  hub.attach(reader, { streams: ['w'] });
  await eventually('an open reader', () => reader.names.includes('ps.open'));
  return { joined, reader };
}

export async function allSeen(nodes: readonly Node[], events: number): Promise<void> {
  await eventually(`${events} events on every node`, () => nodes.every((node) => node.reader.data.length >= events));
  const expected = Array.from({ length: events }, (_, i) => String(i));
  for (const node of nodes) expect(node.reader.data).toEqual(expected);
}
