import type { Preferences, PreferencesPatch } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useList } from '../../api/list.ts';
import { preferences } from '../../api/preferences.ts';
import { say } from '../../ui/toast.tsx';

const KEY = ['preferences', 'user'];

export function useUserPreferences(id: string) {
  return useQuery({ queryKey: [...KEY, id], queryFn: () => preferences.of(id) });
}

export function usePreferenceHistory(id: string) {
  return useList([...KEY, id, 'history'], (query) => preferences.history(id, query), { limit: 10 });
}

/** Changes what a user has chosen, in the user's place; the history says who did it. */
export function useChangePreferences(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (patch: PreferencesPatch) => preferences.change(id, patch),
    onSuccess: (after: Preferences) => queryClient.setQueryData([...KEY, id], after),
    onError: (error) => say(`Not changed: ${error.message}`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: [...KEY, id] }),
  });
}

export function usePreferenceLink(id: string) {
  return useMutation({ mutationFn: (ttlHours: number) => preferences.link(id, ttlHours) });
}
