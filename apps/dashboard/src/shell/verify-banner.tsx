import { useMutation } from '@tanstack/react-query';
import { accounts } from '../api/accounts.ts';
import { useMe } from '../session/use-session.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { say } from '../ui/toast.tsx';

export function VerifyBanner() {
  const { data: me } = useMe();
  const sending = useMutation({
    mutationFn: accounts.sendVerification,
    onSuccess: () => say('The mail is on its way'),
  });
  if (!me || me.account.emailVerified) return null;
  return (
    <Notice
      tone="warning"
      action={
        <Button size="small" isBusy={sending.isPending} onClick={() => sending.mutate()}>
          Send again
        </Button>
      }
    >
      Please confirm that <strong className="font-medium">{me.account.email}</strong> is yours: follow the link in our
      mail.
      {sending.error && <span className="block text-danger-text">{sending.error.message}</span>}
    </Notice>
  );
}
