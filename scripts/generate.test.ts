import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generate } from './generate.ts';

it.each([...generate()])(
  '%s is what the product says of itself; run `npm run generate` when it is not',
  (path, text) => {
    expect(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')).toBe(text);
  },
);
