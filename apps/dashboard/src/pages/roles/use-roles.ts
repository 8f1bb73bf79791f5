import type { Permission, Role } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { accounts } from '../../api/accounts.ts';
import { say } from '../../ui/toast.tsx';
import { checks, useForm } from '../../ui/use-form.ts';

/** Everything that can be allowed, with the sentence that explains it. */
export function usePermissions() {
  return useQuery({ queryKey: ['permissions'], queryFn: accounts.permissions, staleTime: Number.POSITIVE_INFINITY });
}

export interface PermissionGroup {
  name: string;
  permissions: { permission: Permission; description: string }[];
}

/** Permissions by the thing they are about. */
export function usePermissionGroups(): PermissionGroup[] {
  const { data } = usePermissions();
  const groups = new Map<string, PermissionGroup>();
  for (const one of data?.items ?? []) {
    const about = one.permission.split('.')[0] ?? '';
    const group = groups.get(about) ?? { name: groupNames[about] ?? about, permissions: [] };
    group.permissions.push(one);
    groups.set(about, group);
  }
  return [...groups.values()];
}

const groupNames: Record<string, string> = {
  notifications: 'Notifications',
  users: 'Users',
  topics: 'Topics',
  members: 'Members',
  roles: 'Roles',
  keys: 'API keys',
  workspace: 'Workspace',
  audit: 'Audit log',
};

export function useRoleForm(role: Role | null, onSaved: () => void) {
  const queryClient = useQueryClient();
  return useForm<{ name: string; permissions: Permission[] }>({
    initial: { name: role?.name ?? '', permissions: role?.permissions ?? ['notifications.read'] },
    checks: { name: checks.required('a name') },
    async submit({ name, permissions }) {
      if (role) await accounts.changeRole(role.id, { name: name.trim(), permissions });
      else await accounts.createRole({ name: name.trim(), permissions });
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: ['roles'] }),
        queryClient.invalidateQueries({ queryKey: ['me'] }),
      ]);
      say(role ? 'Role saved' : 'Role created');
      onSaved();
    },
  });
}

export function useDeleteRole() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => accounts.deleteRole(id),
    onSuccess: () => say('Role deleted'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['roles'] }),
  });
}
