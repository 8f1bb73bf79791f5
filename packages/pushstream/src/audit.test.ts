import { describe, expect, it } from 'vitest';
import { createMemoryAcks } from './acks.ts';
import { type Audit, type AuditRecord, createMemoryAudit } from './audit.ts';
import type { HubOptions } from './contract.ts';
import { createHub } from './hub.ts';
import { createMemoryLog } from './memory-log.ts';
import { createManualClock } from './testing/manual-clock.ts';
import { TestByteSink } from './testing/test-sinks.ts';

const settled = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));

function setup(audit: Audit, options: Partial<HubOptions> = {}) {
  const log = createMemoryLog({ epoch: 'epoch1' });
  const clock = createManualClock();
  const hub = createHub({ log, clock, heartbeatMs: 1_000, lifetimeMs: 0, audit, ...options });
  const publish = async (stream: string, data: unknown) => {
    const event = log.append({ stream, name: 'a.b', data: JSON.stringify(data) });
    await hub.apply([event]);
    await settled();
    return { event, cursor: `epoch1.${event.seq.toString(36)}` };
  };
  const read = (user: string, streams: string[], more = {}) => {
    const sink = new TestByteSink();
    return { sink, connection: hub.attach(sink, { streams, meta: { user }, ...more }) };
  };
  return { log, clock, hub, publish, read };
}

describe('the audit', () => {
  it('answers who was handed an event, and who acknowledged it', async () => {
    const audit = createMemoryAudit();
    const { clock, hub, publish, read } = setup(audit, { acks: createMemoryAcks() });
    read('ann', ['w', 'u.ann'], { client: 'ann/s' });
    read('bob', ['w', 'u.bob']);
    read('eve', ['w'], { filter: { field: 'data', op: 'ne', value: 'two' } });
    await settled();
    await publish('w', 'one');
    const two = await publish('w', 'two');
    const third = await publish('u.ann', 'three');
    read('late', ['w']);
    await settled();
    clock.advance(2_000);
    await settled();
    const at = clock.now();
    clock.advance(10);
    expect(await hub.acknowledge('ann/s', two.cursor)).toBe('advanced');
    await publish('w', 'four');
    hub.close(() => true, 'gone');
    await settled();

    // Whose first heartbeat comes first is chance.
    const who = ({ cursor, event }: typeof two) =>
      audit
        .who(cursor, event)
        .map(({ meta, acknowledgedAt }) => [meta.user, acknowledgedAt])
        .sort();
    expect(who(two)).toEqual([
      ['ann', at + 10],
      ['bob', null],
    ]);
    expect(who(third)).toEqual([['ann', null]]);
    expect(audit.who('epoch9.2', two.event)).toEqual([]);
    expect(audit.who('nonsense', two.event)).toEqual([]);
    expect(audit.forget((record) => record.kind === 'handed' && record.meta.user === 'ann')).toBe(2);
    expect(who(two)).toEqual([['bob', null]]);
  });

  it('covers each event handed exactly once for each connection, whatever happens to it', async () => {
    const records: AuditRecord[] = [];
    const { clock, hub, publish, read, log } = setup(
      { record: (more) => records.push(...more) },
      { limits: { ringEvents: 8, pageEvents: 4, replayEvents: 30 } },
    );
    await hub.cursor();
    for (let n = 0; n < 20; n += 1) await publish('w', n);
    const readers = [read('replaying', ['w'], { cursor: 'epoch1.5' }), read('slow', ['w']), read('live', ['w'])];
    await settled();
    const [, slow] = readers;
    if (slow) slow.sink.room = false;
    for (let n = 0; n < 40; n += 1) {
      await publish(n % 3 ? 'w' : 'x', n);
      if (n % 10 === 0) clock.advance(1_100);
    }
    slow?.sink.drain();
    await settled();
    for (let n = 0; n < 5; n += 1) await publish('w', n);
    readers[0]?.sink.vanish();
    hub.close(() => true, 'drain');
    await settled();
    const events = await log.read(0, 1_000);
    for (const { sink, connection } of readers) {
      const covered = records.flatMap((record) => {
        if (record.kind !== 'handed' || record.connection !== connection.id) return [];
        const [after, upTo] = [record.after, record.upTo].map((cursor) => Number.parseInt(cursor.slice(7), 36));
        return events.filter(({ seq, stream }) => stream === 'w' && seq > (after ?? 0) && seq <= (upTo ?? 0));
      });
      expect(covered.map(({ seq }) => `epoch1.${seq.toString(36)}`)).toEqual(
        sink.events.filter(({ name }) => !name.startsWith('ps.')).map(({ id }) => id),
      );
      expect(connection.eventsSent).toBe(covered.length);
    }
    expect(slow?.sink.names).toContain('ps.reset');
  });

  it('writes nothing for those who are handed nothing, and no failure of it reaches a reader', async () => {
    let batches = 0;
    const errors: unknown[] = [];
    const { clock, publish, read } = setup(
      {
        record() {
          batches += 1;
          throw new Error('disk is full');
        },
      },
      { onError: (error) => errors.push(error) },
    );
    const quiet = Array.from({ length: 50 }, () => read('x', ['u.x']));
    const { sink } = read('y', ['w']);
    await settled();
    await publish('w', 1);
    for (let n = 0; n < 5; n += 1) clock.advance(1_100);
    await settled();
    expect([batches, errors.length, sink.data, quiet[0]?.sink.data]).toEqual([1, 1, ['1'], []]);
  });

  it('keeps no more than it was told', () => {
    const audit = createMemoryAudit({ keep: 10 });
    const event = { stream: 'w', name: 'a.b', data: '1' };
    for (let n = 0; n < 100; n += 1) {
      audit.record([
        {
          kind: 'handed',
          connection: `c${n}`,
          client: null,
          meta: {},
          streams: ['w'],
          filter: null,
          after: 'epoch1.0',
          upTo: 'epoch1.5',
          at: n,
        },
      ]);
    }
    expect(audit.who('epoch1.3', event).map(({ connection }) => connection)).toEqual(
      Array.from({ length: 10 }, (_, index) => `c${90 + index}`),
    );
  });
});
