import { describe, expect, it } from 'vitest';
import { crashEmbedded } from '../../testing/crash/index.ts';

describe('the embedded database, killed', () => {
  it('keeps what it acknowledged: in its first start, while writing and during a checkpoint', {
    timeout: 120_000,
  }, async () => {
    const rounds = await crashEmbedded({ rounds: 5, seed: 4 });
    expect(
      rounds.flatMap(({ round, moment, complaints }) =>
        complaints.map((complaint) => `round ${round}, ${moment}: ${complaint}`),
      ),
    ).toEqual([]);
    expect(rounds.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(100);
  });
});
