import type { User } from '@pulsestack/core';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextAreaField, TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { useUserForm } from './use-users.ts';

interface UserDialogProps {
  user: User | null;
  onClose(): void;
  onSaved(user: User): void;
}

/** Adds a user, or changes one. Mounted while it is open. */
export function UserDialog({ user, onClose, onSaved }: UserDialogProps) {
  const form = useUserForm(user, onSaved);
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title={user ? 'Edit user' : 'Add a user'}
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            {user ? 'Save' : 'Add user'}
          </Button>
        </>
      }
    >
      <TextField
        label="Id"
        isMono
        disabled={user !== null}
        autoComplete="off"
        help={user ? 'The id stays.' : 'The id in your own application. An existing user is changed.'}
        field={form.bind('id')}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="Name" isOptional maxLength={200} autoComplete="off" field={form.bind('name')} />
        <TextField label="E-mail" isOptional type="email" autoComplete="off" field={form.bind('email')} />
        <TextField
          label="Phone"
          isOptional
          type="tel"
          placeholder="+4366412345678"
          autoComplete="off"
          field={form.bind('phone')}
        />
        <TextField label="Language" isOptional placeholder="de-AT" autoComplete="off" field={form.bind('locale')} />
      </div>
      <TextField
        label="Time zone"
        isOptional
        placeholder="Europe/Berlin"
        autoComplete="off"
        field={form.bind('timeZone')}
      />
      <TextAreaField
        label="Attributes"
        isOptional
        isMono
        placeholder={'{ "plan": "pro" }'}
        help="A JSON object; it replaces the attributes as a whole."
        spellCheck={false}
        field={form.bind('attributes')}
      />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
