import { describe, expect, it } from 'vitest';
import { Frame, Ring } from './ring.ts';

const frame = (seq: number, data = '{}') =>
  new Frame({ seq, stream: 'w', name: 'a.b', data, time: 0 }, `epoch1.${seq.toString(36)}`);

describe('ring', () => {
  it('finds what it holds and nothing else', () => {
    const ring = new Ring(3, 1_000_000);
    expect(ring.oldest).toBe(Number.POSITIVE_INFINITY);
    for (let seq = 10; seq <= 14; seq += 1) ring.push(frame(seq));
    expect([ring.size, ring.oldest]).toEqual([3, 12]);
    expect([11, 12, 14, 15].map((seq) => ring.at(seq)?.seq)).toEqual([undefined, 12, 14, undefined]);
  });

  it('stays right and small over many events', () => {
    const ring = new Ring(100, 1_000_000);
    for (let seq = 1; seq <= 50_000; seq += 1) {
      ring.push(frame(seq));
      expect(ring.at(seq)?.seq).toBe(seq);
      expect(ring.at(ring.oldest)?.seq).toBe(Math.max(1, seq - 99));
    }
  });

  it('is bounded in bytes, yet keeps the last event however large', () => {
    const ring = new Ring(1_000, 10_000);
    for (let seq = 1; seq <= 50; seq += 1) ring.push(frame(seq, 'x'.repeat(1_000)));
    expect(ring.weight).toBeLessThanOrEqual(10_000);
    ring.push(frame(51, 'x'.repeat(100_000)));
    expect([ring.size, ring.oldest]).toEqual([1, 51]);
  });
});
