import type { Job, JobDetails, JobStats } from '@pulsestack/core';
import { redact } from './rules.ts';
import { COUNTED, type CountRow, type JobRow } from './store.ts';

export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    runAt: row.run_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    error: row.error,
    progress: row.progress,
  };
}

export function toJobDetails(row: JobRow): JobDetails {
  return {
    ...toJob(row),
    data: redact(row.data),
    failures: row.failures.map((failure) => ({ ...failure, at: new Date(failure.at).toISOString() })),
    key: row.key,
    correlationId: row.correlation_id,
    leasedUntil: row.leased_until?.toISOString() ?? null,
  };
}

export function toStats(rows: readonly CountRow[], now: Date): JobStats {
  const totals = new Map<string, number>();
  for (const { state, count } of rows) totals.set(state, (totals.get(state) ?? 0) + count);
  const ready = rows.filter((row) => row.state === 'ready').map((row) => row.oldest.getTime());
  return {
    items: rows.map(({ name, state, count }) => ({ name, state, count })),
    exact: [...totals.values()].every((total) => total <= COUNTED),
    oldestReadySeconds: ready.length > 0 ? Math.max(0, (now.getTime() - Math.min(...ready)) / 1000) : null,
  };
}
