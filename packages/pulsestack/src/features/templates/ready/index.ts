import { passwordReset, quotaReached, welcome } from './account.ts';
import { criticalAlert } from './alerts.ts';
import { commentDigest, weeklySummary } from './digests.ts';
import { jobCompleted, jobFailed } from './jobs.ts';
import type { ReadyMade } from './ready-made.ts';

/** What can be installed with one call. */
export const readyMade: readonly ReadyMade[] = [
  jobCompleted,
  jobFailed,
  quotaReached,
  welcome,
  passwordReset,
  weeklySummary,
  commentDigest,
  criticalAlert,
];
