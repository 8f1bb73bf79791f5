import type { Member } from '@pulsestack/core';
import { LogOut, ShieldCheck, Users, UserX } from 'lucide-react';
import { useMemo, useState } from 'react';
import { isOwner, useCan, useMe } from '../../session/use-session.ts';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Avatar, Badge } from '../../ui/badge.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { MenuChoice, MenuGroup, MenuItem, MenuLine, RowMenu } from '../../ui/menu.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { useMemberChanges, useMembers, useRoleName, useRoleOptions } from './use-members.ts';

type Asking = { kind: 'remove' | 'transfer'; member: Member } | null;

export function MemberTable() {
  const list = useMembers();
  const { data: me } = useMe();
  const can = useCan();
  const roleName = useRoleName();
  const roles = useRoleOptions();
  const changes = useMemberChanges();
  const [asking, setAsking] = useState<Asking>(null);
  const columns = useMemo(() => memberColumns(me?.member.id, roleName), [me?.member.id, roleName]);
  const isMe = (member: Member) => member.id === me?.member.id;

  return (
    <>
      <DataTable
        name="members"
        what="Members"
        list={list}
        columns={columns}
        idOf={(member) => member.id}
        empty={
          <Empty icon={Users} title="No members">
            Members sign in here; invite your team.
          </Empty>
        }
        rowMenu={(member) =>
          (can('members.manage') && member.role !== 'owner') || (isMe(member) && member.role !== 'owner') ? (
            <RowMenu label={`Actions for ${member.name}`}>
              {can('members.manage') && !isMe(member) && (
                <>
                  <MenuGroup label="Role">
                    {roles.map((role) => (
                      <MenuChoice
                        key={role.value}
                        isChosen={role.value === member.role}
                        onClick={() =>
                          role.value !== member.role && changes.setRole.mutate({ id: member.id, role: role.value })
                        }
                      >
                        {role.label}
                      </MenuChoice>
                    ))}
                  </MenuGroup>
                  <MenuLine />
                </>
              )}
              {isOwner(me) && !isMe(member) && (
                <MenuItem icon={ShieldCheck} onClick={() => setAsking({ kind: 'transfer', member })}>
                  Make owner
                </MenuItem>
              )}
              <MenuItem
                icon={isMe(member) ? LogOut : UserX}
                isDangerous
                onClick={() => setAsking({ kind: 'remove', member })}
              >
                {isMe(member) ? 'Leave this workspace' : 'Remove'}
              </MenuItem>
            </RowMenu>
          ) : null
        }
      />
      {asking?.kind === 'transfer' && (
        <Confirm
          isOpen
          onClose={() => setAsking(null)}
          title={`Make ${asking.member.name} the owner?`}
          action="Transfer ownership"
          name={me?.workspace.name ?? ''}
          act={() => changes.transfer.mutateAsync(asking.member)}
        >
          You become an admin. Only the new owner can give it back.
        </Confirm>
      )}
      {asking?.kind === 'remove' && (
        <Confirm
          isOpen
          onClose={() => setAsking(null)}
          title={isMe(asking.member) ? 'Leave this workspace?' : `Remove ${asking.member.name}?`}
          action={isMe(asking.member) ? 'Leave' : 'Remove member'}
          name={isMe(asking.member) ? (me?.workspace.name ?? '') : asking.member.email}
          act={() => changes.remove.mutateAsync(asking.member)}
        >
          {isMe(asking.member)
            ? 'You need a new invitation to come back.'
            : 'Their sessions in this workspace end at once. What they sent stays.'}
        </Confirm>
      )}
    </>
  );
}

function memberColumns(myId: string | undefined, roleName: (role: string) => string): Column<Member>[] {
  return [
    {
      id: 'name',
      header: 'Member',
      isWide: true,
      isFixed: true,
      text: (member) => member.name,
      cell: (member) => (
        <span className="flex items-center gap-2.5 py-1">
          <Avatar name={member.name} size={28} />
          <span className="min-w-0 leading-tight">
            <span className="flex items-center gap-2">
              <span className="truncate font-medium">{member.name}</span>
              {member.id === myId && <span className="shrink-0 text-12 text-n10">you</span>}
            </span>
            <span className="block truncate text-12 text-n10">{member.email}</span>
          </span>
        </span>
      ),
    },
    {
      id: 'role',
      header: 'Role',
      text: (member) => roleName(member.role),
      cell: (member) => <Badge>{roleName(member.role)}</Badge>,
    },
    {
      id: 'user',
      header: 'User id',
      from: 'lg',
      isHiddenAtFirst: true,
      text: (member) => member.userId,
      cell: (member) => <code className="block max-w-44 truncate text-n11">{member.userId}</code>,
    },
    {
      id: 'joined',
      header: 'Joined',
      from: 'sm',
      align: 'right',
      text: (member) => member.joinedAt,
      cell: (member) => (
        <span className="text-n10">
          <Time at={member.joinedAt} />
        </span>
      ),
    },
  ];
}
