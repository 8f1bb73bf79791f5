import { JOB_STATES, type JobState } from '@pulsestack/core';
import type { Tick } from '../../kernel/job.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import { measureJobs } from './store.ts';

const SECOND = 1000;

const figures = resource(() => ({
  counts: new Map<JobState, number>(),
  oldestReadySeconds: 0,
}));

/** Offers the figures of the job table; they are read now and then, and not by whoever scrapes. */
export async function offerFigures(runtime: Runtime): Promise<void> {
  const { telemetry } = runtime;
  for (const state of JOB_STATES)
    telemetry.gauge(
      `jobs_${state}`,
      `Jobs of the installation that are ${state}, counted up to 100,000`,
      () => figures.of(runtime).counts.get(state) ?? 0,
    );
  telemetry.gauge(
    'jobs_oldest_ready_seconds',
    'How long the oldest ready job has been waiting',
    () => figures.of(runtime).oldestReadySeconds,
  );
}

export const measure: Tick = {
  name: 'jobs.measure',
  everyMs: 10 * SECOND,
  async run(runtime) {
    const rows = await runtime.db.inSystem((tx) => measureJobs(tx));
    const now = runtime.clock.nowMs();
    const ready = rows.find((row) => row.state === 'ready');
    const mine = figures.of(runtime);
    mine.counts = new Map(rows.map((row) => [row.state, row.count]));
    mine.oldestReadySeconds = ready ? Math.max(0, (now - ready.oldest.getTime()) / SECOND) : 0;
  },
};
