import { eventually } from '@pulsestack/testing';
import { describe, expect, it } from 'vitest';
import { createHub } from '../hub.ts';
import type { StreamLog } from '../log.ts';
import { createMemoryLog } from '../memory-log.ts';
import { allSeen, startNode } from '../testing/backplane-contract.ts';
import { TestByteSink } from '../testing/test-sinks.ts';
import type { Backplane } from './backplane.ts';
import { createMemoryBus } from './memory.ts';

/** A backplane whose messages go where the test says. */
function withHands(
  backplane: Backplane,
  pass: (message: string, deliver: (message: string) => void) => void,
): Backplane {
  return {
    publish: (channel, message) => backplane.publish(channel, message),
    subscribe: (channel, listener) => backplane.subscribe(channel, (message) => pass(message, listener)),
    get healthy() {
      return backplane.healthy;
    },
    onHealth: (listener) => backplane.onHealth(listener),
    close: () => backplane.close(),
  };
}

describe('nodes over one log', () => {
  it('find a lost last message at the next look at the head', async () => {
    const [log, bus] = [createMemoryLog(), createMemoryBus()];
    const node = await startNode(log, await bus.open());
    const deaf = await startNode(
      log,
      withHands(await bus.open(), () => {}),
    );
    node.joined.announce([log.append({ stream: 'w', name: 'test.counted', data: '0' })]);
    await allSeen([node, deaf], 1);
    expect(deaf.joined.stats().gaps).toBe(1);
    expect(node.joined.stats().gaps).toBe(0);
    await Promise.all([node.joined.close(), deaf.joined.close()]);
  });

  it('pass doubled and reversed messages on once and in order', async () => {
    const [log, bus] = [createMemoryLog(), createMemoryBus()];
    const held: (() => void)[] = [];
    const node = await startNode(log, await bus.open(), 60_000);
    const late = await startNode(
      log,
      withHands(await bus.open(), (message, deliver) => held.push(() => deliver(message))),
      60_000,
    );
    for (let i = 0; i < 20; i++) {
      node.joined.announce([log.append({ stream: 'w', name: 'test.counted', data: String(i) })]);
      await eventually('the message', () => held.length === i + 1);
    }
    for (const deliver of held.toReversed()) deliver();
    await allSeen([node, late], 20);
    for (const deliver of held) deliver();
    await eventually('the doubled ones counted', () => late.joined.stats().duplicates >= 20);
    await allSeen([node, late], 20);
    await Promise.all([node.joined.close(), late.joined.close()]);
  });

  it('read the log when the events were too large to travel, and when a message cannot be read', async () => {
    const [log, bus] = [createMemoryLog(), createMemoryBus()];
    const texts: string[] = [];
    const spy = await bus.open();
    await spy.subscribe('events', (message) => texts.push(message));
    const nodes = await Promise.all([1, 2].map(async () => startNode(log, await bus.open(), 60_000)));
    const large = JSON.stringify('x'.repeat(40_000));
    nodes[0]?.joined.announce([1, 2].map(() => log.append({ stream: 'w', name: 'test.large', data: large })));
    await eventually('both events on both nodes', () => nodes.every((node) => node.reader.data.length === 2));
    expect(texts[0]?.length).toBeLessThan(200);
    log.append({ stream: 'w', name: 'test.large', data: '"unannounced"' });
    await spy.publish('events', '{"from":"another version"}');
    await eventually('the unannounced event', () => nodes.every((node) => node.reader.data.length === 3));
    expect(nodes[1]?.joined.stats().wakeUps).toBe(1);
    await Promise.all(nodes.map((node) => node.joined.close()));
  });

  it('send the events of one tick together', async () => {
    const [log, bus] = [createMemoryLog(), createMemoryBus()];
    const node = await startNode(log, await bus.open());
    for (let i = 0; i < 50; i++)
      node.joined.announce([log.append({ stream: 'w', name: 'test.counted', data: String(i) })]);
    await allSeen([node], 50);
    await eventually('the message sent', () => node.joined.stats().sent === 1);
    await node.joined.close();
  });
});

describe('a node that has heard less than its log knows', () => {
  it('hands a reader who comes from far behind each event once, and in order', async () => {
    const log = createMemoryLog();
    const append = (from: number, to: number) => {
      for (let i = from; i < to; i++) log.append({ stream: 'w', name: 'test.counted', data: String(i) });
    };
    append(0, 50);
    // Its ring is empty at the start, so whoever comes from before reads the log, which goes on meanwhile.
    const hub = createHub({ log });
    const { epoch } = await log.head();
    await hub.cursor();
    append(50, 80);
    const reader = new TestByteSink();
    hub.attach(reader, { streams: ['w'], cursor: `${epoch}.0` });
    await eventually('what the node has heard of', () => reader.data.length >= 50);
    await hub.headIs(80, epoch);
    append(80, 81);
    await hub.headIs(81, epoch);
    await eventually('the last', () => reader.data.includes('80'));
    expect(reader.data).toEqual(Array.from({ length: 81 }, (_, i) => String(i)));
  });

  it('goes on mending holes after the news came while it asked the log for a reader from another node', async () => {
    const log = createMemoryLog();
    const { epoch } = await log.head();
    let hold: Promise<void> | null = null;
    let questions = 0;
    const slow: StreamLog = {
      read: log.read,
      async head() {
        const head = await log.head();
        questions += 1;
        await hold;
        return head;
      },
    };
    const hub = createHub({ log: slow });
    await hub.cursor();
    const event = log.append({ stream: 'w', name: 'test.counted', data: '0' });
    let release = () => {};
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const before = questions;
    const located = hub.locate(`${epoch}.1`);
    await eventually('the question', () => questions > before);
    await hub.apply([event]);
    release();
    expect(await located).toEqual({ kind: 'replay', epoch, seq: 1 });
    log.append({ stream: 'w', name: 'test.counted', data: '1' });
    await hub.headIs(2, epoch);
    expect(await hub.cursor()).toBe(`${epoch}.2`);
  });
});
