import type { Role } from '@pulsestack/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Needs } from '../../session/needs.tsx';
import { useCan } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { Failed, RowSkeletons } from '../../ui/states.tsx';
import { useRoles } from '../members/use-members.ts';
import { RoleDialog } from './role-dialog.tsx';
import { RoleMatrix } from './role-matrix.tsx';
import { useDeleteRole } from './use-roles.ts';

const route = getRouteApi('/inside/roles');

export function RolesPage() {
  const { panel } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const mayManage = can('roles.manage');
  const { data, error, isPending, refetch } = useRoles();
  const remove = useDeleteRole();
  const [removing, setRemoving] = useState<Role | null>(null);
  const show = (next: string | undefined) => void navigate({ to: '/roles', search: next ? { panel: next } : {} });
  const edited = data?.items.find((role) => role.id === panel && !role.builtIn);

  return (
    <Page
      title="Roles"
      action={
        mayManage ? (
          <Button look="primary" onClick={() => show('new')}>
            <Plus className="size-3.5" aria-hidden />
            New role
          </Button>
        ) : undefined
      }
    >
      <Needs permission="members.read" to="see roles">
        <p className="mb-5 max-w-reading text-n11">
          Owner, admin and member are built in. Roles of your own allow exactly what you tick. Transferring and deleting
          the workspace stays with its owner.
        </p>
        {error ? (
          <Failed error={error} what="The roles" retry={() => void refetch()} />
        ) : isPending ? (
          <RowSkeletons rows={12} />
        ) : (
          <RoleMatrix
            roles={data.items}
            menu={(role) =>
              mayManage && !role.builtIn ? (
                <RowMenu label={`Actions for ${role.name}`}>
                  <MenuItem icon={Pencil} onClick={() => show(role.id)}>
                    Edit
                  </MenuItem>
                  <MenuItem icon={Trash2} isDangerous onClick={() => setRemoving(role)}>
                    Delete
                  </MenuItem>
                </RowMenu>
              ) : null
            }
          />
        )}
      </Needs>
      {mayManage && panel === 'new' && <RoleDialog edited={null} onClose={() => show(undefined)} />}
      {mayManage && edited && <RoleDialog key={edited.id} edited={edited} onClose={() => show(undefined)} />}
      <Confirm
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        title="Delete this role?"
        action="Delete role"
        name={removing?.name ?? ''}
        act={() => remove.mutateAsync(removing?.id ?? '')}
      >
        {removing && removing.members > 0
          ? `${removing.members} still have it; give them another role first.`
          : 'Nobody has it. Open invitations with it stop working.'}
      </Confirm>
    </Page>
  );
}
