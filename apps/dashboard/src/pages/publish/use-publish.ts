import type { Topic, User } from '@pulsestack/core';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { audience } from '../../api/audience.ts';
import { type NotificationDraft, publishing } from '../../api/publishing.ts';
import { useCan } from '../../session/use-session.ts';
import { say } from '../../ui/toast.tsx';
import { type Form, useForm } from '../../ui/use-form.ts';
import { type Composed, composerChecks, composerFields, previewable, toDraft } from './draft.ts';

const SETTLE_MS = 300;

export interface Composer {
  form: Form<Composed>;
  preview: ReturnType<typeof usePreview>;
  /** Sends, or asks first when it goes to everyone. */
  send(): void;
  isConfirming: boolean;
  confirm(): Promise<void>;
  cancel(): void;
}

export function useComposer(initial: Composed): Composer {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [isConfirming, setConfirming] = useState(false);
  // One key per opened composer and content: a second click, or a retry after a lost answer, sends nothing twice.
  const [attempt] = useState(() => crypto.getRandomValues(new Uint32Array(4)).join('-'));

  async function publish(composed: Composed): Promise<void> {
    const draft = toDraft(composed);
    const accepted = await publishing.publish(draft, `${attempt}-${fingerprint(draft)}`);
    await queryClient.invalidateQueries({ queryKey: ['notifications'] });
    say('Published');
    await navigate({ to: '/notifications/$id', params: { id: accepted.id } });
  }

  const form = useForm<Composed>({ initial, checks: composerChecks, fields: composerFields, submit: publish });
  return {
    form,
    preview: usePreview(form.values),
    send() {
      if (!form.check()) return;
      if (form.values.audience === 'everyone') setConfirming(true);
      else void form.submit();
    },
    isConfirming,
    confirm: () => publish(form.values),
    cancel: () => setConfirming(false),
  };
}

/** What it will look like and how many get it, asked of the server once the typing rests. */
function usePreview(composed: Composed) {
  const draft = previewable(composed);
  const key = draft === null ? null : JSON.stringify(draft);
  const [settled, setSettled] = useState(key);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(key), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [key]);
  return useQuery({
    queryKey: ['preview', settled],
    queryFn: ({ signal }) => publishing.preview(JSON.parse(settled ?? '') as NotificationDraft, signal),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

function fingerprint(draft: NotificationDraft): string {
  let hash = 0;
  for (const char of JSON.stringify(draft)) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) | 0;
  return (hash >>> 0).toString(36);
}

/** People whose id, name or address begins with what was typed. */
export function useFoundUsers(typed: string): { users: User[]; isSearching: boolean } {
  const can = useCan();
  const words = typed.trim();
  const { data, isFetching, isPlaceholderData } = useQuery({
    queryKey: ['users', 'picker', words],
    queryFn: () => audience.users({ limit: 8, ...(words ? { q: words } : {}) }),
    enabled: can('users.read'),
    placeholderData: keepPreviousData,
  });
  const users = data?.items ?? [];
  // Until the answer is there, the people of the last one: whoever does not fit any more must not be what Enter chooses.
  return { users: isPlaceholderData ? users.filter((user) => fits(user, words)) : users, isSearching: isFetching };
}

function fits(user: User, words: string): boolean {
  const start = words.toLowerCase();
  return [user.id, user.name, user.email].some((value) => value?.toLowerCase().startsWith(start));
}

export function useTopicChoices(): Topic[] {
  const can = useCan();
  return (
    useQuery({
      queryKey: ['topics', 'choices'],
      queryFn: () => audience.topics({ limit: 100 }),
      enabled: can('topics.read'),
    }).data?.items ?? []
  );
}

export function useEarlier(id: string | undefined) {
  return useQuery({
    queryKey: ['notifications', 'one', id],
    queryFn: () => publishing.get(id ?? ''),
    enabled: id !== undefined,
  });
}
