import { Link } from '@tanstack/react-router';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { Frame, linkClass } from './frame.tsx';
import { useSignUp } from './use-entry.ts';

export function SignUpPage() {
  const form = useSignUp();
  return (
    <Frame
      title="Create an account"
      lead="With a workspace of your own to send from."
      foot={
        <>
          Have one already?{' '}
          <Link to="/sign-in" className={linkClass}>
            Sign in
          </Link>
        </>
      }
    >
      <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
        <TextField label="Your name" autoComplete="name" autoFocus maxLength={200} field={form.bind('name')} />
        <TextField label="E-mail" type="email" autoComplete="username" field={form.bind('email')} />
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          help="At least 10 characters; a sentence is best."
          field={form.bind('password')}
        />
        <TextField
          label="Workspace"
          isOptional
          autoComplete="organization"
          maxLength={80}
          help="Your product or company. It can be renamed."
          field={form.bind('workspaceName')}
        />
        {form.problem && <Problem error={form.problem} />}
        <Button type="submit" look="primary" size="large" isBusy={form.isBusy}>
          Create account
        </Button>
      </form>
    </Frame>
  );
}
