import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Runtime } from '../../kernel/runtime.ts';
import { testSettings } from '../../testing/index.ts';
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts';

/** As much of a runtime as passwords need; no database is asked. */
function runtimeWith(passwordCost: number): Runtime {
  return { settings: { ...testSettings, passwordCost }, db: {}, randomBytes } as unknown as Runtime;
}

describe('passwords', () => {
  it('are known again, and nothing else is', async () => {
    const runtime = runtimeWith(10);
    const hash = await hashPassword(runtime, 'correct horse battery');
    expect(await verifyPassword(runtime, 'correct horse battery', hash)).toBe(true);
    expect(await verifyPassword(runtime, 'Correct horse battery', hash)).toBe(false);
    expect(hash).not.toBe(await hashPassword(runtime, 'correct horse battery'));
  });

  it.each([undefined, '', '!', 'scrypt', 'bcrypt$10$8$1$c2FsdA$aGFzaA'])(
    'match no hash that is none: %j',
    async (hash) => {
      expect(await verifyPassword(runtimeWith(10), 'correct horse battery', hash)).toBe(false);
    },
  );

  it('are hashed again when the cost changes, and are known until then', async () => {
    const hash = await hashPassword(runtimeWith(10), 'correct horse battery');
    const dearer = runtimeWith(12);
    expect(await verifyPassword(dearer, 'correct horse battery', hash)).toBe(true);
    expect([isOutdated(runtimeWith(10), hash), isOutdated(dearer, hash)]).toEqual([false, true]);
  });

  it('are never hashed below the floor', async () => {
    expect(await hashPassword(runtimeWith(1), 'correct horse battery')).toMatch(/^scrypt\$10\$8\$1\$/);
  });

  it('of an unknown person cost as much as those of a known one', async () => {
    const runtime = runtimeWith(15);
    const hash = await hashPassword(runtime, 'correct horse battery');
    const time = async (kept: string | undefined) => {
      const started = performance.now();
      await verifyPassword(runtime, 'wrong password', kept);
      return performance.now() - started;
    };
    const known = Math.min(await time(hash), await time(hash), await time(hash));
    const unknown = Math.min(await time(undefined), await time(undefined), await time(undefined));
    expect(unknown / known).toBeGreaterThan(0.3);
    expect(unknown / known).toBeLessThan(3);
  });

  it('turn people away instead of keeping hundreds waiting', async () => {
    const runtime = runtimeWith(10);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 300 }, () => hashPassword(runtime, 'correct horse battery')),
    );
    const refused = outcomes.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(300 - 204);
    expect(refused[0]).toMatchObject({ reason: { code: 'server.unavailable' } });
    // And the doors open again.
    await hashPassword(runtime, 'correct horse battery');
  });
});
