import { describe, expect, it } from 'vitest';
import { createHub } from './hub.ts';
import type { LogEvent, StreamLog } from './log.ts';
import { createMemoryLog } from './memory-log.ts';
import { createPushStream } from './pushstream.ts';
import { TestByteSink, TestObjectSink } from './testing/test-sinks.ts';

const settled = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
const isAnns = (event: LogEvent) => event.stream === 'u.ann' || (event.about?.includes('ann') ?? false);

describe('erasing a person', () => {
  it('leaves nothing of her events in any replay, and every position in its place', async () => {
    // Replays of this reach over the log's pages into the ring.
    const stream = createPushStream({ acks: true, limits: { ringEvents: 20, pageEvents: 16, chunkBytes: 200 } });
    const { epoch } = await stream.log.head();
    const begin = `${epoch}.0`;
    for (let n = 0; n < 30; n += 1) {
      await stream.publish({ user: 'ann' }, 'order.shipped', `secret ${n}`, { tags: { secret: 'secret' } });
      await stream.publish({ topic: 'news' }, 'story.published', n % 5 ? n : `secret about ann ${n}`, {
        about: n % 5 ? ['bob'] : ['bob', 'ann'],
      });
    }
    const read = () => {
      const [bytes, objects] = [new TestByteSink(), new TestObjectSink()];
      const streams = ['u.ann', 't.news', '', 'w'];
      stream.hub.attach(bytes, { streams, cursor: begin });
      stream.hub.attach(objects, { streams, cursor: begin });
      return { bytes, objects };
    };
    // Fills what is remembered of replays.
    const before = read();
    await expect.poll(() => before.bytes.data.length).toBe(60);
    await stream.hub.acknowledge('ann/phone', begin);

    expect(await stream.erase({ user: 'ann' })).toBe(36);
    expect(await stream.erase({ user: 'ann' })).toBe(0);
    const after = read();
    await stream.publish({ topic: 'news' }, 'story.published', 'last');
    await expect.poll(() => after.bytes.data.at(-1)).toBe('"last"');
    await expect.poll(() => after.objects.data.at(-1)).toBe('"last"');
    for (const { text } of [after.bytes]) expect(text).not.toContain('secret');
    expect(JSON.stringify(after.objects.messages)).not.toContain('secret');
    const expected = Array.from({ length: 30 }, (_, n) => n).filter((n) => n % 5 !== 0);
    expect(after.bytes.data).toEqual([...expected.map(String), '"last"']);
    expect(after.objects.data).toEqual(after.bytes.data);
    expect(after.bytes.names).not.toContain('ps.reset');
    expect(after.bytes.events.filter(({ name }) => !name.startsWith('ps.')).map(({ id }) => id)).toEqual(
      [...expected.map((n) => 2 * n + 2), 61].map((seq) => `${epoch}.${seq.toString(36)}`),
    );
    expect((await stream.log.read(0, 100)).map(({ seq }) => seq)).toEqual(Array.from({ length: 61 }, (_, n) => n + 1));
    expect(stream.hub.stats().erased).toBe(12);
  });

  it('stops what is about to be handed over, and what is being read for a replay meanwhile', async () => {
    const inner = createMemoryLog({ epoch: 'epoch1' });
    let release = () => {};
    let held = Promise.resolve();
    const log: StreamLog = {
      head: () => inner.head(),
      async read(after, limit) {
        const events = structuredClone(await inner.read(after, limit));
        await held;
        return events;
      },
    };
    const hub = createHub({ log, limits: { ringEvents: 2 } });
    await hub.cursor();
    for (let n = 0; n < 20; n += 1) {
      await hub.apply([
        inner.append({ stream: n % 2 ? 'u.ann' : 'w', name: 'a.b', data: n % 2 ? '"secret"' : `${n}` }),
      ]);
    }
    held = new Promise((resolve) => (release = resolve));
    const replaying = new TestByteSink();
    const live = new TestByteSink();
    hub.attach(replaying, { streams: ['u.ann', 'w'], cursor: 'epoch1.0' });
    hub.attach(live, { streams: ['u.ann', 'w'] });
    await settled();
    void hub.apply([inner.append({ stream: 'u.ann', name: 'a.b', data: '"secret"' })]);
    await inner.erase(isAnns);
    expect(hub.forget('u.ann')).toBe(2);
    release();
    await expect.poll(() => replaying.data).toEqual(['0', '2', '4', '6', '8', '10', '12', '14', '16', '18']);
    await hub.apply([inner.append({ stream: 'w', name: 'a.b', data: '"end"' })]);
    await settled();
    expect(live.data).toEqual(['"end"']);
    expect(replaying.text + live.text).not.toContain('secret');
  });

  it('keeps out what was committed before but comes afterwards, and not what is committed afterwards', async () => {
    const log = createMemoryLog({ epoch: 'epoch1' });
    const hub = createHub({ log });
    const sink = new TestByteSink();
    hub.attach(sink, { streams: ['u.ann', 'w'] });
    await settled();
    const late = [
      log.append({ stream: 'w', name: 'a.b', data: '1' }),
      log.append({ stream: 'u.ann', name: 'a.b', data: '"secret"' }),
    ];
    await log.erase(isAnns);
    hub.forget(isAnns, 2);
    await hub.apply(late);
    await hub.apply([log.append({ stream: 'u.ann', name: 'a.b', data: '"back again"' })]);
    await settled();
    expect(sink.data).toEqual(['1', '"back again"']);
    expect(sink.lastId).toBe('epoch1.3');
  });

  it('reads a gap again that was being filled meanwhile', async () => {
    const inner = createMemoryLog({ epoch: 'epoch1' });
    let release = () => {};
    let held: Promise<void> | null = null;
    const log: StreamLog = {
      head: () => inner.head(),
      async read(after, limit) {
        const events = structuredClone(await inner.read(after, limit));
        await held;
        return events;
      },
    };
    const hub = createHub({ log });
    const sink = new TestByteSink();
    hub.attach(sink, { streams: ['u.ann', 'w'] });
    await settled();
    inner.append({ stream: 'u.ann', name: 'a.b', data: '"secret"' });
    inner.append({ stream: 'w', name: 'a.b', data: '"open"' });
    held = new Promise((resolve) => (release = resolve));
    const repaired = hub.headIs(2, 'epoch1');
    await settled();
    await inner.erase(isAnns);
    hub.forget(isAnns);
    release();
    await repaired;
    await settled();
    expect(sink.data).toEqual(['"open"']);
  });
});
