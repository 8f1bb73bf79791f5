import type { Schedule, ScheduleFire } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { audience } from '../../api/audience.ts';
import { useList } from '../../api/list.ts';
import { schedules } from '../../api/schedules.ts';
import { useCan } from '../../session/use-session.ts';
import { say } from '../../ui/toast.tsx';
import { HERE } from '../preferences/time-zone-field.tsx';

const LIVE_MS = 15_000;

export function useSchedules(state: string | undefined) {
  return useList<Schedule>(['schedules', 'list'], schedules.list, state ? { state } : {}, true, LIVE_MS);
}

export function useSchedule(id: string) {
  return useQuery({ queryKey: ['schedules', 'one', id], queryFn: () => schedules.get(id), refetchInterval: LIVE_MS });
}

/** The next fires as they stand; for one user, by the clock of that user. */
export function useUpcoming(id: string, userId: string | undefined) {
  return useQuery({
    queryKey: ['schedules', 'upcoming', id, userId],
    queryFn: () => schedules.upcoming(id, { count: 5, userId }),
    refetchInterval: LIVE_MS,
  });
}

export function useFires(id: string) {
  return useList<ScheduleFire>(['schedules', 'fires', id], (query) => schedules.fires(id, query), {}, true, LIVE_MS);
}

export function useScheduleChanges(id: string) {
  const queryClient = useQueryClient();
  const options = { onSettled: () => queryClient.invalidateQueries({ queryKey: ['schedules'] }) };
  const onError = (error: Error) => say(`Not changed: ${error.message}`);
  return {
    pause: useMutation({ mutationFn: () => schedules.pause(id), onSuccess: () => say('Paused'), onError, ...options }),
    resume: useMutation({
      mutationFn: () => schedules.resume(id),
      onSuccess: (after) => say(after.state === 'done' ? 'Its time is over' : 'Goes on'),
      onError,
      ...options,
    }),
    cancel: useMutation({ mutationFn: () => schedules.cancel(id), onSuccess: () => say('Cancelled'), ...options }),
  };
}

const SAMPLE = 100;

/** Zones worth looking at: the given one, the reader's, and those of some users. */
export function useZones(first: string): string[] {
  const can = useCan();
  const { data } = useQuery({
    queryKey: ['users', 'zones'],
    queryFn: async () => (await audience.users({ limit: SAMPLE })).items.flatMap((user) => user.timeZone ?? []),
    enabled: can('users.read'),
  });
  return [...new Set([first, HERE, ...(data ?? []).toSorted()])];
}
