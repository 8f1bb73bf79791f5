import { describe, expect, it } from 'vitest';
import { crashServer } from '../../testing/crash/index.ts';

describe('a PostgreSQL server and its client, killed', () => {
  it('keeps what was acknowledged', { timeout: 120_000 }, async () => {
    const rounds = await crashServer({ rounds: 4, seed: 4 });
    expect(
      rounds.flatMap(({ round, moment, complaints }) =>
        complaints.map((complaint) => `round ${round}, ${moment}: ${complaint}`),
      ),
    ).toEqual([]);
    expect(rounds.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(100);
  });
});
