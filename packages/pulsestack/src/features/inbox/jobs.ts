import type { Job, Tick } from '../../kernel/job.ts';
import { fanOut } from './fan-out.ts';
import { markMore, undoHorizon, wakeDue } from './marks.ts';
import { reconcileCounters } from './reconcile.ts';
import { forgetOld } from './retention.ts';
import { expire, withdrawPages } from './retract.ts';
import { forgetUndos } from './store/marks.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

export const jobs: readonly Job[] = [fanOut, withdrawPages, markMore];

export const ticks: readonly Tick[] = [
  { name: 'inbox.wake', everyMs: SECOND, run: wakeDue },
  { name: 'inbox.expire', everyMs: SECOND, run: expire },
  { name: 'inbox.reconcile', everyMs: HOUR, run: reconcileCounters },
  { name: 'inbox.retention', everyMs: HOUR, run: forgetOld },
  {
    name: 'inbox.forgetUndos',
    everyMs: HOUR,
    run: async (runtime) => {
      await runtime.db.inSystem((tx) => forgetUndos(tx, undoHorizon(runtime)));
    },
  },
];
