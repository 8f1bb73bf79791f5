import { Tabs } from '@base-ui/react/tabs';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { UserPlus } from 'lucide-react';
import { Needs } from '../../session/needs.tsx';
import { useCan } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import { Button } from '../../ui/button.tsx';
import { TabList } from '../../ui/tab-list.tsx';
import { Invitations } from './invitations.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { MemberTable } from './member-table.tsx';
import { useInvitations } from './use-members.ts';

const route = getRouteApi('/inside/members');

export function MembersPage() {
  const { tab = 'members', panel } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const invitations = useInvitations(can('members.read'));
  const show = (search: { tab?: string; panel?: string }) => void navigate({ to: '/members', search });
  const current = tab === 'members' ? {} : { tab };
  return (
    <Page
      title="Members"
      width="medium"
      action={
        can('members.manage') ? (
          <Button look="primary" onClick={() => show({ ...current, panel: 'invite' })}>
            <UserPlus className="size-3.5" aria-hidden />
            Invite
          </Button>
        ) : undefined
      }
    >
      <Needs permission="members.read" to="see members">
        <Tabs.Root
          value={tab}
          onValueChange={(next) => show(next === 'members' ? {} : { tab: String(next) })}
          className="flex flex-col gap-4"
        >
          <TabList
            label="Members and invitations"
            tabs={[
              { value: 'members', label: 'Members' },
              {
                value: 'invitations',
                label: 'Invitations',
                ...(invitations.data && invitations.data.items.length > 0
                  ? { count: invitations.data.items.length }
                  : {}),
              },
            ]}
          />
          <Tabs.Panel value="members" className="outline-none">
            <MemberTable />
          </Tabs.Panel>
          <Tabs.Panel value="invitations" className="outline-none">
            <Invitations onInvite={() => show({ tab: 'invitations', panel: 'invite' })} />
          </Tabs.Panel>
        </Tabs.Root>
      </Needs>
      {panel === 'invite' && can('members.manage') && <InviteDialog onClose={() => show(current)} />}
    </Page>
  );
}
