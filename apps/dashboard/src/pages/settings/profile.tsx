import type { Me } from '@pulsestack/core';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { Section } from './section.tsx';
import { usePasswordForm, useProfileForm } from './use-settings.ts';

export function Profile({ me }: { me: Me }) {
  const profile = useProfileForm(me);
  const password = usePasswordForm();
  return (
    <>
      <Section title="You" about="Your name as others see it, in every workspace.">
        <form onSubmit={profile.submit} noValidate className="flex w-full max-w-[360px] flex-col items-start gap-4">
          <TextField label="Name" autoComplete="name" maxLength={200} className="w-full" field={profile.bind('name')} />
          <p className="flex flex-wrap items-center gap-2 text-n11">
            {me.account.email}{' '}
            {me.account.emailVerified ? (
              <Badge tone="success">Confirmed</Badge>
            ) : (
              <Badge tone="warning">Not confirmed</Badge>
            )}
          </p>
          {profile.problem && <Problem error={profile.problem} />}
          <Button type="submit" isBusy={profile.isBusy} disabled={!profile.isDirty}>
            Save name
          </Button>
        </form>
      </Section>
      <Section title="Password" about="At least 10 characters. A sentence is easier to remember and harder to guess.">
        <form onSubmit={password.submit} noValidate className="flex w-full max-w-[360px] flex-col items-start gap-4">
          <input type="text" autoComplete="username" value={me.account.email} readOnly hidden />
          <TextField
            label="Present password"
            type="password"
            autoComplete="current-password"
            className="w-full"
            field={password.bind('currentPassword')}
          />
          <TextField
            label="New password"
            type="password"
            autoComplete="new-password"
            className="w-full"
            field={password.bind('password')}
          />
          {password.problem && <Problem error={password.problem} />}
          <Button type="submit" isBusy={password.isBusy}>
            Change password
          </Button>
        </form>
      </Section>
    </>
  );
}
