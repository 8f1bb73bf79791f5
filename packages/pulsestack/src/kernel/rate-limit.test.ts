import { describe, expect, it } from 'vitest';
import { createTestClock } from '../testing/clock.ts';
import { networkOf, RateLimiter } from './rate-limit.ts';

describe('the buckets of the rate limits', () => {
  it('forget nobody who has drawn lately while there are buckets that say nothing', () => {
    const clock = createTestClock();
    const limiter = new RateLimiter(clock);
    for (let i = 0; i < 99_999; i++) limiter.draw(`idle ${i}`, 600);
    clock.advance(60_000);
    for (let i = 0; i < 600; i++) limiter.draw('busy', 600);
    expect(limiter.draw('busy', 600).allowed).toBe(false);
    // A bucket of a small limit makes room: what counts as full is for each bucket to say.
    limiter.draw('sign-in', 5);
    expect(limiter.draw('busy', 600).allowed).toBe(false);
  });

  it('make room for a flood of new names without looking through all buckets for each', () => {
    const limiter = new RateLimiter(createTestClock());
    for (let i = 0; i < 100_000; i++) limiter.draw(`first ${i}`, 600);
    const begin = performance.now();
    for (let i = 0; i < 20_000; i++) limiter.draw(`flood ${i}`, 600);
    expect(performance.now() - begin).toBeLessThan(2000);
  });

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', ''],
  ])('count %s as %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });
});
