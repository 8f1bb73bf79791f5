import { feature } from '../../kernel/feature.ts';
import { jobOperations } from './api/jobs.ts';
import { measure, offerFigures } from './figures.ts';
import { redriveMore } from './redrive.ts';

export { redriveJobs } from './redrive.ts';

/** Background work as people see it: what waits, what has failed and why, and how to run it again. */
export const jobs = feature({
  name: 'jobs',
  operations: jobOperations,
  jobs: [redriveMore],
  ticks: [measure],
  start: offerFigures,
});
