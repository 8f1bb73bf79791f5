import { expect, it } from 'vitest';
import { BOUNDS, measure } from './sizes.ts';

it.each(Object.entries(BOUNDS))('pushstream, %s: weighs no more than it may', async (name, { maxKb }) => {
  const bytes = await measure(name as keyof typeof BOUNDS);
  expect(bytes).toBeGreaterThan(100);
  expect(bytes / 1_024).toBeLessThanOrEqual(maxKb);
});
