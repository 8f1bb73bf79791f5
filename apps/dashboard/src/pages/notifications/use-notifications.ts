import type { Notification, StreamEvents } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useList } from '../../api/list.ts';
import { useSentNotifications } from '../../api/operators-stream.ts';
import { publishing } from '../../api/publishing.ts';
import { useMe } from '../../session/use-session.ts';
import { say } from '../../ui/toast.tsx';

export interface NotificationFilter {
  q?: string;
  state?: string;
  category?: string;
  type?: string;
  from?: string;
}

const DAY_MS = 86_400_000;
const periods: Record<string, number> = { today: 1, week: 7, month: 30 };

/** What was sent; what is sent meanwhile waits until the reader lets it in, so that rows do not jump. */
export function useNotifications(filter: NotificationFilter) {
  const queryClient = useQueryClient();
  const { data: me } = useMe();
  const [waiting, setWaiting] = useState(0);
  const { from, ...rest } = filter;
  const list = useList<Notification>(['notifications', 'list'], publishing.list, {
    ...rest,
    from: sinceMidnight(from),
  });
  useSentNotifications(me?.workspace.id ?? null, (sent: StreamEvents['notification.published']) => {
    if (!list.items.some((item) => item.id === sent.id)) setWaiting((count) => count + 1);
  });
  return {
    list,
    waiting,
    letIn() {
      setWaiting(0);
      void queryClient.invalidateQueries({ queryKey: ['notifications'] });
    },
  };
}

/** Begins at a midnight, so that the same filter is the same question for the whole day. */
function sinceMidnight(period: string | undefined): string | undefined {
  const days = periods[period ?? ''];
  if (days === undefined) return undefined;
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  return new Date(midnight.getTime() - (days - 1) * DAY_MS).toISOString();
}

export function useNotification(id: string) {
  return useQuery({
    queryKey: ['notifications', 'one', id],
    queryFn: () => publishing.get(id),
    // Reading goes on elsewhere, and no stream tells senders of each receipt.
    refetchInterval: (query) => (query.state.data?.state === 'publishing' ? 1_000 : 10_000),
  });
}

export type ReceiptTab = 'delivered' | 'seen' | 'read';

export function useReceipts(id: string, tab: ReceiptTab) {
  return useList(
    ['notifications', 'receipts', id],
    (query) => publishing.receipts(id, query),
    tab === 'delivered' ? {} : { state: tab },
  );
}

export function useRetract() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (notifications: readonly Notification[]) => {
      for (const { id } of notifications) await publishing.retract(id);
    },
    onSuccess: (_answer, notifications) =>
      say(
        notifications.length === 1 ? 'Retracted from every inbox' : `${notifications.length} notifications retracted`,
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['notifications'] }),
  });
}
