import type { InboundHook } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { workflows } from '../../api/workflows.ts';
import { say } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';

/** The addresses whose posts become an event. */
export function useHooksOf(event: string | undefined) {
  const queryClient = useQueryClient();
  const { data } = useQuery({ queryKey: ['hooks'], queryFn: () => workflows.hooks({ limit: 100 }) });
  const remove = useMutation({
    mutationFn: (id: string) => workflows.removeHook(id),
    onSuccess: () => say('Address removed'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['hooks'] }),
  });
  return { hooks: (data?.items ?? []).filter((hook) => event !== undefined && canMake(hook, event)), remove };
}

/** A name that is found in the request may be any with the prefix. */
function canMake({ mapping }: InboundHook, event: string): boolean {
  const prefix = mapping.prefix === undefined ? '' : `${mapping.prefix}.`;
  return 'value' in mapping.name
    ? `${prefix}${mapping.name.value}`.toLowerCase() === event
    : prefix !== '' && event.startsWith(prefix);
}

const PATH = /^(body|headers)(\.[\w-]+)*$/;

export function useHookForm(event: string) {
  const queryClient = useQueryClient();
  const [made, setMade] = useState<string | null>(null);
  const form = useForm({
    initial: { name: '', to: 'body.user', secret: '' },
    checks: {
      name: (name) => (name.trim() === '' ? 'Enter a name, such as GitHub' : undefined),
      to: (to) => (PATH.test(to.trim()) ? undefined : 'Write where it is found, such as body.user.id'),
      secret: (secret) => (secret === '' || secret.length >= 8 ? undefined : 'Use at least 8 characters'),
    },
    fields: { '/mapping/to': 'to' },
    async submit({ name, to, secret }) {
      const hook = await workflows.makeHook({
        name: name.trim(),
        mapping: { name: { value: event }, to: { path: to.trim() } },
        ...(secret === '' ? {} : { signature: { kind: 'standard' }, secret }),
      });
      await queryClient.invalidateQueries({ queryKey: ['hooks'] });
      setMade(hook.url);
    },
  });
  return { form, made };
}
