import type { Message, Run } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { delivery } from '../../api/delivery.ts';
import { useList } from '../../api/list.ts';
import { type RunsMeant, runs } from '../../api/runs.ts';
import { useCan } from '../../session/use-session.ts';
import { say } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';
import { isUnderWay } from './words.ts';

// Asked again only while the page is visible.
const LIVE_MS = 3000;
const NEWEST = 50;

export interface RunFilter {
  state?: string;
  workflow?: string;
  user?: string;
  key?: string;
}

/** Runs, the newest first; those that begin meanwhile wait until the reader lets them in, so that rows do not jump. */
export function useRuns(filter: RunFilter) {
  const queryClient = useQueryClient();
  const list = useList<Run>(['runs', 'list'], runs.list, { ...filter });
  const { data: newest } = useQuery({
    queryKey: ['runs', 'newest', filter],
    queryFn: () => runs.list({ ...filter, limit: NEWEST }),
    refetchInterval: LIVE_MS,
    enabled: !list.isLoading,
  });
  const first = list.items[0];
  // Ids sort by time.
  const waiting = list.isLoading ? 0 : (newest?.items ?? []).filter((run) => !first || run.id > first.id).length;
  return {
    list,
    waiting,
    isMore: waiting >= NEWEST,
    letIn: () => void queryClient.invalidateQueries({ queryKey: ['runs', 'list'] }),
  };
}

const STORY_MS = 1500;
const ENDED_MS = 15_000;

/** A run with its story, which grows while one looks. */
export function useRun(id: string) {
  return useQuery({
    queryKey: ['runs', 'one', id],
    queryFn: () => runs.get(id),
    refetchInterval: (query) => (query.state.data && isUnderWay(query.state.data) ? STORY_MS : ENDED_MS),
  });
}

/** What the run has made; those on their way change after it has ended. */
export function useMessagesOf(run: string, grows: boolean) {
  const can = useCan();
  return useList<Message>(
    ['messages', 'of-run'],
    delivery.messages,
    { run },
    can('messages.read'),
    grows ? STORY_MS : 5_000,
  );
}

export function useRunChanges() {
  const queryClient = useQueryClient();
  const onSettled = () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: ['runs'] }),
      queryClient.invalidateQueries({ queryKey: ['messages'] }),
    ]);
  return {
    cancel: useMutation({
      mutationFn: async (ids: readonly string[]) => {
        let cancelled = 0;
        for (const id of ids) cancelled += (await runs.cancel(id)).cancelled ? 1 : 0;
        return cancelled;
      },
      onSuccess: (cancelled) => say(cancelledText(cancelled)),
      onSettled,
    }),
    flush: useMutation({
      mutationFn: (digest: string) => runs.flush(digest),
      onSuccess: () => say('The digest ends now'),
      onError: (error) => say(`Not ended: ${error.message}`),
      onSettled,
    }),
  };
}

/** Cancels by what runs have in common. */
export function useCancelMany(initial: RunFilter, onDone: () => void) {
  const queryClient = useQueryClient();
  return useForm({
    initial: { workflow: initial.workflow ?? '', user: initial.user ?? '', key: initial.key ?? '' },
    checks: {
      workflow: (_workflow, all) =>
        [all.workflow, all.user, all.key].every((one) => one.trim() === '') ? 'Fill in at least one' : undefined,
    },
    async submit(values) {
      const meant = Object.fromEntries(
        Object.entries(values)
          .map(([name, value]) => [name, value.trim()])
          .filter(([, value]) => value !== ''),
      ) as RunsMeant;
      const { cancelled } = await runs.cancelMany(meant);
      await queryClient.invalidateQueries({ queryKey: ['runs'] });
      say(cancelledText(cancelled));
      onDone();
    },
  });
}

function cancelledText(count: number): string {
  if (count === 0) return 'None was under way any more';
  return count === 1 ? 'One run cancelled' : `${count} runs cancelled`;
}
