import { Tabs } from '@base-ui/react/tabs';
import type { Permission, User } from '@pulsestack/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Needs } from '../../session/needs.tsx';
import { TabList } from '../../ui/tab-list.tsx';
import { UserMessages } from './user-messages.tsx';
import { UserOverview } from './user-overview.tsx';
import { UserPreferences } from './user-preferences.tsx';
import { UserStreams } from './user-streams.tsx';
import { UserSuppressed } from './user-suppressed.tsx';

const route = getRouteApi('/inside/users/$id');

const TABS = [
  { value: 'overview', label: 'Overview' },
  { value: 'preferences', label: 'Preferences' },
  { value: 'messages', label: 'Messages' },
  { value: 'streams', label: 'Streams' },
] as const;
type Tab = (typeof TABS)[number]['value'];

const NEEDS: Partial<Record<Tab, { permission: Permission; to: string }>> = {
  preferences: { permission: 'preferences.read', to: 'see what a user has chosen' },
  messages: { permission: 'messages.read', to: 'see what was sent to a user' },
};

/** Everything about one user; each tab has its own address. */
export function UserTabs({ user, onEdit }: { user: User; onEdit(): void }) {
  const { tab: asked } = route.useSearch();
  const navigate = useNavigate();
  const tab: Tab = TABS.find((one) => one.value === asked)?.value ?? 'overview';
  const needs = NEEDS[tab];
  const content = {
    overview: () => <UserOverview user={user} onEdit={onEdit} />,
    preferences: () => <UserPreferences id={user.id} />,
    messages: () => <UserMessages id={user.id} />,
    streams: () => <UserStreams id={user.id} />,
  }[tab]();
  return (
    <>
      <UserSuppressed user={user} />
      <Tabs.Root
        value={tab}
        onValueChange={(next: Tab) =>
          void navigate({ to: '/users/$id', params: { id: user.id }, search: next === 'overview' ? {} : { tab: next } })
        }
        className="flex flex-col gap-5"
      >
        <TabList label="About the user" tabs={TABS} />
        <Tabs.Panel value={tab} className="min-w-0 outline-none">
          {needs ? <Needs {...needs}>{content}</Needs> : content}
        </Tabs.Panel>
      </Tabs.Root>
    </>
  );
}
