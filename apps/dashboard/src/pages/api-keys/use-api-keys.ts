import type { ApiKey, ApiKeyWithSecret, Permission } from '@pulsestack/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { accounts } from '../../api/accounts.ts';
import { useList } from '../../api/list.ts';
import { useMe } from '../../session/use-session.ts';
import { say } from '../../ui/toast.tsx';
import { checks, useForm } from '../../ui/use-form.ts';

export function useApiKeys() {
  return useList<ApiKey>(['api-keys'], accounts.apiKeys);
}

export type KeyState = 'active' | 'expiring' | 'expired' | 'revoked' | 'rotated';

const SOON_MS = 7 * 86_400_000;

export function stateOf(key: ApiKey, now: number): KeyState {
  if (key.revokedAt) return 'revoked';
  const expires = key.expiresAt ? Date.parse(key.expiresAt) : Number.POSITIVE_INFINITY;
  if (expires <= now) return 'expired';
  if (key.replacedBy) return 'rotated';
  return expires - now < SOON_MS ? 'expiring' : 'active';
}

export const LIFETIMES = [
  { value: 'never', label: 'Never', days: null },
  { value: '30', label: 'In 30 days', days: 30 },
  { value: '90', label: 'In 90 days', days: 90 },
  { value: '365', label: 'In a year', days: 365 },
] as const;

export type Lifetime = (typeof LIFETIMES)[number]['value'];

export function useKeyForm(onCreated: (key: ApiKeyWithSecret) => void) {
  const queryClient = useQueryClient();
  const { data: me } = useMe();
  const mine = me?.member.permissions ?? [];
  return useForm<{ name: string; lifetime: Lifetime; isFull: boolean; permissions: Permission[] }>({
    initial: {
      name: '',
      lifetime: 'never',
      isFull: true,
      permissions: ['notifications.create', 'users.write', 'topics.write'].filter((one) =>
        mine.includes(one as Permission),
      ) as Permission[],
    },
    checks: {
      name: checks.required('a name'),
      permissions: (permissions, all) => (!all.isFull && permissions.length === 0 ? 'Tick at least one' : undefined),
    },
    async submit({ name, lifetime, isFull, permissions }) {
      const days = LIFETIMES.find((one) => one.value === lifetime)?.days;
      const key = await accounts.createApiKey({
        name: name.trim(),
        ...(isFull ? {} : { permissions }),
        ...(days ? { expiresAt: new Date(Date.now() + days * 86_400_000).toISOString() } : {}),
      });
      await queryClient.invalidateQueries({ queryKey: ['api-keys'] });
      onCreated(key);
    },
  });
}

export const OVERLAPS = [
  { value: '0', label: 'At once' },
  { value: '60', label: 'In an hour' },
  { value: '1440', label: 'In a day' },
  { value: '10080', label: 'In a week' },
] as const;

export function useKeyChanges() {
  const queryClient = useQueryClient();
  const renew = () => queryClient.invalidateQueries({ queryKey: ['api-keys'] });
  return {
    rotate: useMutation({
      mutationFn: ({ id, overlapMinutes }: { id: string; overlapMinutes: number }) =>
        accounts.rotateApiKey(id, overlapMinutes),
      onSettled: renew,
    }),
    revoke: useMutation({
      mutationFn: (id: string) => accounts.revokeApiKey(id),
      onSuccess: () => say('Key revoked'),
      onSettled: renew,
    }),
  };
}
