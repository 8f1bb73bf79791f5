import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { SelectField } from '../../ui/select.tsx';
import { useInviteForm, useRoleOptions } from './use-members.ts';

export function InviteDialog({ onClose }: { onClose(): void }) {
  const form = useInviteForm(onClose);
  const roles = useRoleOptions();
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Invite a member"
      description="They get a mail with a link that works once, for 7 days."
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            Send invitation
          </Button>
        </>
      }
    >
      <TextField label="E-mail" type="email" autoComplete="off" autoFocus field={form.bind('email')} />
      <SelectField
        label="Role"
        options={roles.length > 0 ? roles : [{ value: 'member', label: 'Member' }]}
        value={form.values.role}
        onChange={(role) => form.set('role', role)}
        error={form.bind('role').error}
      />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
