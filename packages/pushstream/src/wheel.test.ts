import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock } from './testing/manual-clock.ts';
import { type Spoke, Wheel } from './wheel.ts';

function spoke(due: (now: number) => number): Spoke {
  return { dueAt: 0, wheelNext: null, wheelPrev: null, due };
}

describe('wheel', () => {
  it('calls everyone when due, never early, at most a tick late, however far away', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 60 }), (delays) => {
        const clock = createManualClock();
        const wheel = new Wheel(clock, 10);
        const start = clock.now();
        const late: number[] = [];
        for (const delay of delays) {
          wheel.add(
            spoke((now) => {
              late.push(now - start - delay);
              return 0;
            }),
            start + delay,
          );
        }
        clock.advance(20_020);
        expect(late).toHaveLength(delays.length);
        for (const ms of late) {
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThanOrEqual(20);
        }
        expect(wheel.size).toBe(0);
      }),
    );
  });

  it('calls again when asked to, and not after removal, even of a neighbour in the same slot', () => {
    const clock = createManualClock();
    const wheel = new Wheel(clock, 10);
    const calls: string[] = [];
    const second = spoke(() => {
      calls.push('second');
      return 0;
    });
    const first = spoke((now) => {
      calls.push('first');
      wheel.remove(second);
      return now + 100;
    });
    wheel.add(first, clock.now() + 50);
    wheel.add(second, clock.now() + 50);
    clock.advance(1_000);
    expect(calls.filter((name) => name === 'first').length).toBeGreaterThanOrEqual(8);
    expect(calls).not.toContain('second');
    wheel.remove(first);
    expect(wheel.size).toBe(0);
  });
});
