import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Pencil, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { useCan } from '../../session/use-session.ts';
import { Back } from '../../shell/back.tsx';
import { Page } from '../../shell/page.tsx';
import { Missing } from '../../shell/trouble.tsx';
import { Avatar } from '../../ui/badge.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { Fact, Mono } from '../notifications/facts.tsx';
import { useDeleteUsers, useUser } from './use-users.ts';
import { UserDialog } from './user-dialog.tsx';
import { UserTopics } from './user-topics.tsx';

const route = getRouteApi('/inside/users/$id');

export function UserPage() {
  const { id } = route.useParams();
  const { panel } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const { data: user, error, refetch } = useUser(id);
  const remove = useDeleteUsers();
  const [isRemoving, setRemoving] = useState(false);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <Missing />;
  const show = (next: string | undefined) =>
    void navigate({ to: '/users/$id', params: { id }, search: next ? { panel: next } : {} });

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
        <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]">
          <section aria-label="About" className="flex min-w-0 flex-col gap-6">
            <div className="flex items-center gap-3.5">
              <Avatar name={user.name ?? user.id} src={user.avatarUrl} size={44} />
              <div className="min-w-0">
                <p className="truncate text-16 font-semibold tracking-tight">{user.name ?? user.id}</p>
                <Mono text={user.id} label="Copy id" />
              </div>
            </div>
            <dl className="grid grid-cols-[112px_minmax(0,1fr)] gap-y-2.5">
              <Fact name="E-mail">{user.email ?? <None />}</Fact>
              <Fact name="Phone">{user.phone ?? <None />}</Fact>
              <Fact name="Language">{user.locale ?? <None />}</Fact>
              <Fact name="Time zone">{user.timeZone ?? <None />}</Fact>
              <Fact name="Since">
                <Time at={user.createdAt} isExact />
              </Fact>
              <Fact name="Changed">
                <Time at={user.updatedAt} />
              </Fact>
            </dl>
            <div className="flex flex-col gap-2">
              <div className="flex h-7 items-center justify-between">
                <h2 className="text-14">Attributes</h2>
                {can('users.write') && (
                  <Button size="small" look="ghost" onClick={() => show('edit')}>
                    Edit
                  </Button>
                )}
              </div>
              {Object.keys(user.attributes).length === 0 ? (
                <p className="text-n10">None. They carry what your rules ask for later: plan, role, country.</p>
              ) : (
                <pre
                  className="max-h-80 overflow-auto rounded-card border bg-n2 p-3"
                  tabIndex={0}
                  aria-label="Attributes"
                >
                  {JSON.stringify(user.attributes, null, 2)}
                </pre>
              )}
            </div>
          </section>
          {can('topics.read') && <UserTopics id={id} />}
        </div>
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

function None() {
  return <span className="text-n10">–</span>;
}
