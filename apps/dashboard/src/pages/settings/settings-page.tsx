import { Tabs } from '@base-ui/react/tabs';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMe } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { TabList } from '../../ui/tab-list.tsx';
import { Profile } from './profile.tsx';
import { Sessions } from './sessions.tsx';
import { WorkspaceSettings } from './workspace-settings.tsx';

const route = getRouteApi('/inside/settings');

export function SettingsPage() {
  const { tab = 'workspace' } = route.useSearch();
  const navigate = useNavigate();
  const { data: me, error, refetch } = useMe();
  return (
    <Page title="Settings" width="medium">
      <Tabs.Root
        value={tab}
        onValueChange={(next) =>
          void navigate({ to: '/settings', search: next === 'workspace' ? {} : { tab: String(next) }, replace: true })
        }
        className="flex flex-col gap-4"
      >
        <TabList
          label="Settings"
          tabs={[
            { value: 'workspace', label: 'Workspace' },
            { value: 'profile', label: 'Profile' },
            { value: 'sessions', label: 'Sessions' },
          ]}
        />
        {error ? (
          <Failed error={error} what="The settings" retry={() => void refetch()} />
        ) : !me ? (
          <BlockSkeleton lines={6} />
        ) : (
          <>
            <Tabs.Panel value="workspace" className="outline-none">
              <WorkspaceSettings key={me.workspace.id} me={me} />
            </Tabs.Panel>
            <Tabs.Panel value="profile" className="outline-none">
              <Profile me={me} />
            </Tabs.Panel>
            <Tabs.Panel value="sessions" className="outline-none">
              <Sessions />
            </Tabs.Panel>
          </>
        )}
      </Tabs.Root>
    </Page>
  );
}
