import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Pencil, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { useCan } from '../../session/use-session.ts';
import { Back } from '../../shell/back.tsx';
import { Page } from '../../shell/page.tsx';
import { Missing } from '../../shell/trouble.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { useDeleteUsers, useUser } from './use-users.ts';
import { UserDialog } from './user-dialog.tsx';
import { UserTabs } from './user-tabs.tsx';

const route = getRouteApi('/inside/users/$id');

export function UserPage() {
  const { id } = route.useParams();
  const { panel, ...rest } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const { data: user, error, refetch } = useUser(id);
  const remove = useDeleteUsers();
  const [isRemoving, setRemoving] = useState(false);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <Missing />;
  const show = (next: string | undefined) =>
    void navigate({ to: '/users/$id', params: { id }, search: next ? { ...rest, panel: next } : rest });

  return (
    <Page
      title={user?.name ?? id}
      width="medium"
      before={<Back to="/users" label="Back to users" />}
      action={
        <>
          {can('notifications.create') && (
            <Link to="/publish" search={{ to: id }} className={buttonClass('primary')}>
              <Send className="size-3.5" aria-hidden />
              <span className="max-sm:sr-only">Notify</span>
            </Link>
          )}
          {can('users.write') && (
            <RowMenu label="More">
              <MenuItem icon={Pencil} onClick={() => show('edit')}>
                Edit
              </MenuItem>
              <MenuItem icon={Trash2} isDangerous onClick={() => setRemoving(true)}>
                Delete
              </MenuItem>
            </RowMenu>
          )}
        </>
      }
    >
      {error ? (
        <Failed error={error} what="The user" retry={() => void refetch()} />
      ) : !user ? (
        <BlockSkeleton lines={6} />
      ) : (
        <UserTabs user={user} onEdit={() => show('edit')} />
      )}
      {panel === 'edit' && user && can('users.write') && (
        <UserDialog user={user} onClose={() => show(undefined)} onSaved={() => show(undefined)} />
      )}
      <Confirm
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
        title="Delete this user?"
        action="Delete user"
        name={id}
        act={async () => {
          await remove.mutateAsync([id]);
          await navigate({ to: '/users' });
        }}
      >
        The inbox, the subscriptions and the receipts go too. This cannot be taken back.
      </Confirm>
    </Page>
  );
}
