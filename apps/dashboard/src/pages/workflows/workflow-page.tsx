import { Tabs } from '@base-ui/react/tabs';
import type { Workflow, WorkflowOrigin } from '@pulsestack/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Rocket } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { useCan } from '../../session/use-session.ts';
import { Back } from '../../shell/back.tsx';
import { Page } from '../../shell/page.tsx';
import { Missing } from '../../shell/trouble.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Notice } from '../../ui/notice.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { TabList } from '../../ui/tab-list.tsx';
import { Mono } from '../notifications/facts.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { ReplayTab } from './replay-tab.tsx';
import { RunsTab } from './runs-tab.tsx';
import { stateOf } from './states.ts';
import { StepsTab } from './steps-tab.tsx';
import { TestTab } from './test-tab.tsx';
import { TriggerTab } from './trigger-tab.tsx';
import { useEditor } from './use-editor.ts';
import { useWorkflow, useWorkflowChanges } from './use-workflows.ts';
import { VersionsTab } from './versions-tab.tsx';
import { WorkflowMenu } from './workflow-menu.tsx';

const route = getRouteApi('/inside/workflows/$key');

export function WorkflowPage() {
  const { key } = route.useParams();
  const can = useCan();
  const { data: workflow, error, refetch } = useWorkflow(key);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <Missing />;
  if (workflow)
    return (
      <Workbench
        key={workflow.key}
        workflow={workflow}
        isReadOnly={!can('workflows.write') || workflow.origin !== null}
      />
    );
  return (
    <Page title={key} before={<Back to="/workflows" label="Back to workflows" />}>
      {error ? <Failed error={error} what="The workflow" retry={() => void refetch()} /> : <BlockSkeleton lines={10} />}
    </Page>
  );
}

const TABS = [
  { value: 'steps', label: 'Steps' },
  { value: 'trigger', label: 'Trigger' },
  { value: 'test', label: 'Test' },
  { value: 'versions', label: 'Versions' },
  { value: 'replay', label: 'Replay' },
  { value: 'runs', label: 'Runs' },
];

function Workbench({ workflow, isReadOnly }: { workflow: Workflow; isReadOnly: boolean }) {
  const { tab = 'steps' } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const editor = useEditor(workflow, isReadOnly);
  const [isPublishing, setPublishing] = useState(false);
  const show = (next: string) =>
    void navigate({
      to: '/workflows/$key',
      params: { key: workflow.key },
      search: next === 'steps' ? {} : { tab: next },
    });
  const { label, tone } = stateOf(workflow);
  const isUnsaved = editor.save.is !== 'saved';
  return (
    <Page
      title={editor.definition.name || workflow.key}
      before={<Back to="/workflows" label="Back to workflows" />}
      action={
        <>
          {can('workflows.publish') && (
            <Button
              look="primary"
              disabled={
                isUnsaved || editor.problems.length > 0 || (!workflow.changed && workflow.status !== 'archived')
              }
              onClick={() => setPublishing(true)}
            >
              <Rocket className="size-3.5" aria-hidden />
              Publish
            </Button>
          )}
          <WorkflowMenu workflow={workflow} label="More" onGone={() => void navigate({ to: '/workflows' })} />
        </>
      }
    >
      <div className="mb-3 flex min-w-0 flex-wrap items-center gap-x-5 gap-y-2">
        <Mono text={workflow.key} label="Copy key" />
        <Badge tone={tone}>{label}</Badge>
        {workflow.changed && workflow.version !== null && <Badge tone="warning">The draft differs</Badge>}
      </div>
      {workflow.origin && <Origin workflow={workflow} origin={workflow.origin} />}
      {editor.theirs && (
        <div className="mb-4">
          <Notice
            tone="warning"
            action={
              <Button size="small" onClick={editor.takeTheirs}>
                Take theirs
              </Button>
            }
          >
            {editor.theirs.updatedBy.name ?? 'Somebody'} has saved another draft meanwhile. What you write next takes
            its place.
          </Notice>
        </div>
      )}
      <Tabs.Root value={tab} onValueChange={(next) => show(String(next))} className="flex flex-col gap-5">
        <TabList label="Parts of the workflow" tabs={TABS} />
        <Tabs.Panel value="steps" className="outline-none">
          <StepsTab editor={editor} />
        </Tabs.Panel>
        <Tabs.Panel value="trigger" className="outline-none">
          <TriggerTab editor={editor} />
        </Tabs.Panel>
        <Tabs.Panel value="test" className="outline-none">
          <TestTab editor={editor} />
        </Tabs.Panel>
        <Tabs.Panel value="versions" className="outline-none">
          <VersionsTab workflow={workflow} />
        </Tabs.Panel>
        <Tabs.Panel value="replay" className="outline-none">
          <ReplayTab editor={editor} />
        </Tabs.Panel>
        <Tabs.Panel value="runs" className="outline-none">
          <RunsTab workflow={workflow} />
        </Tabs.Panel>
      </Tabs.Root>
      {isPublishing && <PublishDialog workflow={workflow} onClose={() => setPublishing(false)} />}
    </Page>
  );
}

/** It is kept elsewhere, so what is written here would be overwritten. */
function Origin({ workflow, origin }: { workflow: Workflow; origin: WorkflowOrigin }) {
  const can = useCan();
  const { takeOver } = useWorkflowChanges();
  const [isAsking, setAsking] = useState(false);
  return (
    <div className="mb-4">
      <Notice
        action={
          can('workflows.write') ? (
            <Button size="small" onClick={() => setAsking(true)}>
              Edit it here
            </Button>
          ) : undefined
        }
      >
        {origin.kind === 'code' ? (
          <>
            This workflow comes from the code behind the endpoint <code>{origin.endpoint}</code>. Change it there.
          </>
        ) : (
          <>
            This workflow comes from files that are pushed with <code>pulsestack push</code>. Change it there.
          </>
        )}
      </Notice>
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title="Edit it here from now on?"
        action="Edit it here"
        isDangerous={false}
        act={() => takeOver.mutateAsync(workflow)}
      >
        It is no longer taken from {origin.kind === 'code' ? 'code' : 'files'} until that is synced or pushed again.
      </Confirm>
    </div>
  );
}
