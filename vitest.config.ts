import { defineConfig } from 'vitest/config';

const source = { resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } };

// A browser on a busy machine is sometimes late. What passed only when tried again is named at the end (scripts/flaky.mjs).
const retry = process.env.CI === 'true' ? 2 : 0;

export default defineConfig({
  ...source,
  test: {
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.{ts,tsx}',
            'examples/*/src/**/*.test.ts',
            'scripts/**/*.test.ts',
            'apps/*/src/**/*.test.{ts,tsx}',
          ],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          retry,
        },
      },
      {
        ...source,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 180_000,
          // A page of a busy machine gets there, only later; the second that polls last by themselves is too short for it.
          expect: { poll: { timeout: 30_000 } },
          hookTimeout: 120_000,
          retry,
          fileParallelism: false,
        },
      },
    ],
  },
});
