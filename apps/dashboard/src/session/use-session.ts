import type { Me, Permission } from '@pulsestack/core';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { accounts } from '../api/accounts.ts';
import { type DevelopmentKey, development } from '../api/development.ts';
import { type SessionState, session } from '../api/session.ts';

export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.getSnapshot);
}

export function useMe() {
  const current = useSession();
  const workspaceId = current.status === 'signed-in' ? current.workspaceId : null;
  return useQuery({
    queryKey: ['me', workspaceId],
    queryFn: accounts.me,
    enabled: workspaceId !== null,
    staleTime: 60_000,
  });
}

/** Whether the signed-in member may do something; false until known. */
export function useCan(): (permission: Permission) => boolean {
  const { data } = useMe();
  return (permission) => data?.member.permissions.includes(permission) ?? false;
}

export function isOwner(me: Me | undefined): boolean {
  return me?.member.role === 'owner';
}

/** The development key: null outside development mode, undefined until known. */
export function useDevelopmentKey(): DevelopmentKey | null | undefined {
  return useQuery({
    queryKey: ['development-key'],
    queryFn: development.key,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    retry: 1,
  }).data;
}

/** The development key where it is the key of the workspace on the screen. */
export function useOwnDevelopmentKey(): string | null {
  const current = useSession();
  const found = useDevelopmentKey();
  return found && current.status === 'signed-in' && found.workspaceId === current.workspaceId ? found.key : null;
}
