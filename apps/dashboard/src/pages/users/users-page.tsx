import type { User } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Plus, Trash2, Users } from 'lucide-react';
import { useState } from 'react';
import { Needs } from '../../session/needs.tsx';
import { useSnippets } from '../../session/snippets.ts';
import { useCan } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { SearchFilter } from '../../table/filters.tsx';
import { Avatar } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { NothingFits } from '../notifications/notifications-page.tsx';
import { useDeleteUsers, useUsers } from './use-users.ts';
import { UserDialog } from './user-dialog.tsx';

const route = getRouteApi('/inside/users');

const columns: readonly Column<User>[] = [
  {
    id: 'name',
    header: 'User',
    isWide: true,
    isFixed: true,
    text: (user) => user.name ?? user.id,
    cell: (user) => (
      <span className="flex items-center gap-2.5">
        <Avatar name={user.name ?? user.id} src={user.avatarUrl} size={20} />
        <Link to="/users/$id" params={{ id: user.id }} className="min-w-0 truncate rounded-[3px] font-medium">
          {user.name ?? user.id}
        </Link>
      </span>
    ),
  },
  {
    id: 'id',
    header: 'Id',
    from: 'sm',
    text: (user) => user.id,
    cell: (user) => <code className="block max-w-44 truncate text-n11">{user.id}</code>,
  },
  {
    id: 'email',
    header: 'E-mail',
    from: 'sm',
    text: (user) => user.email ?? '',
    cell: (user) => <span className="block max-w-60 truncate text-n11">{user.email ?? '–'}</span>,
  },
  {
    id: 'phone',
    header: 'Phone',
    from: 'lg',
    isHiddenAtFirst: true,
    text: (user) => user.phone ?? '',
    cell: (user) => <span className="text-n11">{user.phone ?? '–'}</span>,
  },
  {
    id: 'locale',
    header: 'Language',
    from: 'lg',
    text: (user) => user.locale ?? '',
    cell: (user) => <span className="text-n11">{user.locale ?? '–'}</span>,
  },
  {
    id: 'timeZone',
    header: 'Time zone',
    from: 'lg',
    text: (user) => user.timeZone ?? '',
    cell: (user) => <span className="text-n11">{user.timeZone ?? '–'}</span>,
  },
  {
    id: 'createdAt',
    header: 'Since',
    from: 'md',
    align: 'right',
    text: (user) => user.createdAt,
    cell: (user) => (
      <span className="text-n10">
        <Time at={user.createdAt} />
      </span>
    ),
  },
];

export function UsersPage() {
  const { q, panel } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const open = (next: string | undefined) =>
    void navigate({ to: '/users', search: { ...(q ? { q } : {}), ...(next ? { panel: next } : {}) } });
  return (
    <Page
      title="Users"
      action={
        can('users.write') ? (
          <Button look="primary" onClick={() => open('new')}>
            <Plus className="size-3.5" aria-hidden />
            Add user
          </Button>
        ) : undefined
      }
    >
      <Needs permission="users.read" to="see users">
        <UserTable q={q} onAdd={() => open('new')} />
      </Needs>
      {panel === 'new' && can('users.write') && (
        <UserDialog
          user={null}
          onClose={() => open(undefined)}
          onSaved={(user) => void navigate({ to: '/users/$id', params: { id: user.id } })}
        />
      )}
    </Page>
  );
}

function UserTable({ q, onAdd }: { q: string | undefined; onAdd(): void }) {
  const navigate = useNavigate();
  const can = useCan();
  const list = useUsers(q);
  const remove = useDeleteUsers();
  const [removing, setRemoving] = useState<{ ids: string[]; clear(): void } | null>(null);
  return (
    <>
      <DataTable
        name="users"
        what="Users"
        list={list}
        columns={columns}
        idOf={(user) => user.id}
        onOpen={(user) => void navigate({ to: '/users/$id', params: { id: user.id } })}
        filters={
          <SearchFilter
            label="Search id, name or e-mail"
            value={q}
            onChange={(next) => void navigate({ to: '/users', search: next ? { q: next } : {}, replace: true })}
          />
        }
        empty={
          q ? <NothingFits onClear={() => void navigate({ to: '/users', search: {} })} /> : <NoUsers onAdd={onAdd} />
        }
        bulk={
          can('users.write')
            ? (users: User[], clear: () => void) => (
                <Button size="small" onClick={() => setRemoving({ ids: users.map((user) => user.id), clear })}>
                  <Trash2 className="size-3.5" aria-hidden />
                  Delete
                </Button>
              )
            : undefined
        }
      />
      <Confirm
        isOpen={removing !== null}
        onClose={() => {
          removing?.clear();
          setRemoving(null);
        }}
        title={removing?.ids.length === 1 ? 'Delete this user?' : `Delete ${removing?.ids.length} users?`}
        action="Delete"
        name={removing?.ids.length === 1 ? (removing.ids[0] ?? '') : `delete ${removing?.ids.length} users`}
        act={() => remove.mutateAsync(removing?.ids ?? [])}
      >
        Their inboxes, subscriptions and receipts go with them. This cannot be taken back.
      </Confirm>
    </>
  );
}

function NoUsers({ onAdd }: { onAdd(): void }) {
  const can = useCan();
  const snippets = useSnippets({
    method: 'PUT',
    path: '/v1/users/ada',
    body: { name: 'Ada Lovelace', email: 'ada@example.com', locale: 'en-GB' },
    sdk: "users.upsert('ada', {\n  name: 'Ada Lovelace',\n  email: 'ada@example.com',\n  locale: 'en-GB',\n})",
  });
  return (
    <Empty
      icon={Users}
      title="No users yet"
      action={
        can('users.write') ? (
          <Button look="primary" onClick={onAdd}>
            Add a user
          </Button>
        ) : undefined
      }
      snippets={snippets}
    >
      Users are the people who receive. Tell us of them from your application, or let the first notification make them.
    </Empty>
  );
}
