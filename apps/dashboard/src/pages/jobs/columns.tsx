import type { Job } from '@pulsestack/core';
import { Link } from '@tanstack/react-router';
import type { Column } from '../../table/columns.ts';
import { Count, Time } from '../../ui/time.tsx';

export const jobColumns: readonly Column<Job>[] = [
  {
    id: 'name',
    header: 'Job',
    isFixed: true,
    text: (job) => job.name,
    cell: (job) => (
      <span className="block min-w-0 max-sm:py-1.5">
        <Link to="/jobs" search={(before) => ({ ...before, job: job.id })} className="rounded-[3px] font-medium">
          {job.name}
        </Link>
        {job.error && <span className="line-clamp-2 text-12 text-n11 sm:hidden">{job.error}</span>}
      </span>
    ),
  },
  {
    id: 'error',
    header: 'Last error',
    isWide: true,
    from: 'sm',
    text: (job) => job.error ?? '',
    cell: (job) => <span className="block truncate text-n11">{job.error ?? '–'}</span>,
  },
  {
    id: 'progress',
    header: 'Progress',
    from: 'lg',
    align: 'right',
    text: (job) => progressText(job.progress),
    cell: (job) => <span className="tabular text-n11">{progressText(job.progress)}</span>,
  },
  {
    id: 'attempts',
    header: 'Tries',
    from: 'md',
    align: 'right',
    text: (job) => job.attempts,
    cell: (job) => <Count value={job.attempts} />,
  },
  {
    id: 'runAt',
    header: 'Due',
    from: 'md',
    align: 'right',
    text: (job) => job.runAt,
    cell: (job) => (
      <span className="text-n10">
        <Time at={job.runAt} />
      </span>
    ),
  },
  {
    id: 'createdAt',
    header: 'Since',
    align: 'right',
    text: (job) => job.createdAt,
    cell: (job) => (
      <span className="text-n10">
        <Time at={job.createdAt} />
      </span>
    ),
  },
];

export function progressText(progress: Job['progress']): string {
  if (!progress) return '–';
  return progress.total === null ? String(progress.done) : `${progress.done} of ${progress.total}`;
}
