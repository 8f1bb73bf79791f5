import type { Tick } from '../../kernel/job.ts';
import { HOUR_MS } from '../../kernel/time/index.ts';
import { forgetStale } from './store/caps.ts';

export const ticks: readonly Tick[] = [
  {
    name: 'preferences.forgetCapUsage',
    everyMs: HOUR_MS / 4,
    run: ({ db, clock }) => db.inSystem((tx) => forgetStale(tx, clock.now())),
  },
];
