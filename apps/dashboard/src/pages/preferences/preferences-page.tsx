import { Tabs } from '@base-ui/react/tabs';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Needs } from '../../session/needs.tsx';
import { Page } from '../../shell/page.tsx';
import { TabList } from '../../ui/tab-list.tsx';
import { Caps, NewCap } from './caps.tsx';
import { CategoryTable, NewCategory } from './categories.tsx';
import { Defaults } from './defaults.tsx';
import { Try } from './try.tsx';
import { Workflows } from './workflows.tsx';

const ADDRESSES = {
  categories: '/preferences/categories',
  defaults: '/preferences/defaults',
  workflows: '/preferences/workflows',
  caps: '/preferences/caps',
  try: '/preferences/try',
} as const;
type Tab = keyof typeof ADDRESSES;

export function CategoriesPage() {
  return (
    <Frame tab="categories" action={<NewCategory />}>
      <CategoryTable />
    </Frame>
  );
}

export function DefaultsPage() {
  return (
    <Frame tab="defaults">
      <Defaults />
    </Frame>
  );
}

export function WorkflowRulesPage() {
  return (
    <Frame tab="workflows">
      <Workflows />
    </Frame>
  );
}

export function CapsPage() {
  return (
    <Frame tab="caps" action={<NewCap />}>
      <Caps />
    </Frame>
  );
}

export function TryPage() {
  return (
    <Frame tab="try">
      <Try />
    </Frame>
  );
}

function Frame({ tab, action, children }: { tab: Tab; action?: ReactNode; children: ReactNode }) {
  const navigate = useNavigate();
  return (
    <Page title="Preferences" width="medium" action={action}>
      <Needs permission="preferences.read" to="see what users can choose">
        <Tabs.Root
          value={tab}
          onValueChange={(next: Tab) => void navigate({ to: ADDRESSES[next] })}
          className="flex flex-col gap-5"
        >
          <TabList
            label="Preferences"
            tabs={[
              { value: 'categories', label: 'Categories' },
              { value: 'defaults', label: 'Defaults' },
              { value: 'workflows', label: 'Workflows' },
              { value: 'caps', label: 'Caps' },
              { value: 'try', label: 'Try' },
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
