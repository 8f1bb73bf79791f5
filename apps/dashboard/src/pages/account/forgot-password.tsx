import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { Frame, linkClass } from './frame.tsx';
import { useForgotPassword } from './use-entry.ts';

export function ForgotPasswordPage() {
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useForgotPassword(setSentTo);
  return (
    <Frame
      title="Choose a new password"
      lead="We send a link to your address."
      foot={
        <Link to="/sign-in" className={linkClass}>
          Back to sign in
        </Link>
      }
    >
      {sentTo !== null ? (
        <Notice tone="success">
          If <strong className="font-medium">{sentTo}</strong> has an account, a mail is on its way. The link in it
          works once, for an hour.
        </Notice>
      ) : (
        <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
          <TextField label="E-mail" type="email" autoComplete="username" autoFocus field={form.bind('email')} />
          {form.problem && <Problem error={form.problem} />}
          <Button type="submit" look="primary" size="large" isBusy={form.isBusy}>
            Send the link
          </Button>
        </form>
      )}
    </Frame>
  );
}
