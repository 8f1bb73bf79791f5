import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const CASES = 42;

it(`every one of the ${CASES} cases that a platform for notifications must stand is a test, and is one once`, () => {
  const room = join(import.meta.dirname, '..');
  const numbers = globSync('**/*.test.ts', { cwd: room }).flatMap((file) =>
    [...readFileSync(join(room, file), 'utf8').matchAll(/\b(?:it|describe)(?:\.each\(\w+\))?\(\s*['`](\d+) · /g)].map(
      ([, number]) => Number(number),
    ),
  );
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: CASES }, (_, i) => i + 1));
});
