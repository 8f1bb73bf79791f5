import type { Job, Tick } from '../../kernel/job.ts';
import { forgetRuns } from './store/cancel.ts';
import { fanOut } from './triggers/fan-out.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const PAGE = 2000;

export const jobs: readonly Job[] = [fanOut];

export const ticks: readonly Tick[] = [
  {
    name: 'workflows.retention',
    everyMs: HOUR_MS,
    async run(runtime) {
      const before = new Date(runtime.clock.nowMs() - runtime.settings.retentionDays * DAY_MS);
      return (await runtime.db.inSystem((tx) => forgetRuns(tx, before, PAGE))) >= PAGE;
    },
  },
];
