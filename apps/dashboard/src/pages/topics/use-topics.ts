import type { Topic } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { audience } from '../../api/audience.ts';
import { useList } from '../../api/list.ts';
import { say } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';

const KEY = /^[a-zA-Z0-9][a-zA-Z0-9._:@-]{0,127}$/;

export function useTopics() {
  return useList<Topic>(['topics', 'list'], audience.topics);
}

export function useTopic(key: string) {
  return useQuery({ queryKey: ['topics', 'one', key], queryFn: () => audience.topic(key) });
}

export function useSubscribers(key: string) {
  return useList(['topics', 'subscribers', key], (query) => audience.subscribers(key, query));
}

export function useTopicForm(topic: Topic | null, onSaved: (topic: Topic) => void) {
  const queryClient = useQueryClient();
  return useForm({
    initial: { key: topic?.key ?? '', name: topic?.name ?? '' },
    checks: {
      key: (key) => (KEY.test(key.trim()) ? undefined : 'Use letters, digits and . _ : @ -, such as repo:acme.api'),
    },
    async submit({ key, name }) {
      const saved = await audience.putTopic(key.trim(), name.trim() || undefined);
      await queryClient.invalidateQueries({ queryKey: ['topics'] });
      say(topic ? 'Saved' : 'Topic created');
      onSaved(saved);
    },
  });
}

export function useSubscribeForm(key: string, onDone: () => void) {
  const queryClient = useQueryClient();
  return useForm<{ users: string[] }>({
    initial: { users: [] },
    checks: { users: (users) => (users.length === 0 ? 'Choose at least one person' : undefined) },
    async submit({ users }) {
      const { added } = await audience.subscribe(key, users);
      await queryClient.invalidateQueries({ queryKey: ['topics'] });
      say(added === 1 ? '1 person subscribed' : `${added} people subscribed`);
      onDone();
    },
  });
}

export function useUnsubscribe() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ key, users }: { key: string; users: string[] }) => audience.unsubscribe(key, users),
    onSuccess: (_answer, { key, users }) =>
      say(users.length === 1 ? `${users[0]} unsubscribed` : `${users.length} people unsubscribed`, {
        label: 'Undo',
        act: () => void audience.subscribe(key, users).then(() => renew()),
      }),
    onError: (error) => say(`Not unsubscribed: ${error.message}`),
    onSettled: () => renew(),
  });

  async function renew(): Promise<void> {
    await queryClient.invalidateQueries({ queryKey: ['topics'] });
    await queryClient.invalidateQueries({ queryKey: ['users', 'topics'] });
  }
}

export function useDeleteTopic() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => audience.deleteTopic(key),
    onSuccess: () => say('Topic deleted'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['topics', 'list'] }),
  });
}
