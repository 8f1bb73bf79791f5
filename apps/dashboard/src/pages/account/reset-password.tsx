import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button, buttonClass } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { Frame, linkClass } from './frame.tsx';
import { useResetPassword } from './use-entry.ts';

const route = getRouteApi('/outside/reset-password');

export function ResetPasswordPage() {
  const { token } = route.useSearch();
  const [isDone, setDone] = useState(false);
  const form = useResetPassword(token ?? '', () => setDone(true));
  return (
    <Frame
      title="Choose a new password"
      foot={
        <Link to="/forgot-password" className={linkClass}>
          Ask for a new link
        </Link>
      }
    >
      {token === undefined ? (
        <Notice tone="warning">This address carries no token. Open the link in the mail, or ask for a new one.</Notice>
      ) : isDone ? (
        <div className="flex flex-col gap-4">
          <Notice tone="success">Your password is changed. Every other session was ended.</Notice>
          <Link to="/sign-in" className={buttonClass('primary', 'large')}>
            Sign in
          </Link>
        </div>
      ) : (
        <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
          <TextField
            label="New password"
            type="password"
            autoComplete="new-password"
            autoFocus
            help="At least 10 characters; a sentence is best."
            field={form.bind('password')}
          />
          {form.problem && <Problem error={form.problem} />}
          <Button type="submit" look="primary" size="large" isBusy={form.isBusy}>
            Change password
          </Button>
        </form>
      )}
    </Frame>
  );
}
