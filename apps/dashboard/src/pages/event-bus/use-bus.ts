import type { EventSink, EventSinkUpdate, EventSource, EventSourceInput, EventSourceUpdate } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { busApi } from '../../api/bus.ts';
import { useList } from '../../api/list.ts';
import { gathered, parsed, pretty } from '../../ui/json.ts';
import { say } from '../../ui/toast.tsx';
import { checks, useForm } from '../../ui/use-form.ts';

// Messages come and events go by themselves.
const LOOK_AGAIN_MS = 5_000;

export function useBus() {
  return useQuery({
    queryKey: ['bus'],
    queryFn: async () => {
      const [status, sources, sinks] = await Promise.all([busApi.status(), busApi.sources(), busApi.sinks()]);
      return { status, sources: sources.items, sinks: sinks.items };
    },
    refetchInterval: LOOK_AGAIN_MS,
  });
}

export function useBusChanges() {
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: ['bus'] });
  return {
    source: useMutation({
      mutationFn: ({ id, ...update }: EventSourceUpdate & { id: string }) => busApi.changeSource(id, update),
      onSettled,
    }),
    sink: useMutation({
      mutationFn: ({ id, ...update }: EventSinkUpdate & { id: string }) => busApi.changeSink(id, update),
      onSettled,
    }),
    removeSource: useMutation({ mutationFn: (id: string) => busApi.deleteSource(id), onSettled }),
    removeSink: useMutation({ mutationFn: (id: string) => busApi.deleteSink(id), onSettled }),
  };
}

export function useRefusals(id: string) {
  return useList(['bus-refusals', id], (query) => busApi.refusals(id, query), {}, true, LOOK_AGAIN_MS);
}

export const MAPPING_EXAMPLE = pretty({
  name: { path: 'body.type' },
  prefix: 'order',
  to: { path: 'body.customer' },
  payload: 'body',
});

interface SourceValues {
  name: string;
  topic: string;
  startAt: EventSource['startAt'];
  reads: 'cloudevents' | 'mapping';
  mapping: string;
}

export function useSourceForm(before: EventSource | null, topic: string, onDone: () => void) {
  const queryClient = useQueryClient();
  return useForm<SourceValues>({
    initial: {
      name: before?.name ?? '',
      topic: before?.topic ?? topic,
      startAt: before?.startAt ?? 'latest',
      reads: before?.mapping ? 'mapping' : 'cloudevents',
      mapping: before?.mapping ? pretty(before.mapping) : MAPPING_EXAMPLE,
    },
    checks: {
      name: checks.required('a name'),
      topic: checks.required('a topic'),
      mapping: (text, { reads }) => (reads === 'mapping' ? parsed(text).error : undefined),
    },
    async submit({ name, topic, startAt, reads, mapping }) {
      const read = reads === 'mapping' ? (parsed(mapping).value as EventSourceInput['mapping']) : null;
      try {
        if (before) await busApi.changeSource(before.id, { name: name.trim(), mapping: read });
        else
          await busApi.createSource({ name: name.trim(), topic: topic.trim(), startAt, mapping: read, active: true });
      } catch (error) {
        throw gathered(error, '/mapping');
      }
      await queryClient.invalidateQueries({ queryKey: ['bus'] });
      say(before ? 'Saved' : 'The topic is listened to');
      onDone();
    },
  });
}

export function useSinkForm(before: EventSink | null, topic: string, onDone: () => void) {
  const queryClient = useQueryClient();
  return useForm({
    initial: {
      name: before?.name ?? '',
      topic: before?.topic ?? topic,
      events: before?.events.join(', ') ?? '*',
    },
    checks: {
      name: checks.required('a name'),
      topic: checks.required('a topic'),
      events: checks.required('at least one name, or *'),
    },
    async submit({ name, topic, events }) {
      const wanted = events.split(/[\s,]+/).filter(Boolean);
      if (before) await busApi.changeSink(before.id, { name: name.trim(), events: wanted });
      else await busApi.createSink({ name: name.trim(), topic: topic.trim(), events: wanted, active: true });
      await queryClient.invalidateQueries({ queryKey: ['bus'] });
      say(before ? 'Saved' : 'Events go to the topic');
      onDone();
    },
  });
}
