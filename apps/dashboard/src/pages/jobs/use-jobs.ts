import { JOB_STATES, type Job, type JobState, type JobStats } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { jobs } from '../../api/jobs.ts';
import { useList } from '../../api/list.ts';
import { say } from '../../ui/toast.tsx';

const LIVE_MS = 3000;

export function useJobs(filter: { state: JobState; name?: string | undefined }) {
  return useList<Job>(['jobs', 'list'], jobs.list, filter);
}

export function useJob(id: string) {
  return useQuery({ queryKey: ['jobs', 'one', id], queryFn: () => jobs.get(id), refetchInterval: LIVE_MS });
}

/** How many there are of each state, asked again while the page is open. */
export function useJobCounts() {
  const answer = useQuery({ queryKey: ['jobs', 'stats'], queryFn: jobs.stats, refetchInterval: LIVE_MS });
  return { ...answer, counts: answer.data ? countsOf(answer.data) : undefined };
}

function countsOf({ items }: JobStats): Record<JobState, number> {
  const counts = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<JobState, number>;
  for (const { state, count } of items) counts[state] += count;
  return counts;
}

export function useJobActions() {
  const queryClient = useQueryClient();
  const renew = () => queryClient.invalidateQueries({ queryKey: ['jobs'] });
  const redrive = useMutation({
    mutationFn: (ids: readonly string[]) => Promise.all(ids.map((id) => jobs.redrive(id))),
    onSuccess: (done) => say(done.length === 1 ? 'The job runs again' : `${done.length} jobs run again`),
    onError: (error) => say(`Not run again: ${error.message}`),
    onSettled: renew,
  });
  const redriveAll = useMutation({
    mutationFn: jobs.redriveAll,
    onSuccess: ({ redriven, more }) =>
      say(more ? `${redriven} jobs run again, the rest follows` : `${redriven} jobs run again`),
    onSettled: renew,
  });
  const drop = useMutation({
    mutationFn: (ids: readonly string[]) => Promise.all(ids.map((id) => jobs.drop(id))),
    onSuccess: (done) => say(done.length === 1 ? 'Job dropped' : `${done.length} jobs dropped`),
    onSettled: renew,
  });
  return { redrive, redriveAll, drop };
}
