import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createPushStream, type PushStreamOptions } from './pushstream.ts';
import { dataEvents, openRaw, type RawReader } from './testing/raw-reader.ts';
import { serve } from './testing/serve.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(options: PushStreamOptions = {}) {
  const stream = createPushStream(options);
  const server = await serve(stream.handler);
  cleanups.push(() => server.stop());
  const open = (headers: Record<string, string> = {}) => {
    const reader = openRaw({ port: server.port, headers });
    cleanups.push(() => reader.cut());
    return reader;
  };
  return { stream, server, open };
}

const opened = (reader: RawReader) => reader.until((r) => r.events.length > 0, 'ps.open');
const openDescriptors = () => readdirSync('/proc/self/fd').length;

describe('endurance', () => {
  it('45: a reader that stops costs little memory, delays nobody, and then hears all or a reset', {
    timeout: 60_000,
  }, async () => {
    const { stream, open } = await start({ limits: { ringBytes: 2 * 1024 * 1024 }, keep: 2_000 });
    const slow = await opened(open());
    const fast = await opened(open());
    slow.socket.pause();
    const text = 'x'.repeat(10_000);
    let published = 0;
    const publish = async (count: number) => {
      for (let i = 0; i < count; i += 1) {
        published += 1;
        await stream.publish({ everyone: true }, 'test.event', { n: published, text });
        if (i % 20 === 0) await fast.until((r) => r.events.length > published - 20);
      }
      // Before the events it heard ps.open.
      await fast.until((r) => r.events.length === published + 1, 'everything, at once');
    };
    // Until the kernel's buffers are full, the reader is not slow.
    while (stream.hub.stats().catchupConnections === 0) await publish(100);
    const connection = [...stream.hub.connections()].find((one) => one.state === 'catchup');
    const stuckAt = connection?.cursor;
    await publish(2_000);
    expect(connection?.cursor).toBe(stuckAt);
    expect(stream.hub.stats().ringBytes).toBeLessThanOrEqual(2 * 1024 * 1024);

    slow.socket.resume();
    await slow.until(
      (r) => r.events.at(-1)?.name === 'ps.reset' || r.events.length === published + 1,
      'all events or a reset',
    );
    await publish(1);
    await slow.until((r) => r.events.at(-1)?.data.startsWith(`{"n":${published},`) ?? false, 'the last event');
    const resets = slow.events.filter((event) => event.name === 'ps.reset').length;
    const numbers = dataEvents(slow).map((event) => JSON.parse(event.data).n as number);
    const jumps = numbers.filter((n, index) => index > 0 && n !== (numbers[index - 1] ?? 0) + 1).length;
    expect(resets).toBeLessThanOrEqual(1);
    expect(jumps).toBe(resets);
  });

  it('46: connections that come and go at any moment leave nothing behind', { timeout: 60_000 }, async () => {
    const { stream, open } = await start({
      heartbeatMs: 1_000,
      access: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return { streams: ['w', 't.a'] };
      },
    });
    for (let i = 0; i < 500; i += 1) await stream.publish({ everyone: true }, 'test.event', 'x'.repeat(500));
    const cursor = `${(await stream.hub.cursor()).split('.')[0]}.0`;
    const before = openDescriptors();
    for (let round = 0; round < 50; round += 1) {
      const readers = Array.from({ length: 20 }, () => open({ 'Last-Event-ID': cursor }));
      for (const [index, reader] of readers.entries()) {
        if (index % 4 === 0) reader.cut();
        else if (index % 4 === 1) reader.socket.once('connect', () => reader.cut());
        else if (index % 4 === 2) reader.socket.once('data', () => reader.cut());
        else void reader.until((r) => r.events.length > 300).then(() => reader.cut());
      }
      await Promise.all(readers.map((reader) => reader.until((r) => r.ended, 'the end')));
      cleanups.length = 1;
    }
    await expect.poll(() => stream.hub.stats()).toMatchObject({ connections: 0, groups: 0 });
    await expect.poll(openDescriptors).toBeLessThanOrEqual(before + 2);
    expect(stream.hub.stats().connected).toBeGreaterThan(400);
  });

  it('47: a shutdown tells everyone, spreads their return, and ends within the grace', {
    timeout: 60_000,
  }, async () => {
    const { stream, open } = await start();
    const readers = await Promise.all(Array.from({ length: 300 }, () => opened(open())));
    const asked = performance.now();
    await stream.close(1_000);
    expect(performance.now() - asked).toBeLessThan(1_500);
    await Promise.all(readers.map((reader) => reader.until((r) => r.ended, 'the end')));
    const returns = readers.map((reader) => {
      const drain = reader.events.at(-1);
      expect(drain?.name).toBe('ps.drain');
      expect(drain?.id).toBe(reader.events[0]?.id);
      return Math.floor(Number(JSON.parse(drain?.data ?? '{}').retryMs) / 1_000);
    });
    for (let second = 0; second < 5; second += 1) {
      const share = returns.filter((at) => at === second).length / returns.length;
      expect(share).toBeLessThan(0.35);
      expect(share).toBeGreaterThan(0.05);
    }
    const late = await open({ Connection: 'close' }).until((r) => r.ended, 'the end');
    expect([late.status, late.events.length]).toEqual([200, 1]);
    expect(late.body).toContain('event: ps.busy');
  });
});
