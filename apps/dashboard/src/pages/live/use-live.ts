import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { development } from '../../api/development.ts';
import { checks, useForm } from '../../ui/use-form.ts';

/** A way to a token for this user; asked again when it expires. */
export function useUserTokens(user: string): () => Promise<string> {
  return useCallback(async () => (await development.session(user)).token, [user]);
}

export function useSendForm(key: string, user: string) {
  const form = useForm({
    initial: { title: 'Deploy finished', body: '**api** is live in 42 s' },
    checks: { title: checks.required('a title') },
    async submit({ title, body }) {
      await development.notify(key, { to: user, title: title.trim(), ...(body.trim() ? { body } : {}) });
    },
  });
  return form;
}

const ID = /^[^\s\p{C}/?#]{1,128}$/u;

export function useUserForm(user: string) {
  const navigate = useNavigate();
  return useForm({
    initial: { user },
    checks: { user: (id) => (ID.test(id.trim()) ? undefined : 'Use 1–128 characters without spaces, slash, ? or #') },
    async submit({ user: next }) {
      await navigate({ to: '/live', search: { user: next.trim() } });
    },
  });
}
