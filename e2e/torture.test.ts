import { describe, expect, it } from 'vitest';
import { runCrashes } from '../packages/pushstream/torture/crash.ts';
import { judge, type Published } from '../packages/pushstream/torture/oracle.ts';
import { runWorld } from '../packages/pushstream/torture/world.ts';

const SEED = 20_261_120;

describe('the torture runner', () => {
  it(`finds nothing wrong when everything happens at once (seed ${SEED})`, { timeout: 60_000 }, async () => {
    const plan = { nodes: 3, events: 600, readers: 10, filters: true, acks: true, erasures: true, chaos: true };
    expect((await runWorld(SEED, plan)).wrong).toBeNull();
  });

  it(`finds nothing wrong with a log in files whose server is killed (seed ${SEED})`, { timeout: 60_000 }, async () => {
    expect((await runCrashes(SEED)).wrong).toBeNull();
  });
});

describe('the oracle', () => {
  const events: Published[] = [1, 2, 3, 4].map((n) => ({
    n,
    user: n === 3 ? 7 : null,
    name: 'test.a',
    tags: {},
    about: null,
    erased: n === 2,
  }));
  const judged = (seen: number[], late = false) => {
    const reader = { name: 'reader 0', seen, connections: 1, fault: null };
    return judge({ reader, concerns: ({ user }) => user === null, late }, events);
  };

  it('lets a reader have seen what was erased later, or not', () => {
    expect(judged([1, 2, 4])).toBeNull();
    expect(judged([1, 4])).toBeNull();
    expect(judged([1, 4], true)).toBeNull();
  });

  it.each([
    ['a lost event', [1], 'never saw 4', true],
    ['a lost event in the middle', [4], 'should have seen 1 and saw 4', false],
    ['another order', [1, 4, 2], 'saw 2, which is not for it or came too late', false],
    ['an event of another user', [1, 3, 4], 'should have seen 4 and saw 3', false],
    ['an event twice', [1, 1, 4], 'should have seen 4 and saw 1', false],
  ])('names %s', (_, seen, wrong, incomplete) => {
    expect(judged(seen)).toEqual({ wrong: expect.stringContaining(wrong), incomplete });
  });

  it('names an erased event that comes to somebody new', () => {
    expect(judged([1, 2, 4], true)?.wrong).toContain('saw 2, which was erased');
  });
});
