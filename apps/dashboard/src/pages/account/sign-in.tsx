import { getRouteApi, Link } from '@tanstack/react-router';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { Frame, linkClass } from './frame.tsx';
import { useDevelopmentSignIn, useSignIn } from './use-entry.ts';

const route = getRouteApi('/outside/sign-in');

export function SignInPage() {
  const { to } = route.useSearch();
  const form = useSignIn(to);
  const owner = useDevelopmentSignIn(to);
  return (
    <Frame
      title="Sign in"
      foot={
        <>
          New here?{' '}
          <Link to="/sign-up" className={linkClass}>
            Create an account
          </Link>
        </>
      }
    >
      {owner.isOffered && (
        <div className="mb-5 flex flex-col gap-2 border-b pb-5">
          <Button look="primary" size="large" isBusy={owner.entering.isPending} onClick={() => owner.entering.mutate()}>
            Continue as the development owner
          </Button>
          <p className="text-12 text-n10">Development mode on this machine: no password needed.</p>
          {owner.entering.error && <Problem error={owner.entering.error} />}
        </div>
      )}
      <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          autoFocus={!owner.isOffered}
          field={form.bind('email')}
        />
        <div className="relative">
          <TextField label="Password" type="password" autoComplete="current-password" field={form.bind('password')} />
          <Link to="/forgot-password" className={`${linkClass} absolute top-0 right-0 text-12`}>
            Forgot it?
          </Link>
        </div>
        {form.problem && <Problem error={form.problem} />}
        <Button type="submit" look={owner.isOffered ? 'secondary' : 'primary'} size="large" isBusy={form.isBusy}>
          Sign in
        </Button>
      </form>
    </Frame>
  );
}
