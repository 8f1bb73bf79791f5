import type { MessageContent } from '@pulsestack/core';
import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { templates } from '../../api/templates.ts';
import { type ReadyMadeInside, workflows } from '../../api/workflows.ts';
import { useCan } from '../../session/use-session.ts';
import { say } from '../../ui/toast.tsx';

export function useReadyMade() {
  return useQuery({ queryKey: ['workflows', 'ready-made'], queryFn: workflows.readyMade });
}

export function useInside(key: string) {
  return useQuery({
    queryKey: ['ready-made', key],
    queryFn: () => workflows.lookInto(key),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface Previewed {
  key: string;
  name: string;
  content: MessageContent | null;
  error: string | null;
  isLoading: boolean;
}

/** What its templates say to a person of our invention, in the branding of the workspace. */
export function usePreviews(inside: ReadyMadeInside): Previewed[] {
  const can = useCan();
  const [timeZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const answers = useQueries({
    queries: inside.templates.map(({ key, content }) => ({
      queryKey: ['ready-made', 'preview', key],
      queryFn: () => templates.preview({ content, data: dataOf(inside), timeZone }),
      enabled: can('templates.read'),
      retry: false,
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });
  return inside.templates.map(({ key, name }, index) => {
    const answer = answers[index];
    const item = answer?.data?.items[0];
    return {
      key,
      name,
      content: item?.content ?? null,
      error: item?.error ?? answer?.error?.message ?? null,
      isLoading: answer?.isLoading ?? false,
    };
  });
}

function dataOf({ sample, sampleEvents, workflow }: ReadyMadeInside): Record<string, unknown> {
  const at = '2026-12-01T09:00:00Z';
  const events = sampleEvents.map((payload, index) => ({ id: `e${index + 1}`, at, payload }));
  return {
    payload: sample,
    user: { id: 'ada', name: 'Ada Lovelace', email: 'ada@example.com' },
    event: { id: 'e1', name: workflow.trigger.event ?? workflow.key, at },
    events,
    digest: { count: events.length, key: '', openedAt: at },
  };
}

export function useInstall(onInstalled: (key: string) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: workflows.install,
    onSuccess: async ({ workflow }) => {
      await queryClient.invalidateQueries({ queryKey: ['workflows'] });
      await queryClient.invalidateQueries({ queryKey: ['templates'] });
      say(`${workflow.name} is installed and runs`);
      onInstalled(workflow.key);
    },
  });
}
