import { Tabs } from '@base-ui/react/tabs';
import type { Template } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { LayoutTemplate, Plus } from 'lucide-react';
import { Needs } from '../../session/needs.tsx';
import { useSnippets } from '../../session/snippets.ts';
import { useCan } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/states.tsx';
import { TabList } from '../../ui/tab-list.tsx';
import { Time } from '../../ui/time.tsx';
import { channelName } from '../messages/words.ts';
import { BrandingForm } from './branding-form.tsx';
import { layoutKind, partialKind } from './look-kinds.ts';
import { LayoutTable, PartialTable } from './look-table.tsx';
import { NewLook } from './new-look.tsx';
import { NewTemplate } from './new-template.tsx';
import { TranslationTable } from './translation-table.tsx';
import { useTemplates } from './use-templates.ts';

const route = getRouteApi('/inside/templates');

const columns: readonly Column<Template>[] = [
  {
    id: 'name',
    header: 'Template',
    isWide: true,
    isFixed: true,
    text: (template) => template.name,
    cell: (template) => (
      <Link to="/templates/$key" params={{ key: template.key }} className="block truncate rounded-[3px] font-medium">
        {template.name}
      </Link>
    ),
  },
  {
    id: 'key',
    header: 'Key',
    from: 'md',
    text: (template) => template.key,
    cell: (template) => <code className="block max-w-64 truncate text-n11">{template.key}</code>,
  },
  {
    id: 'channel',
    header: 'Channel',
    text: (template) => channelName(template.channel),
    cell: (template) => <span className="text-n11">{channelName(template.channel)}</span>,
  },
  {
    id: 'state',
    header: 'State',
    from: 'sm',
    text: (template) => stateOf(template),
    cell: (template) => (
      <Badge tone={!template.published ? 'neutral' : template.changed ? 'warning' : 'success'}>
        {stateOf(template)}
      </Badge>
    ),
  },
  {
    id: 'updatedAt',
    header: 'Changed',
    from: 'md',
    align: 'right',
    text: (template) => template.updatedAt,
    cell: (template) => (
      <span className="text-n10">
        <Time at={template.updatedAt} />
      </span>
    ),
  },
];

function stateOf({ published, changed }: Template): string {
  if (!published) return 'Draft';
  return changed ? `Version ${published.version}, changed` : `Version ${published.version}`;
}

export function TemplatesPage() {
  const { tab = 'templates', panel } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const show = (search: { tab?: string; panel?: string }) => void navigate({ to: '/templates', search });
  return (
    <Page
      title="Templates"
      width="medium"
      action={
        can('templates.write') ? (
          tab === 'translations' || tab === 'branding' ? undefined : (
            <Button look="primary" onClick={() => show(tab === 'templates' ? { panel: 'new' } : { tab, panel: 'new' })}>
              <Plus className="size-3.5" aria-hidden />
              {tab === 'layouts' ? 'New layout' : tab === 'partials' ? 'New partial' : 'New template'}
            </Button>
          )
        ) : undefined
      }
    >
      <Needs permission="templates.read" to="see templates">
        <Tabs.Root
          value={tab}
          onValueChange={(next) => show(next === 'templates' ? {} : { tab: String(next) })}
          className="flex flex-col gap-4"
        >
          <TabList
            label="Templates and what they are made with"
            tabs={[
              { value: 'templates', label: 'Templates' },
              { value: 'layouts', label: 'Layouts' },
              { value: 'partials', label: 'Partials' },
              { value: 'translations', label: 'Translations' },
              { value: 'branding', label: 'Branding' },
            ]}
          />
          <Tabs.Panel value="templates" className="outline-none">
            <TemplateTable onNew={() => show({ panel: 'new' })} />
          </Tabs.Panel>
          <Tabs.Panel value="layouts" className="outline-none">
            <LayoutTable onNew={() => show({ tab, panel: 'new' })} />
          </Tabs.Panel>
          <Tabs.Panel value="partials" className="outline-none">
            <PartialTable onNew={() => show({ tab, panel: 'new' })} />
          </Tabs.Panel>
          <Tabs.Panel value="translations" className="outline-none">
            <TranslationTable />
          </Tabs.Panel>
          <Tabs.Panel value="branding" className="outline-none">
            <BrandingForm />
          </Tabs.Panel>
        </Tabs.Root>
      </Needs>
      {panel === 'new' && can('templates.write') && tab === 'layouts' && (
        <NewLook
          kind={layoutKind}
          onClose={() => show({ tab })}
          onMade={(key) => void navigate({ to: '/templates/layouts/$key', params: { key } })}
        />
      )}
      {panel === 'new' && can('templates.write') && tab === 'partials' && (
        <NewLook
          kind={partialKind}
          onClose={() => show({ tab })}
          onMade={(key) => void navigate({ to: '/templates/partials/$key', params: { key } })}
        />
      )}
      {panel === 'new' && can('templates.write') && tab === 'templates' && (
        <NewTemplate
          onClose={() => show({})}
          onMade={(template) => void navigate({ to: '/templates/$key', params: { key: template.key } })}
        />
      )}
    </Page>
  );
}

function TemplateTable({ onNew }: { onNew(): void }) {
  const list = useTemplates();
  const navigate = useNavigate();
  const can = useCan();
  const snippets = useSnippets({
    path: '/v1/try/template',
    body: { content: { channel: 'sms', body: 'Hello {{ user.name }}' }, data: { user: { name: 'Ada' } } },
    sdk: "templates.try({ content: { channel: 'sms', body: 'Hello {{ user.name }}' }, data: { user: { name: 'Ada' } } })",
  });
  return (
    <DataTable
      name="templates"
      what="Templates"
      list={list}
      columns={columns}
      idOf={(template) => template.key}
      onOpen={(template) => void navigate({ to: '/templates/$key', params: { key: template.key } })}
      empty={
        <Empty
          icon={LayoutTemplate}
          title="No templates yet"
          action={
            can('templates.write') ? (
              <Button look="primary" onClick={onNew}>
                New template
              </Button>
            ) : undefined
          }
          snippets={snippets}
        >
          A template is what a message says, on one channel and in every language. Workflows name it by its key.
        </Empty>
      }
    />
  );
}
