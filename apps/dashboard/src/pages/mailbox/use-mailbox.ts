import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { development } from '../../api/development.ts';

const EVERY_MS = 1_500;

/** The mails that would have been sent, newest first. */
export function useMailbox() {
  return useQuery({
    queryKey: ['mailbox'],
    queryFn: async () => (await development.mails()).mails,
    refetchInterval: EVERY_MS,
  });
}

export function useMail(id: string | undefined) {
  return useQuery({
    queryKey: ['mailbox', 'one', id],
    queryFn: () => development.mail(id ?? ''),
    enabled: id !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useMailboxChanges() {
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: ['mailbox'], exact: true });
  return {
    remove: useMutation({ mutationFn: (id: string) => development.removeMail(id), onSettled }),
    clear: useMutation({ mutationFn: () => development.clearMails(), onSettled }),
  };
}

/** Text with its addresses, so that they can be links. */
export function partsOf(text: string): { text: string; href: string | null }[] {
  return text
    .split(/(https?:\/\/[^\s]+)/)
    .map((part) => ({ text: part, href: /^https?:\/\//.test(part) ? part : null }));
}
