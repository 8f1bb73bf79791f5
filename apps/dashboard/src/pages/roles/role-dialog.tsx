import type { Role } from '@pulsestack/core';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { PermissionBoxes } from './permission-boxes.tsx';
import { useRoleForm } from './use-roles.ts';

export function RoleDialog({ edited: role, onClose }: { edited: Role | null; onClose(): void }) {
  const form = useRoleForm(role, onClose);
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title={role ? `Edit ${role.name}` : 'New role'}
      description={
        role && role.members > 0
          ? `The change applies at once to ${role.members === 1 ? 'the member' : `all ${role.members} members`} with this role.`
          : undefined
      }
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            {role ? 'Save role' : 'Create role'}
          </Button>
        </>
      }
    >
      <TextField label="Name" maxLength={60} autoComplete="off" placeholder="Editor" field={form.bind('name')} />
      <PermissionBoxes legend="May" field={form.bind('permissions')} />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
