import type { Workflow } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Archive, ArrowUpFromLine, Plus, Workflow as WorkflowIcon } from 'lucide-react';
import { useState } from 'react';
import { Needs } from '../../session/needs.tsx';
import { useSnippets } from '../../session/snippets.ts';
import { useCan, useMe } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { FilterChip, SearchFilter } from '../../table/filters.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Empty } from '../../ui/states.tsx';
import { NothingFits } from '../notifications/notifications-page.tsx';
import { PromoteDialog } from './promote-dialog.tsx';
import { STATUS_OPTIONS } from './states.ts';
import { useActivity, useWorkflowChanges, useWorkflows } from './use-workflows.ts';
import { workflowColumns } from './workflow-columns.tsx';
import { WorkflowMenu } from './workflow-menu.tsx';

const route = getRouteApi('/inside/workflows');

export function WorkflowsPage() {
  const { panel, ...filter } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const { data: me } = useMe();
  const hasSandbox = (me?.workspace.sandboxId ?? null) !== null;
  const show = (next?: string) =>
    void navigate({ to: '/workflows', search: { ...filter, ...(next ? { panel: next } : {}) } });
  return (
    <Page
      title="Workflows"
      action={
        <>
          {hasSandbox && can('workflows.publish') && (
            <Button onClick={() => show('promote')}>
              <ArrowUpFromLine className="size-3.5" aria-hidden />
              <span className="max-sm:hidden">From the sandbox…</span>
              <span className="sm:hidden">Sandbox…</span>
            </Button>
          )}
          {can('workflows.write') && (
            <Link to="/workflows/new" className={buttonClass('primary')}>
              <Plus className="size-3.5" aria-hidden />
              <span className="max-sm:hidden">New workflow</span>
              <span className="sm:hidden">New</span>
            </Link>
          )}
        </>
      }
    >
      <Needs permission="workflows.read" to="see workflows">
        <WorkflowTable />
      </Needs>
      {panel === 'promote' && hasSandbox && can('workflows.publish') && <PromoteDialog onClose={() => show()} />}
    </Page>
  );
}

function WorkflowTable() {
  const { panel: _panel, ...filter } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const list = useWorkflows(filter);
  const activity = useActivity();
  const { archive } = useWorkflowChanges();
  const [archiving, setArchiving] = useState<{ keys: string[]; done(): void } | null>(null);
  const set = (change: Partial<typeof filter>) =>
    void navigate({ to: '/workflows', search: { ...filter, ...change }, replace: true });
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <>
      <DataTable
        name="workflows"
        what="Workflows"
        list={list}
        columns={workflowColumns(activity)}
        idOf={(workflow) => workflow.key}
        onOpen={(workflow) => void navigate({ to: '/workflows/$key', params: { key: workflow.key } })}
        rowMenu={(workflow) => <WorkflowMenu workflow={workflow} label={`What to do with ${workflow.name}`} />}
        filters={
          <>
            <SearchFilter label="Search names and keys" value={filter.q} onChange={(q) => set({ q })} />
            <FilterChip
              label="State"
              options={STATUS_OPTIONS}
              value={filter.status}
              onChange={(status) => set({ status })}
            />
            <FilterChip
              label="Shown"
              options={[{ value: 'true', label: 'Archived' }]}
              value={filter.archived}
              onChange={(archived) => set({ archived })}
            />
          </>
        }
        bulk={
          can('workflows.publish') && filter.archived === undefined
            ? (items: Workflow[], clear: () => void) => (
                <Button size="small" onClick={() => setArchiving({ keys: items.map((one) => one.key), done: clear })}>
                  <Archive className="size-3.5" aria-hidden />
                  Archive
                </Button>
              )
            : undefined
        }
        empty={
          isFiltered ? <NothingFits onClear={() => void navigate({ to: '/workflows', search: {} })} /> : <NoWorkflows />
        }
      />
      <Confirm
        isOpen={archiving !== null}
        onClose={() => setArchiving(null)}
        title={archiving?.keys.length === 1 ? 'Archive this workflow?' : `Archive ${archiving?.keys.length} workflows?`}
        action="Archive"
        act={async () => {
          await archive.mutateAsync(archiving?.keys ?? []);
          archiving?.done();
        }}
      >
        They start nothing more and are no longer listed. Runs under way go on, and they can be brought back.
      </Confirm>
    </>
  );
}

function NoWorkflows() {
  const can = useCan();
  const body = {
    name: 'Comments',
    trigger: { event: 'comment.created' },
    steps: [
      { id: 'collect', type: 'digest', window: '10m', key: 'payload.post.id' },
      { id: 'inbox', type: 'in_app', title: '{{ digest.count }} new comments', body: '' },
    ],
  };
  const snippets = useSnippets({
    method: 'PUT',
    path: '/v1/workflows/comments',
    body,
    sdk: `workflows.put('comments', ${JSON.stringify(body, null, 2)})`,
  });
  return (
    <Empty
      icon={WorkflowIcon}
      title="No workflows yet"
      action={
        can('workflows.write') ? (
          <Link to="/workflows/new" className={buttonClass('primary')}>
            Begin with a ready-made one
          </Link>
        ) : undefined
      }
      snippets={snippets}
    >
      A workflow says what happens when something happened: whom to tell, on which channel, now or collected for later.
    </Empty>
  );
}
