import { getRouteApi } from '@tanstack/react-router';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { BlockSkeleton } from '../../ui/states.tsx';
import { Frame } from './frame.tsx';
import { useInvitation } from './use-entry.ts';

const route = getRouteApi('/outside/invitations/$token');

export function InvitationPage() {
  const { token } = route.useParams();
  const { inspected, form, joining, isSignedIn, signedInAs, signInInstead, signOut } = useInvitation(token);
  const invitation = inspected.data;
  if (!invitation) {
    return (
      <Frame title="Invitation">
        {inspected.error ? <Problem error={inspected.error} /> : <BlockSkeleton lines={4} />}
      </Frame>
    );
  }
  const isForMe = signedInAs !== null && signedInAs.toLowerCase() === invitation.email.toLowerCase();
  return (
    <Frame
      title={`Join ${invitation.workspaceName}`}
      lead={
        <>
          The invitation is for <strong className="font-medium text-n12">{invitation.email}</strong>.
        </>
      }
    >
      {isForMe ? (
        <div className="flex flex-col gap-4">
          <p>You are signed in with this address already.</p>
          {joining.error && <Problem error={joining.error} />}
          <Button look="primary" size="large" isBusy={joining.isPending} onClick={() => joining.mutate()}>
            Join the workspace
          </Button>
        </div>
      ) : isSignedIn && signedInAs !== null ? (
        <div className="flex flex-col gap-4">
          <Notice tone="warning">You are signed in as {signedInAs}, but the invitation is for another address.</Notice>
          <Button size="large" onClick={signOut}>
            Sign out
          </Button>
        </div>
      ) : invitation.hasAccount ? (
        <div className="flex flex-col gap-4">
          <p>This address has an account. Sign in with it to join.</p>
          <Button look="primary" size="large" onClick={signInInstead}>
            Sign in
          </Button>
        </div>
      ) : (
        <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
          <TextField label="Your name" autoComplete="name" autoFocus maxLength={200} field={form.bind('name')} />
          <TextField
            label="Password"
            type="password"
            autoComplete="new-password"
            help="At least 10 characters; a sentence is best."
            field={form.bind('password')}
          />
          {form.problem && <Problem error={form.problem} />}
          <Button type="submit" look="primary" size="large" isBusy={form.isBusy}>
            Create account and join
          </Button>
        </form>
      )}
    </Frame>
  );
}
