import { Tabs } from '@base-ui/react/tabs';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Needs } from '../../session/needs.tsx';
import { useCan } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import { TabList } from '../../ui/tab-list.tsx';
import { ConnectionTable } from './connections.tsx';
import { EventTable } from './events.tsx';
import { SendForm } from './send.tsx';

const ADDRESSES = { connections: '/streams', events: '/streams/events', send: '/streams/send' } as const;
type Tab = keyof typeof ADDRESSES;

export function ConnectionsPage() {
  return (
    <Frame tab="connections">
      <ConnectionTable />
    </Frame>
  );
}

export function EventsPage() {
  return (
    <Frame tab="events">
      <EventTable />
    </Frame>
  );
}

export function SendPage() {
  return (
    <Frame tab="send">
      <Needs permission="streams.manage" to="send an event">
        <SendForm />
      </Needs>
    </Frame>
  );
}

function Frame({ tab, children }: { tab: Tab; children: ReactNode }) {
  const navigate = useNavigate();
  const can = useCan();
  return (
    <Page title="Streams">
      <Needs permission="streams.read" to="see who reads what">
        <Tabs.Root
          value={tab}
          onValueChange={(next: Tab) => void navigate({ to: ADDRESSES[next] })}
          className="flex flex-col gap-4"
        >
          <TabList
            label="Streams"
            tabs={[
              { value: 'connections', label: 'Connections' },
              { value: 'events', label: 'Events' },
              ...(can('streams.manage') || tab === 'send' ? [{ value: 'send', label: 'Send' }] : []),
            ]}
          />
          <Tabs.Panel value={tab} className="outline-none">
            {children}
          </Tabs.Panel>
        </Tabs.Root>
      </Needs>
    </Page>
  );
}
