import { Tabs } from '@base-ui/react/tabs';
import type { TemplateDetail } from '@pulsestack/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Rocket, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { useCan } from '../../session/use-session.ts';
import { Back } from '../../shell/back.tsx';
import { Page } from '../../shell/page.tsx';
import { Missing } from '../../shell/trouble.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { TabList } from '../../ui/tab-list.tsx';
import { channelName } from '../messages/words.ts';
import { Mono } from '../notifications/facts.tsx';
import { TemplateEditor } from './editor.tsx';
import { Languages } from './languages.tsx';
import { Preview } from './preview.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { useEditor, useTemplate, useTemplateChanges } from './use-templates.ts';
import { Versions } from './versions.tsx';

const route = getRouteApi('/inside/templates/$key');

export function TemplatePage() {
  const { key } = route.useParams();
  const { data: template, error, refetch } = useTemplate(key);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <Missing />;
  if (template) return <Workbench key={template.key} template={template} />;
  return (
    <Page title={key} before={<Back to="/templates" label="Back to templates" />}>
      {error ? <Failed error={error} what="The template" retry={() => void refetch()} /> : <BlockSkeleton lines={8} />}
    </Page>
  );
}

function Workbench({ template }: { template: TemplateDetail }) {
  const { tab = 'write', locale: asked } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const editor = useEditor(template, asked ?? null);
  const { remove } = useTemplateChanges(template.key);
  const [dialog, setDialog] = useState<'publish' | 'delete' | null>(null);
  const show = (next: string) =>
    void navigate({
      to: '/templates/$key',
      params: { key: template.key },
      search: next === 'write' ? {} : { tab: next },
    });
  const showLocale = (locale: string | null) =>
    void navigate({ to: '/templates/$key', params: { key: template.key }, search: locale === null ? {} : { locale } });
  const mayPublish = can('workflows.publish');
  return (
    <Page
      title={template.name}
      before={<Back to="/templates" label="Back to templates" />}
      action={
        <>
          {can('templates.write') && (
            <Button
              onClick={() => editor.save.mutate()}
              isBusy={editor.save.isPending}
              disabled={!editor.isDirty || editor.broken !== null}
            >
              <span className="max-sm:hidden">Save draft</span>
              <span className="sm:hidden">Save</span>
            </Button>
          )}
          {mayPublish && (
            <Button
              look="primary"
              disabled={editor.isDirty || (!template.changed && template.published !== null)}
              onClick={() => setDialog('publish')}
            >
              <Rocket className="size-3.5" aria-hidden />
              Publish
            </Button>
          )}
          {can('templates.write') && (
            <RowMenu label="More">
              <MenuItem icon={Trash2} isDangerous onClick={() => setDialog('delete')}>
                Delete
              </MenuItem>
            </RowMenu>
          )}
        </>
      }
    >
      <div className="mb-3 flex flex-wrap items-center gap-x-5 gap-y-2">
        <Mono text={template.key} label="Copy key" />
        <span className="text-n11">{channelName(template.channel)}</span>
        <Badge tone={!template.published ? 'neutral' : template.changed ? 'warning' : 'success'}>
          {!template.published
            ? 'Never published'
            : template.changed
              ? `Version ${template.published.version} is live, the draft differs`
              : `Version ${template.published.version} is live`}
        </Badge>
        {editor.isDirty && <span className="text-12 text-n10">Not saved yet</span>}
      </div>
      <Tabs.Root value={tab} onValueChange={(next) => show(String(next))} className="flex flex-col gap-5">
        <TabList
          label="Parts of the template"
          tabs={[
            { value: 'write', label: 'Write' },
            { value: 'languages', label: 'Languages' },
            { value: 'versions', label: 'Versions' },
          ]}
        />
        <Tabs.Panel value="write" className="outline-none">
          <div className="grid items-start gap-x-8 gap-y-8 xl:grid-cols-[minmax(0,1fr)_minmax(0,720px)]">
            <TemplateEditor editor={editor} isReadOnly={!can('templates.write')} onLocale={showLocale} />
            <Preview template={template} editor={editor} />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="languages" className="outline-none">
          <Languages editor={editor} isMail={template.channel === 'email'} />
        </Tabs.Panel>
        <Tabs.Panel value="versions" className="outline-none">
          <Versions template={template} />
        </Tabs.Panel>
      </Tabs.Root>
      {dialog === 'publish' && <PublishDialog template={template} onClose={() => setDialog(null)} />}
      <Confirm
        isOpen={dialog === 'delete'}
        onClose={() => setDialog(null)}
        title="Delete this template?"
        action="Delete template"
        name={template.key}
        act={async () => {
          await remove.mutateAsync();
          await navigate({ to: '/templates' });
        }}
      >
        All its versions go too. Workflows that name it skip the messages they would have sent.
      </Confirm>
    </Page>
  );
}
