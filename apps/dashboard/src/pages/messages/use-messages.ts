import type { Message } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { delivery } from '../../api/delivery.ts';
import { useList } from '../../api/list.ts';
import { say } from '../../ui/toast.tsx';

export interface MessageFilter {
  user?: string;
  channel?: string;
  state?: string;
  workflow?: string;
  category?: string;
}

const WAITING = new Set<Message['state']>(['queued', 'sending', 'held', 'digested']);

export function useMessages(filter: MessageFilter) {
  return useList<Message>(['messages', 'list'], delivery.messages, { ...filter });
}

/** A message with its story; while it waits it is looked at again. */
export function useMessage(id: string) {
  return useQuery({
    queryKey: ['messages', 'one', id],
    queryFn: () => delivery.message(id),
    refetchInterval: (query) => (query.state.data && WAITING.has(query.state.data.state) ? 2_000 : 15_000),
  });
}

export function useMessageChanges(id: string) {
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: ['messages'] });
  return {
    retry: useMutation({ mutationFn: () => delivery.retry(id), onSuccess: () => say('Queued again'), onSettled }),
    cancel: useMutation({ mutationFn: () => delivery.cancel(id), onSuccess: () => say('Cancelled'), onSettled }),
  };
}
