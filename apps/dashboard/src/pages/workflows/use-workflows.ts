import type { Workflow } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useList } from '../../api/list.ts';
import { runs } from '../../api/runs.ts';
import { workflows } from '../../api/workflows.ts';
import { say } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';

export const KEY = /^[a-z0-9][a-z0-9._-]{0,63}$/;
export const KEY_HELP = 'Use small letters, digits and . _ -, such as order-shipped';

export interface WorkflowFilter {
  q?: string;
  status?: string;
  archived?: string;
}

export function useWorkflows({ q, status, archived }: WorkflowFilter) {
  return useList<Workflow>(['workflows', 'list'], workflows.list, {
    ...(q ? { q } : {}),
    ...(status ? { status } : {}),
    ...(archived ? { archived } : {}),
  });
}

const ACTIVITY_MS = 15_000;

export interface Activity {
  runs: number;
  failed: number;
  /** More began than were counted. */
  isAtLeast: boolean;
}

/** How busy each workflow was during the last day. */
export function useActivity(): (key: string) => Activity | undefined {
  const { data } = useQuery({
    queryKey: ['runs', 'summary'],
    queryFn: () => runs.summary('1d'),
    refetchInterval: ACTIVITY_MS,
  });
  const byKey = useMemo(() => new Map(data?.workflows.map((one) => [one.workflow, one])), [data]);
  return (key) => {
    if (!data) return undefined;
    const found = byKey.get(key);
    return { runs: found?.runs ?? 0, failed: found?.states.failed ?? 0, isAtLeast: !data.complete };
  };
}

const LOOK_MS = 15_000;

export function useWorkflow(key: string) {
  return useQuery({
    queryKey: ['workflows', 'one', key],
    queryFn: () => workflows.get(key),
    // Somebody else may be writing on it.
    refetchInterval: LOOK_MS,
  });
}

export function useVersions(key: string) {
  return useList(['workflows', 'versions', key], (query) => workflows.versions(key, query));
}

export function useDiff(key: string, of: { from?: number; to?: number }) {
  return useQuery({
    queryKey: ['workflows', 'diff', key, of],
    queryFn: () => workflows.diff(key, of),
    // The draft changes under the hands of its writer.
    staleTime: 0,
  });
}

export function useWorkflowChanges() {
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: ['workflows'] });
  return {
    setActive: useMutation({
      mutationFn: ({ key, active }: { key: string; active: boolean }) => workflows.setActive(key, active),
      onSuccess: ({ name }, { active }) => say(`${name} is ${active ? 'on' : 'off'}`),
      onError: (error) => say(`Not switched: ${error.message}`),
      onSettled,
    }),
    archive: useMutation({
      mutationFn: async (keys: readonly string[]) => {
        for (const key of keys) await workflows.archive(key);
      },
      onSuccess: (_answer, keys) => say(keys.length === 1 ? 'Archived' : `${keys.length} workflows archived`),
      onSettled,
    }),
    restore: useMutation({
      mutationFn: async (workflow: Workflow) => {
        const { key, ...definition } = workflow.draft;
        await workflows.put(key, definition);
        await workflows.publish(key, 'Brought back');
      },
      onSuccess: () => say('Brought back and published'),
      onError: (error) => say(`Not brought back: ${error.message}`),
      onSettled,
    }),
    takeOver: useMutation({
      mutationFn: (workflow: Workflow) => {
        const { key, ...definition } = workflow.draft;
        return workflows.takeOver(key, definition);
      },
      onSuccess: () => say('It is edited here from now on'),
      onSettled,
    }),
    rollBack: useMutation({
      mutationFn: ({ key, version }: { key: string; version: number }) => workflows.rollBack(key, version),
      onSuccess: ({ version }) => say(`Version ${version.version} is live`),
      onSettled,
    }),
  };
}

export function useNewWorkflow(onMade: (key: string) => void) {
  const queryClient = useQueryClient();
  return useForm({
    initial: { name: '', key: '', event: '' },
    checks: {
      name: (name) => (name.trim() === '' ? 'Enter a name' : undefined),
      key: (key) => (KEY.test(key.trim()) ? undefined : KEY_HELP),
      event: (event) =>
        event.trim() === '' || EVENT.test(event.trim())
          ? undefined
          : 'Write it as domain.action, such as order.shipped',
    },
    fields: { '/trigger/event': 'event' },
    async submit({ name, key, event }) {
      if (await exists(key.trim())) throw new Error(`There is a workflow "${key.trim()}" already. Choose another key.`);
      await workflows.put(key.trim(), {
        name: name.trim(),
        category: 'general',
        priority: 'normal',
        critical: false,
        tags: [],
        trigger: event.trim() === '' ? {} : { event: event.trim() },
        steps: [{ id: 'inbox', type: 'in_app', title: 'Something happened', body: '' }],
      });
      await queryClient.invalidateQueries({ queryKey: ['workflows'] });
      onMade(key.trim());
    },
  });
}

export const EVENT = /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/;

/** Saving would change a draft that is there. */
async function exists(key: string): Promise<boolean> {
  const { items } = await workflows.list({ q: key, limit: 100 });
  return items.some((one) => one.key === key);
}

export function useDuplicate(workflow: Workflow, onMade: (key: string) => void) {
  const queryClient = useQueryClient();
  return useForm({
    initial: { name: `${workflow.name} (copy)`.slice(0, 120), key: `${workflow.key}-2`.slice(0, 64) },
    checks: { key: (key) => (KEY.test(key.trim()) ? undefined : KEY_HELP) },
    async submit({ name, key }) {
      const made = await workflows.duplicate(workflow.key, { key: key.trim(), name: name.trim() });
      await queryClient.invalidateQueries({ queryKey: ['workflows'] });
      onMade(made.key);
    },
  });
}

export function usePublish(key: string, onDone: () => void) {
  const queryClient = useQueryClient();
  return useForm({
    initial: { note: '' },
    async submit({ note }) {
      const { version } = await workflows.publish(key, note.trim());
      await queryClient.invalidateQueries({ queryKey: ['workflows'] });
      say(`Version ${version.version} is live`);
      onDone();
    },
  });
}

/** What promoting would change; asked before it is done. */
export function usePromotion() {
  const queryClient = useQueryClient();
  return {
    preview: useQuery({ queryKey: ['workflows', 'promotion'], queryFn: () => workflows.promote({ dryRun: true }) }),
    promote: useMutation({
      mutationFn: (keys: string[]) => workflows.promote({ keys, dryRun: false }),
      onSuccess: ({ workflows: done }) => {
        const count = done.filter((one) => one.changed).length;
        say(`${count} ${count === 1 ? 'workflow' : 'workflows'} taken over`);
      },
      onSettled: () => queryClient.invalidateQueries({ queryKey: ['workflows'] }),
    }),
  };
}
