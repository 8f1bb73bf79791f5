import type { LoggedEvent, StreamConnection, StreamDelivery } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type List, useList } from '../../api/list.ts';
import { streamsApi } from '../../api/streams.ts';
import { say } from '../../ui/toast.tsx';

// Asked again only while the page is visible.
const LIVE_MS = 3000;
const NEWEST = 100;

/** Who is reading now. */
export function useConnections(): List<StreamConnection> {
  const answer = useQuery({
    queryKey: ['streams', 'connections'],
    queryFn: streamsApi.connections,
    refetchInterval: LIVE_MS,
  });
  return {
    items: answer.data?.items ?? NOBODY,
    isLoading: answer.isPending,
    error: answer.error,
    hasMore: false,
    isLoadingMore: false,
    loadMore() {},
    retry: () => void answer.refetch(),
  };
}

const NOBODY: StreamConnection[] = [];

export function useDisconnect() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (connection: StreamConnection) => streamsApi.disconnect(connection.id),
    onSuccess: () => say('Disconnected; the reader connects anew'),
    onError: (error) => say(`Not disconnected: ${error.message}`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['streams', 'connections'] }),
  });
}

export interface EventFilter {
  stream?: string | undefined;
  name?: string | undefined;
}

/** The log, newest first; what is put on it meanwhile waits until the reader lets it in, so that rows do not jump. */
export function useEvents(filter: EventFilter, isWhole: boolean) {
  const queryClient = useQueryClient();
  const list = useList<LoggedEvent>(['streams', 'events'], streamsApi.events, { ...filter }, isWhole);
  const { data: newest } = useQuery({
    queryKey: ['streams', 'newest', filter],
    queryFn: () => streamsApi.events({ ...filter, limit: NEWEST }),
    refetchInterval: LIVE_MS,
    enabled: isWhole && !list.isLoading,
  });
  return {
    list: isWhole ? list : { ...list, items: [], isLoading: false, error: null, hasMore: false },
    waiting: isWhole && !list.isLoading ? countNew(newest?.items ?? [], list.items[0]) : 0,
    letIn: () => void queryClient.invalidateQueries({ queryKey: ['streams', 'events'] }),
  };
}

function countNew(newest: readonly LoggedEvent[], first: LoggedEvent | undefined): number {
  if (first === undefined) return newest.length;
  const at = newest.findIndex((one) => one.cursor === first.cursor);
  if (at >= 0) return at;
  // Asked before the list was: older than what is shown, or all of it new.
  return newest.filter((one) => one.at > first.at).length;
}

export function useEvent(cursor: string) {
  return useQuery({ queryKey: ['streams', 'event', cursor], queryFn: () => streamsApi.event(cursor) });
}

export function useReplay(cursor: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => streamsApi.replay(cursor),
    onSuccess: () => say('Sent once more, as a new event'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['streams', 'events'] }),
  });
}

export function useDeliveries(event: string): List<StreamDelivery> {
  return useList(['streams', 'deliveries'], streamsApi.deliveries, { event }, true, LIVE_MS);
}
