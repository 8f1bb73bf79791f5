import { MailPlus } from 'lucide-react';
import { useCan } from '../../session/use-session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Failed, RowSkeletons } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { useInvitations, useMemberChanges, useRoleName } from './use-members.ts';

export function Invitations({ onInvite }: { onInvite(): void }) {
  const { data, error, isPending, refetch } = useInvitations();
  const { withdraw, resend } = useMemberChanges();
  const roleName = useRoleName();
  const can = useCan();
  const mayManage = can('members.manage');
  if (error) return <Failed error={error} what="The invitations" retry={() => void refetch()} />;
  if (isPending) return <RowSkeletons rows={3} />;
  if (data.items.length === 0) {
    return (
      <Empty
        icon={MailPlus}
        title="No open invitations"
        action={
          mayManage ? (
            <Button look="primary" onClick={onInvite}>
              Invite a member
            </Button>
          ) : undefined
        }
      >
        An invitation is a mail with a link. Until it is accepted it stands here, to be sent again or withdrawn.
      </Empty>
    );
  }
  return (
    <ul>
      {data.items.map((invitation) => (
        <li key={invitation.id} className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 border-b py-2">
          <span className="min-w-0 flex-1 basis-52 truncate font-medium">{invitation.email}</span>
          <Badge>{roleName(invitation.role)}</Badge>
          <span className="w-32 text-n10 max-sm:w-auto">
            ends <Time at={invitation.expiresAt} />
          </span>
          {mayManage && (
            <span className="flex gap-1">
              <Button
                size="small"
                isBusy={resend.isPending && resend.variables.id === invitation.id}
                onClick={() => resend.mutate(invitation)}
              >
                Send again
              </Button>
              <Button
                size="small"
                look="ghost"
                isBusy={withdraw.isPending && withdraw.variables === invitation.id}
                onClick={() => withdraw.mutate(invitation.id)}
              >
                Withdraw
              </Button>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
